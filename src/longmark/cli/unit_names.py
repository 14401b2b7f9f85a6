"""``longmark units find`` and ``name``: other names of units."""

import argparse
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client
from longmark.cli.one_unit import REFUSED, unit_named

KINDS = ("equipment", "mac", "idevid", "customer-tag", "link", "serial")


def add_to(acts: Any) -> None:
    """Add the acts to the parser."""
    find = acts.add_parser("find", help="units by another name: MAC, equipment number, tag, link")
    find.add_argument("name")
    find.add_argument("--on", metavar="DAY", help="who had the name on that day")
    find.set_defaults(act=find_units, is_server_verb=False)
    name = acts.add_parser("name", help="another name of a unit, from a day on, or until one")
    name.add_argument("serial")
    name.add_argument("kind", choices=KINDS)
    name.add_argument("value")
    name.add_argument("--item", help="if two items have this serial number")
    which = name.add_mutually_exclusive_group(required=True)
    which.add_argument("--since", metavar="DAY", help="it has the name from this day on")
    which.add_argument("--until", metavar="DAY", help="it has the name no more from this day on")
    name.set_defaults(act=name_unit, is_server_verb=False)


def find_units(client: Client, arguments: argparse.Namespace) -> int:
    """Print which units have a name, or had it on a day."""
    found = client.get("/aliases", value=arguments.name, on=arguments.on)
    if arguments.json:
        output.as_json(found)
        return 0
    if not found:
        output.complain(f"No unit is called {arguments.name}.")
        return REFUSED
    output.table(
        ["Serial number", "Item", "Name", "What it is", "Since", "Until"],
        [
            (
                row["unit"]["serial"],
                row["unit"]["item"]["name"],
                row["alias"]["value"],
                row["alias"]["kind"],
                row["alias"]["valid_from"][:10],
                (row["alias"]["valid_to"] or "")[:10],
            )
            for row in found
        ],
    )
    return 0


def name_unit(client: Client, arguments: argparse.Namespace) -> int:
    """Record another name of a unit, or end one."""
    unit = unit_named(client, arguments)
    path = f"/units/{unit['id']}/aliases"
    if arguments.since:
        stated = {"kind": arguments.kind, "value": arguments.value}
        named = client.post(path, stated | {"since": f"{arguments.since}T00:00:00Z"})
    else:
        named = client.post(
            f"{path}/{_number(client, path, arguments)}/end",
            {"until": f"{arguments.until}T00:00:00Z"},
        )
    if arguments.json:
        output.as_json(named)
    else:
        until = f" until {named['valid_to'][:10]}" if named["valid_to"] else ""
        output.line(f"{unit['serial']} is {named['value']} since {named['valid_from'][:10]}{until}")
    return 0


def _number(client: Client, path: str, arguments: argparse.Namespace) -> int:
    wanted = arguments.value.casefold()
    for alias in client.get(path):
        is_it = alias["kind"] == arguments.kind and alias["value"].casefold() == wanted
        if is_it and not alias["valid_to"]:
            number: int = alias["number"]
            return number
    output.complain(f"{arguments.serial} has no such name now.")
    raise SystemExit(REFUSED)
