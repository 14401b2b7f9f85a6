"""An answer to *why, or why not*, as a person reads it: the steps as rows, in their language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as told
from django.utils.translation import gettext_lazy as _

from longmark.core.formats.advisories.records import Source
from longmark.core.matching import Answer, Remark, Sentence
from longmark.core.matching.trails import REASONS, SOURCES
from longmark.core.matching.verdicts import Reason
from longmark.web import words

VERDICTS: Final[Mapping[str, str | Promise]] = {
    "affected": _("Affected"),
    "not_affected": _("Not affected"),
    "fixed": _("Fixed"),
    "under_investigation": _("Under investigation"),
    "unknown": _("Cannot be told"),
}
SHOWN_NAMES: Final = 12


@dataclass(frozen=True)
class StatementRow:
    """One statement of one source: what it says, how it was read, what follows, what it weighs."""

    source: str
    record: str
    pointer: str
    says: str
    reading: str
    because: str
    verdict: str
    weight: str


@dataclass(frozen=True)
class Shown:
    """An answer ready for a page."""

    verdict: str
    headline: str
    confidence: str
    sentence: str
    names: Sequence[tuple[str, str]]
    rows: Sequence[StatementRow]
    notes: Sequence[str]
    hints: Sequence[str]


def shown(answer: Answer) -> Shown:
    """Return an answer in words."""
    statements = [one for one in answer.steps if one.rule == "statement"]
    others = [one for one in answer.steps if one.rule not in ("statement", "component")]
    return Shown(
        verdict=answer.verdict.value,
        headline=str(VERDICTS[answer.verdict]),
        confidence=str(words.CONFIDENCE[answer.confidence]),
        sentence=_lead(answer.deciding),
        names=_names(answer),
        rows=[_row(one.facts) for one in statements],
        notes=[said(one.said) for one in others],
        hints=[said(one) for one in answer.hints],
    )


def said(sentence: Sentence) -> str:
    """Return a sentence in the reader's language."""
    return told(sentence.template).format(**sentence.values)


def _lead(deciding: Remark) -> str:
    """Return the deciding step in one sentence; a statement's stands in its row at length."""
    facts = deciding.facts
    if deciding.rule != "statement":
        return said(deciding.said)
    if not facts["counts"]:
        return _because(facts)
    where = {
        "version": facts["version"] or told("No version"),
        "interval": facts["interval"] or facts["ranges"],
        "ranges": facts["ranges"],
        "record": f"{told(SOURCES[Source(facts['source'])])} {facts['record']}",
    }
    if facts["verdict"] == "affected":
        text = told("%(version)s lies in %(interval)s, says %(record)s.") % where
    elif facts["verdict"] == "not_affected":
        text = told("%(version)s lies outside of %(ranges)s, says %(record)s.") % where
    else:
        text = told("%(record)s names %(interval)s.") % where
    return " ".join(filter(None, (text, _because(facts))))


def _names(answer: Answer) -> list[tuple[str, str]]:
    names = answer.steps[0].facts.get("names", ()) if answer.steps else ()
    return [
        (f"{one['package']} {one['version']}".strip(), str(words.PROVENANCE[one["provenance"]]))
        for one in names[:SHOWN_NAMES]
    ]


def _row(facts: Mapping[str, Any]) -> StatementRow:
    reading = told("%(version)s of %(package)s (%(provenance)s), compared as %(scheme)s") % {
        "version": facts["version"] or told("No version"),
        "package": facts["package"],
        "provenance": words.PROVENANCE[facts["provenance"]],
        "scheme": facts["scheme"],
    }
    if facts["condition"]:
        reading += "; " + told("holds only %(condition)s") % {"condition": facts["condition"]}
    return StatementRow(
        source=str(told(SOURCES[Source(facts["source"])])),
        record=facts["record"],
        pointer=facts["pointer"],
        says=f"{facts['wording']} {facts['ranges']}",
        reading=reading,
        because=_because(facts),
        verdict=facts["verdict"] if facts["counts"] else "",
        weight=_weight(facts),
    )


def _because(facts: Mapping[str, Any]) -> str:
    reasons = [str(told(REASONS[Reason(code)])) for code in facts["reasons"]]
    text = "; ".join(reasons)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _weight(facts: Mapping[str, Any]) -> str:
    if facts["decides"]:
        return told("decides")
    return told("outranked") if facts["counts"] else told("says nothing of this component")
