"""``longmark licences``: which licences the releases are under, and what those ask."""

import argparse
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    licences = verbs.add_parser("licences", help="licences of all releases, or of one")
    licences.add_argument("item", nargs="?", help="name or number, as in tg200-fw")
    licences.add_argument("release", metavar="version", nargs="?")
    licences.add_argument("--category", default="", help="as in strong-copyleft")
    licences.set_defaults(act=show, is_server_verb=False)


def show(client: Client, arguments: argparse.Namespace) -> int:
    """Print the licences of current SBOMs, strictest first."""
    if arguments.item and not arguments.release:
        output.complain("Name the version too, or neither.")
        return 2
    asked: dict[str, object] = {"category": arguments.category}
    if arguments.item:
        named = {"item": arguments.item, "version": arguments.release}
        asked["release"] = client.get("/releases/named", **named)["id"]
    found = client.get("/licences", **asked)
    if arguments.json:
        output.as_json(found)
        return 0
    output.table(
        ["Licence", "Category", "#Components", "#Releases"],
        [
            (
                row["licence"] or "not stated",
                row["category"],
                row["occurrence_count"],
                row["release_count"],
            )
            for row in found["licences"]
        ],
    )
    if found["unread_count"]:
        output.hint(f"Licences of {found['unread_count']} SBOMs are still to be read.")
    return 0
