"""What one claim says of one coordinate.

The scheme is that of the package, never the label of the advisory. A version without an order is
looked up as a text first, then compared pairwise (Maven) or as a generic version with low
confidence; what cannot be placed is *unknown*, never clean and never affected.
"""

import re
from collections.abc import Iterator
from typing import Final

from longmark.core.formats.advisories.intervals import status_at
from longmark.core.formats.advisories.records import (
    Confidence,
    StatedRange,
    Statement,
    Status,
    Tier,
)
from longmark.core.identity import Coordinate, Provenance, ecosystem_of
from longmark.core.identity.distributions import SCHEMES as DISTRIBUTED
from longmark.core.matching.contexts import NOTHING_RECORDED, Context
from longmark.core.matching.platforms import Demand
from longmark.core.matching.subjects import Subject
from longmark.core.matching.surroundings import Qualification, qualification
from longmark.core.matching.verdicts import Claim, Judgement, Reason, Verdict
from longmark.core.versions import BEGINNING, END, PAIRWISE, Scheme, Unkeyable, compare

_TRUST: Final = {
    Provenance.DECLARED: Confidence.EXACT,
    Provenance.DERIVED: Confidence.HIGH,
    Provenance.CURATED: Confidence.MEDIUM,
    Provenance.GUESSED: Confidence.LOW,
}
KERNEL_PACKAGE: Final = "cpe:linux:linux_kernel"
_CLEARED: Final = {
    Status.NOT_AFFECTED: Verdict.NOT_AFFECTED,
    Status.FIXED: Verdict.FIXED,
}
_BOUND: Final = re.compile(r"(>=|<=|>|<|=)?\s*(.*)", re.DOTALL)
_EPOCH: Final = re.compile(r"(?:^|\s)0*[1-9]\d*:")
_SIGNS: Final = {">=": (0, 1), ">": (1,), "<=": (-1, 0), "<": (-1,), "=": (0,)}


class _Placed:
    """Where a version stands in a statement: status, interval, and how that was found."""

    def __init__(
        self,
        status: Status,
        span: StatedRange | None = None,
        *,
        cap: Confidence = Confidence.EXACT,
        reasons: tuple[Reason, ...] = (),
    ) -> None:
        self.status = status
        self.span = span
        self.cap = cap
        self.reasons = reasons


def judge(
    coordinate: Coordinate, claim: Claim, subject: Subject, context: Context = NOTHING_RECORDED
) -> Judgement | None:
    """Return what a claim about the coordinate's package says of it, None if that is nothing."""
    judgement = examine(coordinate, claim, subject, context)
    return judgement if judgement.counts else None


def examine(
    coordinate: Coordinate, claim: Claim, subject: Subject, context: Context = NOTHING_RECORDED
) -> Judgement:
    """Return how a claim about the coordinate's package was read, even if it says nothing of it.

    It says nothing where filters or conditions contradict the component, nor by a guessed name
    about a version that lies outside; and what is cleared inside a product is cleared only there.
    """
    statement = claim.statement
    demands = qualification(statement, subject, context)
    placed = _placed(coordinate, statement, subject)
    if demands.demand is Demand.CONTRADICTED:
        return _silent(coordinate, claim, placed, demands.reasons)
    if placed.status is Status.UNKNOWN and demands.is_undecided:
        return _silent(coordinate, claim, placed, placed.reasons + demands.reasons)
    verdict, reasons = _verdict(coordinate, placed, demands, subject)
    if verdict is Verdict.UNKNOWN and not reasons:
        is_prose = statement.tier is Tier.PROSE
        reasons = (Reason.PROSE_ONLY if is_prose else Reason.SOURCE_UNSURE,)
    if verdict is Verdict.NOT_AFFECTED and _is_patched_in_place(coordinate, statement, subject):
        verdict, reasons = Verdict.UNKNOWN, (*reasons, Reason.UPSTREAM_ONLY)
    if verdict in _CLEARED.values() and Reason.PARENT_UNKNOWN in demands.reasons:
        return _silent(coordinate, claim, placed, (*reasons, Reason.PARENT_UNKNOWN))
    if coordinate.provenance is Provenance.GUESSED and verdict in _CLEARED.values():
        return _silent(coordinate, claim, placed, reasons)
    cap = statement.cap.at_most(demands.cap).at_most(placed.cap)
    confidence = _TRUST[coordinate.provenance].at_most(cap)
    return Judgement(claim, coordinate, verdict, confidence, placed.span, reasons)


def _silent(
    coordinate: Coordinate, claim: Claim, placed: _Placed, reasons: tuple[Reason, ...]
) -> Judgement:
    trust = _TRUST[coordinate.provenance].at_most(claim.statement.cap)
    return Judgement(
        claim, coordinate, Verdict.NOT_AFFECTED, trust, placed.span, reasons, counts=False
    )


def _verdict(
    coordinate: Coordinate, placed: _Placed, demands: Qualification, subject: Subject
) -> tuple[Verdict, tuple[Reason, ...]]:
    if placed.status in _CLEARED:
        return _CLEARED[placed.status], placed.reasons
    reasons = placed.reasons + demands.reasons
    if placed.status is Status.UNDER_INVESTIGATION:
        return Verdict.UNDER_INVESTIGATION, (*reasons, Reason.INVESTIGATED)
    if placed.status is Status.UNKNOWN:
        return Verdict.UNKNOWN, reasons
    if coordinate.provenance is Provenance.GUESSED:
        return Verdict.UNKNOWN, (*reasons, _guess(coordinate, subject))
    return (Verdict.UNKNOWN if demands.is_undecided else Verdict.AFFECTED), reasons


def _is_patched_in_place(coordinate: Coordinate, statement: Statement, subject: Subject) -> bool:
    """Tell whether a distribution's kernel lies outside of upstream's ranges, but not above them:
    its number says from where it started, not which later changes it took over."""
    if coordinate.provenance is not Provenance.GUESSED or coordinate.package != KERNEL_PACKAGE:
        return False
    highest = max((span.high for span in statement.ranges), default="")
    is_below = coordinate.key is not None and coordinate.key < highest
    return is_below and subject.ecosystem in DISTRIBUTED


def _guess(coordinate: Coordinate, subject: Subject) -> Reason:
    """Return why a guessed name decides nothing."""
    if subject.ecosystem not in DISTRIBUTED:
        return Reason.NAME_ONLY
    is_packed = ecosystem_of(coordinate.package) in DISTRIBUTED
    return Reason.RELEASE_UNKNOWN if is_packed else Reason.UPSTREAM_ONLY


def _placed(coordinate: Coordinate, statement: Statement, subject: Subject) -> _Placed:
    if not coordinate.version:
        return _at_commit(subject.commit, statement) or _without_version(statement)
    for exact in statement.exact:
        if exact.text.lower() == coordinate.version.lower():
            return _Placed(exact.status, reasons=(Reason.EXACT_TEXT,))
    if coordinate.key is None:
        return _without_order(coordinate, statement)
    if coordinate.scheme is Scheme.RPM and _lacks_epoch(coordinate.version, statement):
        placed = _compared(coordinate.version, statement, Scheme.RPM, Reason.EPOCH_UNKNOWN)
        placed.cap = Confidence.MEDIUM
        return placed
    return _by_key(coordinate.key, statement)


def _at_commit(commit: str, statement: Statement) -> _Placed | None:
    """Return the status of a commit that the source names: others would take the history."""
    for exact in statement.exact if commit else ():
        if exact.text.lower() == commit:
            return _Placed(exact.status, reasons=(Reason.EXACT_TEXT,))
    return None


def _lacks_epoch(version: str, statement: Statement) -> bool:
    """Tell whether only the source states an epoch: a missing one is then unknown, not zero."""
    if ":" in version:
        return False
    texts = (text for span in statement.ranges for text in (span.low_text, span.high_text))
    return any(_EPOCH.search(text) for text in texts)


def _by_key(key: str, statement: Statement) -> _Placed:
    if status_at(statement.ranges, key) is Status.NOT_AFFECTED:
        return _Placed(Status.NOT_AFFECTED)
    span = next(span for span in statement.ranges if span.low <= key < span.high)
    is_old_style = statement.tier >= Tier.ENRICHED and _holds_everything(span)
    if is_old_style and span.status is Status.AFFECTED:
        return _Placed(span.status, span, cap=Confidence.LOW, reasons=(Reason.UNBOUNDED,))
    return _Placed(span.status, span)


def _holds_everything(span: StatedRange) -> bool:
    return span.low == BEGINNING and span.high == END


def _without_version(statement: Statement) -> _Placed:
    for span in statement.ranges:
        if _holds_everything(span) and span.status is Status.AFFECTED:
            return _Placed(span.status, span, cap=Confidence.MEDIUM, reasons=(Reason.ALL_VERSIONS,))
    if statement.ranges or statement.exact:
        return _Placed(Status.UNKNOWN, reasons=(Reason.NO_VERSION,))
    return _Placed(Status.NOT_AFFECTED)


def _without_order(coordinate: Coordinate, statement: Statement) -> _Placed:
    for span in statement.ranges:
        if _holds_everything(span):
            return _Placed(span.status, span, reasons=(Reason.ALL_VERSIONS,))
    if coordinate.scheme in PAIRWISE:
        return _compared(coordinate.version, statement, coordinate.scheme, Reason.PAIRWISE)
    placed = _compared(coordinate.version, statement, Scheme.GENERIC, Reason.GENERIC_FALLBACK)
    placed.cap = Confidence.LOW
    return placed


def _compared(version: str, statement: Statement, scheme: Scheme, reason: Reason) -> _Placed:
    """Compare with the bounds as they were published."""
    try:
        for span in statement.ranges:
            if all(_satisfies(version, bound, scheme) for bound in _bounds(span)):
                return _Placed(span.status, span, reasons=(reason,))
    except Unkeyable:
        return _Placed(Status.UNKNOWN, reasons=(Reason.NO_ORDER,))
    return _Placed(Status.NOT_AFFECTED, reasons=(reason,))


def _bounds(span: StatedRange) -> Iterator[tuple[str, str]]:
    for text, sign in ((span.low_text, ">="), (span.high_text, "<")):
        found = _BOUND.fullmatch(text)
        if found and found.group(2):
            yield found.group(1) or sign, found.group(2)


def _satisfies(version: str, bound: tuple[str, str], scheme: Scheme) -> bool:
    sign, text = bound
    if scheme is Scheme.RPM:
        text = text.rpartition(":")[2]
    return compare(scheme, version, text) in _SIGNS[sign]
