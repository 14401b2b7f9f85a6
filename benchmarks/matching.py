"""A whole portfolio against all advisories, and what one more SBOM or advisory costs on top.

Needs the folder of real public records (``LONGMARK_CORPUS``). Components are distinct; 15 % are of
packages that advisories speak of, in versions near the bounds that these state, and 0.1 % are
kernels, each of which meets thousands. ``--units`` says how many components there are.

There are two limits for a sweep. One writes bare pairs and indexes them when all are there, which
no table can that others read meanwhile; the other writes rows like ours into a table like ours.
"""

import multiprocessing
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from django.db import connection, transaction

from benchmarks.figures import Figure, peak_mb, peak_mb_here, seconds
from benchmarks.ground import NOW, chance, corpus, units_asked_for
from longmark.config import local

COMPONENTS = 200_000
PER_DOCUMENT = 10_000
ADVISED_SHARE = 0.15
KERNEL_SHARE = 0.001
KERNELS = ((4, 14, 330), (4, 19, 320), (5, 4, 280), (5, 10, 230), (5, 15, 170), (6, 1, 120))
PURL_KINDS = frozenset(("pypi", "cargo", "golang", "bitnami", "cran", "hackage"))
SINGLE_ADVISORIES = 200
FETCHED_ROWS = 10_000
FILES = (
    "nvd/feeds-2.0/*.xz", "osv/*/all.zip", "cve5/vulnrichment/*.tar.xz",
    "cve5/linux-cna/20*.tar.xz", "kev/*/*.json",
)  # fmt: skip

_JOIN = """
FROM sboms_coordinate c
JOIN intel_affectedrange r ON r.package = c.package AND r.low <= c.key AND r.high > c.key
JOIN intel_advisory a ON a.id = r.advisory_id AND a.state = 'published'
JOIN intel_subject s ON s.advisory_id = r.advisory_id
"""


def run() -> list[Figure]:
    """Fill a store with everything, then match."""
    folder = corpus()
    if folder is None:
        print("No folder of real records here; name it in LONGMARK_CORPUS.")
        return []
    local.prepare()
    figures = [*_filled(folder)]
    wanted = units_asked_for(COMPONENTS)
    _make_portfolio(wanted)
    return [*figures, *_matched(wanted)]


def _matched(wanted: int) -> Iterator[Figure]:
    pairs, alike = seconds(_bare_pairs), seconds(_bare_rows)
    took, memory = _sweep_apart()
    yield Figure(f"{wanted:,} components, from nothing", took, "s", pairs, "bare join, pairs")
    yield Figure("the same", took, "s", alike, "bare join, rows like ours", "≤ 2×")
    yield Figure("memory of that, in a process of its own", memory, "MB", goal="≤ 500 MB")
    again, _ = _sweep_apart()
    yield Figure(
        "the same again, nothing to change", again, "s", alike, "bare join, rows like ours"
    )
    yield Figure("matches", float(_count("findings_match")), "rows")
    yield from _one_more_sbom()
    yield from _single_advisories()
    yield Figure("memory of all the rest", peak_mb(), "MB")


def _filled(folder: Path) -> Iterator[Figure]:
    from longmark.core.actors import SYSTEM
    from longmark.intel.services import intakes

    files = [file for pattern in FILES for file in sorted(folder.glob(pattern))]
    began, read = time.perf_counter(), 0
    for file in files:
        read += intakes.import_file(file, filename=file.name, actor=SYSTEM, now=NOW).read_count
    took = time.perf_counter() - began
    yield Figure("all advisories, from nothing", took, "s")
    yield Figure("rate", read / took, "records/s", goal="≥ 10,000")


def _make_portfolio(wanted: int) -> None:
    from longmark.catalog import services as catalog
    from longmark.core.actors import SYSTEM
    from longmark.core.vocabulary import ItemKind
    from longmark.sboms.services import documents

    item = catalog.register_item("bench-fw", kind=ItemKind.FIRMWARE, actor=SYSTEM, now=NOW)
    made = _components(chance(), _bounds())
    for number in range(0, wanted, PER_DOCUMENT):
        content = _document(made, min(PER_DOCUMENT, wanted - number))
        release = catalog.register_release(item, f"1.{number}", actor=SYSTEM, now=NOW)
        documents.add_document(release, content, filename="b.cdx.json", actor=SYSTEM, now=NOW)


def _document(made: Iterator[dict[str, Any]], count: int) -> bytes:
    components = [{**next(made), "bom-ref": str(place)} for place in range(count)]
    return orjson.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components})


def _bounds() -> list[tuple[str, list[str]]]:
    """Return advised packages with some of the versions that their advisories state."""
    bounds: dict[str, list[str]] = {}
    # Not all rows at once: the memory that is measured shall be that of the matcher.
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT package, low_text, high_text FROM intel_affectedrange"
            " WHERE status = 'affected' ORDER BY package, low, high"
        )
        for package, *texts in _fetched(cursor):
            known = bounds.setdefault(package, [])
            if len(known) < 40:
                known += [text.partition(" ")[2] for text in texts if " " in text]
    return [(package, known) for package, known in bounds.items() if known]


def _fetched(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(FETCHED_ROWS):
        yield from rows


def _components(
    dice: random.Random, bounds: list[tuple[str, list[str]]]
) -> Iterator[dict[str, Any]]:
    number = 0
    while True:
        number += 1
        drawn = dice.random()
        if drawn < KERNEL_SHARE:
            yield _kernel(dice)
        elif drawn < KERNEL_SHARE + ADVISED_SHARE and (one := _advised(dice, bounds)):
            yield one
        else:
            name, version = f"part-{number // 3}", f"{number % 3}.{number % 7}"
            purl = f"pkg:generic/acme/{name}@{version}"
            yield {"type": "library", "name": name, "version": version, "purl": purl}


def _kernel(dice: random.Random) -> dict[str, Any]:
    major, minor, patches = dice.choice(KERNELS)
    version = f"{major}.{minor}.{dice.randrange(patches)}"
    purl = f"pkg:generic/linux@{version}"
    return {"type": "operating-system", "name": "linux", "version": version, "purl": purl}


def _advised(dice: random.Random, bounds: list[tuple[str, list[str]]]) -> dict[str, Any] | None:
    package, known = dice.choice(bounds)
    kind, _, rest = package.partition(":")
    head, dot, last = dice.choice(known).rpartition(".")
    if last.isdigit() and dice.random() < 0.5:
        last = str(max(0, int(last) + dice.choice((-1, 1, 2))))
    version = head + dot + last
    name = rest.rpartition("/")[2].rpartition(":")[2]
    if kind in PURL_KINDS:
        purl = f"pkg:{kind}/{rest}@{version.replace('+', '%2B')}"
        return {"type": "library", "name": name, "version": version, "purl": purl}
    if kind != "cpe" or not version.replace(".", "").isalnum() or not version.isascii():
        return None
    cpe = f"cpe:2.3:a:{rest}:{version}:*:*:*:*:*:*:*"
    return {"type": "library", "name": name, "version": version, "cpe": cpe}


def _bare_pairs() -> None:
    """Join what is stored and write the distinct pairs, then two of the same indexes."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare")
        cursor.execute(
            "CREATE TABLE bare AS SELECT DISTINCT c.component_id, s.vulnerability_id" + _JOIN
        )
        cursor.execute("CREATE UNIQUE INDEX bare_pair ON bare(component_id, vulnerability_id)")
        cursor.execute("CREATE INDEX bare_vulnerability ON bare(vulnerability_id)")


def _bare_rows() -> None:
    """Join what is stored and write a row like ours for each distinct pair, in the order of its
    index, into a table like that of matches; no reasons, and no evidence."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("CREATE TABLE bare_rows (LIKE findings_match INCLUDING ALL)")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'findings_match'")
            for (statement,) in cursor.fetchall():
                if statement:
                    cursor.execute(statement.replace("findings_match", "bare_rows"))
        cursor.execute(
            "INSERT INTO bare_rows (component_id, vulnerability_id, verdict, confidence,"
            " evidence_id, matched_at) SELECT DISTINCT c.component_id, s.vulnerability_id,"
            f" 'affected', 'exact', 1, CURRENT_TIMESTAMP {_JOIN} ORDER BY 1, 2"
        )
        cursor.execute("DROP TABLE bare_rows")


def _sweep_apart() -> tuple[float, float]:
    """Sweep in a new process, which holds nothing else; seconds and MB."""
    connection.close()
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_sweep_here)


def _sweep_here() -> tuple[float, float]:
    local.prepare()
    return seconds(_sweep), peak_mb_here()


def _sweep() -> None:
    from longmark.core.actors import SYSTEM
    from longmark.findings.queries.families import packages_in_chunks
    from longmark.findings.services.matching import match_packages
    from longmark.foundation.bulk import seldom_checkpointed

    with seldom_checkpointed():
        for packages in packages_in_chunks():
            match_packages(packages, actor=SYSTEM, now=NOW)


def _one_more_sbom() -> Iterator[Figure]:
    from longmark.catalog import queries as catalog
    from longmark.catalog import services
    from longmark.core.actors import SYSTEM
    from longmark.findings.services import following
    from longmark.sboms.services import documents

    content = _document(_components(random.Random(7), _bounds()), PER_DOCUMENT)
    item = catalog.item_named("bench-fw")
    release = services.register_release(item, "next", actor=SYSTEM, now=NOW)
    parsed = seconds(lambda: orjson.loads(content))
    began = time.perf_counter()
    documents.add_document(release, content, filename="n.cdx.json", actor=SYSTEM, now=NOW)
    following.follow_release(release, actor=SYSTEM, now=NOW)
    took = time.perf_counter() - began
    yield Figure("one new SBOM of 10,000, to findings", took, "s", parsed, "JSON parse", "≤ 2 s")


def _single_advisories() -> Iterator[Figure]:
    """One changed advisory at a time against the whole portfolio, none of it news."""
    from longmark.core.actors import SYSTEM
    from longmark.findings.services.matching import match_vulnerabilities

    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM intel_vulnerability ORDER BY id")
        ids = [pk for (pk,) in cursor.fetchall()]
    chosen = chance().sample(ids, SINGLE_ADVISORIES)
    look = [seconds(lambda pk=pk: _bare_look(pk)) for pk in chosen]
    whole = [
        seconds(lambda pk=pk: match_vulnerabilities([pk], actor=SYSTEM, now=NOW)) for pk in chosen
    ]
    yield Figure(
        "one changed advisory: look-ups, median", statistics.median(look) * 1e3, "ms", goal="≤ 1 ms"
    )
    yield Figure(
        "one changed advisory: all, with ledger", statistics.median(whole) * 1e3, "ms",
        statistics.median(look) * 1e3, "bare look-ups",
    )  # fmt: skip


def _bare_look(vulnerability_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.component_id FROM intel_subject s"
            " JOIN intel_affectedrange r ON r.advisory_id = s.advisory_id"
            " JOIN sboms_coordinate c"
            " ON c.package = r.package AND c.key >= r.low AND c.key < r.high"
            " WHERE s.vulnerability_id = %s",
            [vulnerability_id],
        )
        cursor.fetchall()


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")
        count: int = cursor.fetchone()[0]
        return count
