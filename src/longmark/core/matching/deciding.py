"""From the claims of all sources about one vulnerability to one verdict on a component.

The highest tier with a decided verdict wins; what lower tiers say stays as evidence, and a tier
that only shrugs does not block those below it. Within a tier the claims form a union: affected by
one is affected, since a record may speak of a package in several entries.
"""

from collections.abc import Iterable, Sequence

from longmark.core.formats.advisories.records import Confidence
from longmark.core.matching.judging import judge
from longmark.core.matching.subjects import Subject
from longmark.core.matching.verdicts import Claim, Decision, Judgement, Reason, Verdict

_WEIGHT = (Verdict.AFFECTED, Verdict.UNKNOWN, Verdict.NOT_AFFECTED)


def decide(subject: Subject, claims: Iterable[Claim]) -> Decision | None:
    """Return the verdict; ``None`` if no claim names the component, or none calls it affected.

    A component that a source clears has no decision to keep, whatever others are not sure of; one
    that a lower tier calls affected and a higher one clears has, and it is ``not_affected``.
    """
    judgements = _judgements(subject, claims)
    if all(one.verdict is Verdict.NOT_AFFECTED for one in judgements):
        return None
    leading = _leading(judgements)
    is_disputed = any(one.verdict is Verdict.AFFECTED for one in judgements)
    if leading.verdict is Verdict.NOT_AFFECTED and not is_disputed:
        return None
    disagree = _disagreement(judgements)
    confidence = leading.confidence
    return Decision(
        leading.verdict,
        confidence.at_most(Confidence.MEDIUM) if _is_split(leading, judgements) else confidence,
        (leading, *(one for one in judgements if one is not leading)),
        tuple(dict.fromkeys((*leading.reasons, *disagree))),
    )


def _judgements(subject: Subject, claims: Iterable[Claim]) -> list[Judgement]:
    """Return all judgements, the most authoritative first, each claim by its strongest name."""
    judgements = []
    for claim in claims:
        coordinate = subject.by_package.get(claim.statement.package)
        judgement = judge(coordinate, claim, subject) if coordinate else None
        if judgement:
            judgements.append(judgement)
    return sorted(judgements, key=_rank)


def _rank(judgement: Judgement) -> tuple[int, int, int, str, str]:
    return (
        judgement.tier,
        _WEIGHT.index(judgement.verdict),
        judgement.confidence.rank,
        judgement.claim.record,
        judgement.claim.statement.pointer,
    )


def _leading(judgements: Sequence[Judgement]) -> Judgement:
    decided = (one for one in judgements if one.verdict.is_decided)
    return next(decided, judgements[0])


def _disagreement(judgements: Sequence[Judgement]) -> tuple[Reason, ...]:
    decided = {one.verdict for one in judgements if one.verdict.is_decided}
    return (Reason.SOURCES_DISAGREE,) if len(decided) > 1 else ()


def _is_split(leading: Judgement, judgements: Sequence[Judgement]) -> bool:
    """Tell whether another record of the same rank, on the same package, says otherwise."""
    return any(
        one.tier == leading.tier
        and one.verdict.is_decided
        and one.verdict is not leading.verdict
        and one.claim.record != leading.claim.record
        and one.coordinate.package == leading.coordinate.package
        for one in judgements
    )
