"""Which unit is meant: by its serial number, and its item where several use the number."""

import argparse
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client

REFUSED = 3


def unit_named(client: Client, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the unit with this serial number.

    Raises:
        SystemExit: there is none, or several items have the number.
    """
    found = [
        unit
        for unit in client.pages("/units", limit=200, text=arguments.serial)
        if _is_named(unit, arguments)
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        output.complain(f"There is no unit {arguments.serial}.")
    else:
        items = ", ".join(sorted({unit["item"]["name"] for unit in found}))
        output.complain(f"Several items have it: {items}. Say which: --item NAME")
    raise SystemExit(REFUSED)


def _is_named(unit: dict[str, Any], arguments: argparse.Namespace) -> bool:
    is_serial = unit["serial"].casefold() == arguments.serial.casefold()
    return is_serial and arguments.item in (None, unit["item"]["name"])
