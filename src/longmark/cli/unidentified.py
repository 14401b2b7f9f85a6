"""``longmark names unidentified``: what nothing is looked up for, and what it may be."""

import argparse
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client

WHY = {
    "elsewhere": "stated so elsewhere",
    "rule": "a rule or map says so of {source}",
    "table": "the built-in table, without the version at the end",
}
NOTHING = {"target": "", "purl": "", "because": "", "source": ""}


def add_to(acts: Any) -> None:
    """Add the act to the parser of names."""
    listed = acts.add_parser(
        "unidentified", help="components without purl and CPE that nothing is looked up for"
    )
    listed.add_argument("text", nargs="?", default="", help="only names that hold this text")
    listed.add_argument("--limit", type=int, default=100)
    listed.set_defaults(act=show, is_server_verb=False)


def show(client: Client, arguments: argparse.Namespace) -> int:
    """List the names, each with the commands that would identify it."""
    rows = list(client.pages("/names/unidentified", limit=arguments.limit, text=arguments.text))
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Stated", "#Components", "May be", "Because"],
        [
            (row["stated"], row["component_count"], one["target"] or one["purl"], _why(one))
            for row in rows
            for one in row["suggestions"] or [NOTHING]
        ],
    )
    if rows:
        output.hint("Nothing is applied by itself: say it with names add or names correct.")
    return 0


def _why(suggestion: dict[str, Any]) -> str:
    why = WHY.get(suggestion["because"], "")
    return why.format(source=suggestion["source"])
