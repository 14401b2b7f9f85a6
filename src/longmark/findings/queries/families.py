"""The portfolio by packages: components that share all names, and what advisories say of these.

Reads ranges and coordinates package by package, each once, and joins them by bisection in memory:
for a package in a thousand versions with thousands of advisories the rows of a join would be
millions, the cuts are thousands.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple
from uuid import UUID

from longmark.core.formats.advisories.records import ExactVersion, StatedRange
from longmark.core.matching import Claim, Subject
from longmark.core.matching.sweeping import Family, Hit, families, is_ordered
from longmark.findings.queries.candidates import (
    IS_ABOUT,
    STATUSES,
    Candidates,
    Met,
    candidates_of_components,
    claims_met,
    stored_subjects,
)
from longmark.findings.queries.sets import among, rows, stored_ids, who_is

CHUNK_COORDINATES: Final = 10_000

Scope = tuple[str, tuple[Any, ...]]
"""A condition, and its parameters."""

_ADVISED: Final = """
SELECT p.package, (SELECT COUNT(*) FROM sboms_coordinate c WHERE c.package = p.package)
FROM (SELECT DISTINCT package FROM intel_statement) p
ORDER BY p.package
"""
_ADVISED_AMONG: Final = """
SELECT DISTINCT st.package FROM intel_statement st WHERE {scope}
"""
_COMPONENTS: Final = "SELECT DISTINCT component_id FROM sboms_coordinate c WHERE {scope}"
_STALE: Final = """
SELECT DISTINCT m.component_id FROM findings_match m
WHERE NOT EXISTS (
    SELECT 1 FROM sboms_coordinate c JOIN intel_statement st ON st.package = c.package
    WHERE c.component_id = m.component_id)
"""
_RANGES: Final = """
SELECT r.package, s.vulnerability_id, r.statement_id, r.low, r.high, r.low_text, r.high_text,
       r.status
FROM (SELECT c.package, MIN(c.key) AS lowest, MAX(c.key) AS highest
      FROM sboms_coordinate c WHERE {scope} GROUP BY c.package) held
JOIN intel_affectedrange r
  ON r.package = held.package AND r.low <= held.highest AND r.high > held.lowest
JOIN intel_advisory a ON a.id = r.advisory_id AND a.state = 'published'
JOIN intel_subject s ON s.advisory_id = r.advisory_id AND {is_about}
"""
# Most ranges of a package end below every version of it that is in use, or begin above.
_EXACT: Final = """
SELECT e.package, s.vulnerability_id, e.statement_id, e.text, e.status
FROM intel_exactversion e
JOIN intel_advisory a ON a.id = e.advisory_id AND a.state = 'published'
JOIN intel_subject s ON s.advisory_id = e.advisory_id AND {is_about}
WHERE {scope}
"""


class Roll:
    """Who the members of a family are."""

    def __init__(self, ids: Sequence[UUID]) -> None:
        self._ids = ids
        self._called: dict[tuple[int, ...], tuple[UUID, ...]] = {}

    def call(self, members: tuple[int, ...]) -> tuple[UUID, ...]:
        """Return the ids of members: of the same ones, the same object."""
        called = self._called.get(members)
        if called is None:
            called = self._called[members] = tuple([self._ids[one] for one in members])
        return called


class Meeting(NamedTuple):
    """A family, who its members are, and what of one vulnerability meets it."""

    family: Family
    roll: Roll
    hits: list[Hit]


@dataclass(frozen=True)
class Portfolio:
    """Components of some packages in families, by vulnerability what meets each, and all claims.

    ``unordered`` are those with a version that has no order: they meet every range.
    """

    component_ids: Sequence[UUID]
    meetings: Mapping[int, Sequence[Meeting]]
    claims: Mapping[int, Sequence[Claim]]
    unordered: Candidates

    @cached_property
    def unordered_met(self) -> Mapping[int, Sequence[UUID]]:
        """By vulnerability the components without order that it meets."""
        met: dict[int, list[UUID]] = defaultdict(list)
        for who, vulnerability_ids in self.unordered.pairs.items():
            assert isinstance(who, UUID), "only stored components are swept"
            for vulnerability_id in vulnerability_ids:
                met[vulnerability_id].append(who)
        return met

    @property
    def vulnerability_ids(self) -> Sequence[int]:
        """Every vulnerability that meets any of them, in order."""
        return sorted(self.meetings.keys() | self.unordered_met.keys())


def packages_in_chunks() -> Iterator[list[str]]:
    """Yield the packages that both advisories and components name, in order. One query."""
    chunk: list[str] = []
    size = 0
    for package, count in list(rows(_ADVISED, ())):
        if count:
            chunk.append(package)
            size += count
        if size >= CHUNK_COORDINATES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def components_no_longer_advised() -> list[UUID]:
    """Return components with matches though no advisory names a package of theirs. One query."""
    return [who for (stored,) in rows(_STALE, ()) if isinstance(who := who_is(stored), UUID)]


def portfolio_of(packages: Collection[str]) -> Portfolio:
    """Return the components whose first advised package is one of these. Twelve queries."""
    return _portfolio(_subjects_led_by(set(packages)))


def portfolio_of_components(ids: Collection[UUID]) -> Portfolio:
    """Return these components. Ten queries at most."""
    found = stored_subjects(ids)
    subjects = {who: subject for who, subject in found.items() if isinstance(who, UUID)}
    return _portfolio(subjects, among("c.component_id", stored_ids(ids)))


def _portfolio(subjects: Mapping[UUID, Subject], held: Scope | None = None) -> Portfolio:
    """Return components as a portfolio; only versions ``held`` are asked for, by default all that
    any component has of these packages."""
    ordered = {who: subject for who, subject in subjects.items() if is_ordered(subject)}
    unordered = [who for who in subjects if who not in ordered]
    found, members = families(ordered)
    names = {package for family in found for package in family.packages}
    meetings = _Meetings(found, members, held or among("c.package", list(names)))
    return Portfolio(
        list(subjects),
        meetings.by_vulnerability,
        claims_met(meetings.by_vulnerability, names, meetings.met),
        candidates_of_components(unordered),
    )


def _subjects_led_by(packages: Collection[str]) -> dict[UUID, Subject]:
    scope, parameters = among("c.package", list(packages))
    stored = (who_is(each) for (each,) in rows(_COMPONENTS.format(scope=scope), parameters))
    subjects = stored_subjects([who for who in stored if isinstance(who, UUID)])
    named = {package for subject in subjects.values() for package in subject.by_package}
    scope, parameters = among("st.package", list(named - set(packages)))
    advised = {each for (each,) in rows(_ADVISED_AMONG.format(scope=scope), parameters)}
    advised |= set(packages)
    return {
        who: subject
        for who, subject in subjects.items()
        if isinstance(who, UUID) and _lead(subject, advised) in packages
    }


def _lead(subject: Subject, advised: Collection[str]) -> str:
    return min(package for package in subject.by_package if package in advised)


class _Meetings:
    """What meets each family, gathered package by package."""

    def __init__(
        self, found: Sequence[Family], members: Sequence[Sequence[UUID]], held: Scope
    ) -> None:
        self.met = Met()
        self.by_vulnerability: dict[int, list[Meeting]] = defaultdict(list)
        self._by_package: dict[str, list[tuple[Family, Roll, dict[int, Meeting]]]]
        self._by_package = defaultdict(list)
        for family, who in zip(found, members, strict=True):
            roll, known = Roll(who), dict[int, Meeting]()
            for package in family.packages:
                self._by_package[package].append((family, roll, known))
        self._add_ranges(held)
        self._add_exact_versions()

    def _add_ranges(self, held: Scope) -> None:
        texts: dict[str, str] = {}
        once = texts.setdefault  # A bound comes again in thousands of ranges: kept once.
        scope, parameters = held
        statement = _RANGES.format(scope=scope, is_about=IS_ABOUT.format(alias="r"))
        for package, vulnerability, number, *bounds, status in rows(statement, parameters):
            low, high, low_text, high_text = [once(text, text) for text in bounds]
            if self._is_met(Hit(once(package, package), low, high), vulnerability):
                span = StatedRange(low, high, low_text, high_text, STATUSES[status])
                self.met.ranges[number].add(span)

    def _add_exact_versions(self) -> None:
        scope, parameters = among("e.package", list(self._by_package))
        statement = _EXACT.format(scope=scope, is_about=IS_ABOUT.format(alias="e"))
        for package, vulnerability, number, text, status in rows(statement, parameters):
            if self._is_met(Hit(package, "", "", text), vulnerability):
                self.met.exact[number].add(ExactVersion(text, STATUSES[status]))

    def _is_met(self, hit: Hit, vulnerability: int) -> bool:
        is_met = False
        for family, roll, known in self._by_package.get(hit.package, ()):
            if family.is_met_by(hit):
                meeting = known.get(vulnerability)
                if meeting is None:
                    meeting = known[vulnerability] = Meeting(family, roll, [])
                    self.by_vulnerability[vulnerability].append(meeting)
                meeting.hits.append(hit)
                is_met = True
        return is_met
