"""``longmark units``: import lists of units, and look into one."""

import argparse
from pathlib import Path
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client

REFUSED = 3


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    units = verbs.add_parser("units", help="units: import lists, look into one")
    acts = units.add_subparsers(dest="act_name", metavar="ACT", required=True)
    add = acts.add_parser(
        "import",
        help="import a list (CSV, XLSX); shows what it would do, and does it with --take",
    )
    add.add_argument("file", metavar="FILE", type=Path)
    add.add_argument("--take", action="store_true", help="take what can be taken")
    add.add_argument(
        "--all-or-nothing", action="store_true", help="take nothing if a row is refused"
    )
    add.add_argument("--refusals", metavar="FILE", type=Path, help="write refused rows here")
    add.set_defaults(act=import_list, is_server_verb=False)
    show = acts.add_parser("show", help="what is inside a unit, now or on a past day")
    show.add_argument("serial")
    show.add_argument("--item", help="if two items have this serial number")
    show.add_argument("--on", metavar="DAY", help="as it was on a past day")
    show.add_argument("--known-on", metavar="DAY", help="as we knew it on that day")
    show.set_defaults(act=show_unit, is_server_verb=False)


def import_list(client: Client, arguments: argparse.Namespace) -> int:
    """Stage a list, show its effect, and take it if asked to."""
    if not arguments.file.is_file():
        output.complain(f"{arguments.file} is not a file.")
        raise SystemExit(2)
    staged = client.send_file("/imports", arguments.file)
    with output.job_progress("Reading") as report:
        _done(client.watch_job(staged["job_id"], report))
    result = client.get(f"/imports/{staged['id']}")
    if arguments.take or arguments.all_or_nothing:
        body = {"all_or_nothing": arguments.all_or_nothing}
        job = client.post(f"/imports/{staged['id']}/apply", body)
        with output.job_progress("Taking") as report:
            _done(client.watch_job(job["id"], report))
        result = client.get(f"/imports/{staged['id']}")
    if arguments.refusals and result["refused_count"]:
        client.download(f"/imports/{staged['id']}/refusals", arguments.refusals)
    if arguments.json:
        output.as_json(result)
    else:
        _print_import(client, result, arguments)
    return 0


def _done(job: dict[str, Any]) -> None:
    if job["state"] != "done":
        output.complain(job["outcome"])
        raise SystemExit(REFUSED)


def _print_import(client: Client, result: dict[str, Any], arguments: argparse.Namespace) -> None:
    output.table(
        ["State", "#Rows", "#Created", "#Changed", "#Unchanged", "#Refused"],
        [
            (
                result["state"],
                result["row_count"],
                result["created_count"],
                result["changed_count"],
                result["unchanged_count"],
                result["refused_count"],
            )
        ],
    )
    if result["refused_count"]:
        rows = list(client.pages(f"/imports/{result['id']}/refused-rows", limit=20))
        output.line()
        output.table(
            ["#Row", "Serial number", "Why", "What to do"],
            [(row["row"], row["serial"], row["reason"], row["mend"]) for row in rows],
        )
        if not arguments.refusals:
            output.hint("--refusals FILE writes all of them, ready to be mended and sent again.")
    if result["state"] == "staged":
        output.hint("Nothing is written yet. --take takes what can be taken.")


def show_unit(client: Client, arguments: argparse.Namespace) -> int:
    """Print what is inside a unit and whose it is."""
    found = client.get("/units/named", serial=arguments.serial, item=arguments.item)
    inside = client.get(
        f"/units/{found['id']}/contents", on=arguments.on, known_on=arguments.known_on
    )
    if arguments.json:
        output.as_json({"unit": found, "contents": inside})
        return 0
    output.line(f"{found['item']} {found['serial']}", style="bold")
    place = ", ".join(
        str(found[name]) for name in ("site", "customer", "distributor", "country") if found[name]
    )
    output.line(f"{found['state']}; {place or 'whereabouts unknown'}")
    output.line()
    output.table(
        ["Slot", "Inside", "Unit", "Since", "Known by"],
        [
            (
                "  " * row["depth"] + row["slot"],
                row["release"] or row["part"] or ("empty" if row["is_empty"] else "unknown"),
                row["serial"],
                row["since"],
                row["evidence"],
            )
            for row in inside
        ],
    )
    return 0
