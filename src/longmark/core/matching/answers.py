"""Answers: a verdict, how far it can be trusted, and the steps that led there.

A step is a rule with a sentence and values: enough for a program to check it, and for a person to
follow it. Sentences are templates with values, so that whoever shows them can translate them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from longmark.core.formats.advisories.records import (
    AdvisoryRecord,
    Confidence,
    Defect,
    StatedRange,
    Status,
)
from longmark.core.identity import Coordinate
from longmark.core.matching import vexing
from longmark.core.matching.subjects import Subject
from longmark.core.matching.trails import REASONS, SOURCES, Sentence, Step, interval_of
from longmark.core.matching.verdicts import Judgement, Verdict
from longmark.core.matching.vexing import VexFinding

SHOWN_NAMES: Final = 12
SHOWN_RANGES: Final = 20
SHOWN_STEPS: Final = 40


@dataclass(frozen=True)
class Remark:
    """One step of an answer: which rule was applied, in words and in values."""

    rule: str
    said: Sentence
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the step for programs."""
        return {"rule": self.rule, "text": str(self.said), **self.facts}


@dataclass(frozen=True)
class Answer:
    """The verdict on a question, and the steps that led to it."""

    id: str
    verdict: Verdict
    confidence: Confidence
    trail: tuple[Remark, ...]

    @property
    def hints(self) -> tuple[Sentence, ...]:
        """Return what would change it."""
        return tuple(one.said for one in self.trail if one.rule == "would-change")

    @property
    def steps(self) -> tuple[Remark, ...]:
        """Return what led to it."""
        return tuple(one for one in self.trail if one.rule != "would-change")

    @property
    def deciding(self) -> Remark:
        """Return the step that decides: the last one that says so, else the last one."""
        deciding = [one for one in self.steps if one.facts.get("decides") or _ends(one)]
        return deciding[-1] if deciding else self.steps[-1]

    def as_json(self) -> dict[str, Any]:
        """Return the answer for programs."""
        return {
            "id": self.id,
            "verdict": self.verdict.value,
            "confidence": self.confidence.value,
            "trail": [remark.as_json() for remark in self.trail],
        }


def _ends(remark: Remark) -> bool:
    return "verdict" in remark.facts and remark.rule not in ("statement", "vex")


def unusable(identifier: str, reason: str, *, line: int | None = None) -> Answer:
    """Return the answer to a question that cannot be read: nothing is known."""
    values = {"reason": reason} if line is None else {"reason": reason, "line": str(line)}
    template = "{reason}" if line is None else "Line {line}: {reason}"
    facts = {} if line is None else {"line": line}
    remark = Remark("unusable-question", Sentence(template, values), facts)
    return Answer(identifier, Verdict.UNKNOWN, Confidence.LOW, (remark,))


def known_as(subject: Subject) -> Remark:
    """Return the names under which a component was looked up."""
    names = [_name(one) for one in subject.coordinates[:SHOWN_NAMES]]
    if not names:
        said = Sentence(
            "{subject} has no identity that can be compared.", {"subject": str(subject)}
        )
        return Remark("component", said, {"names": []})
    shown = ", ".join(f"{one['package']} ({one['provenance']})" for one in names)
    said = Sentence("{subject} is known as {names}.", {"subject": str(subject), "names": shown})
    return Remark("component", said, {"names": names})


def _name(coordinate: Coordinate) -> dict[str, Any]:
    return {
        "package": coordinate.package,
        "provenance": coordinate.provenance.value,
        "scheme": coordinate.scheme.value,
        "version": coordinate.version,
        "key": coordinate.key,
    }


def read_as(record: AdvisoryRecord) -> Remark:
    """Return what a record is, as it was read."""
    flags = [record.state.value, *(["disputed"] if record.disputed else []), record.analysis]
    source = SOURCES.get(record.source, record.source.value)
    values = {
        "record": record.id,
        "source": source,
        "count": str(len(record.statements)),
        "flags": ", ".join(filter(None, flags)),
    }
    said = Sentence("{record} from {source}: {flags}; statements: {count}.", values)
    facts = {
        "source": record.source.value,
        "record": record.id,
        "state": record.state.value,
        "disputed": record.disputed,
    }
    return Remark("record", said, facts)


def defective(record: AdvisoryRecord, defect: Defect) -> Remark:
    """Return what of a record could not be used."""
    values = {"record": record.id, "place": defect.pointer, "reason": defect.reason}
    said = Sentence("{record} {place}: {reason}", values)
    return Remark("unusable-part", said, {"record": record.id, "pointer": defect.pointer})


def judged(judgement: Judgement, *, decides: bool) -> Remark:
    """Return how one claim was read: range, comparison, verdict, and what qualifies it."""
    step = Step.of(judgement)
    doubts = "; ".join(REASONS[reason] for reason in judgement.reasons)
    values = {
        "record": step.record,
        "pointer": step.pointer,
        "wording": step.wording,
        "ranges": _ranges(judgement.claim.statement.ranges) or "no version in an order",
        "version": step.version or "no version",
        "scheme": step.scheme,
        "verdict": WORDS[step.verdict],
        "doubts": doubts,
    }
    said = Sentence(_reading(judgement, has_doubts=bool(doubts)), values)
    facts = {name: getattr(step, name) for name in Step.__slots__}
    facts |= {"verdict": step.verdict.value, "interval": step.interval}
    facts |= {"decides": decides, "counts": judgement.counts, "reasons": list(step.reasons)}
    condition = judgement.claim.statement.condition
    facts |= {"ranges": values["ranges"], "because": doubts}
    facts |= {"condition": condition.text if condition else ""}
    return Remark("statement", said, facts)


def _reading(judgement: Judgement, *, has_doubts: bool) -> str:
    stated = "{record} {pointer} says {wording} {ranges}; "
    if not judgement.counts:
        return f"{stated}{'{doubts}: ' if has_doubts else ''}it says nothing of this component."
    return f"{stated}{{version}} compared as {{scheme}}: {{verdict}}{' ({doubts})' * has_doubts}."


_AS: Final = {
    Status.FIXED: " as fixed",
    Status.UNDER_INVESTIGATION: " as under investigation",
    Status.UNKNOWN: " as unknown",
}

WORDS: Final = {
    Verdict.AFFECTED: "affected",
    Verdict.NOT_AFFECTED: "not affected",
    Verdict.FIXED: "fixed",
    Verdict.UNDER_INVESTIGATION: "under investigation",
    Verdict.UNKNOWN: "cannot tell",
}


def _ranges(ranges: Sequence[StatedRange]) -> str:
    """Return the intervals of a statement as people write them."""
    shown = [
        f"{interval_of(one.low_text, one.high_text)}{_AS.get(one.status, '')}"
        for one in ranges[:SHOWN_RANGES]
    ]
    more = [f"and {len(ranges) - SHOWN_RANGES} more"] if len(ranges) > SHOWN_RANGES else []
    return " or ".join([*shown, *more])


def of_vex(finding: VexFinding, *, decides: bool) -> Remark:
    """Return what a VEX statement says of the component."""
    values = {
        "product": finding.product or "the product",
        "verdict": WORDS[finding.verdict],
        "reason": finding.justification,
        "day": f"{finding.stated_at:%Y-%m-%d}",
        "author": finding.author,
    }
    template = f"VEX{' of {author}' if finding.author else ''} on {{product}}: {{verdict}}"
    if finding.is_unreasoned:
        template += ", since it was cleared without a reason"
    elif finding.justification:
        template += " ({reason})"
    said = Sentence(f"{template}; stated on {{day}}.", values)
    return Remark("vex", said, {**vexing.as_facts(finding), "decides": decides})


def of_other_vex(count: int) -> Remark:
    """Return that VEX statements were there that are about something else."""
    said = Sentence(
        "{count} VEX statements are about another product, part or vulnerability.",
        {"count": str(count)},
    )
    return Remark("vex-of-others", said, {"count": count})


def of_vex_problem(reason: str) -> Remark:
    """Return why VEX could not be used."""
    return Remark("unusable-vex", Sentence("{reason}", {"reason": reason}))


def of_hint(said: Sentence) -> Remark:
    """Return what would change the answer."""
    return Remark("would-change", said)


def outranked(remark: Remark) -> Remark:
    """Return a statement that decided until a stronger word was heard."""
    if remark.rule != "statement":
        return remark
    return replace(remark, facts={**remark.facts, "decides": False})
