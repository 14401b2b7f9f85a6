"""``longmark labels``: labels of units with their identification links, ready to print."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client
from longmark.core.errors import Invalid
from longmark.core.formats.labels import drawing
from longmark.core.formats.labels.contents import Label
from longmark.core.formats.labels.papers import PAPERS, USUAL, Paper, paper_named
from longmark.core.formats.labels.pdf import labels_pdf
from longmark.core.formats.labels.zpl import RESOLUTIONS, USUAL_DPI, labels_zpl

ALL = 1_000_000_000
REFUSED = 3
HINTS = {
    ".html": "Open it in a browser and print it at 100 %, without margins.",
    ".pdf": "Print it at 100 %, not fitted to the page.",
    ".zpl": "Send it to the printer as it is: nc PRINTER 9100 < FILE, or lp -o raw FILE.",
}
ENDINGS = tuple(HINTS)


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    labels = verbs.add_parser("labels", help="labels of units, with a QR code each, ready to print")
    labels.add_argument("serial", nargs="*", help="serial numbers; none: all that --item names")
    labels.add_argument("--item", default="", help="only units of this item, by name or number")
    known = f"{', '.join(PAPERS)}, or a roll by its millimetres, as 80x40; {USUAL} if none"
    labels.add_argument("--paper", default=USUAL, metavar="NAME", help=known)
    labels.add_argument("--skip", type=int, default=0, metavar="N", help="places used up already")
    labels.add_argument(
        "--dpi", type=int, choices=list(RESOLUTIONS), default=USUAL_DPI, help="of a label printer"
    )
    labels.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help=f"the file to write: {', '.join(ENDINGS)}"
    )
    labels.set_defaults(act=make_labels, is_server_verb=False)


def make_labels(client: Client, arguments: argparse.Namespace) -> int:
    """Write labels into a file; without one, list what stands on them."""
    if not arguments.serial and not arguments.item:
        output.complain("Name serial numbers, or an item: --item TG-200")
        return 2
    if arguments.output and arguments.output.suffix.lower() not in ENDINGS:
        output.complain(f"{arguments.output} must end in one of: {', '.join(ENDINGS)}")
        return 2
    paper = _paper(arguments)
    if not 0 <= arguments.skip < paper.label_count:
        last = paper.label_count - 1
        output.complain(f"A sheet of {paper.name} has {last + 1} places: --skip 0 to {last}")
        return 2
    rows = list(_rows(client, arguments))
    if not rows:
        output.complain("There are no such units.")
        return REFUSED
    if arguments.output:
        _write(arguments, paper, rows)
    if arguments.json:
        output.as_json(rows)
    elif arguments.output:
        output.line(f"{arguments.output}: {output.count(len(rows))} labels on {paper.name}")
        output.hint(HINTS[arguments.output.suffix.lower()])
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


def _paper(arguments: argparse.Namespace) -> Paper:
    """Return the paper that is named; wrong use says which there are."""
    try:
        return paper_named(arguments.paper)
    except Invalid as error:
        output.complain(str(error))
        raise SystemExit(2) from None


def _write(arguments: argparse.Namespace, paper: Paper, rows: list[dict[str, Any]]) -> None:
    labels = [
        Label(row["link"], row["serial"], row["item"], row["title"], row["company"]) for row in rows
    ]
    try:
        _written(arguments, paper, labels)
    except Invalid as error:
        output.complain(str(error))
        raise SystemExit(2) from None


def _written(arguments: argparse.Namespace, paper: Paper, labels: list[Label]) -> None:
    target, ending = arguments.output, arguments.output.suffix.lower()
    if ending == ".pdf":
        target.write_bytes(labels_pdf(paper, labels, skip=arguments.skip))
        return
    parts = (
        labels_zpl(paper, labels, dpi=arguments.dpi)
        if ending == ".zpl"
        else drawing.document(paper, labels, skip=arguments.skip)
    )
    target.write_text("".join(parts), encoding="utf-8")
