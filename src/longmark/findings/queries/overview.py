"""All open findings at a glance, for what compares vulnerabilities with each other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from longmark.core.matching import TO_DO, Verdict
from longmark.findings.models import Finding
from longmark.findings.queries.listing import EVERYTHING, Narrowing


@dataclass(frozen=True, slots=True)
class Standing:
    """A vulnerability in few words: what is known of it, and the releases that it concerns."""

    vulnerability_id: int
    name: str
    score: float | None
    is_exploited: bool
    affected: tuple[int, ...]
    doubtful: tuple[int, ...]
    item_ids: tuple[int, ...]


def standings(narrowing: Narrowing = EVERYTHING) -> Iterator[Standing]:
    """Yield each vulnerability with open findings, if one of them is asked for. One query.

    Rows are read as they come: what is kept of a million findings is what their vulnerabilities
    are, not the findings.
    """
    rows = Finding.objects.filter(closed_at=None, verdict__in=TO_DO)
    asked = Finding.objects.filter(narrowing.condition()).values("vulnerability_id")
    if narrowing != EVERYTHING:
        rows = rows.filter(vulnerability_id__in=asked)
    if narrowing.release_ids is not None:
        rows = rows.filter(release_id__in=list(narrowing.release_ids))
    columns = rows.order_by("vulnerability_id", "release_id").values_list(
        "vulnerability_id",
        "vulnerability__name",
        "vulnerability__severity_score",
        "vulnerability__exploited_on",
        "release_id",
        "release__item_id",
        "verdict",
    )
    for _, found in groupby(columns.iterator(), key=itemgetter(0)):
        yield _standing(found)


def _standing(found: Iterable[tuple[Any, ...]]) -> Standing:
    rows = list(found)
    pk, name, score, exploited_on = rows[0][:4]
    affected = tuple(row[4] for row in rows if row[6] == Verdict.AFFECTED)
    doubtful = tuple(row[4] for row in rows if row[6] != Verdict.AFFECTED)
    items = tuple({row[5]: None for row in rows})
    return Standing(pk, name, score, exploited_on is not None, affected, doubtful, items)
