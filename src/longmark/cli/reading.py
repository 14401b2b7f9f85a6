"""How a file is to be read, as options of the verbs that drop lists."""

import argparse
from typing import Any

_NAMES = ("encoding", "delimiter", "page", "header_row", "profile")


def add_how(verb: argparse.ArgumentParser) -> None:
    """Add the options; whatever is not said is found out."""
    verb.add_argument("--encoding", help="as in cp850; found out if not said")
    verb.add_argument("--delimiter", help="one character; found out if not said")
    verb.add_argument("--sheet", dest="page", help="of a workbook; the first with rows if not said")
    verb.add_argument("--header-row", type=int, help="the row with the names of the columns")
    verb.add_argument("--profile", help="an own or ready profile; recognised if not said")


def how_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what was said, by the names of the interface."""
    said = {name: getattr(arguments, name, None) for name in _NAMES}
    return {name: value for name, value in said.items() if value}
