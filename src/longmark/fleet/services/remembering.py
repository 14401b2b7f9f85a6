"""Remembering: the census of the past of units that were there before it was kept.

What a unit is said to have been changed whenever something was told of it, or of the units in it
and around it. Each of these days of knowledge is told again from the events recorded by then, and
what differs from the one before is added. Events are never edited, so that it does not matter what
is booked meanwhile: bookings add what they change by themselves.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from django.db import transaction

from longmark.catalog import queries as catalog
from longmark.core.life.derivation import derive
from longmark.core.life.events import Event
from longmark.core.life.spans import Change, Past, Seat, changes, day_of, past_of
from longmark.fleet.models import Event as EventRow
from longmark.fleet.models import Installation, PastBuild, Unit
from longmark.fleet.queries.lives import read_event
from longmark.fleet.services.pasts import Moved, PastBook

NESTING_LIMIT = 6
CHUNK_UNITS = 2_000
CATCH_UP_UNITS = 20_000  # some ten seconds, at the most

_Recorded: TypeAlias = tuple[datetime, Event]


def catch_up(*, limit: int = CATCH_UP_UNITS) -> int:
    """Add the past of the next units that were there before; return of how many.

    Derived data only, so the ledger has nothing to tell. Done once for each unit.
    """
    done = 0
    while done < limit and (added := _add_next(CHUNK_UNITS)):
        done += added
    return done


@transaction.atomic(durable=True)
def _add_next(limit: int) -> int:
    build = PastBuild.objects.select_for_update().filter(is_done=False).order_by("id").first()
    if build is None:
        return 0
    rows = Unit.objects.filter(recorded_at__lte=build.told_until)
    if build.last_unit is not None:
        rows = rows.filter(pk__gt=build.last_unit)
    units = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
    PastBook().add(_moved(units, build.told_until))
    last = units[-1] if units else build.last_unit
    PastBuild.objects.filter(pk=build.pk).update(last_unit=last, is_done=len(units) < limit)
    return len(units)


def _moved(units: Collection[UUID], until: datetime) -> Moved:
    memories, batches = _Memories(until), catalog.batch_item_ids()
    memories.load_around(units)
    moved = Moved()
    for pk in units:
        if memories.items[pk] not in batches:
            _add_unit(pk, memories, moved)
    return moved


def _add_unit(pk: UUID, memories: "_Memories", moved: Moved) -> None:
    """Add what differs of a unit's past from each day on which something was told to the next."""
    family = memories.tree(pk) | memories.hosts[pk]
    days = {day_of(at): at for at in sorted({at for each in family for at in memories.told(each)})}
    before: list[Change] = []
    for known_day, at in days.items():
        pasts = {each: memories.past(each, at) for each in family}
        after = list(changes(pk, pasts, memories.seats(pk, at)))
        moved.unfollow(before, known_day)
        moved.follow(after, known_day, (memories.serials[pk], pk))
        before = after


class _Memories:
    """All that was recorded of some units, of what was ever in them, and of what they sat in."""

    def __init__(self, until: datetime) -> None:
        self._until = until
        self.items: dict[UUID, int] = {}
        self.serials: dict[UUID, str] = {}
        self.hosts: dict[UUID, set[UUID]] = defaultdict(set)
        self._recorded: dict[UUID, list[_Recorded]] = defaultdict(list)

    def load_around(self, units: Collection[UUID]) -> None:
        """Load units, all in which they were ever believed to sit, and all ever said to be in them.

        Three queries, and two a level.
        """
        seats = Installation.objects.filter(child_id__among=units).order_by("unit_id", "number")
        for child, host in seats.values_list("child_id", "unit_id"):
            if child is not None:
                self.hosts[child].add(host)
        self._load({host for pk in units for host in self.hosts[pk]})
        level, seen = set(units), set[UUID]()
        for _ in range(NESTING_LIMIT + 1):
            if not level:
                break
            self._load(level)
            seen |= level
            level = {child for pk in level for child in self._children(pk)} - seen

    def _load(self, ids: Iterable[UUID]) -> None:
        missing = [pk for pk in ids if pk not in self.items]
        if not missing:
            return
        units = Unit.objects.filter(pk__among=missing).order_by("pk")
        for pk, item, serial in units.values_list("pk", "item_id", "serial_folded"):
            self.items[pk], self.serials[pk] = item, serial
        rows = EventRow.objects.filter(unit_id__among=missing, recorded_at__lte=self._until)
        for row in rows.order_by("unit_id", "seq"):
            self._recorded[row.unit_id].append((row.recorded_at, read_event(row)))

    def _children(self, pk: UUID) -> set[UUID]:
        return {
            occupant.child
            for _, event in self._recorded.get(pk, ())
            for occupant in event.slots.values()
            if occupant and occupant.child
        }

    def tree(self, pk: UUID) -> set[UUID]:
        """Return a unit and all that was ever said to be in it."""
        level, seen = {pk}, set[UUID]()
        while level:
            seen |= level & self.items.keys()
            level = {child for each in level for child in self._children(each)} - seen
            level &= self.items.keys()
        return seen

    def told(self, pk: UUID) -> set[datetime]:
        """Return when something was recorded of a unit."""
        return {at for at, _ in self._recorded.get(pk, ())}

    def past(self, pk: UUID, at: datetime) -> Past:
        """Return what a unit's events said by then."""
        events = [event for told_at, event in self._recorded.get(pk, ()) if told_at <= at]
        return past_of(self.items[pk], events, derive(events))

    def seats(self, pk: UUID, at: datetime) -> list[Seat]:
        """Return when a unit sat in another one, as was said by then."""
        return [
            (installed.valid_from, installed.valid_to)
            for host in self.hosts[pk]
            for installed in self.past(host, at).installations
            if installed.content and installed.content.child == pk
        ]
