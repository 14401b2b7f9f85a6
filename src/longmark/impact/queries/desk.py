"""What is worst now: vulnerabilities by exploitation, then by whom and what they reach.

Many vulnerabilities concern the same set of releases, so each distinct set is counted once, from
the census, in three queries for all of them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from longmark.core.matching import Verdict
from longmark.findings.queries.overview import OpenFinding, open_findings
from longmark.fleet.queries.reach import Asked
from longmark.fleet.queries.tallies import Tally, tallies
from longmark.impact.queries.silence import silent_releases
from longmark.intel.queries import vulnerabilities

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.findings.queries.listing import Concern
    from longmark.intel.models import Vulnerability

FINDINGS_LIMIT = 50_000
UNSCORED = 5.0


@dataclass(frozen=True)
class Worst:
    """A vulnerability with what it reaches; ``first_seen_at`` is that of its oldest finding."""

    vulnerability: "Vulnerability"
    verdict: Verdict
    confidence: str
    release_count: int
    tally: Tally
    first_seen_at: datetime
    changed_at: datetime

    @property
    def rank(self) -> tuple[bool, bool, float, float, int, str]:
        """What sorts it: exploited, affected, units × severity, severity, customers.

        A weakness that nobody scored weighs like one of middling severity: not knowing how bad
        it is must not put it last.
        """
        weakness, tally = self.vulnerability, self.tally
        score = UNSCORED if weakness.severity_score is None else weakness.severity_score
        return (
            weakness.exploited_on is not None,
            self.verdict is Verdict.AFFECTED,
            score * (tally.unit_count + tally.unknown_unit_count),
            score,
            tally.party_count,
            weakness.name,
        )


def worst_first(*, since: datetime | None = None, limit: int | None = 200) -> list[Worst]:
    """Return vulnerabilities with open findings, worst first; those changed ``since`` if given.

    Seven queries, none over units.
    """
    grouped: defaultdict[int, list[OpenFinding]] = defaultdict(list)
    for each in open_findings(limit=FINDINGS_LIMIT):
        grouped[each.vulnerability_id].append(each)
    chosen = {pk: rows for pk, rows in grouped.items() if _changed(rows, since)}
    silent = silent_releases({row.item_id for rows in chosen.values() for row in rows})
    asked = {pk: _asked(rows, silent) for pk, rows in chosen.items()}
    counted = tallies({one: one for one in asked.values()})
    known = vulnerabilities.vulnerabilities_by_id(chosen)
    found = [_worst(known[pk], rows, counted[asked[pk]]) for pk, rows in chosen.items()]
    return sorted(found, key=lambda one: one.rank, reverse=True)[:limit]


def weigh(concerns: Sequence["Concern"], *, operator_id: int | None = None) -> dict[int, Tally]:
    """Return how far each of a list of vulnerabilities reaches, by its id. Five queries.

    At one operator, if named.
    """
    silent = silent_releases({item for concern in concerns for item in concern.item_ids})
    asked = {one.vulnerability.pk: _asked_of(one, silent) for one in concerns}
    counted = tallies({one: one for one in asked.values()}, operator_id=operator_id)
    return {pk: counted[one] for pk, one in asked.items()}


def _asked_of(concern: "Concern", silent: Mapping[int, Sequence["Release"]]) -> Asked:
    unheard = {release.pk for item in concern.item_ids for release in silent.get(item, ())}
    doubtful = {*concern.doubtful, *unheard} - {*concern.affected}
    return Asked(concern.affected, concern.item_ids, tuple(sorted(doubtful)))


def _changed(rows: Sequence[OpenFinding], since: datetime | None) -> bool:
    return since is None or any(row.changed_at > since for row in rows)


def _asked(rows: Sequence[OpenFinding], silent: Mapping[int, Sequence["Release"]]) -> Asked:
    affected = {row.release_id for row in rows if row.verdict is Verdict.AFFECTED}
    doubtful = {row.release_id for row in rows if row.verdict is not Verdict.AFFECTED}
    items = {row.item_id for row in rows}
    doubtful |= {release.pk for item in items for release in silent.get(item, ())}
    return Asked(tuple(sorted(affected)), tuple(sorted(items)), tuple(sorted(doubtful - affected)))


def _worst(weakness: "Vulnerability", rows: Sequence[OpenFinding], tally: Tally) -> Worst:
    gravest = min(rows, key=lambda row: row.verdict is not Verdict.AFFECTED)
    return Worst(
        weakness,
        gravest.verdict,
        gravest.confidence,
        len(rows),
        tally,
        min(row.first_seen_at for row in rows),
        max(row.changed_at for row in rows),
    )
