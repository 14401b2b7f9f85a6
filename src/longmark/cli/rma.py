"""``longmark rma``: returns of units, from their opening to their end."""

import argparse
from datetime import UTC, datetime
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client

REFUSED = 3
STEPS = ("opened", "received", "diagnosed", "in-repair")
OUTCOMES = ("repaired", "replaced", "unrepaired", "scrapped")
DECISIONS = ("repair", "replace", "send-back", "scrap")


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    rma = verbs.add_parser("rma", help="returns of units: open, receive, diagnose, repair, close")
    acts = rma.add_subparsers(dest="act_name", metavar="ACT", required=True)
    listed = acts.add_parser("list", help="open RMAs, oldest first")
    listed.add_argument("text", nargs="?", default="", help="begin of an RMA or serial number")
    listed.add_argument("--closed", action="store_true", help="closed ones, newest first")
    listed.add_argument("--step", choices=STEPS)
    listed.add_argument("--outcome", choices=OUTCOMES, help="with --closed")
    listed.add_argument("--older-than", type=int, metavar="DAYS")
    listed.add_argument("--limit", type=int, default=100)
    listed.set_defaults(act=list_rmas, is_server_verb=False)
    _add_one(acts, "show", "one RMA, and what holds its unit", show_rma)
    opened = _add_one(acts, "open", "a unit comes back; without a number it is given one", open_rma)
    opened.add_argument("--reason", default="", help="what is wrong with it")
    _add_step(acts, "receive", "it has arrived", receive_rma)
    diagnosed = _add_step(acts, "diagnose", "what was found, and what is to be done", diagnose_rma)
    diagnosed.add_argument("--found", required=True, metavar="TEXT")
    diagnosed.add_argument("--decision", required=True, choices=DECISIONS)
    _add_step(acts, "repair", "the repair has begun", begin_repair)
    closed = _add_one(acts, "close", "how it ended", close_rma)
    closed.add_argument("outcome", choices=OUTCOMES)
    closed.add_argument("--replacement", metavar="SERIAL", help="the unit that took its place")
    closed.add_argument("--reason", default="", help="what was done, or why not")
    closed.add_argument("--override", default="", help="why it goes out although it is held")


def _add_one(acts: Any, name: str, text: str, act: Any) -> Any:
    one = acts.add_parser(name, help=text)
    one.add_argument("serial")
    one.add_argument("--number", default="", help="of the RMA; else the one that is open")
    one.add_argument("--item", help="if two items have this serial number")
    one.add_argument("--on", metavar="DAY", default="", help="else today")
    one.set_defaults(act=act, is_server_verb=False)
    return one


def _add_step(acts: Any, name: str, text: str, act: Any) -> Any:
    one = _add_one(acts, name, text, act)
    one.add_argument("--worker", default="", help="who works on it")
    return one


def list_rmas(client: Client, arguments: argparse.Namespace) -> int:
    """Print RMAs."""
    rows = list(
        client.pages(
            "/rmas",
            limit=arguments.limit,
            is_open="false" if arguments.closed else "true",
            step=arguments.step,
            outcome=arguments.outcome,
            older_than_days=arguments.older_than,
            text=arguments.text or None,
        )
    )
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["RMA", "Serial number", "Item", "State", "Customer", "Opened", "Works on it"],
        [
            (
                row["number"],
                row["unit"]["serial"],
                row["unit"]["item"],
                _standing(row),
                row["operator"]["name"] if row["operator"] else None,
                row["opened_at"][:10],
                row["worker"],
            )
            for row in rows
        ],
    )
    return 0


def show_rma(client: Client, arguments: argparse.Namespace) -> int:
    """Print one RMA, and what holds its unit while it is open."""
    unit = _unit(client, arguments.serial, arguments.item)
    row = _row(client, unit, arguments)
    gate = client.get(f"/units/{unit['id']}/gate") if row["is_open"] else None
    warranty = client.get(f"/units/{unit['id']}/warranty")
    if arguments.json:
        output.as_json({"rma": row, "gate": gate, "warranty": warranty})
        return 0
    _print(row)
    if warranty and warranty["holds"]:
        left = warranty["days_left"]
        output.line(f"Warranty: {'no end known' if left is None else f'{left} days left'}")
    if gate:
        _print_gate(gate)
    return 0


def open_rma(client: Client, arguments: argparse.Namespace) -> int:
    """Open an RMA."""
    unit = _unit(client, arguments.serial, arguments.item)
    said = {"on": _day(arguments), "number": arguments.number, "reason": arguments.reason}
    return _told(client.post(f"/units/{unit['id']}/rmas", said), arguments)


def receive_rma(client: Client, arguments: argparse.Namespace) -> int:
    """Say that a unit has arrived."""
    return _step(client, arguments, "receipt", {"worker": arguments.worker})


def diagnose_rma(client: Client, arguments: argparse.Namespace) -> int:
    """Say what was found."""
    said = {"diagnosis": arguments.found, "decision": arguments.decision}
    return _step(client, arguments, "diagnosis", {**said, "worker": arguments.worker})


def begin_repair(client: Client, arguments: argparse.Namespace) -> int:
    """Say that a repair has begun."""
    return _step(client, arguments, "repair", {"worker": arguments.worker})


def close_rma(client: Client, arguments: argparse.Namespace) -> int:
    """Close an RMA."""
    named = arguments.replacement
    taker = _unit(client, named, arguments.item)["id"] if named else None
    said = {"outcome": arguments.outcome, "reason": arguments.reason}
    said |= {"replacement_id": taker, "override": arguments.override}
    return _step(client, arguments, "closing", said)


def _step(client: Client, arguments: argparse.Namespace, name: str, said: dict[str, Any]) -> int:
    unit = _unit(client, arguments.serial, arguments.item)
    number = _row(client, unit, arguments)["number"]
    body = {"on": _day(arguments), **said}
    path = f"/units/{unit['id']}/rma/{name}"
    return _told(client.post(path, body, number=number), arguments)


def _told(row: dict[str, Any], arguments: argparse.Namespace) -> int:
    if arguments.json:
        output.as_json(row)
    else:
        _print(row)
    return 0


def _print(row: dict[str, Any]) -> None:
    named = f"RMA {row['number']}, {row['unit']['item']} {row['unit']['serial']}"
    output.line(f"{named}: {_standing(row)}", style="bold")
    output.line(f"Opened {row['opened_at'][:10]}" + _closed(row))
    if row["diagnosis"]:
        output.line(f"{row['diagnosis']} To be done: {row['decision']}.")
    if row["override"]:
        output.line(f"It was held, and went out all the same: {row['override']}")


def _closed(row: dict[str, Any]) -> str:
    return f", closed {row['closed_at'][:10]}" if row["closed_at"] else ""


def _print_gate(gate: dict[str, Any]) -> None:
    output.line()
    if gate["is_held"]:
        output.line("It is held: it does not go out as it is.", style="bold")
    elif not gate["remaining"] and not gate["unjudged"]:
        output.line("Nothing holds it.")
    rows = [*gate["holding"], *gate["remaining"]]
    if rows:
        output.table(
            ["Vulnerability", "Slot", "In it", "Mended by"],
            [
                (
                    row["vulnerability"],
                    row["path"],
                    row["release"] if row["is_release_known"] else None,
                    row["fixed_by"],
                )
                for row in rows
            ],
        )
    for path in gate["unjudged"]:
        output.hint(f"{path} cannot be judged: what sits there is not known, or has no SBOM.")


def _standing(row: dict[str, Any]) -> str:
    return str(row["step"] if row["is_open"] else row["outcome"])


def _day(arguments: argparse.Namespace) -> str:
    return arguments.on or datetime.now(UTC).date().isoformat()


def _row(client: Client, unit: dict[str, Any], arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.number:
        found: dict[str, Any] = client.get(f"/units/{unit['id']}/rma", number=arguments.number)
        return found
    rows = client.get(f"/units/{unit['id']}/rmas")
    waiting = [row for row in rows if row["is_open"]]
    if len(waiting) == 1:
        return dict(waiting[0])
    if not waiting:
        output.complain(f"{unit['serial']} has no open RMA. Name one: --number NUMBER")
    else:
        numbers = ", ".join(row["number"] for row in waiting)
        output.complain(f"Several are open: {numbers}. Say which: --number NUMBER")
    raise SystemExit(REFUSED)


def _unit(client: Client, serial: str, item: str | None) -> dict[str, Any]:
    found = [
        unit
        for unit in client.pages("/units", limit=200, text=serial)
        if unit["serial"].casefold() == serial.casefold() and item in (None, unit["item"]["name"])
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        output.complain(f"There is no unit {serial}.")
    else:
        items = ", ".join(sorted({unit["item"]["name"] for unit in found}))
        output.complain(f"Several items have it: {items}. Say which: --item NAME")
    raise SystemExit(REFUSED)
