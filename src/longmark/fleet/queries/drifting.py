"""What was found on units against what was booked: read afresh, from events and snapshots.

A snapshot lives as long as its event: corrected, it moves with the correction; withdrawn, it does
not count. Events tell what was booked; what was observed is no booking, however well it is known.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from longmark.catalog import queries as catalog
from longmark.catalog.queries import parameters
from longmark.core.life.derivation import Installed, Life, counted, derive
from longmark.core.life.events import Event, Evidence, Kind, Occupant, Precision, stated_slots
from longmark.core.parameters.definitions import Definition
from longmark.core.parameters.differences import natural
from longmark.core.parameters.drift import (
    CounterMove,
    Drift,
    Known,
    Reading,
    counter_move,
    counters_in,
    drift,
)
from longmark.core.parameters.secrets import is_digest
from longmark.fleet.models import Event as EventRow
from longmark.fleet.models import ParameterSnapshot

if TYPE_CHECKING:
    from longmark.catalog.models import Release

OBSERVED = frozenset({Kind.PARAMETERS_OBSERVED})


@dataclass(frozen=True)
class Standing:
    """Values that were found and count, and the instants between which somebody looked.

    Without ``snapshot`` only the event ``seq`` tells them: a list, a form.
    """

    seq: int
    values: Mapping[str, str]
    begins: datetime
    ends: datetime
    evidence: Evidence
    snapshot: ParameterSnapshot | None = None


@dataclass
class Sets:
    """Definitions and released values, each read once however many units are looked at."""

    _defined: dict[tuple[int | None, int | None], Mapping[str, Definition]] = field(
        default_factory=dict
    )
    _released: dict[int | None, Mapping[str, str]] = field(default_factory=dict)

    def definitions(self, item: int | None, release: int | None) -> Mapping[str, Definition]:
        """Return what parameters of an item are as of a release."""
        key = (item, release)
        if key not in self._defined:
            of = self._release(release)
            owner = of.item if of else catalog.item(item) if item is not None else None
            self._defined[key] = parameters.definitions_at(owner, of) if owner else {}
        return self._defined[key]

    def released(self, release: int | None) -> Mapping[str, str]:
        """Return the values of a release."""
        if release not in self._released:
            self._released[release] = parameters.released_values(release)
        return self._released[release]

    def _release(self, pk: int | None) -> "Release | None":
        return catalog.release(pk) if pk is not None else None


@dataclass
class Record:
    """All that is on record of the parameters in one slot of a unit."""

    unit_id: UUID
    slot: str
    found: Sequence[Standing]  # that counts, in order of time
    booked: Sequence[Event]  # that speaks of the slot, in order of time
    life: Life  # as booked
    sets: Sets
    item_id: int | None = None  # as it was known when something was found

    @property
    def latest(self) -> Standing | None:
        """What was found last."""
        return self.found[-1] if self.found else None

    @property
    def item_now(self) -> int | None:
        """The set that is there, as booked last, or as known when it was found."""
        told = [each for each in self.life.installations if each.place == self.slot]
        last = told[-1].content if told else None
        return last.item if last and last.item is not None else self.item_id

    @cached_property
    def last_found(self) -> Mapping[str, Standing]:
        """Who looked last at each parameter; a look need not read all of them."""
        return {name: each for each in self.found for name in each.values}

    @cached_property
    def values(self) -> Mapping[str, str]:
        """The value of each parameter as it was found last."""
        return {name: each.values[name] for name, each in self.last_found.items()}

    def occupant(self, at: datetime) -> Occupant:
        """Return what was booked as sitting there."""
        installed: Installed | None = self.life.inside_at(self.slot, at)
        return (installed.content if installed else None) or Occupant()

    def item(self, at: datetime) -> int | None:
        """Return the set that was there, as booked, or as known when it was found."""
        booked = self.occupant(at).item
        return booked if booked is not None else self.item_id

    def definitions(self, at: datetime) -> Mapping[str, Definition]:
        """Return what parameters were, by the release that was there."""
        return self.sets.definitions(self.item(at), self.occupant(at).release)

    def booked_values(self, at: datetime) -> Mapping[str, str]:
        """Return the values that should be there: the released ones, and what was booked."""
        occupant = self.occupant(at)
        return {**self.sets.released(occupant.release), **dict(occupant.values)}

    def known(self, standing: Standing) -> Known:
        """Return what was known of the slot when somebody looked."""
        occupant = self.occupant(standing.ends)
        before: dict[str, str] = {}
        for each in self.found[: self.found.index(standing)]:
            before.update(each.values)
        return Known(
            definitions=self.definitions(standing.ends),
            released=self.sets.released(occupant.release),
            booked=dict(occupant.values),
            found_before=before,
        )

    @cached_property
    def drift(self) -> Drift:
        """What nobody booked, then or since: of each parameter as it was found last."""
        looks: dict[int, dict[str, str]] = defaultdict(dict)
        for name, standing in self.last_found.items():
            if not self._is_booked_after(standing, name):
                looks[self.found.index(standing)][name] = standing.values[name]
        deviations = [
            each
            for place, values in looks.items()
            for each in drift(values, self.known(self.found[place])).deviations
            if not (is_digest(each.found) and self._is_booked_since(place, each.name))
        ]
        deviations.sort(key=lambda each: natural(each.name))
        return Drift(tuple(deviations), self._moved())

    def _is_booked_since(self, place: int, name: str) -> bool:
        """Tell whether any change was booked since a secret was found the time before.

        Bookings do not name secrets, so that any of them explains a new one.
        """
        earlier = [each.begins for each in self.found[:place] if name in each.values]
        return any(event.occurred_at >= earlier[-1] for event in self.booked) if earlier else False

    def _is_booked_after(self, standing: Standing, name: str) -> bool:
        return any(
            event.occurred_at > standing.ends
            and name in dict((event.slots.get(self.slot) or Occupant()).values)
            for event in self.booked
        )

    def _moved(self) -> CounterMove | None:
        readings = [
            Reading(each.begins, counters_in(each.values, self.definitions(each.ends)))
            for each in self.found
        ]
        return counter_move(readings, [event.occurred_at for event in self.booked])


def records(unit_ids: Collection[UUID], *, slots: Iterable[tuple[UUID, str]] = ()) -> list[Record]:
    """Return what is on record of every slot of these units in which something was found.

    ``slots`` are looked at although nothing was found there. Two queries, and four for each
    release of a set that is met.
    """
    snapshots: dict[UUID, list[ParameterSnapshot]] = defaultdict(list)
    rows = ParameterSnapshot.objects.filter(unit_id__in=list(unit_ids))
    for row in rows.select_related("parameters", "item").order_by("unit_id", "number"):
        snapshots[row.unit_id].append(row)
    events, sets = _events_of(unit_ids), Sets()
    wanted: dict[UUID, set[str]] = defaultdict(set)
    for unit_id, slot in slots:
        wanted[unit_id].add(slot)
    return [
        each
        for unit_id in sorted(unit_ids)
        for each in _records_of(unit_id, wanted[unit_id], snapshots[unit_id], events[unit_id], sets)
    ]


def _records_of(
    unit_id: UUID,
    slots: Iterable[str],
    snapshots: Sequence[ParameterSnapshot],
    events: Sequence[Event],
    sets: Sets,
) -> list[Record]:
    standing = counted(events)
    bookings = [event for event in standing if event.kind not in OBSERVED]
    found = _found(events, standing, snapshots)
    life = derive(bookings)
    return [
        Record(
            unit_id,
            slot,
            sorted(found[slot], key=lambda each: (each.ends, each.seq)),
            [event for event in bookings if slot in event.slots],
            life,
            sets,
            next((row.item_id for row in reversed(snapshots) if row.slot == slot), None),
        )
        for slot in sorted({*slots, *found})
    ]


def _found(
    events: Sequence[Event], standing: Sequence[Event], snapshots: Sequence[ParameterSnapshot]
) -> dict[str, list[Standing]]:
    """Return what was found in each slot: snapshots as their events stand, then bare events."""
    found: dict[str, list[Standing]] = defaultdict(list)
    told: set[int] = set()
    for row in snapshots:
        event = _last_word(row.seq, events)
        if event is None or (event.stands_for or event.kind) not in OBSERVED:
            continue
        told.add(event.seq)
        ends = end_of(event.occurred_at, event.precision)
        values: Mapping[str, str] = row.parameters.values
        evidence = Evidence(row.evidence)
        found[row.slot].append(Standing(event.seq, values, event.occurred_at, ends, evidence, row))
    for event in standing:
        if event.kind not in OBSERVED or event.seq in told:
            continue
        for slot, occupant in event.slots.items():
            ends = end_of(event.occurred_at, event.precision)
            values = dict(occupant.values) if occupant else {}
            found[slot].append(Standing(event.seq, values, event.occurred_at, ends, event.evidence))
    return found


def _last_word(seq: int, events: Sequence[Event]) -> Event | None:
    """Return what stands in the place of an event in the end."""
    told = next((event for event in events if event.seq == seq), None)
    while told is not None:
        later = next((event for event in events if event.corrects == told.seq), None)
        if later is None:
            return told
        told = later
    return None


def _events_of(unit_ids: Collection[UUID]) -> dict[UUID, list[Event]]:
    """Return the events of units, in the order in which they arrived. One query."""
    found: dict[UUID, list[Event]] = defaultdict(list)
    rows = EventRow.objects.filter(unit_id__in=list(unit_ids)).order_by("unit_id", "seq")
    for row in rows:
        found[row.unit_id].append(_event(row))
    return found


def end_of(at: datetime, precision: str) -> datetime:
    """Return the last instant of what is known by its day: that day's bookings come before."""
    if precision == Precision.DAY:
        return at + timedelta(days=1, microseconds=-1)
    return at


def _event(row: EventRow) -> Event:
    stands_for = row.payload.get("stands_for")
    return Event(
        seq=row.seq,
        kind=Kind(row.kind),
        occurred_at=row.occurred_at,
        slots=stated_slots(row.payload),
        evidence=Evidence(row.evidence),
        precision=Precision(row.precision),
        source=row.source,
        corrects=row.corrects,
        stands_for=Kind(stands_for) if stands_for else None,
    )
