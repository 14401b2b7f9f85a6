"""From events to intervals: what sat in each slot, and who kept the unit, from when to when.

The rules:

1. Events count in the order in which they happened, not in which they arrived; of two at the same
   instant the one that arrived first counts first, and a unit is built before anything else.
2. An event that another one corrects does not count; the correction counts in its place.
3. Intervals are half-open. A slot holds one thing at a time; what follows ends what was before.
4. Saying the same again changes nothing, except that better evidence replaces weaker.
5. When the occupant of a slot changes, what was recorded below it (``control-board/…``) went with
   it. The event may state what sits there now.
6. *Parameters changed* and *parameters observed* state only the values that they speak of.
7. Known emptiness is an interval too, without an occupant: unknown and empty are different.
8. After the last open RMA is closed, the state before the unit was returned counts again. A unit
   that was scrapped has no open RMA.

Life as it was believed at an instant is the life derived from the events recorded until then.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import replace

from longmark.core.life.course import Course, Marking, Rma, Warranty
from longmark.core.life.events import (
    CustodyRole,
    Event,
    Evidence,
    Holder,
    Kind,
    Occupant,
    State,
)

_PARTIAL = frozenset({Kind.PARAMETERS_CHANGED, Kind.PARAMETERS_OBSERVED})

Place = TypeVar("Place", bound=str)
Content = TypeVar("Content")


class Interval(msgspec.Struct, Generic[Place, Content], frozen=True):
    """``content`` was at ``place`` from an instant (included) to another (excluded)."""

    place: Place
    content: Content | None
    valid_from: datetime
    valid_to: datetime | None
    evidence: Evidence

    def holds_at(self, instant: datetime) -> bool:
        return self.valid_from <= instant and (self.valid_to is None or instant < self.valid_to)


Installed = Interval[str, Occupant]
Kept = Interval[CustodyRole, Holder]


class Life(msgspec.Struct, frozen=True):
    """What a unit's events say together. Intervals are in order of place and time.

    ``markings`` are the serial numbers that it was given after it was registered.
    """

    installations: tuple[Installed, ...]
    custody: tuple[Kept, ...]
    state: State
    built_at: datetime | None
    rmas: tuple[Rma, ...] = ()
    warranty: Warranty | None = None
    replaced_by: UUID | None = None
    markings: tuple[Marking, ...] = ()

    @property
    def open_rma(self) -> Rma | None:
        """The RMA that was opened last and is not closed."""
        waiting = [rma for rma in self.rmas if rma.closed_at is None]
        return waiting[-1] if waiting else None

    def inside_now(self) -> dict[str, Installed]:
        """Return the open intervals by slot."""
        return {kept.place: kept for kept in self.installations if kept.valid_to is None}

    def kept_now(self) -> dict[CustodyRole, Kept]:
        """Return the open intervals by role."""
        return {kept.place: kept for kept in self.custody if kept.valid_to is None}

    def inside_at(self, slot: str, instant: datetime) -> Installed | None:
        """Return what was in a slot at an instant."""
        for installed in self.installations:
            if installed.place == slot and installed.holds_at(instant):
                return installed
        return None


def derive(events: Iterable[Event]) -> Life:
    """Return the life that the events tell, in whatever order they are given."""
    told = tuple(events)
    if len(told) == 1 and told[0].corrects is None:
        return _begun(told[0])
    slots: _Lane[str, Occupant] = _Lane()
    custody: _Lane[CustodyRole, Holder] = _Lane()
    course = Course()
    standing = counted(told)
    for event in standing:
        course.follow(event)
        _install(slots, event)
        for role, holder in event.custody.items():
            custody.put(role, holder, event.occurred_at, event.evidence)
    state = State.WITHDRAWN if told and not standing else course.state
    return _life(slots.intervals(), custody.intervals(), course, state)


def _begun(event: Event) -> Life:
    """Return the life of which one event is all that is known, as of most units in a list."""
    course = Course()
    course.follow(event)
    return _life(_opened(event.slots, event), _opened(event.custody, event), course, course.state)


def _opened(
    stated: Mapping[Place, Content | None], event: Event
) -> tuple[Interval[Place, Content], ...]:
    at, evidence = event.occurred_at, event.evidence
    return tuple([Interval(place, stated[place], at, None, evidence) for place in sorted(stated)])


def _life(
    installations: tuple[Installed, ...], custody: tuple[Kept, ...], course: Course, state: State
) -> Life:
    return Life(
        installations,
        custody,
        state,
        course.built_at,
        course.rmas,
        course.warranty,
        course.replaced_by,
        course.markings,
    )


def counted(events: Iterable[Event]) -> list[Event]:
    """Return the events that count, in the order in which they happened, corrections in place."""
    told = list(events)
    if len(told) < 2:
        return [event for event in told if event.corrects is None]
    by_seq = {event.seq: event for event in told}
    corrected = {event.corrects for event in by_seq.values()}
    standing = [event for seq, event in by_seq.items() if seq not in corrected]
    standing.sort(key=lambda event: _order(event, by_seq))
    return [
        replace(event, kind=event.stands_for) if event.stands_for else event
        for event in standing
        if event.corrects is None or event.stands_for
    ]


def _order(event: Event, by_seq: Mapping[int, Event]) -> tuple[datetime, bool, int]:
    """A correction takes the place in the order of arrival of what it corrects in the end."""
    kind, first = event.stands_for or event.kind, event
    while first.corrects is not None and first.corrects in by_seq:
        first = by_seq[first.corrects]
    return event.occurred_at, kind is not Kind.BUILT, first.seq


class _Lane(Generic[Place, Content]):
    """Intervals under construction: at most one open at each place."""

    def __init__(self) -> None:
        self.open: dict[Place, Interval[Place, Content]] = {}
        self._closed: list[Interval[Place, Content]] = []

    def put(
        self, place: Place, content: Content | None, instant: datetime, evidence: Evidence
    ) -> bool:
        """Let ``content`` be at ``place`` from ``instant`` on; tell whether that is a change."""
        current = self.open.get(place)
        if current is not None and current.content == content:
            if evidence > current.evidence:
                self.open[place] = replace(current, evidence=evidence)
            return False
        self.end(place, instant)
        self.open[place] = Interval(place, content, instant, None, evidence)
        return True

    def end(self, place: Place, instant: datetime) -> None:
        """Close what is open; what began at the same instant has never been."""
        current = self.open.pop(place, None)
        if current is not None and current.valid_from < instant:
            self._closed.append(replace(current, valid_to=instant))

    def intervals(self) -> tuple[Interval[Place, Content], ...]:
        if len(self.open) + len(self._closed) < 2:
            return tuple(self.open.values()) or tuple(self._closed)
        found = [*self._closed, *self.open.values()]
        found.sort(key=lambda interval: (interval.place, interval.valid_from))
        return tuple(found)


def _install(lane: _Lane[str, Occupant], event: Event) -> None:
    """Apply what an event says about slots, upper ones first."""
    for slot in sorted(event.slots, key=lambda slot: (slot.count("/"), slot)):
        stated = event.slots[slot]
        occupant = _completed(lane.open.get(slot), stated, event.kind)
        if lane.put(slot, occupant, event.occurred_at, event.evidence):
            below = [place for place in lane.open if slot and place.startswith(slot + "/")]
            for place in below:
                lane.end(place, event.occurred_at)


def _completed(current: Installed | None, stated: Occupant | None, kind: Kind) -> Occupant | None:
    """Add to changed parameters those that stayed as they were."""
    before = current.content if current else None
    if kind not in _PARTIAL or stated is None or before is None:
        return stated
    values = tuple(sorted({**dict(before.values), **dict(stated.values)}.items()))
    release = before.release if stated.release is None else stated.release
    item = before.item if stated.item is None else stated.item
    return replace(before, item=item, release=release, values=values)
