"""One package in many versions, against all claims about it, without asking for each version.

A *family* is a set of components that differ in their versions alone. What a vulnerability's
claims say of them changes only at the bounds that these claims state, so between two bounds one
member speaks for all: its decision, evidence included, is theirs. The work is that of cutting and
of naming who is hit; it does not grow with versions times advisories.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, KeysView, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple, TypeVar

from longmark.core.identity import Coordinate
from longmark.core.matching.deciding import decide
from longmark.core.matching.subjects import Subject
from longmark.core.matching.verdicts import Claim, Decision

Who = TypeVar("Who", bound=Hashable)

_VERSIONED: Final = (5, 6)
"""Places of version and update in a CPE 2.3 name."""


class Hit(NamedTuple):
    """An interval ``[low, high)`` or a version's text that a statement on a package names."""

    package: str
    low: str
    high: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A decision on some members of a family, named by their places in it."""

    vulnerability_id: int
    decision: Decision
    members: tuple[int, ...]


class Family:
    """Subjects that differ in their versions alone, each of which has an order."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        self.subjects = subjects
        self._axes: dict[str, _Axis] = {}
        self._texts: dict[str, dict[str, list[int]]] = {}

    @property
    def packages(self) -> KeysView[str]:
        """The package keys under which every member is looked up."""
        return self.subjects[0].by_package.keys()

    def is_met_by(self, hit: Hit) -> bool:
        """Tell whether any member lies in an interval, or has a version of that text."""
        if hit.text:
            return hit.text in self._members_by_text(hit.package)
        start, end = self._axis(hit.package).between(hit.low, hit.high)
        return start < end

    def hits_of(self, claims: Iterable[Claim]) -> list[Hit]:
        """Return what statements on packages of this family name."""
        stated = [claim.statement for claim in claims]
        ours = {one.package for one in stated} & self.packages
        spans = {
            Hit(one.package, span.low, span.high)
            for one in stated
            if one.package in ours
            for span in one.ranges
        }
        texts = {
            Hit(one.package, "", "", exact.text)
            for one in stated
            if one.package in ours
            for exact in one.exact
        }
        return [*spans, *texts]

    def verdicts(
        self, vulnerability_id: int, hits: Collection[Hit], claims: Sequence[Claim]
    ) -> Iterator[Verdicts]:
        """Yield the decisions on all members that a vulnerability's hits meet."""
        first, *others = {hit.package: self._axis(hit.package) for hit in hits}.values()
        is_plain = all(axis is first for axis in others) and not any(hit.text for hit in hits)
        shares = self._pieces(first, hits) if is_plain else self._shares(hits)
        for members in shares:
            decision = decide(self.subjects[members[0]], claims)
            if decision:
                yield Verdicts(vulnerability_id, decision, members)

    def _pieces(self, axis: "_Axis", hits: Collection[Hit]) -> Iterator[tuple[int, ...]]:
        """Cut one order of versions at every bound, and yield who lies between two of them."""
        cuts = sorted({bound for hit in hits for bound in (hit.low, hit.high)})
        for low, high in pairwise(cuts):
            start, end = axis.between(low, high)
            if start < end and any(hit.low <= low and high <= hit.high for hit in hits):
                yield axis.part(start, end)

    def _shares(self, hits: Iterable[Hit]) -> Iterable[tuple[int, ...]]:
        """Return the members that the same of these hits meet, whatever orders they lie in."""
        met: dict[int, list[int]] = defaultdict(list)
        for number, hit in enumerate(hits):
            for member in self._met(hit):
                met[member].append(number)
        alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for member, numbers in met.items():
            alike[tuple(numbers)].append(member)
        return map(tuple, alike.values())

    def _met(self, hit: Hit) -> Sequence[int]:
        if hit.text:
            return self._members_by_text(hit.package).get(hit.text, ())
        axis = self._axis(hit.package)
        start, end = axis.between(hit.low, hit.high)
        return axis.members[start:end]

    def _axis(self, package: str) -> "_Axis":
        """Return the order of members by their keys in a package; equal orders are one."""
        axis = self._axes.get(package)
        if axis is None:
            axis = _Axis.of(self._coordinates(package))
            axis = next((known for known in self._axes.values() if known == axis), axis)
            self._axes[package] = axis
        return axis

    def _members_by_text(self, package: str) -> dict[str, list[int]]:
        if package not in self._texts:
            texts: dict[str, list[int]] = defaultdict(list)
            for member, coordinate in enumerate(self._coordinates(package)):
                texts[coordinate.version.lower()].append(member)
            self._texts[package] = texts
        return self._texts[package]

    def _coordinates(self, package: str) -> Iterator[Coordinate]:
        return (subject.by_package[package] for subject in self.subjects)


@dataclass(frozen=True)
class _Axis:
    """Members in the order of their keys."""

    keys: Sequence[str]
    members: Sequence[int]
    parts: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict, compare=False)

    @staticmethod
    def of(coordinates: Iterable[Coordinate]) -> "_Axis":
        placed = sorted((one.key or "", member) for member, one in enumerate(coordinates))
        return _Axis([key for key, _ in placed], [member for _, member in placed])

    def between(self, low: str, high: str) -> tuple[int, int]:
        start = bisect_left(self.keys, low)
        return start, bisect_left(self.keys, high, start)

    def part(self, start: int, end: int) -> tuple[int, ...]:
        """Return the members from one place to another: the same object each time."""
        known = self.parts.get((start, end))
        if known is None:
            known = self.parts[start, end] = tuple(self.members[start:end])
        return known


def families(subjects: Mapping[Who, Subject]) -> tuple[list[Family], list[list[Who]]]:
    """Return families of subjects, and who is each member; who has no order is in none."""
    alike: dict[object, list[Who]] = defaultdict(list)
    for who, subject in subjects.items():
        if is_ordered(subject):
            alike[_kind(subject)].append(who)
    members = list(alike.values())
    return [Family([subjects[who] for who in each]) for each in members], members


def is_ordered(subject: Subject) -> bool:
    """Tell whether every version under which a component is looked up has a key."""
    return all(one.key is not None for one in subject.coordinates)


def _kind(subject: Subject) -> object:
    """Return what a decision may depend on, besides the version."""
    names = tuple((one.package, one.scheme, one.provenance) for one in subject.coordinates)
    return names, _unversioned_purl(subject.purl), tuple(map(_unversioned_cpe, subject.cpes))


def _unversioned_purl(purl: str | None) -> str:
    base, mark, qualifiers = (purl or "").partition("?")
    return (base.rpartition("@")[0] or base) + mark + qualifiers


def _unversioned_cpe(name: str) -> str:
    """Return a CPE name without version and update; one that is not plain, as it is."""
    parts = name.split(":")
    if len(parts) != 13 or "\\" in name:
        return name
    return ":".join(part for place, part in enumerate(parts) if place not in _VERSIONED)
