"""A very large fleet: loaded, asked about now and on past days, and looked at in pages.

The fleet is that of ``fleet_plan``, loaded by ``fleet_loading``: 10⁵ units unless more are asked
for, ``--units 1000000`` on SQLite, ``--units 10000000`` on PostgreSQL. With ``--keep FOLDER`` it
stays (on PostgreSQL in the database that ``DATABASE_URL`` names) and serves the next run.
"""

from collections.abc import Sequence

from benchmarks import fleet_asking, fleet_loading, fleet_past, fleet_serving
from benchmarks.figures import Figure, peak_mb, seconds
from benchmarks.fleet_plan import Plan
from benchmarks.fleet_rows import PAST_TABLES, UNIT_TABLES
from benchmarks.ground import units_asked_for
from benchmarks.makers import weaknesses
from longmark.config import local

UNITS = 100_000
WEAKNESSES = 300
SPANS = {"1 %": ("2.9", "3.0"), "10 %": ("2.8", "2.9"), "100 %": ("0", "3.0")}
NAMES = {share: f"PYSEC-2026-{number}" for number, share in enumerate(SPANS, start=1)}


def run() -> list[Figure]:
    """Measure loading, questions about now and then, a busy unit, pages, room and memory."""
    local.prepare()
    plan = Plan(units_asked_for(UNITS))
    figures = [Figure("units", plan.units, ""), *_loaded(plan), *_room(plan)]
    for share, name in NAMES.items():
        figures += fleet_asking.figures(share, name)
        figures += fleet_past.figures(share, name)
    figures += fleet_asking.of_a_busy_unit()
    figures.append(Figure("memory of asking", peak_mb(), "MB", goal="≤ 500 MB"))
    return [*figures, *fleet_serving.figures(NAMES)]


def _loaded(plan: Plan) -> list[Figure]:
    """Load the fleet, unless an earlier run has left it."""
    from longmark.fleet.queries import units

    if units.units_page(limit=1).items:
        return []
    firmware = fleet_loading.a_maker_of_many()
    parties = fleet_loading.its_parties(plan)
    weaknesses(firmware, WEAKNESSES, tuple(SPANS.values()))
    took = seconds(lambda: fleet_loading.load(plan, parties))
    return [
        Figure("loading, with indexes", took, "s"),
        Figure("rate of loading", plan.units / took, "units/s"),
    ]


def _room(plan: Plan) -> list[Figure]:
    """Measure the disk that a unit takes, with all its rows and their indexes."""
    from django.db import connection

    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
            return [Figure("disk for a unit", cursor.fetchone()[0] / plan.units, "bytes")]
    units, past = (_size(tables) / plan.units for tables in (UNIT_TABLES, PAST_TABLES))
    return [
        Figure("disk for a unit", units + past, "bytes"),
        Figure("of which for the census of the past", past, "bytes"),
    ]


def _size(tables: Sequence[str]) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        sizes = " + ".join(f"pg_total_relation_size('{table}')" for table in tables)
        cursor.execute(f"SELECT {sizes}")
        found: int = cursor.fetchone()[0]
    return found
