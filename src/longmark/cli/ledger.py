"""``longmark ledger``: who did what, when."""

import argparse
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    ledger = verbs.add_parser("ledger", help="who did what, when; newest first")
    ledger.add_argument("--subject", help="kind:id, as in catalog.release:7")
    ledger.add_argument("--action", help="as in catalog.release-registered")
    ledger.add_argument("--limit", type=int, default=20)
    ledger.set_defaults(act=show, is_server_verb=False)


def show(client: Client, arguments: argparse.Namespace) -> int:
    """List entries of the ledger."""
    kind, _, pk = (arguments.subject or "").partition(":")
    rows = list(
        client.pages(
            "/ledger",
            limit=arguments.limit,
            subject_kind=kind,
            subject_id=pk,
            action=arguments.action,
        )
    )
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["#", "When", "Who", "What", "About"],
        [
            (
                row["position"] or "–",
                output.moment(row["recorded_at"]),
                row["actor"],
                row["action"],
                f"{row['subject_kind']}:{row['subject_id']}",
            )
            for row in rows
        ],
    )
    return 0
