"""An SBOM of 10,000 components, from its bytes to findings, against parse and bare inserts."""

import sqlite3
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from benchmarks.figures import Figure, peak_mb, seconds
from benchmarks.ground import NOW, chance, corpus
from longmark.config import local

COMPONENTS = 10_000
ADVISED_SHARE = 0.15
"""As many components are in packages of which some advisory speaks: far more than in real SBOMs."""
PYPI_ARCHIVE = "osv/PyPI/all.zip"


def run() -> list[Figure]:
    """Measure on an empty store and on one that holds the advisories of PyPI."""
    from longmark.catalog import services as catalog
    from longmark.core.actors import SYSTEM
    from longmark.core.vocabulary import ItemKind
    from longmark.findings.services import following
    from longmark.sboms.services import documents as sboms

    local.prepare()
    names = _advised_names()
    item = catalog.register_item("bench-fw", kind=ItemKind.FIRMWARE, actor=SYSTEM, now=NOW)
    figures = []
    for number, title in enumerate(("first SBOM", "second SBOM, half of it known")):
        content = _document(names, seed=number)
        release = catalog.register_release(item, f"1.{number}", actor=SYSTEM, now=NOW)
        added = seconds(
            lambda content=content, release=release: sboms.add_document(
                release, content, filename="bench.cdx.json", actor=SYSTEM, now=NOW
            )
        )
        followed = seconds(
            lambda release=release: following.follow_release(release, actor=SYSTEM, now=NOW)
        )
        bare = seconds(lambda content=content: _bare(content))
        figures += [
            Figure(f"{title}: upload", added, "s", bare, "parse + bare inserts"),
            Figure(f"{title}: findings", followed, "s", bare, "parse + bare inserts"),
            Figure(
                f"{title}: both", added + followed, "s", bare, "parse + bare inserts", "≤ 2 s, ≤ 3×"
            ),
        ]
    figures.append(Figure("memory", peak_mb(), "MB", goal="≤ 500 MB"))
    return figures


def _advised_names() -> list[tuple[str, str]]:
    """Return packages with versions that advisories speak of, after taking these in."""
    folder = corpus()
    if folder is None:
        return []
    from longmark.core.actors import SYSTEM
    from longmark.intel.models import AffectedRange
    from longmark.intel.services import intakes

    intakes.import_file(folder / PYPI_ARCHIVE, filename="all.zip", actor=SYSTEM, now=NOW)
    packages = AffectedRange.objects.filter(package__startswith="pypi:").order_by("package")
    named = packages.values_list("package", flat=True).distinct()
    return [(package.removeprefix("pypi:"), "1.0") for package in named]


def _document(names: Sequence[tuple[str, str]], *, seed: int) -> bytes:
    dice = chance()
    advised = dice.sample(names, min(len(names), int(COMPONENTS * ADVISED_SHARE)))
    components: list[dict[str, Any]] = []
    for number in range(COMPONENTS):
        if number < len(advised):
            name, version = advised[number][0], f"{dice.randint(0, 4)}.{dice.randint(0, 20)}"
        else:
            name, version = f"part-{number if number % 2 else number + seed * COMPONENTS}", "1.2.3"
        components.append(
            {
                "type": "library",
                "bom-ref": f"c{number}",
                "name": name,
                "version": version,
                "purl": f"pkg:pypi/{name}@{version}",
                "licenses": [{"license": {"id": "MIT"}}],
                "hashes": [{"alg": "SHA-256", "content": f"{number:064x}"}],
            }
        )
    return orjson.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "serialNumber": f"urn:uuid:{uuid.UUID(int=seed + 1)}",
            "version": 1,
            "components": components,
        }
    )


def _bare(content: bytes) -> None:
    """Parse the document and insert as many rows of the same width as Longmark keeps of it."""
    components = orjson.loads(content)["components"]
    rows = [
        (uuid.uuid4().hex, each["name"], each["version"], each["purl"], each["bom-ref"])
        for each in components
    ]
    with tempfile.TemporaryDirectory() as folder:
        base = sqlite3.connect(Path(folder) / "bare.sqlite3")
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("CREATE TABLE component(id TEXT PRIMARY KEY, name, version, purl, ref)")
        base.execute("CREATE TABLE coordinate(id INTEGER PRIMARY KEY, component, package, key)")
        base.execute("CREATE INDEX by_package ON coordinate(package, key)")
        base.execute("CREATE TABLE occurrence(id INTEGER PRIMARY KEY, component, ref, path)")
        base.execute("CREATE INDEX by_component ON occurrence(component)")
        with base:
            base.executemany("INSERT INTO component VALUES (?,?,?,?,?)", rows)
            base.executemany(
                "INSERT INTO coordinate(component, package, key) VALUES (?,?,?)",
                [(row[0], row[3], row[2]) for row in rows],
            )
            base.executemany(
                "INSERT INTO occurrence(component, ref, path) VALUES (?,?,?)",
                [(row[0], row[4], "") for row in rows],
            )
        base.close()
