"""Advisories from files into the store, against JSON parsing and bare inserts of the same records.

Needs the folder of real public records (``LONGMARK_CORPUS``).
"""

import gzip
import io
import lzma
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import orjson

from benchmarks.figures import Figure, peak_mb, seconds
from benchmarks.ground import NOW, corpus
from longmark.config import local

FILES = {
    "OSV, PyPI": "osv/PyPI/all.zip",
    "OSV, Go": "osv/Go/all.zip",
    "NVD, year 2019": "nvd/feeds-2.0/nvdcve-2.0-2019.json.xz",
    "EPSS, one day": "epss/epss_scores-2026-08-09.csv.gz",
}


def run() -> list[Figure]:
    """Measure each file into an empty store."""
    from longmark.core.actors import SYSTEM
    from longmark.intel.services import intakes

    folder = corpus()
    if folder is None:
        print("No folder of real records here; name it in LONGMARK_CORPUS.")
        return []
    local.prepare()
    figures = []
    for name, path in FILES.items():
        file = folder / path
        bare = seconds(lambda file=file: _bare(file))
        taken: list[int] = []
        took = seconds(
            lambda file=file, taken=taken: taken.append(
                intakes.import_file(file, filename=file.name, actor=SYSTEM, now=NOW).read_count
            )
        )
        goal = "≥ 10,000" if not name.startswith("EPSS") else ""
        figures += [
            Figure(f"{name}: to take in", took, "s", bare, "parse + bare inserts"),
            Figure(f"{name}: rate", taken[0] / took, "records/s", goal=goal),
        ]
    figures.append(Figure("memory", peak_mb(), "MB", goal="≤ 500 MB"))
    return figures


def _bare(file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = sqlite3.connect(Path(folder) / "bare.sqlite3")
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("CREATE TABLE record(id INTEGER PRIMARY KEY, name, raw BLOB)")
        base.execute("CREATE TABLE place(id INTEGER PRIMARY KEY, record, package, low, high)")
        base.execute("CREATE INDEX by_package ON place(package, low, high)")
        with base:
            for name, raw, places in _records(file):
                row = base.execute("INSERT INTO record(name, raw) VALUES (?,?)", (name, raw))
                base.executemany(
                    "INSERT INTO place(record, package, low, high) VALUES (?,?,?,?)",
                    [(row.lastrowid, *place) for place in places],
                )
        base.close()


def _records(file: Path) -> Iterator[tuple[str, bytes, list[tuple[str, str, str]]]]:
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                raw = archive.read(name)
                record = orjson.loads(raw)
                places = [
                    (each["package"]["name"], "0", "1")
                    for each in record.get("affected", ())
                    if "package" in each
                ]
                yield name, zlib.compress(raw, 1), places
    elif file.suffix == ".xz":
        for entry in orjson.loads(lzma.decompress(file.read_bytes()))["vulnerabilities"]:
            matches = [
                (match["criteria"], "0", "1")
                for configuration in entry["cve"].get("configurations", ())
                for node in configuration["nodes"]
                for match in node["cpeMatch"]
            ]
            yield entry["cve"]["id"], zlib.compress(orjson.dumps(entry), 1), matches
    else:
        for line in io.StringIO(gzip.decompress(file.read_bytes()).decode()):
            yield line, b"", []
