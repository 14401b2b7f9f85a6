"""``longmark units``: import lists of units, and look into one."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from longmark.cli import output, unit_names, unit_parameters
from longmark.cli.client import Client
from longmark.cli.one_unit import REFUSED, unit_named
from longmark.cli.reading import add_how, how_of

REFUSALS_SHOWN = 20


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    units = verbs.add_parser("units", help="units: import lists, look into one")
    acts = units.add_subparsers(dest="act_name", metavar="ACT", required=True)
    add = acts.add_parser(
        "import",
        help="import a list (CSV, XLSX, ODS, JSON); shows what it would do, does it with --take",
    )
    add_import_arguments(add)
    add_how(add)
    show = acts.add_parser("show", help="what is inside a unit, now or on a past day")
    show.add_argument("serial")
    show.add_argument("--item", help="if two items have this serial number")
    show.add_argument("--on", metavar="DAY", help="as it was on a past day")
    show.add_argument("--known-on", metavar="DAY", help="as we knew it on that day")
    show.set_defaults(act=show_unit, is_server_verb=False)
    unit_parameters.add_to(acts)
    unit_names.add_to(acts)


def add_import_arguments(add: argparse.ArgumentParser) -> None:
    """Add what can be said of a list that is imported."""
    add.add_argument("file", metavar="FILE", type=Path)
    add.add_argument("--take", action="store_true", help="take what can be taken")
    add.add_argument(
        "--all-or-nothing", action="store_true", help="take nothing if a row is refused"
    )
    add.add_argument("--refusals", metavar="FILE", type=Path, help="write refused rows here")
    add.set_defaults(act=import_list, is_server_verb=False)


def import_list(client: Client, arguments: argparse.Namespace) -> int:
    """Stage a list, show its effect, and take it if asked to."""
    if not arguments.file.is_file():
        output.complain(f"{arguments.file} is not a file.")
        raise SystemExit(2)
    staged = client.send_file(
        "/imports",
        arguments.file,
        part="list",
        all_or_nothing="true" if arguments.all_or_nothing else None,
        **how_of(arguments),
    )
    if arguments.take or arguments.all_or_nothing:
        staged = _taken(client, staged)
    refused = list(client.pages(f"/imports/{staged['id']}/refusals", limit=REFUSALS_SHOWN))
    if arguments.refusals and refused:
        client.download(f"/imports/{staged['id']}/refusals.csv", arguments.refusals)
    if arguments.json:
        output.as_json(staged | {"refusals": refused})
    else:
        _print_import(staged, refused, has_file=bool(arguments.refusals))
    return 0


def _taken(client: Client, staged: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = client.post(f"/imports/{staged['id']}/apply")
    if "job_id" not in answer:
        return answer
    with output.job_progress("Taking") as report:
        job = client.watch_job(answer["job_id"], report)
    if job["state"] != "done":
        output.complain(job["outcome"])
        raise SystemExit(REFUSED)
    ended: dict[str, Any] = client.get(f"/imports/{staged['id']}")
    return ended


def _print_import(result: dict[str, Any], refused: list[dict[str, Any]], *, has_file: bool) -> None:
    counts = ("row", "created", "changed", "unchanged", "contested", "refused", "event", "late")
    named = ("Rows", "Created", "Changed", "Unchanged", "Contested", "Refused", "Events", "Late")
    output.table(
        ["#Import", "State", *(f"#{name}" for name in named)],
        [(result["id"], result["state"], *(result[f"{each}_count"] for each in counts))],
    )
    if result["profile"]:
        output.line(f"Understood by the profile {result['profile']}.")
    if refused:
        output.line()
        output.table(
            ["#Row", "Column", "Serial number", "Why", "What to do"],
            [
                (row["row"], row["column"], row["serial"], row["why"], row["what_to_do"])
                for row in refused
            ],
        )
        if not has_file:
            output.hint("--refusals FILE writes all of them, ready to be mended and sent again.")
    if result["state"] == "staged":
        output.hint("Nothing is written yet. --take takes what can be taken.")


def show_unit(client: Client, arguments: argparse.Namespace) -> int:
    """Print what is inside a unit and whose it is."""
    unit = unit_named(client, arguments)
    days = {"on": arguments.on, "known_on": arguments.known_on}
    inside = client.get(f"/units/{unit['id']}/contents", **days)
    if arguments.json:
        output.as_json({"unit": unit, "contents": inside})
        return 0
    output.line(f"{unit['item']['name']} {unit['serial']}", style="bold")
    places = [unit[role]["name"] for role in ("site", "operator", "distributor") if unit[role]]
    where = ", ".join([*places, *filter(None, [unit["country"]])])
    day = output.day_asked(arguments)
    now = "now: " if day else ""
    output.line(f"{now}{unit['state']}; {where or 'whereabouts not known'}")
    output.line()
    if day:
        output.line(day)
    output.table(
        ["Slot", "Inside", "Unit", "Since", "Known by"],
        [
            (
                "  " * depth + (row["slot"] or "the unit itself"),
                _inside(row),
                row["unit"]["serial"] if row["unit"] else None,
                row["valid_from"][:10],
                row["evidence"],
            )
            for depth, row in _nested(inside, 0)
        ],
    )
    return 0


def _nested(rows: list[dict[str, Any]], depth: int) -> Iterator[tuple[int, dict[str, Any]]]:
    for row in rows:
        yield depth, row
        yield from _nested(row["inside"], depth + 1)


def _inside(row: dict[str, Any]) -> str:
    if row["is_empty"]:
        return "empty"
    release = row["release"]
    known = f"{release['item']} {release['version']}" if release else row["item"] or row["part"]
    changed = ", ".join(f"{name}={value}" for name, value in sorted(row["parameters"].items()))
    return f"{known or 'not known'}" + (f" ({changed})" if changed else "")
