"""What would change an answer: another version, a better name, a fact that nobody recorded.

Each hint follows from a judgement and says what would have to be other for it to fall otherwise;
none is a guess about the world.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from longmark.core.formats.advisories.records import Filters, StatedRange, Statement, Status
from longmark.core.matching.trails import Sentence, interval_of
from longmark.core.matching.verdicts import Judgement, Reason, Verdict
from longmark.core.versions import BEGINNING, END

SHOWN_INTERVALS: Final = 4

_OUTSIDE: Final = {
    "<": "A version of {version} or later.",
    "<=": "A version above {version}.",
    "=": "Any other version than {version}.",
}
_OUTSIDE_BUT: Final = {
    "<": "A version of {version} or later that is not in {later}, affected too.",
    "<=": "A version above {version} that is not in {later}, affected too.",
}


def hints_of(judgements: Sequence[Judgement]) -> tuple[Sentence, ...]:
    """Return what would change the verdict, the deciding judgement first."""
    if not judgements:
        return ()
    head = judgements[0]
    found = [*_by_reasons(head)]
    is_cleared = head.counts and head.verdict in (Verdict.NOT_AFFECTED, Verdict.FIXED)
    if head.verdict is Verdict.AFFECTED:
        found += _outside(head)
        found.append(Sentence("A VEX statement on it in this product, or a declared patch.", {}))
    elif is_cleared:
        found += _inside(head.claim.statement, "A version in {intervals}.")
    elif Reason.NO_VERSION in head.reasons:
        template = "A version: it is affected if that lies in {intervals}."
        found = [*_inside(head.claim.statement, template), *found]
    return tuple({str(one): one for one in found}.values())


def _outside(judgement: Judgement) -> Iterator[Sentence]:
    """Yield which version would not be affected."""
    span = judgement.span
    if span is None:
        return
    if span.high == END and not span.low_text.startswith("="):
        yield Sentence("A source that names a fixed version: this one has none.", {})
        return
    sign, _, version = (span.high_text or span.low_text).partition(" ")
    if sign in _OUTSIDE and version:
        later = _later(judgement.claim.statement, span) if sign in ("<", "<=") else []
        if later:
            values = {"version": version, "later": ", ".join(later[:SHOWN_INTERVALS])}
            yield Sentence(_OUTSIDE_BUT[sign], values)
        else:
            yield Sentence(_OUTSIDE[sign], {"version": version})


def _later(statement: Statement, span: StatedRange) -> list[str]:
    """Return what is affected behind a span too: further branches, listed pre-releases."""
    return [
        interval_of(each.low_text, each.high_text)
        for each in statement.ranges
        if each.status is Status.AFFECTED and each.low >= span.high
    ] + [f"{{{each.text}}}" for each in statement.exact if each.status is Status.AFFECTED]


def _inside(statement: Statement, template: str) -> Iterator[Sentence]:
    """Yield which versions would be affected."""
    spans = [span for span in statement.ranges if span.status is Status.AFFECTED]
    if any(span.low == BEGINNING and span.high == END for span in spans):
        return
    shown = [interval_of(span.low_text, span.high_text) for span in spans[-SHOWN_INTERVALS:]]
    shown += [f"{{{one.text}}}" for one in statement.exact[:SHOWN_INTERVALS]]
    if shown:
        yield Sentence(template, {"intervals": ", ".join(shown)})


def _by_reasons(judgement: Judgement) -> Iterator[Sentence]:
    """Yield what would settle each doubt."""
    for reason in judgement.reasons:
        make = _SETTLED.get(reason)
        if make:
            yield make(judgement)


def _plain(template: str) -> Callable[[Judgement], Sentence]:
    return lambda _judgement: Sentence(template, {})


def _wording(template: str) -> Callable[[Judgement], Sentence]:
    return lambda judgement: Sentence(template, {"wording": judgement.claim.statement.wording})


def _condition(template: str) -> Callable[[Judgement], Sentence]:
    def make(judgement: Judgement) -> Sentence:
        condition = judgement.claim.statement.condition
        return Sentence(template, {"condition": condition.text if condition else ""})

    return make


def _filters(judgement: Judgement) -> Sentence:
    stated = judgement.claim.statement.filters or Filters()
    words = [
        f"{name} {value}" for name in Filters.__struct_fields__ if (value := getattr(stated, name))
    ]
    return Sentence("A component of {filters}.", {"filters": ", ".join(words)})


_SETTLED: Final[Mapping[Reason, Callable[[Judgement], Sentence]]] = {
    Reason.RELEASE_UNKNOWN: _plain(
        "The release of the distribution in its purl, as in ?distro=debian-12."
    ),
    Reason.UPSTREAM_ONLY: _plain("A statement of its distribution on this vulnerability."),
    Reason.NAME_ONLY: _wording("A purl or CPE name that says whether it is {wording}."),
    Reason.SOURCE_UNSURE: _plain("A source that states which versions are affected."),
    Reason.PROSE_ONLY: _plain("A record that states which versions are affected."),
    Reason.INVESTIGATED: _plain("The result of the investigation."),
    Reason.NO_ORDER: _plain("A version with an order, or one that the source names as it stands."),
    Reason.GENERIC_FALLBACK: _plain("A version that follows the scheme of its ecosystem."),
    Reason.UNBOUNDED: _plain("A source that gives bounds for the versions."),
    Reason.PLATFORM_UNVERIFIED: _condition("A recorded platform: it holds only {condition}."),
    Reason.HARDWARE_IMPLIED: _condition("A recorded device: it holds only {condition}."),
    Reason.SOFTWARE_UNVERIFIED: _condition("Recorded software: it holds only {condition}."),
    Reason.PLATFORM_CONTRADICTED: _condition("Another platform: it holds only {condition}."),
    Reason.PARENT_DIFFERS: _condition("The same component elsewhere: {condition}."),
    Reason.PARENT_UNKNOWN: _condition("The product around it, if it is: {condition}."),
    Reason.FILTERED: _filters,
    Reason.TARGET_UNVERIFIED: _filters,
    Reason.EDITION_UNVERIFIED: _filters,
    Reason.HARDWARE: _plain("A CPE name of software: the source speaks of a device."),
    Reason.PART_DIFFERS: _plain("A CPE name with the part that the source states."),
    Reason.SOURCES_DISAGREE: _plain("An agreement of the sources, or a newer one."),
}
