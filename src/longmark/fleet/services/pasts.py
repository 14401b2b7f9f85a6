"""The past, counted: what a booking changes of what units once looked like, added to the census.

A booking may change any day of a unit's past, and of the units around it. The days of each unit
concerned are told by its events before and after; what differs is added, as known from now on. No
row is ever changed, so that no booking waits for another one here.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TypeAlias
from uuid import UUID

from longmark.core.life.derivation import Life, derive
from longmark.core.life.events import Event
from longmark.core.life.identity import folded_serial
from longmark.core.life.spans import (
    Change,
    Look,
    Past,
    Seat,
    Tally,
    changes,
    day_of,
    look_id,
    past_of,
)
from longmark.fleet.models import (
    Installation,
    PastChange,
    PastLook,
    PastLookMember,
    PastUnit,
    Unit,
)
from longmark.fleet.services.markings import current_serial
from longmark.fleet.services.workspace import Dossier, Workspace, events_of
from longmark.foundation import bulk

NESTING_LIMIT = 6
REMEMBERED_LIMIT = 65_536

_MEMBER = ("look_id", "number", "release_id", "item_id", "is_unknown", "evidence")
_CHANGE = (
    "look_id", "operator_id", "distributor_id", "country", "state", "day", "known_day", "delta",
)  # fmt: skip

_LOOKED = ("look_id", "serial_folded", "unit_id")

Counted: TypeAlias = tuple[int, int | None, int | None, str, str]
"""What is counted together, as it is written: by the number of the look."""


Who: TypeAlias = tuple[str, UUID]  # a unit by its serial number, folded, and its id
Looked: TypeAlias = tuple[int, str, UUID]


class Moved:
    """How many units more or less count as what, from which day on, known from which day on."""

    def __init__(self) -> None:
        self.looks: dict[int, Look] = {}
        self._numbers: dict[Look, int] = {}
        self._deltas: Counter[tuple[Counted, date, date]] = Counter()
        self._fresh: list[Looked] = []
        self._known: set[Looked] = set()

    def counted(self, tally: Tally) -> Counted:
        """Return what a tally counts, as it is written."""
        number = self._numbers.get(tally.look)
        if number is None:
            number = self._numbers[tally.look] = look_id(tally.look)
            self.looks[number] = tally.look
        return number, *tally[1:]

    def add(self, counted: Counted, day: date, known_day: date, delta: int) -> None:
        """Count one more, or one less."""
        self._deltas[counted, day, known_day] += delta

    def follow(self, told: Iterable[Change], known_day: date, who: Who) -> None:
        """Count what a unit was."""
        for tally, day, delta in told:
            counted = self.counted(tally)
            self.add(counted, day, known_day, delta)
            self._known.add((counted[0], *who))

    def unfollow(self, told: Iterable[Change], known_day: date) -> None:
        """Count that a unit was not what it was said to be."""
        for tally, day, delta in told:
            self.add(self.counted(tally), day, known_day, -delta)

    def begin(self, counted: Counted, day: date, known_day: date, who: Who) -> None:
        """Count a new unit that has been the same ever since."""
        self.add(counted, day, known_day, 1)
        self._fresh.append((counted[0], *who))

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Yield what is to be written."""
        for (counted, day, known_day), delta in self._deltas.items():
            if delta:
                yield *counted, day, known_day, delta

    def fresh_units(self) -> Iterable[Looked]:
        """Return how units looked of which nothing was ever written."""
        return self._fresh

    def known_units(self) -> Iterable[Looked]:
        """Return how units looked of which this may be written already, in one order for all."""
        return sorted(self._known)


class PastBook:
    """Adds to the census of the past; remembers which looks are there."""

    def __init__(self) -> None:
        self._looks: set[int] = set()

    def move(self, workspace: Workspace, touched: Collection[Dossier]) -> None:
        """Count what was booked on these units: what they are now said to have been, and when."""
        _rename(touched)
        moved, alone = Moved(), _Alone()
        families = [each for each in touched if not _is_single(workspace, each)]
        counted = _move_families(workspace, families, moved) if families else set()
        for dossier in touched:
            if dossier.id in counted or workspace.is_batch(dossier.id):
                continue
            if dossier.is_new:
                alone.move(dossier, moved, day_of(workspace.now))
            else:
                _move_single(dossier, moved, workspace.now)
        self.add(moved)

    def add(self, moved: Moved) -> None:
        """Write so many units more, or less."""
        self._keep_looks(moved.looks)
        bulk.insert_rows(PastChange, _CHANGE, moved.rows())
        bulk.insert_rows(PastUnit, _LOOKED, moved.fresh_units())
        bulk.insert_missing_rows(PastUnit, _LOOKED, moved.known_units())

    def _keep_looks(self, looks: Mapping[int, Look]) -> None:
        if len(self._looks) > REMEMBERED_LIMIT:
            self._looks.clear()
        fresh = sorted(looks.keys() - self._looks)
        bulk.insert_missing_rows(PastLook, ("id",), [(pk,) for pk in fresh])
        members = [
            (pk, number, it.release or None, it.item or None, it.is_unknown, it.evidence)
            for pk in fresh
            for number, it in enumerate(looks[pk], start=1)
        ]
        bulk.insert_missing_rows(PastLookMember, _MEMBER, members)
        self._looks.update(fresh)


class _Alone:
    """Tells the past of new units that no other has to do with, most of them in one event.

    Rows of a list that say the same share what they say, and so what they count as.
    """

    def __init__(self) -> None:
        self._told: dict[tuple[object, ...], Counted | None] = {}

    def move(self, dossier: Dossier, moved: Moved, known_day: date) -> None:
        """Count what a unit was; its events outlive this, so that ids stay theirs."""
        if len(dossier.events) != 1:
            told = _changes(dossier.item, dossier.events, dossier.life)
            moved.follow(told, known_day, _who(dossier))
            return
        (event,) = dossier.events
        key = (dossier.item, id(event.slots), id(event.custody), event.evidence, event.kind)
        if key not in self._told:
            told = _changes(dossier.item, dossier.events, dossier.life)
            self._told[key] = next((moved.counted(tally) for tally, _, _ in told), None)
        counted = self._told[key]
        if counted is not None:
            moved.begin(counted, day_of(event.occurred_at), known_day, _who(dossier))


_ITSELF = UUID(int=0)  # stands for a unit that no other has to do with


def _changes(item: int, events: Sequence[Event], life: Life) -> Iterator[Change]:
    return changes(_ITSELF, {_ITSELF: past_of(item, events, life)}, ())


def _move_single(dossier: Dossier, moved: Moved, now: datetime) -> None:
    """Count what differs of a known unit that no other has to do with."""
    known_day = day_of(max(now, dossier.told_at) if dossier.told_at else now)
    before = dossier.events[: len(dossier.events) - len(dossier.added)]
    moved.unfollow(_changes(dossier.item, before, dossier.before), known_day)
    told = _changes(dossier.item, dossier.events, dossier.life)
    moved.follow(told, known_day, _who(dossier))


def _who(dossier: Dossier) -> Who:
    return folded_serial(current_serial(dossier)), dossier.id


def _rename(touched: Iterable[Dossier]) -> None:
    """Let units that bear another number now stand in its place of the order.

    Few units are; so no index leads from a unit to its rows, and they are searched for.
    """
    renamed = dict(
        _who(each)[::-1]
        for each in touched
        if not each.is_new and each.before.markings != each.life.markings
    )
    if renamed:
        rows = list(PastUnit.objects.filter(unit_id__among=list(renamed)))
        PastUnit.objects.filter(pk__in=[row.pk for row in rows]).delete()
        anew = {(row.look_id, renamed[row.unit_id], row.unit_id) for row in rows}
        bulk.insert_missing_rows(PastUnit, _LOOKED, sorted(anew))


def _is_single(workspace: Workspace, dossier: Dossier) -> bool:
    """Whether no other unit was ever in it, nor it in another one, as far as is known.

    Of what a known batch was in, little is opened.
    """
    if workspace.is_batch(dossier.id) and not dossier.is_new:
        return False
    return workspace.is_single(dossier) and not any(
        installed.content and installed.content.child for installed in dossier.life.installations
    )


def _move_families(workspace: Workspace, touched: Collection[Dossier], moved: Moved) -> set[UUID]:
    """Count what differs of all units whose past these have to do with; return all of them."""
    lives = _opened(workspace)
    changed = {dossier.id for dossier in touched}
    # Of a batch that changed, all units that hold a piece of it changed; they are not opened.
    lives.load_above({pk for pk in changed if workspace.is_batch(pk)})
    roots = lives.with_all_above(changed)
    for dossier in touched:
        if dossier.before.installations != dossier.life.installations:
            roots |= lives.children(dossier.id)
    lives.load_around(roots)
    for pk in roots:
        if lives.is_counted(pk):
            known_day = day_of(max(workspace.now, lives.told_at(pk)))
            moved.unfollow(lives.changes(pk, is_after=False), known_day)
            moved.follow(lives.changes(pk, is_after=True), known_day, (lives.serial(pk), pk))
    return roots


def _opened(workspace: Workspace) -> "Lives":
    lives = Lives(workspace.catalogue.batch_items)
    for pk, dossier in workspace.dossiers.items():
        before = dossier.events[: len(dossier.events) - len(dossier.added)]
        lives.put(
            pk,
            dossier.item,
            (before, dossier.before),
            (dossier.events, dossier.life),
            dossier.told_at,
            serial=_who(dossier)[0],
        )
    return lives


_Told: TypeAlias = tuple[Sequence[Event], Life]


class Lives:
    """Units that have to do with each other, as they are told before and after a booking."""

    def __init__(self, batch_items: Collection[int]) -> None:
        self._batch_items = batch_items
        self._items: dict[UUID, int] = {}
        self._serials: dict[UUID, str] = {}
        self._told: dict[UUID, tuple[_Told, _Told]] = {}
        self._pasts: tuple[dict[UUID, Past], dict[UUID, Past]] = ({}, {})
        self._told_at: dict[UUID, datetime] = {}
        self._hosts: dict[UUID, set[UUID]] = defaultdict(set)
        self._children: dict[UUID, set[UUID]] = {}

    def put(
        self,
        pk: UUID,
        item: int,
        before: _Told,
        after: _Told,
        told_at: datetime | None,
        *,
        serial: str,
    ) -> None:
        """Add a unit whose life is at hand."""
        self._items[pk] = item
        self._serials[pk] = serial
        self._told[pk] = before, after
        if told_at is not None:
            self._told_at[pk] = told_at
        self._children[pk] = {
            installed.content.child
            for _, life in (before, after)
            for installed in life.installations
            if installed.content and installed.content.child
        }
        for child in self._children[pk]:
            self._hosts[child].add(pk)

    def is_counted(self, pk: UUID) -> bool:
        """Whether it may count by itself: pieces of a batch count in the units that hold them."""
        return pk in self._items and self._items[pk] not in self._batch_items

    def serial(self, pk: UUID) -> str:
        """Return the serial number of a unit, folded."""
        return self._serials[pk]

    def children(self, pk: UUID) -> set[UUID]:
        """Return the units ever in a unit."""
        return self._children.get(pk, set())

    def load(self, ids: Iterable[UUID]) -> list[UUID]:
        """Load units that are not at hand; nothing is booked on them. Two queries."""
        missing = [pk for pk in ids if pk not in self._items]
        if not missing:
            return []
        units = Unit.objects.filter(pk__among=missing).order_by("id")
        events, told_at = events_of(missing)
        for pk, item, serial in units.values_list("pk", "item_id", "serial_folded"):
            told = events[pk], derive(events[pk])
            self.put(pk, item, told, told, told_at.get(pk), serial=serial)
        return missing

    def load_above(self, ids: Iterable[UUID]) -> None:
        """Load all that units are believed ever to have sat in, level by level."""
        rising = set(ids)
        for _ in range(NESTING_LIMIT):
            if not rising:
                return
            seats = Installation.objects.filter(child_id__among=rising, known_to=None)
            rising = set(seats.order_by("unit_id").values_list("unit_id", flat=True))
            self.load(rising)

    def with_all_above(self, ids: Iterable[UUID]) -> set[UUID]:
        """Return units, and all at hand that they ever sat in."""
        found: set[UUID] = set()
        rising = set(ids)
        while rising:
            found |= rising
            rising = {host for pk in rising for host in self._hosts.get(pk, ())} - found
        return found

    def load_around(self, roots: Collection[UUID]) -> None:
        """Load what was ever in units; and of those not at hand, what they ever sat in."""
        strange = self.load(roots)
        self.load_above(pk for pk in strange if self.is_counted(pk))
        level, seen = set(roots), set[UUID]()
        for _ in range(NESTING_LIMIT):
            seen |= level
            level = {child for pk in level for child in self.children(pk)} - seen
            if not level:
                break
            self.load(level)

    def told_at(self, pk: UUID) -> datetime:
        """Return when the last was told of a unit, what is in it or around it, before now.

        Clocks of two servers may differ: nothing is known before what it follows from.
        """
        family = self._tree(pk) | self._hosts.get(pk, set())
        known = [self._told_at[each] for each in family if each in self._told_at]
        return max(known, default=datetime.min.replace(tzinfo=UTC))

    def changes(self, pk: UUID, *, is_after: bool) -> Iterator[Change]:
        """Return what a unit was, as told before or after the booking."""
        pasts = self._pasts[is_after]
        for each in self._tree(pk):
            if each in self._told and each not in pasts:
                events, life = self._told[each][is_after]
                pasts[each] = past_of(self._items[each], events, life)
        return changes(pk, pasts, self._seats(pk, is_after=is_after))

    def _tree(self, pk: UUID) -> set[UUID]:
        """Return a unit and all that was ever in it."""
        level, seen = {pk}, set[UUID]()
        while level:
            seen |= level
            level = {child for each in level for child in self.children(each)} - seen
        return seen

    def _seats(self, pk: UUID, *, is_after: bool) -> Iterator[Seat]:
        for host in self._hosts.get(pk, ()):
            _, life = self._told[host][is_after]
            for installed in life.installations:
                if installed.content and installed.content.child == pk:
                    yield installed.valid_from, installed.valid_to
