"""The list of vulnerabilities that concern a release, in the order that a reader asks for."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Count, F, FloatField, Max, Min, Q, Value
from django.db.models.functions import Coalesce

from longmark.core.errors import Invalid
from longmark.core.matching import TO_DO, Verdict
from longmark.findings.models import Finding, Match
from longmark.foundation.pages import Page, keyset_page

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.intel.models import Vulnerability
    from longmark.sboms.models import Component

_SEVERITY: Final = Coalesce(
    F("vulnerability__severity_score"), Value(0.0), output_field=FloatField()
)
_EPSS: Final = Coalesce(F("vulnerability__epss"), Value(0.0), output_field=FloatField())

# What is worst depends on what it reaches, which other contexts know: impact.queries.desk ranks it.
ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "severity": ("-severity", "-vulnerability_id"),
    "likelihood": ("-likelihood", "-vulnerability_id"),
    "changed": ("-last_changed_at", "-vulnerability_id"),
    "first-seen": ("-first_seen", "-vulnerability_id"),
    "name": ("vulnerability__name",),
}


@dataclass(frozen=True)
class Narrowing:
    """Which vulnerabilities a list shows; what is not stated is not asked for."""

    text: str = ""
    rating: str = ""
    verdict: str = ""
    is_exploited: bool = False
    changed_since: datetime | None = None
    release_ids: Collection[int] | None = None

    def condition(self) -> Q:
        """Return the narrowing as a condition on findings."""
        asked = Q(closed_at=None)
        if self.text:
            name = Q(vulnerability__name__icontains=self.text)
            asked &= name | Q(vulnerability__title__icontains=self.text)
        if self.rating:
            asked &= Q(vulnerability__severity_rating=self.rating)
        if self.verdict:
            asked &= Q(verdict=self.verdict)
        if self.is_exploited:
            asked &= Q(vulnerability__exploited_on__isnull=False)
        if self.changed_since:
            asked &= Q(changed_at__gt=self.changed_since)
        if self.release_ids is not None:
            asked &= Q(release_id__in=list(self.release_ids))
        return asked


EVERYTHING: Final = Narrowing()


@dataclass(frozen=True)
class Concern:
    """A vulnerability with the releases that it concerns, by how it concerns them."""

    vulnerability: "Vulnerability"
    affected: tuple[int, ...]
    doubtful: tuple[int, ...]
    item_ids: tuple[int, ...]
    confidence: str
    first_seen_at: datetime
    changed_at: datetime

    @property
    def release_count(self) -> int:
        """How many releases it concerns."""
        return len(self.affected) + len(self.doubtful)

    @property
    def asked(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """What to ask the fleet: affected releases, their items, and releases in doubt."""
        return self.affected, self.item_ids, self.doubtful

    @property
    def verdict(self) -> Verdict:
        """What is known of the gravest of them."""
        return Verdict.AFFECTED if self.affected else Verdict.UNKNOWN


def concerns_page(
    narrowing: Narrowing = EVERYTHING,
    *,
    order: str = "severity",
    after: str | None = None,
    limit: int = 50,
) -> Page[Concern]:
    """Return vulnerabilities with open findings, most severe first or as ``order`` says.

    Two queries.

    Raises:
        Invalid: there is no such order.
    """
    if order not in ORDERS:
        raise Invalid("A list cannot be ordered by {order}.", field="sort", order=order)
    rows = (
        Finding.objects.filter(narrowing.condition())
        .values("vulnerability_id", "vulnerability__name")
        .annotate(
            severity=Max(_SEVERITY),
            likelihood=Max(_EPSS),
            first_seen=Min("first_seen_at"),
            last_changed_at=Max("changed_at"),
        )
    )
    page = keyset_page(rows, order=ORDERS[order], after=after, limit=limit)
    ids = [row["vulnerability_id"] for row in page.items]
    return Page(concerns(ids, release_ids=narrowing.release_ids), page.next)


def concerns(
    vulnerability_ids: Sequence[int], *, release_ids: Collection[int] | None = None
) -> list[Concern]:
    """Return vulnerabilities with open findings in the order of their ids given. One query."""
    findings = _findings(vulnerability_ids, release_ids)
    return [_concern(findings[pk]) for pk in vulnerability_ids if pk in findings]


def concern_count(narrowing: Narrowing = EVERYTHING) -> int:
    """Return how many vulnerabilities have such open findings. One query."""
    rows = Finding.objects.filter(narrowing.condition())
    count: int = rows.aggregate(count=Count("vulnerability", distinct=True))["count"]
    return count


def _findings(
    ids: Collection[int], release_ids: Collection[int] | None
) -> dict[int, list[Finding]]:
    rows = Finding.objects.filter(vulnerability_id__in=ids, closed_at=None)
    if release_ids is not None:
        rows = rows.filter(release_id__in=list(release_ids))
    found: dict[int, list[Finding]] = defaultdict(list)
    for one in rows.select_related("vulnerability", "release").order_by("vulnerability_id", "id"):
        found[one.vulnerability_id].append(one)
    return found


def _concern(findings: list[Finding]) -> Concern:
    affected = [one for one in findings if one.verdict == Verdict.AFFECTED]
    doubtful = [one for one in findings if one.verdict != Verdict.AFFECTED]
    return Concern(
        vulnerability=findings[0].vulnerability,
        affected=tuple(one.release_id for one in affected),
        doubtful=tuple(one.release_id for one in doubtful),
        item_ids=tuple({one.release.item_id: None for one in findings}),
        confidence=(affected or doubtful)[0].confidence,
        first_seen_at=min(one.first_seen_at for one in findings),
        changed_at=max(one.changed_at for one in findings),
    )


def components_by_vulnerability(
    release: "Release", vulnerability_ids: Collection[int]
) -> dict[int, list["Component"]]:
    """Return the components of a release that vulnerabilities meet, by vulnerability. One query."""
    rows = Match.objects.filter(
        vulnerability_id__in=vulnerability_ids,
        component__occurrences__document__release=release,
        component__occurrences__document__is_current=True,
    ).select_related("component")
    found: dict[int, dict[object, Component]] = defaultdict(dict)
    for match in rows.order_by("vulnerability_id", "component__folded_name", "id"):
        found[match.vulnerability_id][match.component_id] = match.component
    return {pk: list(components.values()) for pk, components in found.items()}


def match_counts(component_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many vulnerabilities affect, or may affect, each component. One query."""
    rows = Match.objects.filter(component_id__in=component_ids, verdict__in=TO_DO)
    counted = rows.values("component_id").annotate(count=Count("id")).order_by("component_id")
    return dict(counted.values_list("component_id", "count"))
