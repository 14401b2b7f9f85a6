"""``longmark sbom hardware``: the hardware parts of a release, and the firmware on them."""

import argparse
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client


def add_to(acts: Any) -> None:
    """Add the act to the verb's parser."""
    listed = acts.add_parser("hardware", help="the parts of a board, and the firmware on them")
    listed.add_argument("item", help="name or number, as in CB-21")
    listed.add_argument("release", metavar="version", help="as in C")
    listed.add_argument("--limit", type=int, default=200)
    listed.set_defaults(act=show, is_server_verb=False)


def show(client: Client, arguments: argparse.Namespace) -> int:
    """List the parts in the order of the SBOMs."""
    release = client.get("/releases/named", item=arguments.item, version=arguments.release)
    rows = list(client.pages(f"/releases/{release['id']}/hardware", limit=arguments.limit))
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Part", "Manufacturer", "Part number", "Quantity", "Where", "Firmware on it"],
        [
            (
                f"{row['name']} {row['version']}".rstrip(),
                row["manufacturer"],
                row["part_number"],
                row["quantity"],
                " / ".join([*row["path"], row["location"]]).strip(" /"),
                ", ".join(f"{one['name']} {one['version']}".rstrip() for one in row["firmware"]),
            )
            for row in rows
        ],
    )
    return 0
