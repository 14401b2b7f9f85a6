"""The workspace: units opened for booking, with their lives, and with whom they sit.

Bookings are tried out in memory and written together. A unit never comes alone: the units in it
decide where an event belongs, the units around it decide whether it can sit there.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import TracebackType
from uuid import UUID

import msgspec
from django.db import connection

from longmark.core.life import identity
from longmark.core.life.configurations import Inside
from longmark.core.life.derivation import Installed, Life, derive
from longmark.core.life.events import (
    CustodyRole,
    Event,
    numbered,
)
from longmark.core.vocabulary import AliasKind
from longmark.fleet.models import Event as EventRow
from longmark.fleet.models import Installation, Unit, UnitAlias
from longmark.fleet.queries.lives import read_event
from longmark.fleet.services.catalogue import Catalogue

NESTING_LIMIT = 6


class Identity(msgspec.Struct, frozen=True, dict=True):
    """Which unit is meant: an item, a serial number, and what tells re-used numbers apart."""

    item: int
    item_name: str
    serial: str
    discriminator: str = ""

    @cached_property
    def id(self) -> UUID:
        return identity.unit_id(self.item_name, self.serial, self.discriminator)


class Standing(msgspec.Struct, frozen=True):
    """What a unit's row says beside its identity; derived, and compared before it is written."""

    state: str
    built_at: datetime | None = None
    host: UUID | None = None
    configuration: UUID | None = None
    operator: int | None = None
    site: int | None = None
    distributor: int | None = None
    country: str = ""


@dataclass(slots=True)
class Dossier:
    """One unit opened for booking."""

    id: UUID
    item: int
    serial: str
    discriminator: str
    is_new: bool
    events: list[Event]
    before: Life
    life: Life
    standing: Standing | None
    added: list[Event] = field(default_factory=list)
    told_at: datetime | None = None  # when the last of its events was recorded

    def inside(self) -> Inside:
        return Inside(self.item, self.life.inside_now())

    @property
    def current_host(self) -> UUID | None:
        return self.standing.host if self.standing else None


_UNLIVED = derive(())


@dataclass(frozen=True, slots=True)
class Seat:
    """An interval in which a unit sat in another."""

    host: UUID
    installed: Installed


class Step(msgspec.Struct, frozen=True):
    """One event that was added, with the unit's life before and after."""

    dossier: Dossier
    event: Event
    before: Life
    after: Life


class Workspace:
    """Units opened together. Not shared between threads."""

    def __init__(self, catalogue: Catalogue, *, now: datetime) -> None:
        self.catalogue = catalogue
        self.now = now
        self.dossiers: dict[UUID, Dossier] = {}
        self._hosts: dict[UUID, set[UUID]] = defaultdict(set)
        self._carriers: set[UUID] = set()
        self._renamed: dict[UUID, UUID] = {}
        self._journal: list[tuple[Dossier, Life] | UUID] = []

    def open(self, identities: Iterable[Identity]) -> None:
        """Load these units, those ever in them, and those that they were ever in.

        Six queries, and five for each level above or below.
        """
        wanted = {each.id: each for each in identities}
        self._load(set(wanted))
        self._resolve_aliases([each for pk, each in wanted.items() if pk not in self.dossiers])
        self._open_family()

    def open_ids(self, ids: Iterable[UUID]) -> None:
        """Load units by their ids, with their family."""
        self._load(set(ids))
        self._open_family()

    def id_of(self, unit: Identity) -> UUID:
        """Return the id under which a unit is known, though its serial number may have changed."""
        return self._renamed.get(unit.id, unit.id) if self._renamed else unit.id

    def dossier(self, unit: Identity) -> Dossier | None:
        return self.dossiers.get(self.id_of(unit))

    def register(self, unit: Identity) -> Dossier:
        """Open a unit that is not known yet."""
        dossier = Dossier(
            unit.id, unit.item, unit.serial, unit.discriminator, True, [], _UNLIVED, _UNLIVED, None
        )
        self.dossiers[dossier.id] = dossier
        self._journal.append(dossier.id)
        return dossier

    def add(self, dossier: Dossier, draft: Event) -> None:
        """Add an event as the unit's next and derive its life anew."""
        seq = dossier.events[-1].seq + 1 if dossier.events else 1
        event = numbered(draft, seq)
        self._journal.append((dossier, dossier.life))
        dossier.events.append(event)
        dossier.added.append(event)
        dossier.life = derive(dossier.events)
        for occupant in event.slots.values():
            if occupant and occupant.child:
                self._seat(occupant.child, dossier.id)

    def all_or_nothing(self) -> "Trial":
        """Undo, in memory, what was registered and added inside if it ends in an error."""
        return Trial(self)

    def undo_to(self, mark: int) -> None:
        """Undo what was done since then."""
        while len(self._journal) > mark:
            self._undo(self._journal.pop())

    @property
    def mark(self) -> int:
        """A place in what was done, for `steps_since`."""
        return len(self._journal)

    def steps_since(self, mark: int) -> tuple[Step, ...]:
        """Return the events added since then, at most one for each unit."""
        done = [entry for entry in self._journal[mark:] if not isinstance(entry, UUID)]
        return tuple(Step(unit, unit.events[-1], life, unit.life) for unit, life in done)

    def _undo(self, step: tuple[Dossier, Life] | UUID) -> None:
        if isinstance(step, UUID):
            del self.dossiers[step]
            return
        dossier, life = step
        dossier.life = life
        dossier.events.pop()
        dossier.added.pop()

    def seats(self, child: UUID) -> list[Seat]:
        """Return where a unit ever sat, as the hosts' lives say, in order of time."""
        hosts = self._hosts.get(child)
        if not hosts:
            return []
        found = [
            Seat(host, installed)
            for host in hosts
            if host in self.dossiers  # one that was to be registered may have been refused
            for installed in self.dossiers[host].life.installations
            if installed.content and installed.content.child == child
        ]
        return sorted(found, key=lambda seat: seat.installed.valid_from)

    def is_batch(self, pk: UUID) -> bool:
        """Whether it is a batch: many pieces under one number, which sit in many units at once."""
        dossier = self.dossiers.get(pk)
        return dossier is not None and dossier.item in self.catalogue.batch_items

    def is_alone(self, dossier: Dossier) -> bool:
        """Whether it is new, and no unit ever sat in it, nor it in another."""
        return dossier.is_new and self.is_single(dossier)

    def is_single(self, dossier: Dossier) -> bool:
        """Whether no unit ever sat in it, nor it in another."""
        return dossier.id not in self._hosts and dossier.id not in self._carriers

    def hosts_now(self, child: UUID) -> list[UUID]:
        """Return the units in which a unit sits now: one at most, once all is settled.

        A batch is said to sit in none: its pieces are counted in the units that hold them.
        """
        if child not in self._hosts or self.is_batch(child):
            return []
        return [seat.host for seat in self.seats(child) if seat.installed.valid_to is None]

    def _resolve_aliases(self, missing: Sequence[Identity]) -> None:
        """Find units whose serial number was corrected, set-wise."""
        if not missing or not UnitAlias.objects.filter(kind=AliasKind.SERIAL).exists():
            return
        by_serial = defaultdict(list)
        for each in missing:
            by_serial[identity.folded_serial(each.serial)].append(each)
        rows = UnitAlias.objects.filter(
            kind=AliasKind.SERIAL, value_folded__in=list(by_serial), valid_to=None
        )
        found = rows.order_by("unit_id").values_list("value_folded", "unit_id", "unit__item_id")
        for serial, unit_id, item_id in found:
            for each in by_serial[serial]:
                if each.item == item_id:
                    self._renamed[each.id] = unit_id
        self._load(set(self._renamed.values()))

    def _open_family(self) -> None:
        below = set(self.dossiers)
        for _ in range(NESTING_LIMIT):
            below = self._load(_children(self.dossiers[pk].life for pk in below))
            if not below:
                break
        above = {pk for pk in self.dossiers if not self.is_batch(pk)}
        for _ in range(NESTING_LIMIT):
            above = self._load(_host_ids(above)) if above else above
            if not above:
                break
        for dossier in self.dossiers.values():
            for child in _children([dossier.life]):
                self._seat(child, dossier.id)

    def _seat(self, child: UUID, host: UUID) -> None:
        self._hosts[child].add(host)
        self._carriers.add(host)

    def _load(self, ids: set[UUID]) -> set[UUID]:
        """Load units that are not open yet; return which were found."""
        missing = ids - self.dossiers.keys()
        if not missing:
            return set()
        rows = Unit.objects.filter(pk__among=missing).order_by("id")
        if connection.in_atomic_block:  # A list that is only looked at locks nothing.
            rows = rows.select_for_update()
        units = list(rows)
        events, told_at = events_of([unit.pk for unit in units])
        for unit in units:
            life = derive(events[unit.pk])
            self.dossiers[unit.pk] = Dossier(
                unit.pk,
                unit.item_id,
                unit.serial,
                unit.discriminator,
                False,
                events[unit.pk],
                life,
                life,
                _standing(unit),
                told_at=told_at.get(unit.pk),
            )
        return {unit.pk for unit in units}


class Trial:
    """A stretch of work in a workspace that counts as a whole; entered for every row of a list."""

    __slots__ = ("_mark", "_workspace")

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._mark = workspace.mark

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._workspace.undo_to(self._mark)


def events_of(
    ids: Collection[UUID],
) -> tuple[dict[UUID, list[Event]], dict[UUID, datetime]]:
    """Return the events of units in the order of arrival, and when the last of each was recorded.

    One query.
    """
    found: dict[UUID, list[Event]] = defaultdict(list)
    told_at: dict[UUID, datetime] = {}
    if not ids:
        return found, told_at
    rows = EventRow.objects.filter(unit_id__among=ids).order_by("unit_id", "seq")
    for row in rows:
        found[row.unit_id].append(read_event(row))
        told_at[row.unit_id] = max(row.recorded_at, told_at.get(row.unit_id, row.recorded_at))
    return found, told_at


def standing_of(life: Life, *, host: UUID | None, configuration: UUID | None) -> Standing:
    """Return what a unit's row has to say, given its life."""
    operator = distributor = None
    for kept in life.custody:
        if kept.valid_to is None and kept.place is CustodyRole.OPERATOR:
            operator = kept.content
        elif kept.valid_to is None and kept.place is CustodyRole.DISTRIBUTOR:
            distributor = kept.content
    return Standing(
        state=str(life.state),
        built_at=life.built_at,
        host=host,
        configuration=configuration,
        operator=operator.party if operator else None,
        site=operator.site if operator else None,
        distributor=distributor.party if distributor else None,
        country=operator.country if operator else "",
    )


def _standing(unit: Unit) -> Standing:
    return Standing(
        unit.state,
        unit.built_at,
        unit.host_id,
        unit.configuration_id,
        unit.operator_id,
        unit.site_id,
        unit.distributor_id,
        unit.country,
    )


def _children(lives: Iterable[Life]) -> set[UUID]:
    return {
        installed.content.child
        for life in lives
        for installed in life.installations
        if installed.content and installed.content.child
    }


def _host_ids(children: Iterable[UUID]) -> set[UUID]:
    rows = Installation.objects.filter(child_id__among=children, known_to=None)
    return set(rows.order_by("unit_id").values_list("unit_id", flat=True))
