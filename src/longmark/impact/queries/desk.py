"""What is worst now: vulnerabilities by exploitation, then by how many units they reach.

Many vulnerabilities concern the same set of releases. The census is read once, by configuration;
each distinct set is then a union of configurations, summed up in memory.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from longmark.core.matching import Verdict
from longmark.findings.queries.overview import OpenFinding, open_findings
from longmark.fleet.queries.reach import Asked
from longmark.fleet.queries.spread import spread
from longmark.intel.queries import vulnerabilities

if TYPE_CHECKING:
    from longmark.intel.models import Vulnerability

FINDINGS_LIMIT = 50_000
UNSCORED = -1.0

Counts = Callable[[Asked], tuple[int, int]]


@dataclass(frozen=True)
class Worst:
    """A vulnerability with what it reaches; ``first_seen_at`` is that of its oldest finding."""

    vulnerability: "Vulnerability"
    release_count: int
    unit_count: int
    unknown_unit_count: int
    first_seen_at: datetime
    changed_at: datetime
    asked: Asked

    @property
    def rank(self) -> tuple[bool, int, float, int, str]:
        """What sorts it: exploited, then units, then severity; the unknown below the known."""
        weakness = self.vulnerability
        score = UNSCORED if weakness.severity_score is None else weakness.severity_score
        is_exploited = weakness.exploited_on is not None
        return (is_exploited, self.unit_count, score, self.unknown_unit_count, weakness.name)


def worst_first(*, since: datetime | None = None) -> list[Worst]:
    """Return vulnerabilities with open findings, worst first; changed ``since`` if given.

    Four queries, none over units.
    """
    grouped: dict[int, list[OpenFinding]] = defaultdict(list)
    for each in open_findings(limit=FINDINGS_LIMIT):
        grouped[each.vulnerability_id].append(each)
    if since is not None:
        grouped = defaultdict(
            list, {pk: rows for pk, rows in grouped.items() if _changed(rows, since)}
        )
    concerned = [each for rows in grouped.values() for each in rows]
    fleet = spread({each.release_id for each in concerned}, {each.item_id for each in concerned})
    counts = cache(fleet.counts)
    known = vulnerabilities.vulnerabilities_by_id(grouped)
    found = [_worst(known[pk], rows, counts) for pk, rows in grouped.items()]
    return sorted(found, key=lambda one: one.rank, reverse=True)


def _changed(rows: Sequence[OpenFinding], since: datetime) -> bool:
    return any(row.changed_at > since for row in rows)


def _worst(weakness: "Vulnerability", rows: Sequence[OpenFinding], counts: Counts) -> Worst:
    affected = sorted(row.release_id for row in rows if row.verdict is Verdict.AFFECTED)
    doubtful = sorted(row.release_id for row in rows if row.verdict is Verdict.UNKNOWN)
    items = sorted({row.item_id for row in rows})
    asked = Asked(tuple(affected), tuple(items), tuple(doubtful))
    units, unknown = counts(asked)
    return Worst(
        weakness,
        len(rows),
        units,
        unknown,
        min(row.first_seen_at for row in rows),
        max(row.changed_at for row in rows),
        asked,
    )
