"""Which units had a release on a past day, as known now and as known on another day."""

from collections.abc import Callable, Sequence
from datetime import date

from benchmarks.figures import Figure, seconds
from benchmarks.fleet_asking import bare

RUNS = 3
DAYS = {
    "on D": (date(2026, 4, 15), None),
    "on D, as known on K": (date(2026, 4, 15), date(2026, 6, 1)),
}
_BELIEVED = (
    "i.valid_from <= '{at}' AND (i.valid_to IS NULL OR i.valid_to > '{at}')"
    " AND i.known_from <= '{known}' AND (i.known_to IS NULL OR i.known_to > '{known}')"
)
_HELD = f"FROM fleet_installation i WHERE i.release_id IN (%s, %s, %s) AND {_BELIEVED}"
_OWNERS = (
    "SELECT {column}, COUNT(*) FROM fleet_custody i WHERE i.unit_id IN (SELECT i.unit_id "
    + _HELD
    + f") AND {_BELIEVED} GROUP BY {{column}}"
)
COUNTS = (f"SELECT COUNT(DISTINCT i.unit_id) {_HELD}", _OWNERS.replace("{column}", "i.party_id"),
          _OWNERS.replace("{column}", "i.country"))  # fmt: skip
FIRST = (
    "SELECT u.* FROM fleet_unit u WHERE EXISTS (SELECT 1"
    f" {_HELD} AND i.unit_id = u.id) ORDER BY u.serial_folded, u.id LIMIT 51",
)


def figures(share: str, name: str) -> list[Figure]:
    """Measure counts and the first page on a past day, beside bare queries of the same answer.

    The bare queries count what is known to be affected; the whole question is also about units of
    which nobody knew then.
    """
    from longmark.impact.queries import reaching
    from longmark.impact.queries.reaching import Day
    from longmark.impact.queries.subjects import subject_of

    subject = subject_of(name)
    releases = list(subject.asked.release_ids)
    found = _beside_bare(share, releases)
    for title, (on, known_on) in DAYS.items():
        day = Day(on, known_on)
        works: dict[str, Callable[[], object]] = {
            "with what was not known": lambda day=day: reaching.impact_of(subject, day),
            "first 50, the same": lambda day=day: reaching.units_reached(subject, day=day),
        }
        for what, work in works.items():
            found.append(Figure(f"{share} {title}: {what}", seconds(work, runs=RUNS), "s"))
    return found


def _beside_bare(share: str, releases: Sequence[int]) -> list[Figure]:
    from longmark.fleet.queries import past, past_lists
    from longmark.fleet.queries.reach import Asked

    asked = Asked(tuple(releases))
    found = []
    for title, (on, known_on) in DAYS.items():
        works: dict[str, tuple[Callable[[], object], Sequence[str]]] = {
            "counts, parties, countries": (
                lambda on=on, known_on=known_on: past.reach_on(asked, on=on, known_on=known_on),
                COUNTS,
            ),
            "first 50 units": (
                lambda on=on, known_on=known_on: past_lists.units_reached(
                    asked, on=on, known_on=known_on
                ),
                FIRST,
            ),
        }
        for what, (work, statements) in works.items():
            typed = [_on(statement, on, known_on) for statement in statements]
            limit = seconds(lambda typed=typed: bare(typed, releases), runs=RUNS)
            took = seconds(work, runs=RUNS)
            name = f"{share} {title}: {what}"
            found.append(Figure(name, took, "s", limit, "bare query", "≤ 2×"))
    return found


def _on(statement: str, on: date, known_on: date | None) -> str:
    known = f"{known_on or '9999-12-31'}"
    return statement.replace("{at}", f"{on} 23:59:59").replace("{known}", f"{known} 23:59:59")
