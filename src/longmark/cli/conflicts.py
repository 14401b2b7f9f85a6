"""``longmark conflicts``: claims that contradict what is believed; a person decides."""

import argparse
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client

REFUSED = 3
STATES = ("open", "kept", "replaced", "both")


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    conflicts = verbs.add_parser(
        "conflicts", help="claims about units that contradict what is believed"
    )
    acts = conflicts.add_subparsers(dest="act_name", metavar="ACT", required=True)
    listed = acts.add_parser("list", help="who claims what, newest first")
    listed.add_argument("--state", choices=STATES, default="open")
    listed.add_argument("--limit", type=int, default=50)
    listed.set_defaults(act=show, is_server_verb=False)
    decide = acts.add_parser("decide", help="say which claim is true")
    decide.add_argument("serial")
    decide.add_argument("decision", choices=STATES[1:], help="what becomes of what is believed")
    decide.add_argument("--number", type=int, help="which conflict, if a unit has several")
    decide.add_argument("--reason", required=True)
    decide.set_defaults(act=decide_conflict, is_server_verb=False)


def show(client: Client, arguments: argparse.Namespace) -> int:
    """List conflicts."""
    rows = list(client.pages("/conflicts", limit=arguments.limit, state=arguments.state))
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Unit", "#Number", "About", "Believed", "Claimed", "List"],
        [
            (
                f"{row['item']} {row['serial']}",
                row["number"],
                row["about"],
                _told(row["believed"]),
                _told(row["claim"]),
                f"{row['filename']}, row {row['row']}",
            )
            for row in rows
        ],
    )
    if rows and arguments.state == "open":
        output.hint("decide SERIAL replaced|kept|both --reason WHY")
    return 0


def _told(claim: dict[str, Any] | None) -> str:
    if claim is None:
        return "–"
    day = claim["occurred_at"][:10]
    return f"{claim['kind']} {day}, {claim['evidence']}, {claim['source'] or '–'}"


def decide_conflict(client: Client, arguments: argparse.Namespace) -> int:
    """Decide the one conflict of a unit, or the one that is named."""
    found = [
        row
        for row in client.pages("/conflicts", limit=500, state="open")
        if row["serial"].casefold() == arguments.serial.casefold()
        and arguments.number in (None, row["number"])
    ]
    if len(found) != 1:
        many = "several conflicts; say --number" if found else "no open conflict"
        output.complain(f"{arguments.serial} has {many}.")
        return REFUSED
    (one,) = found
    body = {"decision": arguments.decision, "reason": arguments.reason}
    decided = client.post(f"/units/{one['unit_id']}/conflicts/{one['number']}/decision", body)
    if arguments.json:
        output.as_json(decided)
        return 0
    output.line(f"{one['serial']}: {decided['state']}.")
    return 0
