"""Placing: in which other unit a row says that its unit sits, or that it sits in none.

An equipment of SAP names the one that it is installed in by its number. That one may stand in the
same list, before or behind. What is free or in stock since a day has left whatever it sat in.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar

from longmark.core.errors import Invalid
from longmark.core.formats.sheets.cells import Moment, text_of
from longmark.core.formats.sheets.headers import Column, Header
from longmark.core.formats.sheets.standings import FIELD, NOWHERE, Standing, standings_of
from longmark.core.formats.sheets.tables import Row
from longmark.core.life.aliases import folded_alias
from longmark.core.life.events import Kind, Occupant, Precision
from longmark.core.vocabulary import AliasKind
from longmark.fleet.models import UnitAlias
from longmark.fleet.services.catalogue import Catalogue
from longmark.fleet.services.days import Happening
from longmark.fleet.services.rules import RowRefused
from longmark.fleet.services.statements import Statement
from longmark.fleet.services.workspace import NESTING_LIMIT, Identity, Workspace

REMEMBERED_LIMIT = 200_000
"""So many equipment numbers of a list are remembered for the rows behind them."""

MOMENT = timedelta(microseconds=1)
_ADDED = {Standing.AT_CUSTOMER: Kind.SHIPPED, Standing.INACTIVE: Kind.DECOMMISSIONED}
_AT_CUSTOMER = frozenset({Kind.SHIPPED, Kind.COMMISSIONED, Kind.TRANSFERRED})


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a unit is since a moment: in the unit of an equipment number, or in none."""

    since: Moment
    equipment: str = ""
    slot: str = ""


class PlaceReader:
    """Reads where the units of one sheet sit."""

    def __init__(self, headers: Sequence[Header]) -> None:
        places = {each.column: place for place, each in enumerate(headers)}
        self._host = places.get(Column.HOST)
        self._slot = places.get(Column.HOST_SLOT)
        self._status = places.get(Column.STATUS)

    def read(
        self, row: Row, since_when: Callable[[], Moment]
    ) -> tuple[Placing | None, list[Happening]]:
        """Return where a unit sits, and what else its status says that happened to it.

        Raises:
            Invalid: the status contradicts itself, or the rest of the row.
        """
        host = _text(row, self._host)
        status = _text(row, self._status)
        said = standings_of(status) if status else frozenset()
        if not host and not said:
            return None, []
        since = since_when()
        added = [(kind, since) for standing, kind in _ADDED.items() if standing in said]
        if host and said & NOWHERE:
            raise Invalid(
                'The status "{status}" says that it sits in nothing, and the row that it sits in'
                " {host}.",
                field=FIELD,
                status=status[:80],
                host=host[:80],
            )
        if host:
            return Placing(since, host, _text(row, self._slot)), added
        return Placing(since) if said & NOWHERE else None, added


def added_to(happened: Sequence[Happening], others: Sequence[Happening]) -> list[Happening]:
    """Return what happened with what a status adds, unless the row tells of it with a day."""
    kinds = {kind for kind, _ in happened}
    is_there = not kinds.isdisjoint(_AT_CUSTOMER)
    return [
        *happened,
        *(each for each in others if each[0] not in kinds and not (
            each[0] is Kind.SHIPPED and is_there
        )),
    ]  # fmt: skip


def _text(row: Row, place: int | None) -> str:
    return "" if place is None else text_of(row.cells[place]).strip()


class Placed(Protocol):
    """A row that was read, as far as it tells which unit sits where."""

    @property
    def statement(self) -> Statement: ...

    @property
    def placing(self) -> Placing | None: ...

    @property
    def names(self) -> tuple[tuple[str, str], ...]: ...


Told = TypeVar("Told", bound=Placed)


class HostBook:
    """Which unit bears which equipment number, for those that others are said to sit in."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._bearers: dict[str, Identity] = {}

    def look_up(self, readings: Sequence[Placed]) -> Sequence[Identity]:
        """Learn the numbers that rows state, and find those of units that are known. One query.

        Returns the units that others are said to sit in.
        """
        wanted = {
            _folded(each.placing.equipment)
            for each in readings
            if each.placing is not None and each.placing.equipment
        }
        if not wanted:
            return ()
        self._learn(readings)
        missing = wanted - self._bearers.keys()
        rows = UnitAlias.objects.filter(
            value_folded__in=missing, kind=AliasKind.EQUIPMENT, valid_to=None
        ).values_list("value_folded", "unit__item_id", "unit__serial", "unit__discriminator")
        for folded, item, serial, discriminator in rows.order_by("value_folded", "unit_id"):
            name = self._catalogue.items_by_id[item].name
            self._bearers[folded] = Identity(item, name, serial, discriminator)
        return [self._bearers[each] for each in wanted if each in self._bearers]

    def in_turn(self, readings: Sequence[Told]) -> Sequence[Told]:
        """Let units come behind those that they sit in, wherever those stand in the list."""
        around = {
            each.statement.unit: self._bearers.get(_folded(each.placing.equipment))
            for each in readings
            if each.placing is not None and each.placing.equipment
        }
        return sorted(readings, key=lambda each: _depth(each.statement.unit, around))

    def _learn(self, readings: Iterable[Placed]) -> None:
        for each in readings:
            for kind, value in each.names:
                if kind == AliasKind.EQUIPMENT and len(self._bearers) < REMEMBERED_LIMIT:
                    self._bearers[_folded(value)] = each.statement.unit

    def statements(
        self, placing: Placing | None, said: Statement, workspace: Workspace
    ) -> Iterator[Statement]:
        """Yield what a row says of the units that its own sits in, or sat in.

        Raises:
            RowRefused: nobody knows the unit that it sits in.
            Invalid: it fits nowhere there, or in several places.
        """
        if placing is None:
            return
        if placing.equipment:
            yield self._put_in(placing, said)
            return
        before = placing.since.at
        for seat in workspace.seats(workspace.id_of(said.unit)):
            if seat.installed.valid_from < before and seat.installed.holds_at(before - MOMENT):
                host = workspace.dossiers[seat.host]
                name = self._catalogue.items_by_id[host.item].name
                unit = Identity(host.item, name, host.serial, host.discriminator)
                yield _moved(placing, said, unit, Kind.REMOVED, {seat.installed.place: None})

    def _put_in(self, placing: Placing, said: Statement) -> Statement:
        host = self._bearers.get(_folded(placing.equipment))
        if host is None:
            raise RowRefused(
                "It is said to sit in {host}, and no unit of this equipment number is known.",
                mend="Give the list with that equipment first, then drop this row again.",
                field="sits in",
                host=placing.equipment[:80],
            )
        item = said.unit.item
        path = self._catalogue.path_of_part(host.item, item, placing.slot, field="sits in")
        return _moved(placing, said, host, Kind.INSTALLED, {path: Occupant(item=item)})


def _depth(unit: Identity, around: Mapping[Identity, Identity | None]) -> int:
    count, host = 0, around.get(unit)
    while host is not None and count < NESTING_LIMIT:
        count, host = count + 1, around.get(host)
    return count


def _moved(
    placing: Placing,
    said: Statement,
    host: Identity,
    kind: Kind,
    slots: Mapping[str, Occupant | None],
) -> Statement:
    return Statement(
        unit=host,
        kind=kind,
        occurred_at=placing.since.at,
        slots=slots,
        children=dict.fromkeys(slots, said.unit),
        precision=Precision(placing.since.precision),
        evidence=said.evidence,
        source=said.source,
    )


def _folded(number: str) -> str:
    return folded_alias(AliasKind.EQUIPMENT, number)
