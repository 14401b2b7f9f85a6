"""``longmark units parameters``: what was found on units, how it differs, what nobody booked."""

import argparse
from pathlib import Path
from typing import Any, Final

from longmark.cli import output
from longmark.cli.client import Client
from longmark.cli.one_unit import unit_named
from longmark.cli.parameters import difference_table, told_of_secrets, value_text
from longmark.cli.sbom import must_be_a_file

DRIFTING: Final = 1
EVIDENCE: Final = ("assumed", "declared", "reported", "confirmed", "verified")
SHOWN: Final = 3


def add_to(acts: Any) -> None:
    """Add the acts below ``units``."""
    parameters = acts.add_parser("parameters", help="what was found on units, and what drifts")
    below = parameters.add_subparsers(dest="deed", metavar="DEED", required=True)
    add = below.add_parser("add", help="keep a set as it was found on a unit")
    _add_unit(add)
    add.add_argument("file", metavar="FILE", type=Path)
    add.add_argument("--date", default="", help="day or instant on which it was read (now)")
    add.add_argument("--evidence", choices=EVIDENCE, default="reported")
    add.add_argument("--source", default="", help="report, order, tool")
    add.add_argument("--slot", default="", help="its path, where a unit has several")
    add.set_defaults(act=add_snapshot, is_server_verb=False)
    _add_looks(below)
    _add_explain(below)
    _add_drift(acts)


def _add_looks(below: Any) -> None:
    show = below.add_parser("show", help="values as found last, against what was booked")
    _add_unit(show)
    show.add_argument("--drifting", action="store_true", help="only what nobody booked")
    show.set_defaults(act=show_values, is_server_verb=False)
    listing = below.add_parser("list", help="what was found so far, latest first")
    _add_unit(listing)
    listing.add_argument("--limit", type=int, default=50)
    listing.set_defaults(act=list_snapshots, is_server_verb=False)
    diff = below.add_parser("diff", help="a snapshot against another, what was released, or booked")
    _add_unit(diff)
    diff.add_argument("number", type=int, help="of the snapshot, as listed")
    against = diff.add_mutually_exclusive_group()
    against.add_argument("--against", type=int, metavar="NUMBER", help="another snapshot")
    against.add_argument("--released", action="store_true", help="the released set")
    diff.set_defaults(act=show_difference, is_server_verb=False)
    history = below.add_parser("history", help="which value held when")
    _add_unit(history)
    history.add_argument("name", nargs="?", default="", help="one parameter, as P10.07")
    history.add_argument("--slot", default="parameters")
    history.set_defaults(act=show_history, is_server_verb=False)


def _add_explain(below: Any) -> None:
    explain = below.add_parser("explain", help="book what was found as a change")
    _add_unit(explain)
    explain.add_argument("--date", required=True, help="when it was changed")
    explain.add_argument("--reason", required=True)
    explain.add_argument("--evidence", choices=EVIDENCE, default="declared")
    explain.add_argument("--source", default="")
    explain.add_argument("--slot", default="parameters")
    explain.set_defaults(act=explain_drift, is_server_verb=False)


def _add_drift(acts: Any) -> None:
    drift = acts.add_parser("drift", help="units that differ from what was booked")
    drift.add_argument("--by", choices=("values", "counter"), default="")
    drift.add_argument("--text", default="", help="begin of a serial number")
    drift.add_argument("--country", default=None)
    drift.add_argument("--limit", type=int, default=50)
    drift.add_argument("--fail", action="store_true", help="exit with 1 if there are any")
    drift.set_defaults(act=list_drift, is_server_verb=False)


def _add_unit(parser: Any) -> None:
    parser.add_argument("serial", metavar="SERIAL")
    parser.add_argument("--item", help="where several items use the number")


def add_snapshot(client: Client, arguments: argparse.Namespace) -> int:
    """Keep a set as it was found."""
    must_be_a_file(arguments.file)
    unit = unit_named(client, arguments)
    options = {name: getattr(arguments, name) for name in ("date", "evidence", "source", "slot")}
    kept = client.send_file(f"/units/{unit['id']}/parameters/snapshots", arguments.file, **options)
    if arguments.json:
        output.as_json(kept)
        return 0
    output.line(
        f"{unit['serial']}: snapshot {kept['number']} of {output.moment(kept['occurred_at'])},"
        f" {output.count(kept['count'])} values, {kept['evidence']}."
    )
    told_of_secrets(kept)
    places = client.get(f"/units/{unit['id']}/parameters")
    drifting = [row for place in places for row in place["values"] if row["is_drifting"]]
    _tell_drift(places, drifting)
    return 0


def _tell_drift(places: list[dict[str, Any]], drifting: list[dict[str, Any]]) -> None:
    if drifting:
        output.line(f"{output.count(len(drifting))} values that nobody booked:", style="yellow")
        _values_table(drifting)
    for place in places:
        if moved := place["counter"]:
            output.line(
                f"{moved['name']} went from {moved['before']} to {moved['after']}, and no change"
                " was booked.",
                style="yellow",
            )


def show_values(client: Client, arguments: argparse.Namespace) -> int:
    """Print the values of a unit against what was booked."""
    unit = unit_named(client, arguments)
    places = client.get(f"/units/{unit['id']}/parameters")
    if arguments.json:
        output.as_json(places)
        return 0
    if not places:
        output.line("Nothing is known of its parameters.")
    for place in places:
        rows = [row for row in place["values"] if row["is_drifting"] or not arguments.drifting]
        output.line(f"{place['path']}: {place['item'] or 'set not known'}", style="bold")
        _values_table(rows)
        _tell_drift([place], [])
    return 0


def _values_table(rows: list[dict[str, Any]]) -> None:
    output.table(
        ["Parameter", "Found", "On", "Expected", "By", "", "Unit", "Meaning"],
        [
            (
                row["name"],
                value_text(row["found"]),
                (row["found_at"] or "–")[:10],
                value_text(row["expected"]["value"]) if row["expected"] else None,
                row["expected"]["basis"] if row["expected"] else None,
                _mark(row),
                row["measured_in"],
                row["title"],
            )
            for row in rows
        ],
    )


def _mark(row: dict[str, Any]) -> str:
    if row["is_drifting"]:
        return "not booked"
    return "as delivered" if row["is_as_delivered"] else ""


def list_snapshots(client: Client, arguments: argparse.Namespace) -> int:
    """Print what was found so far."""
    unit = unit_named(client, arguments)
    path = f"/units/{unit['id']}/parameters/snapshots"
    rows = list(client.pages(path, limit=arguments.limit))
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["#Number", "Slot", "Found", "Known by", "Source", "#Values", "Content", "By"],
        [
            (
                row["number"],
                row["slot"],
                output.moment(row["occurred_at"]),
                row["evidence"],
                row["source"],
                row["count"],
                row["digest"][:12],
                row["actor_name"],
            )
            for row in rows
        ],
    )
    return 0


def show_difference(client: Client, arguments: argparse.Namespace) -> int:
    """Print how a snapshot differs."""
    unit = unit_named(client, arguments)
    rows = client.get(
        f"/units/{unit['id']}/parameters/snapshots/{arguments.number}/difference",
        against=arguments.against,
        is_released=arguments.released or None,
    )
    if arguments.json:
        output.as_json(rows)
        return 0
    before = f"Snapshot {arguments.against}" if arguments.against else "Booked"
    before = "Released" if arguments.released else before
    difference_table(rows, before, f"Snapshot {arguments.number}")
    return 0


def show_history(client: Client, arguments: argparse.Namespace) -> int:
    """Print which value held when."""
    unit = unit_named(client, arguments)
    rows = client.get(
        f"/units/{unit['id']}/parameters/history", slot=arguments.slot, name=arguments.name
    )
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Parameter", "Value", "Unit", "From", "To", "Said by", "Known by", "Meaning"],
        [
            (
                row["name"],
                value_text(held["value"]),
                row["measured_in"],
                held["held_from"][:10],
                (held["held_to"] or "")[:10],
                held["said_by"],
                held["evidence"],
                row["title"],
            )
            for row in rows
            for held in row["values"]
        ],
    )
    return 0


def explain_drift(client: Client, arguments: argparse.Namespace) -> int:
    """Book what was found as a change that somebody made."""
    unit = unit_named(client, arguments)
    names = ("slot", "date", "reason", "evidence", "source")
    body = {name: getattr(arguments, name) for name in names}
    client.post(f"/units/{unit['id']}/parameters/explanation", body)
    if arguments.json:
        output.as_json({"unit": unit["id"], **body})
    else:
        output.line(f"{unit['serial']}: what was found is booked.")
    return 0


def list_drift(client: Client, arguments: argparse.Namespace) -> int:
    """Print units that differ from what was booked."""
    asked = {name: getattr(arguments, name) for name in ("by", "text", "country")}
    rows = list(client.pages("/drift", limit=arguments.limit, **asked))
    if arguments.json:
        output.as_json(rows)
    elif not rows:
        output.line("No unit differs from what was booked, as far as units were read out.")
    else:
        output.table(
            ["Unit", "Item", "Found", "Not booked", "Counter", "Customer", "Site"],
            [_drift_cells(row) for row in rows],
        )
    return DRIFTING if rows and arguments.fail else 0


def _drift_cells(row: dict[str, Any]) -> tuple[object, ...]:
    unit, moved = row["unit"], row["counter"]
    told = [
        f"{each['name']} {value_text(each['expected'])} → {value_text(each['found'])}"
        for each in row["deviations"][:SHOWN]
    ]
    more = row["deviation_count"] - len(told)
    counted = f"{moved['before']} → {moved['after']}" if moved else ""
    return (
        unit["serial"],
        unit["item"],
        row["found_at"][:10],
        ", ".join(told) + (f" and {more} more" if more > 0 else ""),
        counted,
        unit["operator"],
        unit["site"],
    )
