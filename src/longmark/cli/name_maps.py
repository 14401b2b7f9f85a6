"""``longmark names import``, ``maps`` and ``withdraw-map``: tables from purls to CPE names."""

import argparse
import gzip
import tarfile
import tempfile
from pathlib import Path
from typing import Any, cast

from longmark.cli import output
from longmark.cli.client import Client

REFUSED = 3
ENDINGS = (".yml", ".yaml", ".csv", ".json")


def add_to(acts: Any) -> None:
    """Add the acts on maps to the parser of names."""
    add = acts.add_parser("import", help="take in a table from purls to CPE names")
    add.add_argument(
        "path",
        metavar="PATH",
        type=Path,
        help="CSV or JSON, or a folder or archive of purls.yml beside cpes.yml",
    )
    add.add_argument("--name", required=True, help="it takes the place of the map of this name")
    add.add_argument("--edition", default="", help="as in 2025-05-19")
    add.add_argument("--source", default="", help="where it is published")
    add.add_argument(
        "--for-ecosystems",
        action="store_true",
        help="also use it for npm, PyPI and the like: finds more, and more of it is wrong",
    )
    add.set_defaults(act=import_map, is_server_verb=False)
    listed = acts.add_parser("maps", help="the tables that were taken in, newest first")
    listed.add_argument("--limit", type=int, default=100)
    listed.set_defaults(act=show, is_server_verb=False)
    withdraw = acts.add_parser("withdraw-map", help="let a table no longer hold")
    withdraw.add_argument("map", type=int, metavar="NUMBER")
    withdraw.add_argument("--reason", required=True)
    withdraw.set_defaults(act=withdraw_map, is_server_verb=False)


def import_map(client: Client, arguments: argparse.Namespace) -> int:
    """Send a table, or a folder as an archive, and wait until it is taken in."""
    path: Path = arguments.path
    if not path.exists():
        output.complain(f"There is no file or folder {path}.")
        raise SystemExit(2)
    if path.is_file():
        return _sent(client, path, arguments)
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / f"{path.resolve().name}.tar.gz"
        if not _pack(path, archive):
            output.complain(f"{path} holds no file that ends in {', '.join(ENDINGS)}.")
            raise SystemExit(2)
        return _sent(client, archive, arguments)


def _sent(client: Client, file: Path, arguments: argparse.Namespace) -> int:
    job = client.send_file(
        "/names/maps",
        file,
        name=arguments.name,
        edition=arguments.edition,
        source=arguments.source,
        is_for_ecosystems="true" if arguments.for_ecosystems else "",
    )
    with output.job_progress(file.name) as report:
        ended = client.watch_job(job["job_id"], report)
    is_done = bool(ended["state"] == "done")
    if arguments.json:
        output.as_json(ended)
    (output.hint if is_done else output.complain)(ended["outcome"])
    return 0 if is_done else REFUSED


def _pack(folder: Path, archive: Path) -> int:
    """Write the documents of a folder into an archive, alike for alike; return their number."""
    files = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file()
    )
    with (
        archive.open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=cast("Any", packed), mode="w") as tar,
    ):
        for path in files:
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            entry.size = path.stat().st_size
            with path.open("rb") as content:
                tar.addfile(entry, content)
    return len(files)


def show(client: Client, arguments: argparse.Namespace) -> int:
    """List maps."""
    rows = list(client.pages("/names/maps", limit=arguments.limit))
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["#Map", "Name", "Edition", "#Rows", "#Used", "#Refused", "By", "Since", "Withdrawn"],
        [
            (
                row["id"],
                row["name"],
                row["edition"],
                row["row_count"],
                row["used_count"],
                row["refused_count"],
                row["author_name"],
                output.moment(row["recorded_at"]),
                output.moment(row["withdrawn_at"]),
            )
            for row in rows
        ],
    )
    return 0


def withdraw_map(client: Client, arguments: argparse.Namespace) -> int:
    """Withdraw a map."""
    found = client.post(f"/names/maps/{arguments.map}/withdrawal", {"reason": arguments.reason})
    if arguments.json:
        output.as_json(found)
        return 0
    output.line(f"Map {found['id']} no longer holds: {found['name']} {found['edition']}".rstrip())
    return 0
