"""Reads of findings: of releases, of vulnerabilities, worst first, and why."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FloatField,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from longmark.core.errors import NotFound
from longmark.core.matching import UNDECIDED, Verdict
from longmark.findings.models import Finding, Match
from longmark.findings.queries.reasons import Explanation, explanation
from longmark.findings.queries.settling import named_by, vulnerabilities_resolved
from longmark.foundation.pages import Page, keyset_page

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.intel.models import Vulnerability
    from longmark.sboms.models import Component

LIMIT_ROWS: Final = 500
_OPEN: Final = Q(closed_at=None)
_GRAVITY: Final = Case(
    When(verdict=Verdict.AFFECTED, then=Value(1)), default=Value(0), output_field=IntegerField()
)
_EXPLOITATION: Final = Case(
    When(vulnerability__exploited_on__isnull=False, then=Value(1)),
    default=Value(0),
    output_field=IntegerField(),
)
_SEVERITY: Final = Coalesce(
    F("vulnerability__severity_score"), Value(0.0), output_field=FloatField()
)


@dataclass(frozen=True)
class MatchedComponent:
    """A component that a vulnerability meets, and why."""

    component: "Component"
    match: Match
    is_patched: bool = False

    @property
    def explanation(self) -> Explanation:
        """Why, in words."""
        return explanation(self.match)


@dataclass(frozen=True)
class ReleaseAffected:
    """A release that a vulnerability concerns, and the components through which."""

    finding: Finding
    components: tuple[MatchedComponent, ...]

    @property
    def release(self) -> "Release":
        """The release."""
        return self.finding.release

    @property
    def sentence(self) -> str:
        """The reason of its gravest component."""
        return str(self.components[0].explanation) if self.components else ""


@dataclass(frozen=True)
class VulnerabilityChanged:
    """A vulnerability whose findings changed, and how many releases it concerns."""

    vulnerability: "Vulnerability"
    affected_count: int
    unknown_count: int
    first_seen_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class FindingCounts:
    """Open findings of a release by verdict; ``exploited`` is part of ``affected``."""

    affected: int = 0
    unknown: int = 0
    exploited: int = 0


def finding(pk: int) -> Finding:
    """Return one finding with its release and vulnerability. One query.

    Raises:
        NotFound: there is none with this number.
    """
    found = _related(Finding.objects.filter(pk=pk)).first()
    if found is None:
        raise NotFound("There is no finding {pk}.", pk=pk)
    return found


def findings_page(
    *,
    release: "Release | None" = None,
    vulnerability: "Vulnerability | None" = None,
    verdicts: Collection[Verdict] = (),
    is_open: bool | None = True,
    is_settled: bool = False,
    rule: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Page[Finding]:
    """Return findings, those of a release or vulnerability worst first, else changed last first.

    Worst is: exploited, then affected, then severity. With ``is_settled`` those that facts of
    their release settle, whether by any ``rule`` or by one. One query.
    """
    rows = Finding.objects.filter(verdict__in=verdicts) if verdicts else Finding.objects.all()
    if is_settled or rule:
        rows = rows.filter(rule=rule) if rule else rows.exclude(rule="")
    elif is_open is not None:
        rows = rows.filter(closed_at__isnull=is_open)
    if vulnerability is not None:
        rows = rows.filter(vulnerability=vulnerability)
    if release is not None:
        rows = rows.filter(release=release)
    order: Sequence[str] = ("-changed_at", "-id")
    if release is not None or vulnerability is not None:
        rows = rows.annotate(exploitation=_EXPLOITATION, gravity=_GRAVITY, severity=_SEVERITY)
        order = ("-exploitation", "-gravity", "-severity", "-id")
    return keyset_page(_related(rows), order=order, after=after, limit=limit)


def _related(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    return rows.select_related("release__item", "vulnerability")


def components_matched(vulnerability: "Vulnerability") -> list[MatchedComponent]:
    """Return the components that a vulnerability meets, affected ones first. Two queries."""
    rows = _with_reasons(Match.objects.filter(vulnerability=vulnerability))
    ordered = rows.annotate(gravity=_GRAVITY).order_by("-gravity", "component__folded_name", "id")
    return [MatchedComponent(match.component, match) for match in ordered]


def matches_page(
    component: "Component", *, after: str | None = None, limit: int = 50
) -> Page[Match]:
    """Return the vulnerabilities that meet a component, worst first. Two queries."""
    rows = _with_reasons(Match.objects.filter(component=component).select_related("vulnerability"))
    rows = rows.annotate(gravity=_GRAVITY, severity=_SEVERITY)
    return keyset_page(rows, order=("-gravity", "-severity", "-id"), after=after, limit=limit)


def _with_reasons(rows: QuerySet[Match]) -> QuerySet[Match]:
    """Load what the words of a match are made of: component, coordinates, evidence."""
    return rows.select_related("component", "evidence").prefetch_related("component__coordinates")


def releases_affected(
    vulnerability: "Vulnerability", *, limit: int = LIMIT_ROWS
) -> list[ReleaseAffected]:
    """Return the releases that a vulnerability concerns, with the reasons. Four queries at most.

    Open findings only, affected before unknown, then by item and version.
    """
    rows = Finding.objects.filter(_OPEN, vulnerability=vulnerability)
    ordered = _related(rows).annotate(gravity=_GRAVITY)
    findings = ordered.order_by("-gravity", "release__item__name", "release__version_key", "id")
    return explained(findings[:limit])


def explained(findings: Iterable[Finding]) -> list[ReleaseAffected]:
    """Return findings with the components through which they are some. Three queries at most."""
    listed = list(findings)
    components = _components_of(listed)
    return [ReleaseAffected(one, components[_pair(one)]) for one in listed]


def why(finding: Finding) -> tuple[MatchedComponent, ...]:
    """Return the components through which a finding is one. Three queries at most."""
    return _components_of([finding])[_pair(finding)]


def _pair(finding: Finding) -> tuple[int, int]:
    return finding.release_id, finding.vulnerability_id


def _components_of(
    findings: Sequence[Finding],
) -> defaultdict[tuple[int, int], tuple[MatchedComponent, ...]]:
    """Return the components by (release id, vulnerability id), those without a patch first."""
    place = "component__occurrences__"
    rows = (
        _with_reasons(
            Match.objects.filter(
                **{
                    "vulnerability_id__in": {one.vulnerability_id for one in findings},
                    f"{place}document__is_current": True,
                    f"{place}document__release_id__in": {one.release_id for one in findings},
                }
            )
        )
        .annotate(
            gravity=_GRAVITY,
            release_id=F(f"{place}document__release_id"),
            patches=F(f"{place}patches"),
        )
        .order_by("-gravity", "component__folded_name", "id")
    )
    matches = list(rows) if findings else []
    resolved = vulnerabilities_resolved(one.patches for one in matches if one.patches)
    gathered: dict[tuple[int, int], dict[object, MatchedComponent]] = defaultdict(dict)
    for match in matches:
        is_patched = match.vulnerability_id in named_by(match.patches, resolved)
        one = MatchedComponent(match.component, match, is_patched)
        of_release = gathered[match.release_id, match.vulnerability_id]
        if of_release.setdefault(match.component_id, one).is_patched:
            of_release[match.component_id] = one
    found: defaultdict[tuple[int, int], tuple[MatchedComponent, ...]] = defaultdict(tuple)
    for pair, matched in gathered.items():
        found[pair] = tuple(sorted(matched.values(), key=lambda one: one.is_patched))
    return found


def vulnerabilities_changed_since(
    moment: datetime, *, limit: int = 50
) -> list[VulnerabilityChanged]:
    """Return vulnerabilities with open findings that changed since, worst first. Two queries.

    A vulnerability that became known as exploited since has changed, too.

    Worst is: exploited, then any release affected, then severity, then likelihood (EPSS).
    """
    is_changed = Q(changed_at__gt=moment) | Q(vulnerability__exploited_on__gt=moment.date())
    changed = Finding.objects.filter(_OPEN, is_changed).values("vulnerability_id")
    rows = (
        Finding.objects.filter(_OPEN, vulnerability_id__in=changed)
        .values("vulnerability_id")
        .annotate(
            affected=Count("id", filter=Q(verdict=Verdict.AFFECTED)),
            unknown=Count("id", filter=Q(verdict__in=UNDECIDED)),
            first_seen=Min("first_seen_at"),
            last_changed=Max("changed_at"),
            is_any_affected=Max(_GRAVITY),
        )
        .order_by(
            F("vulnerability__exploited_on").desc(nulls_last=True),
            "-is_any_affected",
            F("vulnerability__severity_score").desc(nulls_last=True),
            F("vulnerability__epss").desc(nulls_last=True),
            "vulnerability_id",
        )[:limit]
    )
    counted = list(rows)
    known = _vulnerabilities([row["vulnerability_id"] for row in counted])
    return [
        VulnerabilityChanged(
            known[row["vulnerability_id"]],
            row["affected"],
            row["unknown"],
            row["first_seen"],
            row["last_changed"],
        )
        for row in counted
    ]


def _vulnerabilities(ids: Collection[int]) -> dict[int, "Vulnerability"]:
    """Return vulnerabilities through a finding of each; they belong to another context."""
    rows = Finding.objects.filter(vulnerability_id__in=ids).select_related("vulnerability")
    return {
        one.vulnerability_id: one.vulnerability for one in rows.defer("vulnerability__weaknesses")
    }


def finding_counts(release_ids: Collection[int]) -> dict[int, FindingCounts]:
    """Return the open findings of releases by verdict, zeros included. One query."""
    affected = Q(verdict=Verdict.AFFECTED)
    rows = (
        Finding.objects.filter(_OPEN, release_id__in=release_ids)
        .values("release_id")
        .annotate(
            affected=Count("id", filter=affected),
            unknown=Count("id", filter=Q(verdict__in=UNDECIDED)),
            exploited=Count("id", filter=affected & Q(vulnerability__exploited_on__isnull=False)),
        )
    )
    found = {
        row["release_id"]: FindingCounts(row["affected"], row["unknown"], row["exploited"])
        for row in rows
    }
    return {release_id: found.get(release_id, FindingCounts()) for release_id in release_ids}


def is_better_than(release: "Release", earlier_ids: Collection[int]) -> bool:
    """Tell whether a release is rid of something that affects one of these earlier ones.

    What is still undecided for it is not gone. One query.
    """
    here = Finding.objects.filter(
        _OPEN,
        release=release,
        verdict__in=[Verdict.AFFECTED, *UNDECIDED],
        vulnerability=OuterRef("vulnerability"),
    )
    before = Finding.objects.filter(_OPEN, release_id__in=earlier_ids, verdict=Verdict.AFFECTED)
    return before.exclude(Exists(here)).exists()


def release_ids_affected(vulnerability: "Vulnerability") -> dict[int, Verdict]:
    """Return the releases that a vulnerability concerns, and how. One query."""
    rows = Finding.objects.filter(_OPEN, vulnerability=vulnerability)
    pairs = rows.values_list("release_id", "verdict").order_by("release_id")
    return {release_id: Verdict(verdict) for release_id, verdict in pairs}


def vulnerabilities_of_releases(
    release_ids: Collection[int], *, limit: int = LIMIT_ROWS
) -> list[Finding]:
    """Return the open findings of releases, such as those in a unit, worst first. One query."""
    rows = _related(Finding.objects.filter(_OPEN, release_id__in=release_ids))
    worst = (_EXPLOITATION.desc(), _GRAVITY.desc(), _SEVERITY.desc(), "-id")
    return list(rows.order_by(*worst)[:limit])


def exploited_findings(release_ids: Collection[int]) -> list[Finding]:
    """Return open findings of releases whose vulnerability is exploited. One query.

    Affected before undecided, then by severity; for the releases that fit into one unit.
    """
    rows = _related(
        Finding.objects.filter(
            _OPEN, release_id__in=release_ids, vulnerability__exploited_on__isnull=False
        )
    )
    return list(rows.order_by(_GRAVITY.desc(), _SEVERITY.desc(), "id"))
