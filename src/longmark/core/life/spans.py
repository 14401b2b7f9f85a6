"""Spans: how a unit that sits in no other looked as a whole, whose it was and where, day by day.

What is in a unit, and in the units in it, is one *look*: which releases, and of what nobody knows
the release. A look takes nothing from the catalog, so that what a catalog learns today changes no
day before. Questions are about the end of a day (UTC), so a span lasts for whole days, and one
that begins and ends on the same day has never been.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from longmark.core.life.course import Course
from longmark.core.life.derivation import Installed, Kept, Life, counted
from longmark.core.life.events import (
    OUT_OF_USE,
    THE_UNIT_ITSELF,
    CustodyRole,
    Event,
    State,
)

DEPTH_LIMIT = 6  # units in units, as far as questions on a past day climb
_KEEPERS = (CustodyRole.OPERATOR, CustodyRole.DISTRIBUTOR)


class Seen(NamedTuple):
    """One thing in a look: a release, as well as it is known where it is known best; or a kind of
    item of which a unit is there (``is_unknown`` False), or something of unknown release.
    """

    item: int = 0
    release: int = 0
    evidence: int = 0
    is_unknown: bool = False


Look = tuple[Seen, ...]


class Tally(NamedTuple):
    """What units have in common that are counted together. ``state`` is empty while in use;
    ``distributor`` is who sold them, where the operator is not known.
    """

    look: Look
    operator: int | None
    distributor: int | None
    country: str
    state: str


class Past(msgspec.Struct, frozen=True):
    """What one unit's own events say: since when it is known to be, what was in it, and the state
    from each instant on.
    """

    item: int
    since: datetime | None
    installations: tuple[Installed, ...]
    custody: tuple[Kept, ...]
    states: tuple[tuple[datetime, State], ...]


Seat = tuple[datetime, datetime | None]
Change = tuple[Tally, date, int]


def look_id(look: Look) -> int:
    """Return the content address of a look: of 63 bits, which do for a million looks and more."""
    content = "\x1e".join("\x1f".join(map(str, map(int, it))) for it in look)
    return int.from_bytes(hashlib.sha256(content.encode()).digest()[:8]) >> 1


def past_of(item: int, events: Sequence[Event], life: Life) -> Past:
    """Return what a unit's events, and the life that they tell, say of its past."""
    course, states = Course(), []
    standing = counted(events)
    for event in standing:
        before = course.state
        course.follow(event)
        if course.state is not before:
            states.append((event.occurred_at, course.state))
    since = standing[0].occurred_at if standing else None
    return Past(item, since, life.installations, life.custody, tuple(states))


def changes(root: UUID, pasts: Mapping[UUID, Past], seats: Iterable[Seat]) -> Iterator[Change]:
    """Yield on which day a unit begins (1) and ceases (-1) to count as what.

    ``pasts`` has the unit and all that was ever in it; ``seats`` are when it sat in another one,
    and was counted there.
    """
    course = _Course(root, pasts, seats)
    instants = sorted(course.instants)
    counted_as: Tally | None = None
    for place, instant in enumerate(instants):
        course.go_to(instant)
        day = day_of(instant)
        if place + 1 < len(instants) and day_of(instants[place + 1]) == day:
            continue
        tally = course.tally(instant)
        if tally != counted_as:
            if counted_as is not None:
                yield counted_as, day, -1
            if tally is not None:
                yield tally, day, 1
            counted_as = tally


def day_of(instant: datetime) -> date:
    """Return the day of an instant, as questions about the end of a day count it."""
    return instant.astimezone(UTC).date()


@dataclass
class _Turn:
    """What begins and ends at an instant, each with the unit that it is of."""

    begun: list[tuple[UUID, Installed | Kept]]
    ended: list[tuple[UUID, Installed | Kept]]
    state: State | None = None
    seats: int = 0


class _Course:
    """Goes through the instants of a unit and of all that was ever in it, in order."""

    def __init__(self, root: UUID, pasts: Mapping[UUID, Past], seats: Iterable[Seat]) -> None:
        self._root, self._pasts = root, pasts
        self._turns: dict[datetime, _Turn] = defaultdict(lambda: _Turn([], []))
        self._inside: dict[UUID, dict[str, Installed]] = defaultdict(dict)
        self._kept: dict[CustodyRole, Kept] = {}
        self._state, self._seats = State.REGISTERED, 0
        self._add_unit(root, set(), 0)
        own = pasts[root]
        for kept in own.custody:
            if kept.place in _KEEPERS:
                self._add(root, kept)
        for instant, state in own.states:
            self._turns[instant].state = state
        for begun, ended in seats:
            self._turns[begun].seats += 1
            if ended is not None:
                self._turns[ended].seats -= 1

    @property
    def instants(self) -> Iterable[datetime]:
        return self._turns

    def _add_unit(self, pk: UUID, seen: set[UUID], depth: int) -> None:
        own = self._pasts.get(pk)
        if own is None or pk in seen:
            return
        seen.add(pk)
        if own.since is not None:
            self._turns[own.since]  # an instant of its own, though nothing else may begin there
        for installed in own.installations:
            self._add(pk, installed)
            child = installed.content.child if installed.content else None
            if child is not None and depth < DEPTH_LIMIT:
                self._add_unit(child, seen, depth + 1)

    def _add(self, pk: UUID, each: Installed | Kept) -> None:
        self._turns[each.valid_from].begun.append((pk, each))
        if each.valid_to is not None:
            self._turns[each.valid_to].ended.append((pk, each))

    def go_to(self, instant: datetime) -> None:
        """Let happen what happens at an instant."""
        turn = self._turns[instant]
        for pk, each in turn.ended:
            self._lane(pk, each).pop(each.place, None)
        for pk, each in turn.begun:
            self._lane(pk, each)[each.place] = each
        self._state = turn.state or self._state
        self._seats += turn.seats

    def _lane(self, pk: UUID, each: Installed | Kept) -> "dict[str, Installed | Kept]":
        is_kept = isinstance(each.place, CustodyRole)
        return self._kept if is_kept else self._inside[pk]  # type: ignore[return-value]

    def tally(self, instant: datetime) -> Tally | None:
        """Return what the unit counts as; nothing if it is not there, or counts in another one."""
        since = self._pasts[self._root].since
        if since is None or instant < since or self._seats or self._state is State.SCRAPPED:
            return None
        operator, distributor = (
            kept.content if (kept := self._kept.get(role)) else None for role in _KEEPERS
        )
        party = operator.party if operator else None
        return Tally(
            self._look(instant),
            party,
            distributor.party if distributor and party is None else None,
            operator.country if operator else "",
            str(self._state) if self._state in OUT_OF_USE else "",
        )

    def _look(self, instant: datetime) -> Look:
        """Return what is in the unit; what is there twice counts where it is known best."""
        best: dict[tuple[int, int, bool], int] = {}
        for pk in self._units_inside(self._root, 0):
            for evidence, item, release, is_unknown in self._seen_in(pk, instant):
                what = item, release, is_unknown
                best[what] = max(evidence, best.get(what, 0))
        return tuple(sorted(Seen(*what[:2], best[what], what[2]) for what in best))

    def _units_inside(self, pk: UUID, depth: int) -> Iterator[UUID]:
        """Yield a unit and those that sit in it, as far as they are known."""
        if pk not in self._pasts:
            return
        yield pk
        for installed in self._inside[pk].values() if depth < DEPTH_LIMIT else ():
            if installed.content and installed.content.child:
                yield from self._units_inside(installed.content.child, depth + 1)

    def _seen_in(self, pk: UUID, instant: datetime) -> Iterator[tuple[int, int, int, bool]]:
        """Yield what one unit is, and what sits in its slots: evidence, item, release, and whether
        the release is not known.
        """
        own, inside = self._pasts[pk], self._inside[pk]
        if own.since is not None and own.since <= instant:
            yield 0, own.item, 0, False
            itself = inside.get(THE_UNIT_ITSELF)
            if itself is None or itself.content is None or itself.content.release is None:
                yield 0, own.item, 0, True
        for installed in inside.values():
            occupant = installed.content
            if occupant is not None and occupant.release is not None:
                yield int(installed.evidence), 0, occupant.release, False
            elif occupant is not None and occupant.item is not None and occupant.child is None:
                yield 0, occupant.item, 0, True
