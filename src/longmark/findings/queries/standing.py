"""How releases stand to vulnerabilities, from the matches of the components they contain."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from longmark.core.formats.advisories.records import Confidence, State
from longmark.core.matching import TO_DO, ClosingReason, Verdict
from longmark.findings.models import Finding, Match

_GRAVITY: Final = (*TO_DO, Verdict.FIXED, Verdict.NOT_AFFECTED)
"""What a release is if its components differ: the first of these that any of them is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A verdict on a release, and how many of its components share it."""

    verdict: Verdict
    confidence: Confidence
    component_count: int


@dataclass(frozen=True, slots=True)
class _Part:
    """A component at one place of a release, as a vulnerability meets it there."""

    component_id: UUID
    verdict: Verdict
    confidence: Confidence


def findings_among(
    release_ids: Collection[int], vulnerability_ids: Collection[int] | None
) -> QuerySet[Finding]:
    """Return the findings of releases, of some vulnerabilities only if those are given."""
    rows = Finding.objects.filter(release_id__in=release_ids)
    return rows if vulnerability_ids is None else rows.filter(vulnerability__in=vulnerability_ids)


def standings_of(
    release_ids: Collection[int], vulnerability_ids: Collection[int] | None = None
) -> dict[tuple[int, int], Standing]:
    """Return how each release stands, by (release id, vulnerability id). Two queries at most.

    With ``vulnerability_ids`` to those alone.
    """
    place = "component__occurrences__"
    matches = Match.objects.filter(
        **{f"{place}document__is_current": True, f"{place}document__release_id__in": release_ids}
    )
    if vulnerability_ids is not None:
        matches = matches.filter(vulnerability__in=vulnerability_ids)
    rows = matches.values_list(
        f"{place}document__release_id",
        "vulnerability_id",
        "component_id",
        "verdict",
        "confidence",
        f"{place}patches",
    )
    met = list(rows)
    resolved = vulnerabilities_resolved(patches for *_, patches in met if patches)
    parts: dict[tuple[int, int], set[_Part]] = defaultdict(set)
    for release_id, vulnerability_id, component_id, verdict, confidence, patches in met:
        part = _Part(component_id, Verdict(verdict), Confidence(confidence))
        if patches and vulnerability_id in named_by(patches, resolved):
            part = _Part(component_id, Verdict.FIXED, Confidence.MEDIUM)
        parts[release_id, vulnerability_id].add(part)
    return {pair: _standing(found) for pair, found in parts.items()}


def _standing(parts: Iterable[_Part]) -> Standing:
    found = list(parts)
    verdict = min((part.verdict for part in found), key=_GRAVITY.index)
    leading = [part for part in found if part.verdict is verdict]
    confidence = min((part.confidence for part in leading), key=lambda level: level.rank)
    return Standing(verdict, confidence, len({part.component_id for part in leading}))


def vulnerabilities_resolved(declared: Iterable[list[dict[str, Any]]]) -> Mapping[str, int]:
    """Return the vulnerabilities that patches name, by any of their ids. One query, or none."""
    named = {each for patches in declared for patch in patches for each in patch["resolves"]}
    if not named:
        return {}
    known = Match.objects.filter(vulnerability__aliases__identifier__in=named)
    pairs = known.values_list("vulnerability__aliases__identifier", "vulnerability_id").distinct()
    return {identifier: vulnerability for identifier, vulnerability in pairs if identifier in named}


def named_by(patches: Iterable[dict[str, Any]], resolved: Mapping[str, int]) -> set[int | None]:
    """Return the vulnerabilities that patches of one component name."""
    return {resolved.get(each) for patch in patches for each in patch["resolves"]}


def reasons_of_absence(finding_ids: Collection[int]) -> dict[int, ClosingReason]:
    """Return why findings have no match any more. One query."""
    rows = Finding.objects.filter(pk__in=finding_ids).values_list(
        "pk", "vulnerability__state", "vulnerability__merged_into_id"
    )
    return {pk: _reason(state, merged_into) for pk, state, merged_into in rows}


def _reason(state: str, merged_into: int | None) -> ClosingReason:
    if merged_into is not None:
        return ClosingReason.MERGED
    return ClosingReason.ABSENT if state == State.PUBLISHED else ClosingReason.WITHDRAWN
