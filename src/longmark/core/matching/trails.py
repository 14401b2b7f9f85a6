"""Trails: why a match stands as it does, kept compactly and told in one sentence.

A trail holds ids, bounds, keys and rule codes, not prose: enough to recompute the match without
the advisory, and to say it in any language. Its first step decides; the others were outranked.

What is stored leaves the component out: its words, its versions and their keys stand in its own
rows. So all versions of a package that a source treats alike share one stored trail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from longmark.core.formats.advisories.records import Source, StatedRange
from longmark.core.identity import ALIASES_VERSION, Provenance
from longmark.core.matching.verdicts import Decision, Judgement, Reason, Verdict
from longmark.core.versions import KEYS_VERSION

LIMIT_STEPS: Final = 8

Place = tuple[str, str | None]
"""A version and its key, none if it has no order."""

SOURCES: Final = {
    Source.OSV: "OSV",
    Source.NVD: "NVD",
    Source.CVE: "the CVE record",
    Source.CSAF: "CSAF",
    Source.EUVD: "EUVD",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A template and its values, so that whoever shows it can translate it."""

    template: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        return self.template.format(**self.values)


@dataclass(frozen=True, slots=True)
class Step:
    """What one source says of the component under one of its names."""

    source: str
    record: str
    pointer: str
    wording: str
    package: str
    provenance: str
    scheme: str
    version: str
    key: str | None
    low: str
    high: str
    low_text: str
    high_text: str
    tier: int
    verdict: Verdict
    confidence: str
    reasons: tuple[str, ...]

    @staticmethod
    def of(judgement: Judgement) -> "Step":
        """Return how one claim was read."""
        claim, coordinate = judgement.claim, judgement.coordinate
        span = judgement.span or StatedRange("", "", "", "", claim.statement.default)
        return Step(
            source=claim.source.value,
            record=claim.record,
            pointer=claim.statement.pointer,
            wording=claim.statement.wording,
            package=coordinate.package,
            provenance=coordinate.provenance.value,
            scheme=coordinate.scheme.value,
            version=coordinate.version,
            key=coordinate.key,
            low=span.low,
            high=span.high,
            low_text=span.low_text,
            high_text=span.high_text,
            tier=judgement.tier.value,
            verdict=judgement.verdict,
            confidence=judgement.confidence.value,
            reasons=tuple(reason.value for reason in judgement.reasons),
        )

    @property
    def interval(self) -> str:
        """Return the interval as people write it; empty if there is none."""
        if not (self.low or self.high):
            return ""
        return interval_of(self.low_text, self.high_text)


def interval_of(low_text: str, high_text: str) -> str:
    """Return the notation for two published bounds.

    >>> interval_of(">= 3.1.0", "< 3.1.5"), interval_of("= 5.6.1", ""), interval_of("", "")
    ('[3.1.0, 3.1.5)', '{5.6.1}', '[0, …)')
    """
    sign, _, version = low_text.partition(" ")
    if sign == "=":
        return f"{{{version}}}"
    low = f"{'(' if sign == '>' else '['}{version or '0'}"
    sign, _, version = high_text.partition(" ")
    return f"{low}, {version or '…'}{']' if sign == '<=' else ')'}"


@dataclass(frozen=True, slots=True)
class Trail:
    """The steps of a decision, the deciding one first."""

    subject: str
    reasons: tuple[str, ...]
    steps: tuple[Step, ...]
    keys_version: int = KEYS_VERSION
    aliases_version: int = ALIASES_VERSION

    @staticmethod
    def of(subject: object, decision: Decision) -> "Trail":
        """Return the trail of a decision on a component."""
        shown = decision.judgements[:LIMIT_STEPS]
        return Trail(str(subject), tuple(decision.reasons), tuple(map(Step.of, shown)))

    def as_json(self) -> dict[str, Any]:
        """Return the compact form that is stored, without the component."""
        return {
            "v": [self.keys_version, self.aliases_version],
            "r": list(self.reasons),
            "s": [_coded(step) for step in self.steps],
        }

    @staticmethod
    def from_json(
        stored: Mapping[str, Any], *, subject: str, places: Mapping[str, Place]
    ) -> "Trail":
        """Return the trail that was stored, for a component: its words, and by package the
        version and key under which it is looked up."""
        keys_version, aliases_version = stored["v"]
        steps = tuple(_decoded(values, places) for values in stored["s"])
        return Trail(subject, tuple(stored["r"]), steps, keys_version, aliases_version)


_STORED: Final = tuple(name for name in Step.__slots__ if name not in ("version", "key"))
_VALUES: Final = attrgetter(*_STORED)
_NOWHERE: Final[Place] = ("", None)


def _coded(step: Step) -> list[Any]:
    *values, reasons = _VALUES(step)
    return [*values, list(reasons)]


def _decoded(values: list[Any], places: Mapping[str, Place]) -> Step:
    fields = dict(zip(_STORED, values, strict=True))
    fields["version"], fields["key"] = places.get(fields["package"], _NOWHERE)
    fields["verdict"] = Verdict(fields["verdict"])
    fields["reasons"] = tuple(fields["reasons"])
    return Step(**fields)


_PLACES: Final = {
    Verdict.AFFECTED: "{subject} lies in {interval} of {record} from {source}",
    Verdict.NOT_AFFECTED: "{subject} lies outside every range of {record} from {source}",
    Verdict.FIXED: "{subject} is fixed by what {record} from {source} says",
    Verdict.UNDER_INVESTIGATION: "{record} from {source} still looks into {subject}",
    Verdict.UNKNOWN: "{subject} cannot be judged by {record} from {source}",
}
_NAMED: Final = "{subject} is a version that {record} from {source} names"
_EVERY: Final = "{subject} is one of all versions that {record} from {source} names"

NAMES: Final = {
    Provenance.DECLARED: "as declared",
    Provenance.DERIVED: "as {wording}, derived from its identity",
    Provenance.CURATED: "as {wording}, one of its known names",
    Provenance.GUESSED: "as {wording}, which is a guess",
}

REASONS: Final = {
    Reason.ALL_VERSIONS: "the source names every version",
    Reason.EDITION_UNVERIFIED: "its edition is not stated",
    Reason.EPOCH_UNKNOWN: "its epoch is not stated, so epochs were left out",
    Reason.EXACT_TEXT: "the version is named as a text",
    Reason.FILTERED: "its edition or target software is another",
    Reason.GENERIC_FALLBACK: "its version does not follow the scheme and was compared loosely",
    Reason.HARDWARE: "the source names hardware, not software",
    Reason.HARDWARE_IMPLIED: "its firmware implies the hardware",
    Reason.INVESTIGATED: "the source still looks into it",
    Reason.NAME_ONLY: "only its name is the same, and a name alone identifies nothing",
    Reason.NO_ORDER: "its version has no order",
    Reason.NO_VERSION: "its version is not stated",
    Reason.PAIRWISE: "its version was compared with the bounds one by one",
    Reason.PARENT_DIFFERS: "the source speaks of it inside another product",
    Reason.PARENT_UNKNOWN: "the source speaks of it inside a product that is not recorded here",
    Reason.PART_DIFFERS: "application and operating system are told apart differently",
    Reason.PATCHED: "its supplier declares a patch",
    Reason.PLATFORM_CONTRADICTED: "what it must run on or with is not there",
    Reason.PLATFORM_UNVERIFIED: "the platform that it runs on is not recorded",
    Reason.PROSE_ONLY: "only the text of the record names it, and no range is stated yet",
    Reason.RELEASE_UNKNOWN: "the release of the distribution is not stated",
    Reason.SOFTWARE_UNVERIFIED: "it takes other software that is not recorded here",
    Reason.SOURCES_DISAGREE: "another source says otherwise",
    Reason.SOURCE_UNSURE: "the source itself is not sure",
    Reason.TARGET_UNVERIFIED: "the software that it is made for is not stated",
    Reason.UNBOUNDED: "the source gives no bounds",
    Reason.UPSTREAM_ONLY: "only upstream says so, and distributions port fixes back",
}


def sentence(trail: Trail) -> Sentence:
    """Return what the deciding step says, without the reasons that qualify it."""
    step = trail.steps[0]
    values = {
        "subject": trail.subject,
        "interval": step.interval,
        "record": step.record,
        "source": SOURCES.get(Source(step.source), step.source),
        "wording": step.wording,
        "scheme": step.scheme,
        "confidence": step.confidence,
    }
    template = f"{_place(step)} ({NAMES[Provenance(step.provenance)]}; compared as {{scheme}})."
    return Sentence(template, values)


def _place(step: Step) -> str:
    if Reason.ALL_VERSIONS in step.reasons:
        return _EVERY
    is_named = Reason.EXACT_TEXT in step.reasons or step.interval.startswith("{")
    if is_named and step.verdict is Verdict.AFFECTED:
        return _NAMED
    return _PLACES[step.verdict]


def clauses(trail: Trail) -> tuple[str, ...]:
    """Return the clauses that qualify the verdict, in English, ready to be translated."""
    return tuple(REASONS[Reason(code)] for code in trail.reasons)
