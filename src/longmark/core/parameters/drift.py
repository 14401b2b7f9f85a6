"""Drift: what was found on a unit is not what was booked, and nobody says why.

What is expected of a parameter is what was booked last; else its value in the released set; else
its default. A parameter of the place of the unit (an address) is expected as it was found the time
before, and so is one of which nothing else is known. Of what was not read nothing is expected.

A secret is meant to differ from the one that was delivered; it, too, is expected as it was found
the time before.

Nor is anything expected of a revision counter: a device counts every change in it. If it has gone
up since the time before and no change was booked between, or if it has gone back, that is drift,
too, although nothing that was read may differ.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from longmark.core.parameters.definitions import Definition
from longmark.core.parameters.differences import natural
from longmark.core.parameters.secrets import is_digest
from longmark.core.parameters.values import same, whole_of


class Basis(StrEnum):
    """On what an expectation rests."""

    BOOKED = "booked"
    RELEASED = "released"
    DEFAULT = "default"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a parameter should be, and on what that rests."""

    value: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of a place when a set is found there."""

    definitions: Mapping[str, Definition]
    released: Mapping[str, str]
    booked: Mapping[str, str]
    found_before: Mapping[str, str]

    def expected(self, name: str) -> Expected | None:
        """Return what is expected of a parameter; ``None`` if nothing is."""
        known = self.definitions.get(name)
        if known and known.is_counter:
            return None
        if (known and known.is_secret) or is_digest(self.released.get(name, "")):
            return self._found_before(name)
        if name in self.booked:
            return Expected(self.booked[name], Basis.BOOKED)
        if not (known and known.is_individual):
            if name in self.released:
                return Expected(self.released[name], Basis.RELEASED)
            if known and known.default:
                return Expected(known.default, Basis.DEFAULT)
        return self._found_before(name)

    def _found_before(self, name: str) -> Expected | None:
        value = self.found_before.get(name)
        return None if value is None else Expected(value, Basis.FOUND)


@dataclass(frozen=True, slots=True)
class Deviation:
    """A parameter that was found otherwise than expected."""

    name: str
    expected: Expected
    found: str
    definition: Definition | None


@dataclass(frozen=True, slots=True)
class CounterMove:
    """A revision counter that moved though no change was booked."""

    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Drift:
    """What nobody booked."""

    deviations: tuple[Deviation, ...] = ()
    counter: CounterMove | None = None

    def __bool__(self) -> bool:
        return bool(self.deviations) or self.counter is not None


def drift(found: Mapping[str, str], known: Known) -> Drift:
    """Return which of the values that were found nobody booked, by name."""
    deviations = []
    for name in sorted(found, key=natural):
        expected = known.expected(name)
        definition = known.definitions.get(name)
        if expected and not same(expected.value, found[name], definition):
            deviations.append(Deviation(name, expected, found[name], definition))
    return Drift(tuple(deviations))


def counters_in(
    values: Mapping[str, str], definitions: Mapping[str, Definition]
) -> Mapping[str, int]:
    """Return the revision counters of a set."""
    found = {}
    for name, known in definitions.items():
        count = whole_of(values[name]) if known.is_counter and name in values else None
        if count is not None:
            found[name] = count
    return found


@dataclass(frozen=True, slots=True)
class Reading:
    """Revision counters as they were read, and from when on."""

    since: datetime
    counters: Mapping[str, int]


def counter_move(readings: Iterable[Reading], booked_at: Sequence[datetime]) -> CounterMove | None:
    """Return the last move that nobody explains; ``readings`` are in order of time.

    A counter that went up is explained by a change that was booked since the reading before; one
    that went back by nothing.
    """
    seen: dict[str, tuple[int, datetime]] = {}
    moved: CounterMove | None = None
    for reading in readings:
        for name, count in reading.counters.items():
            before, since = seen.get(name, (count, reading.since))
            is_explained = any(at >= since for at in booked_at)
            if count < before or (count > before and not is_explained):
                moved = CounterMove(name, before, count)
            seen[name] = (count, reading.since)
    return moved
