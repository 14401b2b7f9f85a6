"""How releases stand to vulnerabilities: the matches of the components that they contain, and what
facts of the release make of these."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from longmark.core.facts import Rule, Settlement
from longmark.core.facts.settlements import RANKS
from longmark.core.formats.advisories.records import Confidence, State
from longmark.core.matching import TO_DO, ClosingReason, Verdict
from longmark.findings.models import Finding
from longmark.findings.queries.facts import set_aside_in
from longmark.findings.queries.sets import seats_with_matches, verdicts_on
from longmark.findings.queries.settling import Place, Settling

_GRAVITY: Final = (*TO_DO, Verdict.FIXED, Verdict.NOT_AFFECTED)
"""What a release is if its components differ: the first of these that any of them is."""
# Of each stored word what it means: to look it up is quicker than to ask the class.
_VERDICTS: Final = {one.value: one for one in Verdict}
_CONFIDENCES: Final = {one.value: one for one in Confidence}


@dataclass(frozen=True, slots=True)
class Standing:
    """A verdict on a release, and how many of its components share it.

    ``rule`` is by which facts of the release settle it, if they do; ``settlements`` what they say
    of each component, as it is stored.
    """

    verdict: Verdict
    confidence: Confidence
    component_count: int
    rule: Rule | None = None
    settlements: tuple[tuple[Any, ...], ...] = ()


class _Part(NamedTuple):
    """A component at one place of a release, as a vulnerability meets it there."""

    component_id: UUID
    verdict: Verdict
    confidence: Confidence
    settlement: Settlement | None = None
    is_settled: bool = False


def findings_among(
    release_ids: Collection[int], vulnerability_ids: Collection[int] | None
) -> QuerySet[Finding]:
    """Return the findings of releases, of some vulnerabilities only if those are given."""
    rows = Finding.objects.filter(release_id__in=release_ids)
    return rows if vulnerability_ids is None else rows.filter(vulnerability__in=vulnerability_ids)


def standings_of(
    release_ids: Collection[int], vulnerability_ids: Collection[int] | None = None
) -> dict[tuple[int, int], Standing]:
    """Return how each release stands, by (release id, vulnerability id). Twelve queries at most,
    five where there are no facts.

    With ``vulnerability_ids`` to those alone.
    """
    return standings_from(places_of(release_ids, vulnerability_ids), release_ids)


def standings_from(
    places: Sequence[Place], release_ids: Collection[int]
) -> dict[tuple[int, int], Standing]:
    """Return how releases stand if these were all the places at which something matches."""
    settling = Settling(places, release_ids)
    aside = set_aside_in(release_ids)
    parts: dict[tuple[int, int], set[_Part]] = defaultdict(set)
    for place in places:
        pair = place.release_id, place.vulnerability_id
        parts[pair].add(_part(place, settling.settlement(place), is_trusted=pair not in aside))
    return {pair: _standing(found) for pair, found in parts.items()}


def places_of(
    release_ids: Collection[int], vulnerability_ids: Collection[int] | None
) -> list[Place]:
    """Return the places of releases at which something matches. Two queries."""
    seats = seats_with_matches(release_ids, vulnerability_ids)
    return [
        Place(release, what, who, _VERDICTS[verdict], _CONFIDENCES[confidence], patches, sbom, ref)
        for who, what, verdict, confidence in verdicts_on(seats, vulnerability_ids)
        for release, patches, sbom, ref in seats[who]
    ]


def _part(place: Place, said: Settlement | None, *, is_trusted: bool) -> _Part:
    verdict = said.rule.verdict if said and is_trusted else None
    if said and said.rule is Rule.PLATFORM_MET:  # what was undecided for want of it is decided
        return _Part(place.component_id, Verdict.AFFECTED, Confidence.LOW, said)
    if said is None or verdict is None:
        return _Part(place.component_id, place.verdict, place.confidence, said)
    return _Part(place.component_id, verdict, said.rule.confidence, said, is_settled=True)


def _standing(parts: Collection[_Part]) -> Standing:
    verdict = min({part.verdict for part in parts}, key=_GRAVITY.index)
    leading = [part for part in parts if part.verdict is verdict]
    said = [(part, part.settlement) for part in parts if part.settlement]
    return Standing(
        verdict,
        min({part.confidence for part in leading}, key=attrgetter("rank")),
        len({part.component_id for part in leading}),
        _rule(leading) if said else None,
        tuple(sorted(_stored(*each) for each in said)),
    )


def _rule(leading: Iterable[_Part]) -> Rule | None:
    """Return the rule by which all of them are settled, the weakest if there are several."""
    rules = {part.settlement.rule if part.is_settled and part.settlement else None
             for part in leading}  # fmt: skip
    return max((rule for rule in rules if rule), key=RANKS.__getitem__, default=None)


def _stored(part: _Part, said: Settlement) -> tuple[Any, ...]:
    return (str(part.component_id), *said.as_json())


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
