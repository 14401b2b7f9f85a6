"""``longmark precision``: what is not yet right in the records."""

import argparse
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    verb = verbs.add_parser("precision", help="what is not yet right in the records, counted")
    verb.set_defaults(act=show, is_server_verb=False)


def show(client: Client, arguments: argparse.Namespace) -> int:
    """Show the precision board."""
    rows = client.get("/precision")
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["#Now", "#Change", "What", "Who sees to it"],
        [(row["count"], _change(row), row["title"], row["person"] or "nobody") for row in rows],
    )
    return 0


def _change(row: dict[str, Any]) -> str:
    return f"{row['change']:+,}" if row["change"] else ""
