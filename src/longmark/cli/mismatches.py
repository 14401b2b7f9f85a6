"""``longmark mismatches``: units in which something sits that may not."""

import argparse
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    verb = verbs.add_parser(
        "mismatches", help="units in which something sits that may not, or not beside the rest"
    )
    verb.add_argument("--item", default="", help="units of this item only")
    verb.add_argument("--limit", type=int, default=100)
    verb.set_defaults(act=show, is_server_verb=False)


def show(client: Client, arguments: argparse.Namespace) -> int:
    """List mismatches by serial number."""
    asked: dict[str, object] = {}
    if arguments.item:
        asked["item_id"] = client.get("/items/named", name=arguments.item)["id"]
    rows = list(client.pages("/mismatches", limit=arguments.limit, **asked))
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Serial number", "Item", "Customer", "Where", "There is", "Nearest combination"],
        [
            (
                row["serial"],
                row["item"],
                row["operator"] or "unknown",
                ", ".join(each["path"] for each in odd["present"]) or odd["path"],
                ", ".join(f"{each['item']} {each['version']}" for each in odd["present"]),
                odd["nearest"] or "none: it does not fit there",
            )
            for row in rows
            for odd in row["mismatches"]
            if odd["waiver"] is None
        ],
    )
    if len(rows) == arguments.limit:
        output.hint(f"The first {output.count(len(rows))} units; --limit shows more.")
    return 0
