"""``longmark imports``: lists that were dropped; their columns, their report, taking them back."""

import argparse
from pathlib import Path
from typing import Any

import orjson

from longmark.cli import output
from longmark.cli.client import Client
from longmark.cli.reading import add_how, how_of

REFUSED, WRONG_USE = 3, 2


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    imports = verbs.add_parser("imports", help="lists of units that were dropped")
    acts = imports.add_subparsers(dest="act_name", metavar="ACT", required=True)
    listed = acts.add_parser("list", help="lists, newest first")
    listed.add_argument("--limit", type=int, default=20)
    listed.set_defaults(act=show, is_server_verb=False)
    columns = acts.add_parser("columns", help="which column is which; with --map: say it")
    columns.add_argument("number", type=int, metavar="IMPORT")
    columns.add_argument("--map", type=Path, metavar="FILE", help="a map of columns as JSON")
    add_how(columns)
    columns.set_defaults(act=map_columns, is_server_verb=False)
    report = acts.add_parser("report", help="write every row with what became of it")
    report.add_argument("number", type=int, metavar="IMPORT")
    report.add_argument("file", type=Path, metavar="FILE")
    report.set_defaults(act=write_report, is_server_verb=False)
    undo = acts.add_parser("undo", help="take a list back; without --reason: what that would do")
    undo.add_argument("number", type=int, metavar="IMPORT")
    undo.add_argument("--reason", default="", help="why; nothing is done without one")
    undo.set_defaults(act=undo_import, is_server_verb=False)
    profiles = acts.add_parser("profiles", help="how lists with known columns are understood")
    profiles.set_defaults(act=show_profiles, is_server_verb=False)


def show(client: Client, arguments: argparse.Namespace) -> int:
    """List imports."""
    rows = list(client.pages("/imports", limit=arguments.limit))
    if arguments.json:
        output.as_json(rows)
        return 0
    counts = ("row", "created", "changed", "contested", "refused")
    output.table(
        ["#Import", "File", "State", "#Rows", "#Created", "#Changed", "#Contested", "#Refused"],
        [
            (row["id"], row["filename"], row["state"], *(row[f"{each}_count"] for each in counts))
            for row in rows
        ],
    )
    return 0


def map_columns(client: Client, arguments: argparse.Namespace) -> int:
    """Show the columns of a list, or say which is which and show the effect."""
    path, how = f"/imports/{arguments.number}/columns", how_of(arguments)
    if arguments.map:
        how["column_map"] = _read_map(arguments.map)
    if how:
        client.post(path, how)
    sampled = client.get(path)
    if arguments.json:
        output.as_json(sampled)
        return 0
    output.line(f"Understood by {sampled['profile'] or 'what its columns are called'}.")
    output.table(
        ["In the file", "Is", "First cells"],
        [
            (each["stated"], each["name"] or "passed over", ", ".join(each["samples"][:3]))
            for each in sampled["sheet"]["columns"]
        ],
    )
    state = client.get(f"/imports/{arguments.number}")
    output.hint(f"{state['state']}: {state['row_count']} rows, {state['refused_count']} refused.")
    return 0


def _read_map(path: Path) -> object:
    try:
        return orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        output.complain(f"{path}, line {error.lineno}: {error.msg}.")
        raise SystemExit(WRONG_USE) from None


def write_report(client: Client, arguments: argparse.Namespace) -> int:
    """Write every row of a list with what became of it."""
    client.download(f"/imports/{arguments.number}/report.csv", arguments.file)
    output.line(f"Written to {arguments.file}.")
    return 0


def undo_import(client: Client, arguments: argparse.Namespace) -> int:
    """Take a list back, or say what that would do."""
    path = f"/imports/{arguments.number}/undo"
    if not arguments.reason:
        effect = client.get(path)
        if arguments.json:
            output.as_json(effect)
            return 0
        output.line(
            f"{output.counted(effect['row_count'], 'row')} with"
            f" {output.counted(effect['event_count'], 'event')} of"
            f" {output.counted(effect['unit_count'], 'unit')} would be taken back,"
            f" {output.counted(effect['kept_count'], 'row stays', 'rows stay')}."
        )
        output.hint("--reason WHY takes the list back.")
        return 0
    answer = client.post(path, {"reason": arguments.reason})
    if "job_id" in answer:
        with output.job_progress("Taking back") as report:
            job = client.watch_job(answer["job_id"], report)
        if job["state"] != "done":
            output.complain(job["outcome"])
            return REFUSED
        answer = client.get(f"/imports/{arguments.number}")
    kept = list(client.pages(f"/imports/{arguments.number}/kept", limit=20))
    if arguments.json:
        output.as_json(answer | {"kept": kept})
        return 0
    output.line(f"{answer['undone_count']} rows taken back, {answer['kept_count']} stay.")
    if kept:
        output.table(
            ["#Row", "Serial number", "Why", "What to do"],
            [(row["row"], row["serial"], row["why"], row["what_to_do"]) for row in kept],
        )
    return 0


def show_profiles(client: Client, arguments: argparse.Namespace) -> int:
    """List how lists with known columns are understood."""
    rows = list(client.pages("/import-profiles", limit=500))
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Profile", "Known by", "Taken unasked"],
        [
            (row["name"], ", ".join(row["headers"]), "yes" if row["is_taken_unasked"] else "no")
            for row in rows
        ],
    )
    return 0
