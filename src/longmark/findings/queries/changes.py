"""Which findings came and which went between two releases."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, QuerySet

from longmark.findings.models import Finding

if TYPE_CHECKING:
    from longmark.catalog.models import Release

LIMIT_ROWS = 500


@dataclass(frozen=True)
class FindingChanges:
    """Findings that only one of two releases has, worst first; the counts are whole."""

    come: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    come_count: int
    gone_count: int


def findings_between(before: "Release", after: "Release") -> FindingChanges:
    """Return which open findings came with a release, and which went. Four queries.

    At most 500 of each are listed.
    """
    come, gone = _only(after, before), _only(before, after)
    return FindingChanges(
        come=tuple(_listed(come)),
        gone=tuple(_listed(gone)),
        come_count=come.count(),
        gone_count=gone.count(),
    )


def _only(release: "Release", other: "Release") -> QuerySet[Finding]:
    there = Finding.objects.filter(
        release=other, closed_at=None, vulnerability_id=OuterRef("vulnerability_id")
    )
    return Finding.objects.filter(release=release, closed_at=None).exclude(Exists(there))


def _listed(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    worst = F("vulnerability__severity_score").desc(nulls_last=True)
    known = F("vulnerability__exploited_on").asc(nulls_last=True)
    return rows.select_related("vulnerability").order_by(known, worst, "id")[:LIMIT_ROWS]
