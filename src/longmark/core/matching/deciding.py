"""From the claims of all sources about one vulnerability to one verdict on a component.

The highest tier with a decided verdict wins; what lower tiers say stays as evidence, and a tier
that only shrugs does not block those below it. Within a tier the claims form a union: affected by
one is affected, since a record may speak of a package in several entries.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from longmark.core.formats.advisories.records import Confidence
from longmark.core.matching.contexts import NOTHING_RECORDED, Context
from longmark.core.matching.judging import examine
from longmark.core.matching.subjects import Subject
from longmark.core.matching.verdicts import Claim, Decision, Judgement, Reason, Verdict

_WEIGHT: Final = (
    Verdict.AFFECTED,
    Verdict.UNDER_INVESTIGATION,
    Verdict.UNKNOWN,
    Verdict.FIXED,
    Verdict.NOT_AFFECTED,
)
_CLEARED: Final = frozenset((Verdict.NOT_AFFECTED, Verdict.FIXED))


def decide(
    subject: Subject, claims: Iterable[Claim], context: Context = NOTHING_RECORDED
) -> Decision | None:
    """Return the verdict; ``None`` if no claim names the component, or none calls it affected.

    A component that a source clears has no decision to keep, whatever others are not sure of; one
    that a lower tier calls affected and a higher one clears has, and it is ``not_affected``.
    """
    return weighed(one for one in examined(subject, claims, context) if one.counts)


def weighed(judgements: Iterable[Judgement]) -> Decision | None:
    """Return the verdict that follows from judgements; ``None`` as for `decide`."""
    judgements = sorted(judgements, key=_rank)
    if len(judgements) == 1 and judgements[0].verdict not in _CLEARED:
        # Most stand alone: there is nothing to weigh them against.
        only = judgements[0]
        return Decision(only.verdict, only.confidence, (only,), tuple(dict.fromkeys(only.reasons)))
    if all(one.verdict in _CLEARED for one in judgements):
        return None
    head = leading(judgements)
    is_disputed = any(one.verdict is Verdict.AFFECTED for one in judgements)
    if head.verdict in _CLEARED and not is_disputed:
        return None
    disagree = _disagreement(judgements)
    confidence = head.confidence
    return Decision(
        head.verdict,
        confidence.at_most(Confidence.MEDIUM) if _is_split(head, judgements) else confidence,
        (head, *(one for one in judgements if one is not head)),
        tuple(dict.fromkeys((*head.reasons, *disagree))),
    )


def examined(
    subject: Subject, claims: Iterable[Claim], context: Context = NOTHING_RECORDED
) -> Iterator[Judgement]:
    """Yield how each claim on one of the component's names was read, by the strongest name."""
    for claim in claims:
        coordinate = subject.by_package.get(claim.statement.package)
        if coordinate:
            yield examine(coordinate, claim, subject, context)


def _rank(judgement: Judgement) -> tuple[int, int, int, str, str]:
    return (
        judgement.tier,
        _WEIGHT.index(judgement.verdict),
        judgement.confidence.rank,
        judgement.claim.record,
        judgement.claim.statement.pointer,
    )


def leading(judgements: Iterable[Judgement]) -> Judgement:
    """Return the judgement that decides: the first in rank that is decided, else the first."""
    ranked = sorted(judgements, key=_rank)
    return next((one for one in ranked if one.verdict.is_decided), ranked[0])


def _disagreement(judgements: Sequence[Judgement]) -> tuple[Reason, ...]:
    decided = {one.verdict for one in judgements if one.verdict.is_decided}
    is_split = Verdict.AFFECTED in decided and len(decided) > 1
    return (Reason.SOURCES_DISAGREE,) if is_split else ()


def _is_split(head: Judgement, judgements: Sequence[Judgement]) -> bool:
    """Tell whether another record of the same rank, on the same package, says otherwise."""
    return any(
        one.tier == head.tier
        and one.verdict.is_decided
        and one.verdict is not head.verdict
        and one.claim.record != head.claim.record
        and one.coordinate.package == head.coordinate.package
        for one in judgements
    )
