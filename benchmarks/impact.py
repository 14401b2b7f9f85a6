"""From a vulnerability to releases, units and parties, and pages, at a large fleet.

The fleet is made by the services' own bulk path from a list as a plant would write it. The limits
are bare queries that answer the same, as one would type them.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, peak_mb, seconds
from benchmarks.ground import NOW, units_asked_for
from benchmarks.makers import a_drive_maker, weaknesses
from benchmarks.units import write_drive_list
from longmark.config import local

UNITS = 1_000_000
WEAKNESSES = 300
RUNS = 9
PAGE_RUNS = 15
QUICK = "≤ 100 ms, ≤ 2×"
"""What a person waits for without noticing; the ratio counts where the bare query takes longer
than the few milliseconds that any query through the ORM costs."""

_HOLDERS = "SELECT configuration_id FROM fleet_configurationmember WHERE release_id IN (%s, %s, %s)"
_COUNTED = f"FROM fleet_census c WHERE c.count > 0 AND c.configuration_id IN ({_HOLDERS})"
BARE = {
    "counts": [
        f"SELECT SUM(c.count), COUNT(DISTINCT operator_id), COUNT(DISTINCT country) {_COUNTED}",
        f"SELECT c.configuration_id, SUM(c.count) {_COUNTED} GROUP BY c.configuration_id",
    ],
    "parties": [
        "SELECT p.*, s.units FROM (SELECT c.operator_id, SUM(c.count) AS units"
        f" {_COUNTED} GROUP BY c.operator_id) s LEFT JOIN parties_party p ON p.id = s.operator_id"
        " ORDER BY s.units DESC"
    ],
    "countries": [f"SELECT c.country, SUM(c.count) {_COUNTED} GROUP BY c.country"],
    "first 50 units": [
        "SELECT u.*, i.name, p.name FROM fleet_unit u JOIN catalog_item i ON i.id = u.item_id"
        " LEFT JOIN parties_party p ON p.id = u.operator_id"
        f" WHERE u.configuration_id IN ({_HOLDERS}) ORDER BY u.serial_folded, u.id LIMIT 51"
    ],
}


def run() -> list[Figure]:
    """Measure the queries, the API and the pages."""
    local.prepare()
    firmware = a_drive_maker()
    units = units_asked_for(UNITS)
    took = seconds(lambda: _fill(units))
    names = weaknesses(firmware, WEAKNESSES)
    figures = [Figure("units", units, ""), Figure("to fill the fleet", took, "s")]
    releases = [firmware[version] for version in ("2.0", "2.1", "2.2")]
    figures += _queries(releases)
    figures += _reached_by(names)
    figures += _pages(names)
    return [*figures, Figure("memory", peak_mb(), "MB")]


def _fill(units: int) -> None:
    from longmark.core.actors import SYSTEM
    from longmark.fleet.services import imports

    before = NOW - timedelta(days=30)
    with TemporaryDirectory(prefix="longmark-list-") as folder:
        file = Path(folder) / "built.csv"
        write_drive_list(file, units)
        with file.open("rb") as content:
            imports.take_list(content, filename=file.name, actor=SYSTEM, now=before)


def _queries(releases: Sequence[int]) -> list[Figure]:
    from longmark.fleet.queries import reach, spreads
    from longmark.fleet.queries.reach import Asked

    asked = Asked(tuple(releases))
    works: dict[str, Callable[[], object]] = {
        "counts": lambda: spreads.spread(asked).reach,
        "parties": lambda: spreads.spread(asked).whose.parties,
        "countries": lambda: spreads.spread(asked).countries,
        "first 50 units": lambda: reach.units_reached(asked),
    }
    figures = []
    for name, work in works.items():
        limit = seconds(lambda name=name: _bare(BARE[name], asked.release_ids), runs=RUNS)
        took = seconds(work, runs=RUNS)
        figures.append(Figure(f"reach: {name}", took, "s", limit, "bare query", QUICK))
    return figures


def _bare(statements: Sequence[str], releases: Sequence[int]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, list(releases))
            cursor.fetchall()


def _reached_by(names: Sequence[str]) -> list[Figure]:
    """Measure the way from the name of a weakness to units, parties and countries."""
    from longmark.impact.queries import reaching
    from longmark.impact.queries.subjects import subject_of

    works: dict[str, Callable[[str], object]] = {
        "releases": subject_of,
        "releases, units, parties, countries": lambda name: reaching.impact_of(subject_of(name)),
        "first 50 units": lambda name: reaching.units_reached(subject_of(name)),
    }
    figures = []
    for title, work in works.items():
        taken = [seconds(lambda name=name: work(name)) for name in names[:: len(names) // 60]]
        figures.append(Figure(f"weakness: {title}", statistics.median(taken), "s", goal="≤ 100 ms"))
    return figures


def _pages(names: Sequence[str]) -> list[Figure]:
    from django.test import Client

    from longmark.accounts import services as accounts
    from longmark.core.actors import SYSTEM, Role
    from longmark.fleet.queries import units

    person = accounts.register_person(
        "bench", password=None, roles=[Role.ADMIN], actor=SYSTEM, now=NOW
    )
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    unit = units.units_page(limit=1).items[0]
    paths = {
        "desk": "/",
        "units": "/units/",
        "unit": f"/units/{unit.pk}/",
        "weaknesses": "/vulnerabilities/",
        "weakness": f"/vulnerabilities/{names[0]}/",
        "customers": "/parties/",
        "search": "/search/?q=200-0005",
        "ledger": "/ledger/",
    }
    return [_page(name, lambda path=path: client.get(path)) for name, path in paths.items()]


def _page(name: str, get: Callable[[], object]) -> Figure:
    get()
    taken = []
    for _ in range(PAGE_RUNS):
        began = time.perf_counter()
        answer = get()
        taken.append(time.perf_counter() - began)
        assert answer.status_code == 200, name
    p95 = statistics.quantiles(taken, n=20)[-1]
    return Figure(f"page: {name}, p95", p95, "s", goal="≤ 200 ms")
