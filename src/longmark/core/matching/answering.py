"""From a question to an answer: one component, one advisory, one verdict, and why.

The same judge that decides stored matches, without a store. Besides it tells what a store never
keeps: why a claim says nothing of the component, or that an advisory does not name it. What cannot
be read or evaluated is *unknown*, never *not affected*.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec

from longmark.core.errors import Invalid
from longmark.core.formats.advisories.records import (
    AdvisoryRecord,
    Confidence,
    State,
    Status,
    Tier,
)
from longmark.core.matching import answers, namesakes, vexing
from longmark.core.matching.answers import Answer, Remark
from longmark.core.matching.deciding import examined, leading, weighed
from longmark.core.matching.hints import hints_of
from longmark.core.matching.questions import MAX_LINE_BYTES, Question, id_of, question_of
from longmark.core.matching.sources import Material, material_of
from longmark.core.matching.trails import Sentence
from longmark.core.matching.verdicts import Claim, Judgement, Reason, Verdict
from longmark.core.matching.vexing import Weighing


def answer_line(line: bytes, *, number: int) -> Answer:
    """Return the answer to one line of a batch; one that asks nothing usable is *unknown*."""
    if len(line) > MAX_LINE_BYTES:
        return answers.unusable("", f"The line is longer than {MAX_LINE_BYTES} bytes.", line=number)
    try:
        asked = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return answers.unusable("", f"The line is no JSON: {error}", line=number)
    except RecursionError:
        return answers.unusable("", "The line is nested too deeply.", line=number)
    try:
        return answer(question_of(asked))
    except Invalid as problem:
        return answers.unusable(id_of(asked), str(problem), line=number)


def answer(question: Question) -> Answer:
    """Return what the advisory says of the component; what it cannot tell is *unknown*."""
    try:
        material = material_of(question)
    except Invalid as problem:
        return answers.unusable(question.id, str(problem))
    return answer_from(question, material)


def answer_from(question: Question, material: Material) -> Answer:
    """Return the answer to a question by what was read for it."""
    computed = _computed(question, material)
    stated = vexing.weigh(question.subject, material.context, material.identifiers)
    return _overruled(question, computed, stated, material)


def _computed(question: Question, material: Material) -> Answer:
    """Answer by the records alone."""
    remarks = [answers.known_as(question.subject)]
    for record in material.records:
        remarks.append(answers.read_as(record))
        remarks += [answers.defective(record, defect) for defect in record.defects[:20]]
    standing = [record for record in material.records if record.state is State.PUBLISHED]
    if not material.records:
        return Answer(question.id, Verdict.UNKNOWN, Confidence.LOW, tuple(remarks))
    if not standing:
        return _withdrawn(question, material.records[0], remarks)
    return _weighed(question, standing, material, remarks)


def _withdrawn(question: Question, record: AdvisoryRecord, remarks: Sequence[Remark]) -> Answer:
    """Answer by a record that may not be matched any more."""
    values = {"record": record.id, "state": record.state.value, "other": record.replaced_by}
    template = "{record} is {state}: it says nothing any more"
    said = Sentence(f"{template}; see {{other}}." if record.replaced_by else f"{template}.", values)
    facts = {"verdict": Verdict.NOT_AFFECTED.value, "replaced_by": record.replaced_by}
    ending = Remark(f"record-{record.state.value}", said, facts)
    return Answer(question.id, Verdict.NOT_AFFECTED, Confidence.HIGH, (*remarks, ending))


def _overruled(
    question: Question, computed: Answer, stated: Weighing, material: Material
) -> Answer:
    """Let VEX and declared patches overrule what was computed; that stays as evidence."""
    remarks = [*computed.trail, *map(answers.of_vex_problem, stated.problems)]
    remarks += [answers.of_vex(one, decides=n == 0) for n, one in enumerate(stated.findings[:20])]
    if stated.other_count:
        remarks.append(answers.of_other_vex(stated.other_count))
    if stated.findings:
        first = stated.findings[0]
        remarks = [answers.outranked(one) for one in remarks]
        confidence = Confidence.HIGH if first.level < vexing.ITS_MAKER else Confidence.MEDIUM
        return Answer(question.id, first.verdict, confidence, tuple(remarks))
    resolved = sorted(question.patches & material.identifiers)
    if resolved and computed.verdict is not Verdict.NOT_AFFECTED:
        values = {"subject": str(question.subject), "ids": ", ".join(resolved)}
        said = Sentence("A patch of {subject} declares to resolve {ids}.", values)
        remarks.append(Remark("patched-by-supplier", said, {"verdict": Verdict.FIXED.value}))
        return Answer(question.id, Verdict.FIXED, Confidence.MEDIUM, tuple(remarks))
    if not material.records:
        said = Sentence("No statement applies, and no advisory was given.", {})
        remarks.append(Remark("vex-not-applicable", said, {"verdict": Verdict.UNKNOWN.value}))
    return replace(computed, trail=tuple(remarks))


def _weighed(
    question: Question,
    records: Sequence[AdvisoryRecord],
    material: Material,
    remarks: Sequence[Remark],
) -> Answer:
    """Answer by the claims of the records that stand, on the vulnerability that is asked about."""
    claims = [
        Claim(one.source, one.id, stated)
        for one in records
        for stated in one.statements
        if not (stated.subject and material.identifiers) or stated.subject in material.identifiers
    ]
    statements = [claim.statement for claim in claims]
    guesses = namesakes.coordinates(question.subject, statements)
    subject = replace(question.subject, coordinates=(*question.subject.coordinates, *guesses))
    judgements = [*examined(subject, claims, material.context)]
    if not judgements:
        return _unnamed(question, records, remarks)
    counting = [one for one in judgements if one.counts]
    decision = weighed(counting)
    head = decision.judgements[0] if decision else leading(counting or judgements)
    verdict = decision.verdict if decision else head.verdict
    confidence = decision.confidence if decision else head.confidence
    if not counting and _is_cleared_elsewhere(head):
        verdict, confidence = Verdict.UNKNOWN, Confidence.LOW
    shown = [*_shown(head, judgements)]
    steps = [answers.judged(one, decides=one is head) for one in shown]
    steps += map(answers.of_hint, hints_of(shown))
    return Answer(question.id, verdict, confidence, (*remarks, *steps))


def _is_cleared_elsewhere(head: Judgement) -> bool:
    """Tell whether the source clears a component inside a product that is not recorded here."""
    listed_only = head.claim.statement.default is Status.UNKNOWN or head.span is not None
    return Reason.PARENT_UNKNOWN in head.reasons and listed_only


def _shown(head: Judgement, judgements: Iterable[Judgement]) -> Iterator[Judgement]:
    """Yield judgements to tell of, the deciding one first."""
    others = [one for one in judgements if one is not head]
    others.sort(key=lambda one: (not one.counts, one.tier, one.verdict is not Verdict.AFFECTED))
    yield head
    yield from others[: answers.SHOWN_STEPS]


def _unnamed(
    question: Question, records: Sequence[AdvisoryRecord], remarks: Sequence[Remark]
) -> Answer:
    """Answer by records that make no statement on any name of the component."""
    subject = question.subject
    values = {"subject": str(subject), "record": records[0].id}
    stated = [one for record in records for one in record.statements if one.tier < Tier.PROSE]
    if stated:
        wordings = {one.wording: 0 for one in stated}
        values["names"] = ", ".join([*wordings][: answers.SHOWN_NAMES])
        template = "{record} names other packages, not {subject}: {names}."
        is_device = subject.names and all(cpe.part == "h" for cpe in subject.names)
        if not (subject.coordinates or namesakes.bare_names(subject) or is_device):
            template = "{subject} has no identity that could be compared with {record}."
            return _ended(question, remarks, Verdict.UNKNOWN, "no-identity", template, values)
        verdict = Verdict.NOT_AFFECTED
        hint = answers.of_hint(Sentence("A component that goes by one of these names.", {}))
        return _ended(question, [*remarks, hint], verdict, "not-named", template, values)
    texts = [f"{record.title} {record.description}".strip() for record in records]
    if not any(texts):
        template = "{record} states nothing that could be compared."
        return _ended(question, remarks, Verdict.UNKNOWN, "nothing-stated", template, values)
    if any(namesakes.is_named_in(text, subject) for text in texts):
        template = "Only the text of {record} names {subject}; no range is stated yet."
        return _ended(question, remarks, Verdict.UNKNOWN, "prose-only", template, values)
    template = "{record} states no range, and its text does not name {subject}."
    return _ended(question, remarks, Verdict.NOT_AFFECTED, "not-named", template, values)


def _ended(
    question: Question,
    remarks: Sequence[Remark],
    verdict: Verdict,
    rule: str,
    template: str,
    values: dict[str, str],
) -> Answer:
    ending = Remark(rule, Sentence(template, values), {"verdict": verdict.value})
    return Answer(question.id, verdict, Confidence.LOW, (*remarks, ending))
