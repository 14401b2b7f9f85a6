"""``longmark labels``: labels of units with their identification links, ready to print."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client
from longmark.core.formats.labels import drawing
from longmark.core.formats.labels.contents import Label
from longmark.core.formats.labels.papers import PAPERS, USUAL

ALL = 1_000_000_000
REFUSED = 3


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    labels = verbs.add_parser("labels", help="labels of units, with a QR code each, ready to print")
    labels.add_argument("serial", nargs="*", help="serial numbers; none: all that --item names")
    labels.add_argument("--item", default="", help="only units of this item, by name or number")
    labels.add_argument("--paper", choices=list(PAPERS), default=USUAL, help=f"{USUAL} if none")
    labels.add_argument("--skip", type=int, default=0, metavar="N", help="places used up already")
    labels.add_argument("-o", "--output", type=Path, metavar="FILE", help="the HTML file to write")
    labels.set_defaults(act=make_labels, is_server_verb=False)


def make_labels(client: Client, arguments: argparse.Namespace) -> int:
    """Write labels into a file; without one, list what stands on them."""
    if not arguments.serial and not arguments.item:
        output.complain("Name serial numbers, or an item: --item TG-200")
        return 2
    if not 0 <= arguments.skip < PAPERS[arguments.paper].label_count:
        count = PAPERS[arguments.paper].label_count
        output.complain(f"A sheet of {arguments.paper} has {count} places: --skip 0 to {count - 1}")
        return 2
    rows = list(_rows(client, arguments))
    if not rows:
        output.complain("There are no such units.")
        return REFUSED
    if arguments.output:
        _write(arguments, rows)
    if arguments.json:
        output.as_json(rows)
    elif arguments.output:
        output.line(f"{arguments.output}: {output.count(len(rows))} labels on {arguments.paper}")
        output.hint("Open it in a browser and print it at 100 %, without margins.")
    else:
        output.table(
            ["Serial number", "Item", "Link"],
            [(row["serial"], row["item"], row["link"]) for row in rows],
        )
    return 0


def _rows(client: Client, arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield the labels asked for, in the order of the serial numbers that were named."""
    asked: dict[str, object] = {}
    if arguments.item:
        asked["item_id"] = client.get("/items/named", name=arguments.item)["id"]
    for serial in arguments.serial or [""]:
        found = client.pages("/labels", limit=ALL, text=serial, **asked)
        rows = [row for row in found if not serial or row["serial"].upper() == serial.upper()]
        if not rows:
            output.complain(f"There is no unit {serial}.")
            raise SystemExit(REFUSED)
        yield from rows


def _write(arguments: argparse.Namespace, rows: list[dict[str, Any]]) -> None:
    labels = [
        Label(row["link"], row["serial"], row["item"], row["title"], row["company"]) for row in rows
    ]
    with arguments.output.open("w", encoding="utf-8") as file:
        paper = PAPERS[arguments.paper]
        file.writelines(drawing.document(paper, labels, skip=arguments.skip))
