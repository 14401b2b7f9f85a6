"""``longmark feed``: advisories from files, and how fresh each source is."""

import argparse
from pathlib import Path
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    feed = verbs.add_parser("feed", help="advisories: import files, see how fresh sources are")
    acts = feed.add_subparsers(dest="act_name", metavar="ACT", required=True)
    add = acts.add_parser(
        "import",
        help="import OSV, NVD, CVE, KEV or EPSS files and archives as the upstream serves them",
    )
    add.add_argument("files", metavar="FILE", type=Path, nargs="+")
    add.set_defaults(act=import_files, is_server_verb=False)
    state = acts.add_parser("list", help="each source: records, newest change, last import")
    state.set_defaults(act=show, is_server_verb=False)


def import_files(client: Client, arguments: argparse.Namespace) -> int:
    """Import files one after the other; the exit code is 3 if one of them failed."""
    ended = [_import_file(client, file) for file in arguments.files]
    if arguments.json:
        output.as_json(ended)
    return 0 if all(job["state"] == "done" for job in ended) else 3


def _import_file(client: Client, file: Path) -> dict[str, Any]:
    if not file.is_file():
        output.complain(f"{file} is not a file.")
        raise SystemExit(2)
    job = client.send_file("/intakes", file)
    with output.job_progress(file.name) as report:
        ended = client.watch_job(job["job_id"], report)
    say = output.hint if ended["state"] == "done" else output.complain
    say(ended["outcome"])
    return ended | {"file": str(file)}


def show(client: Client, arguments: argparse.Namespace) -> int:
    """List the sources of advisories."""
    rows = client.get("/advisory-sources")
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Source", "#Records", "Newest change"],
        [(row["source"], row["record_count"], output.moment(row["newest_at"])) for row in rows],
    )
    return 0
