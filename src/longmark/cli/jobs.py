"""``longmark jobs``: long work and how far it is."""

import argparse
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    jobs = verbs.add_parser("jobs", help="long work and how far it is")
    jobs.add_argument("--state", choices=["waiting", "running", "done", "failed", "cancelled"])
    jobs.add_argument("--limit", type=int, default=20)
    jobs.set_defaults(act=show, is_server_verb=False)


def show(client: Client, arguments: argparse.Namespace) -> int:
    """List jobs, newest first."""
    rows = list(client.pages("/jobs", limit=arguments.limit, state=arguments.state))
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["#", "Kind", "State", "#Done", "Outcome or note"],
        [
            (row["id"], row["kind"], row["state"], row["done_count"], row["outcome"] or row["note"])
            for row in rows
        ],
    )
    return 0
