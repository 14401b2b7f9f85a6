"""Questions about what is in units now, and about one unit to which very much has happened."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from benchmarks.figures import Figure, seconds
from benchmarks.fleet_plan import FIRMWARE, ITEM, RELEASES, UPDATED_FIRST
from benchmarks.ground import NOW
from benchmarks.impact import BARE

RUNS = 7
EVENTS = 1_000
LISTS = 10  # in which the events are told
BUSY = "BUSY-1"
GOAL = "≤ 100 ms, ≤ 2×"
BARE_CONTENT = (
    "SELECT i.*, t.name, r.version, s.name FROM fleet_installation i"
    " LEFT JOIN catalog_item t ON t.id = i.item_id LEFT JOIN catalog_release r"
    " ON r.id = i.release_id LEFT JOIN catalog_item s ON s.id = r.item_id WHERE i.unit_id = %s"
    " AND i.valid_from <= %s AND (i.valid_to IS NULL OR i.valid_to > %s)"
    " AND i.known_from <= %s AND (i.known_to IS NULL OR i.known_to > %s)"
    " ORDER BY i.slot, i.number"
)


def figures(share: str, name: str) -> list[Figure]:
    """Measure how far a weakness reaches, beside bare queries of the same answer."""
    from longmark.impact.queries import reaching
    from longmark.impact.queries.subjects import subject_of

    subject = subject_of(name)
    releases = list(subject.asked.release_ids)
    counts = [*BARE["counts"], *BARE["parties"], *BARE["countries"]]
    works: dict[str, tuple[Callable[[], object], Sequence[str]]] = {
        "counts, parties, countries": (lambda: reaching.impact_of(subject), counts),
        "first 50 units": (lambda: reaching.units_reached(subject), BARE["first 50 units"]),
    }
    found = [Figure(f"{share}: units reached", reaching.impact_of(subject).unit_count, "")]
    for title, (work, statements) in works.items():
        limit = seconds(lambda statements=statements: bare(statements, releases), runs=RUNS)
        took = seconds(work, runs=RUNS)
        found.append(Figure(f"{share}: {title}", took, "s", limit, "bare query", GOAL))
    return found


def bare(statements: Sequence[str], releases: Sequence[int]) -> None:
    """Run statements as one would type them; three marks stand for any number of releases."""
    from django.db import connection

    marks = ", ".join(["%s"] * len(releases))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.replace("%s, %s, %s", marks), list(releases))
            cursor.fetchall()


def of_a_busy_unit() -> list[Figure]:
    """Measure what was in a unit with a thousand events, now and on a past day."""
    from django.db import connection

    from longmark.catalog import queries as catalog
    from longmark.fleet.queries import contents, units

    _keep_busy()
    unit = units.unit_of(catalog.item_named(ITEM), BUSY)
    on, known_on = date(2023, 3, 3), date(2024, 3, 3)
    at, known_at = (
        str(contents.last_instant(day)).removesuffix("+00:00") for day in (on, known_on)
    )
    pk: Any = unit.pk if connection.vendor == "postgresql" else unit.pk.hex
    end = "9999-12-31"

    def limit(at: str, known_at: str) -> Callable[[], None]:
        def ask() -> None:
            with connection.cursor() as cursor:
                cursor.execute(BARE_CONTENT, [pk, at, at, known_at, known_at])
                cursor.fetchall()

        return ask

    works: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "now": (lambda: contents.contents(unit), limit(end, end)),
        "on a past day": (lambda: contents.contents(unit, on), limit(at, end)),
        "then, as known then": (
            lambda: contents.contents(unit, on, known_on),
            limit(at, known_at),
        ),
    }
    return [
        Figure(f"unit with {EVENTS:,} events, {title}", seconds(work, runs=RUNS), "s",
               seconds(against, runs=RUNS), "bare query", "≤ 10 ms, ≤ 2×")
        for title, (work, against) in works.items()
    ]  # fmt: skip


def _keep_busy() -> None:
    """Let a thousand events happen to one unit, and be told in ten lists, a year apart."""
    from longmark.core.actors import SYSTEM
    from longmark.fleet.services import imports

    versions = RELEASES["tg200-fw"]
    begun = UPDATED_FIRST - timedelta(days=5 * 365)
    for number in range(LISTS):
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow(("item", "serial", "event", "date", "evidence", FIRMWARE, "parameters"))
        for event in range(number * EVENTS // LISTS, (number + 1) * EVENTS // LISTS):
            kind, day = "updated" if event else "built", begun + timedelta(days=event)
            inside = (versions[event % 7], ("v5", "v6", "v7")[event // 5 % 3])
            rows.writerow((ITEM, BUSY, kind, day, "confirmed", *inside))
        told = NOW - timedelta(days=LISTS - number) * 100
        imports.take_list(
            io.BytesIO(text.getvalue().encode()), filename="busy.csv", actor=SYSTEM, now=told
        )
