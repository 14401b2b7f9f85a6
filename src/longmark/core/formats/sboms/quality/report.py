"""Judging a document by profiles: which rule is met by how many, and what each other lacks.

The score of a profile is a share: for each rule, the share of those that owe the field and
state it; of these shares the mean, in which MUST weighs 3, SHOULD and *must if it exists* 1,
MAY 0. It is rounded down, so that 100 means that nothing is missing. A document passes when
every MUST that can be judged is met throughout.

A report is plain data and whole: what lacks a field is kept as runs of component numbers, so
that the report of a large document stays small and any page of it can be shown.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

import msgspec

from longmark.core.formats.sboms.document import SbomDocument
from longmark.core.formats.sboms.quality.facts import DocumentFacts, State
from longmark.core.formats.sboms.quality.rules import (
    DATA_VERSION,
    WEIGHTS,
    Level,
    Mend,
    Of,
    Profile,
    Rule,
    mend_of,
    profile,
)

FORMULA = (
    "Mean over the rules of (those that state the field / those that owe it), where MUST "
    "weighs 3, SHOULD and MUST IF IT EXISTS 1, MAY 0; rounded down, in percent. Rules that no "
    "document can show by itself are not counted."
)
UNSEEN = frozenset({"doc.signature"})
"""What may exist beside the document, where it cannot be seen."""


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A component, or a place of the document."""

    path: str
    name: str = ""
    version: str = ""


class Run(msgspec.Struct, frozen=True, array_like=True):
    """Components of consecutive numbers that lack a field in the same way."""

    first: int
    last: int
    state: State


class RuleReport(msgspec.Struct, frozen=True, kw_only=True):
    """How a document stands to one rule, and how to mend what is missing.

    ``places`` says where in the document, if the lack is not that of components.
    """

    id: str
    title: str
    level: Level
    on: Of
    section: str
    is_open: bool
    missing: str
    member: str
    example: str
    moves_to: str
    owed_count: int
    stated_count: int
    unknown_count: int
    withheld_count: int
    lack_count: int
    runs: tuple[Run, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def met_count(self) -> int:
        """How many do what the rule asks."""
        return self.owed_count - self.lack_count

    @property
    def is_judged(self) -> bool:
        """Whether the rule counts: the document can show it, and something owes the field."""
        return self.owed_count > 0

    @property
    def is_met(self) -> bool:
        """Whether nothing lacks the field."""
        return self.lack_count == 0


class ProfileReport(msgspec.Struct, frozen=True, kw_only=True):
    """How a document stands to one profile."""

    id: str
    title: str
    source: str
    version: str
    standing: str
    score: int
    passes: bool
    rules: tuple[RuleReport, ...]

    @property
    def must_count(self) -> int:
        """How many MUST rules could be judged."""
        return sum(1 for each in self.rules if _is_must(each))

    @property
    def must_met_count(self) -> int:
        """How many of them are met throughout."""
        return sum(1 for each in self.rules if _is_must(each) and each.is_met)

    @property
    def open_rules(self) -> tuple[RuleReport, ...]:
        """The rules that the document cannot show by itself."""
        return tuple(each for each in self.rules if each.is_open and not each.is_judged)

    @property
    def lacking_rules(self) -> tuple[RuleReport, ...]:
        """The rules that something lacks."""
        return tuple(each for each in self.rules if each.lack_count)


class QualityReport(msgspec.Struct, frozen=True, kw_only=True):
    """A document judged by some profiles."""

    data_version: str
    subject: str
    format: str
    spec_version: str
    encoding: str
    tool: str
    components: tuple[Place, ...]
    profiles: tuple[ProfileReport, ...]


@dataclass(frozen=True, slots=True)
class Lack:
    """One place that lacks a field; ``number`` is that of the component."""

    number: int
    path: str
    name: str
    version: str
    state: State


def judged(document: SbomDocument, facts: DocumentFacts, profiles: Iterable[str]) -> QualityReport:
    """Return how a document stands to profiles.

    Raises:
        Invalid: there is no such profile.
    """
    chosen = [profile(each) for each in profiles]
    standings = _Standings(facts)
    return QualityReport(
        data_version=DATA_VERSION,
        subject=subject_of(document),
        format=facts.format,
        spec_version=facts.spec_version,
        encoding=facts.encoding,
        tool=facts.tool,
        components=tuple(Place(each.path, each.name, each.version) for each in facts.components),
        profiles=tuple(_judged(standings, each) for each in chosen),
    )


def subject_of(document: SbomDocument) -> str:
    """Return how a document is called in a report: by its subject, else by its own name."""
    subject = document.subject
    if subject is None:
        return document.name
    return f"{subject.name} {subject.version or ''}".strip()


def lacks(report: QualityReport, rule: RuleReport, *, after: int = -1) -> Iterator[Lack]:
    """Yield what lacks the field of a rule, in the order of the document, behind a number."""
    if rule.on is Of.DOCUMENT:
        states = [run.state for run in rule.runs]
        for number, path in enumerate(rule.places or ("/",)):
            if states and number > after:
                yield Lack(number, path, "", "", states[0])
        return
    for run in rule.runs:
        for number in range(max(run.first, after + 1), run.last + 1):
            place = report.components[number]
            yield Lack(number, place.path, place.name, place.version, run.state)


class _Standings:
    """How everything stands to a field; asked once, though several profiles want it."""

    def __init__(self, facts: DocumentFacts) -> None:
        self.facts = facts
        self._found: dict[tuple[str, Of], list[State | None]] = {}

    def of(self, rule: Rule) -> list[State | None]:
        """Return the state of each component, ``None`` where it does not owe the field.

        Of a rule about the document, the list holds that one state.
        """
        if rule.field is None:
            return []
        asked = (rule.field.code, rule.of)
        found = self._found.get(asked)
        if found is None:
            found = self._found[asked] = _standing(self.facts, rule, rule.field.code)
        return found


def _judged(standings: _Standings, asked: Profile) -> ProfileReport:
    rules = tuple(_result(standings, rule, takes_marks=asked.takes_marks) for rule in asked.rules)
    return ProfileReport(
        id=asked.id,
        title=asked.title,
        source=asked.source,
        version=asked.version,
        standing=asked.standing,
        score=_score(rules),
        passes=all(each.is_met for each in rules if _is_must(each)),
        rules=rules,
    )


def _is_must(result: RuleReport) -> bool:
    return result.level is Level.MUST and result.is_judged


def _score(rules: Sequence[RuleReport]) -> int:
    """Return the weighted mean in percent, rounded down."""
    counted = [each for each in rules if each.is_judged and WEIGHTS[each.level]]
    total = sum(WEIGHTS[each.level] for each in counted)
    met = sum((Fraction(WEIGHTS[e.level] * e.met_count, e.owed_count) for e in counted), Fraction())
    return int(100 * met / total) if total else 0


def _result(standings: _Standings, rule: Rule, *, takes_marks: bool) -> RuleReport:
    met: set[State | None] = {State.STATED, State.UNKNOWN, State.WITHHELD}
    if not takes_marks:
        met = {State.STATED}
    states = standings.of(rule)
    counts = Counter(states)
    lack_count = sum(n for state, n in counts.items() if state is not None and state not in met)
    facts = standings.facts
    mend = mend_of(rule.field, facts) if rule.field else Mend("", "", "")
    code = rule.field.code if rule.field else ""
    return RuleReport(
        id=rule.id,
        title=rule.title,
        level=rule.level,
        on=rule.of,
        section=rule.section,
        is_open=rule.is_open,
        missing=rule.field.missing if rule.field else "",
        member=mend.member,
        example=mend.example,
        moves_to=mend.moves_to,
        owed_count=len(states) - counts[None],
        stated_count=counts[State.STATED],
        unknown_count=counts[State.UNKNOWN],
        withheld_count=counts[State.WITHHELD],
        lack_count=lack_count,
        runs=tuple(_runs(states, met)) if lack_count else (),
        places=facts.places.get(code, ()) if lack_count and rule.of is Of.DOCUMENT else (),
    )


def _standing(facts: DocumentFacts, rule: Rule, code: str) -> list[State | None]:
    if rule.of is Of.DOCUMENT:
        found = facts.states.get(code)
        return [None if code in UNSEEN and found is State.UNKNOWN else found]
    if rule.of is Of.COMPONENTS:
        return [each.states.get(code) for each in facts.components]
    return [each.states.get(code) if rule.applies_to(each) else None for each in facts.components]


def _runs(states: Iterable[State | None], met: Container[State | None]) -> Iterator[Run]:
    """Yield the stretches of equal states that are not met."""
    number = 0
    for state, stretch in groupby(states):
        count = sum(1 for _ in stretch)
        if state is not None and state not in met:
            yield Run(number, number + count - 1, state)
        number += count
