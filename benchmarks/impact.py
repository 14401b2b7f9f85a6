"""From a vulnerability to releases, units and parties, and pages, at a large fleet.

The fleet is made by the services' own bulk path from a list as a plant would write it. The limit is
the bare index scan that answers the same with the configurations already at hand.
"""

import io
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from benchmarks.figures import Figure, peak_mb, seconds
from benchmarks.ground import NOW, units_asked_for
from benchmarks.makers import a_drive_maker
from benchmarks.units import drive_list
from longmark.config import local

UNITS = 1_000_000
RUNS = 9
PAGE_RUNS = 15


def run() -> list[Figure]:
    """Measure the queries, the API and the pages."""
    local.prepare()
    firmware = a_drive_maker()
    units = units_asked_for(UNITS)
    took = seconds(lambda: _fill(units))
    figures = [Figure("units", units, ""), Figure("to fill the fleet", took, "s")]
    figures += _queries(firmware)
    figures += _pages()
    return [*figures, Figure("memory", peak_mb(), "MB")]


def _fill(units: int) -> None:
    from longmark.core.actors import SYSTEM
    from longmark.fleet.services import imports

    before = NOW - timedelta(days=30)
    content = io.BytesIO(drive_list(units))
    staged = imports.stage_import(content, filename="built.csv", actor=SYSTEM, now=before)
    imports.apply_import(staged, actor=SYSTEM, now=before)


def _queries(firmware: dict[str, int]) -> list[Figure]:
    from django.db import connection

    from longmark.fleet.queries import reach
    from longmark.fleet.queries.reach import Asked

    asked = Asked((firmware["2.0"], firmware["2.1"], firmware["2.2"]))

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT SUM(c.count) FROM fleet_census c WHERE c.configuration_id IN"
                " (SELECT configuration_id FROM fleet_configurationmember WHERE release_id IN"
                " (%s, %s, %s))",
                asked.release_ids,
            )
            cursor.fetchall()

    def first_units() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, serial FROM fleet_unit WHERE configuration_id IN"
                " (SELECT configuration_id FROM fleet_configurationmember WHERE release_id IN"
                " (%s, %s, %s)) ORDER BY serial_folded, id LIMIT 51",
                asked.release_ids,
            )
            cursor.fetchall()

    counts = seconds(bare, runs=RUNS)
    listed = seconds(first_units, runs=RUNS)
    works: list[tuple[str, Callable[[], object], float, str]] = [
        ("counts", lambda: reach.reach(asked), counts, "bare sum"),
        ("parties", lambda: reach.parties_reached(asked), counts, "bare sum"),
        ("countries", lambda: reach.countries_reached(asked), counts, "bare sum"),
        ("first 50 units", lambda: reach.units_reached(asked), listed, "bare scan"),
    ]
    return [
        Figure(f"reach: {name}", seconds(work, runs=RUNS), "s", limit, against, "≤ 100 ms, ≤ 2×")
        for name, work, limit, against in works
    ]


def _pages() -> list[Figure]:
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
