"""Rows: what one row of a list says, read against the catalog.

Columns are explained in ``core.formats.sheets.headers``; a cell that cannot be read refuses its
row.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from longmark.core.errors import Invalid
from longmark.core.formats.sheets.cells import Cell, Moment, identifier_of, moment_of, text_of
from longmark.core.formats.sheets.headers import Column, Header, folded_header
from longmark.core.formats.sheets.reading import Row
from longmark.core.life import words
from longmark.core.life.events import (
    THE_UNIT_ITSELF,
    Evidence,
    Kind,
    Occupant,
    Precision,
    sorted_values,
)
from longmark.core.life.identity import lost_zeros, plausible_serial
from longmark.core.vocabulary import IdentifiedBy
from longmark.fleet.services.catalogue import EMPTY_WORDS, Catalogue
from longmark.fleet.services.statements import Statement
from longmark.fleet.services.workspace import Identity

if TYPE_CHECKING:
    from longmark.catalog.models import Item

REQUIRED = (Column.ITEM, Column.SERIAL, Column.DATE)
DEFAULT_SOURCE = "list"
PARAMETERS_SLOT = "parameters"

Shapes = Callable[[int], frozenset[str]]  # of the serial numbers that an item is known to have


@dataclass(frozen=True, slots=True)
class Keepers:
    """Who keeps a unit, as the row names them."""

    customer: str = ""
    site: str = ""
    country: str = ""
    distributor: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A row that could be read."""

    number: int
    statement: Statement
    keepers: Keepers


class RowReader:
    """Reads the rows of one sheet."""

    def __init__(self, headers: Sequence[Header], catalogue: Catalogue, shapes: Shapes) -> None:
        self._catalogue = catalogue
        self._shapes = shapes
        self._at = {each.column: place for place, each in enumerate(headers)}
        self._slots = _columns(headers, Column.SLOT)
        self._slot_serials = _columns(headers, Column.SLOT_SERIAL)
        self._parameters = _columns(headers, Column.PARAMETER)
        self._paths = lru_cache(maxsize=None)(catalogue.slot_path)
        self._occupants = lru_cache(maxsize=65_536)(self._occupant)

    def read(self, row: Row) -> Reading:
        """Return what a row says.

        Raises:
            Invalid: something in it cannot be read; ``field`` names the column.
        """
        if row.defect is not None:
            raise row.defect
        item = self._catalogue.item(self._required(row, Column.ITEM))
        unit = self._unit(row, item)
        moment = self._moment(row)
        slots, children = self._inside(row, item)
        statement = Statement(
            unit=unit,
            kind=self._kind(row),
            occurred_at=moment.at,
            slots=slots,
            children=children,
            precision=Precision(moment.precision),
            evidence=self._evidence(row),
            source=self._text(row, Column.SOURCE) or DEFAULT_SOURCE,
        )
        return Reading(row.number, statement, self._keepers(row))

    # Plain columns

    def _cell(self, row: Row, column: Column) -> Cell:
        place = self._at.get(column)
        return None if place is None else row.cells[place]

    def _text(self, row: Row, column: Column) -> str:
        return text_of(self._cell(row, column))

    def _required(self, row: Row, column: Column) -> str:
        text = self._text(row, column)
        if not text:
            raise Invalid("The {column} is missing.", field=column.value, column=column.value)
        return text

    def _unit(self, row: Row, item: "Item") -> Identity:
        cell = self._cell(row, Column.SERIAL)
        serial = self._serial(cell, item, Column.SERIAL.value)
        return Identity(item.pk, item.name, serial, self._text(row, Column.DISCRIMINATOR))

    def _serial(self, cell: Cell, item: "Item", field: str) -> str:
        serial = plausible_serial(identifier_of(cell, field=field))
        if item.identified_by == IdentifiedBy.NOTHING:
            raise Invalid(
                "Pieces of {item} have no serial numbers. Name the unit that it sits in.",
                field=field,
                item=item.name,
            )
        zeros = lost_zeros(serial, self._shapes(item.pk))
        if zeros:
            raise Invalid(
                "{serial} is {zeros} digits shorter than every other serial number of {item}; a "
                "spreadsheet has removed zeros in front. Format the column as text, and take the "
                "number from its source again.",
                field=field,
                serial=serial,
                zeros=zeros,
                item=item.name,
            )
        if item.serial_pattern and not _pattern(item.serial_pattern).fullmatch(serial):
            raise Invalid(
                "{serial} is not a serial number of {item}: they look like {pattern}.",
                field=field,
                serial=serial,
                item=item.name,
                pattern=item.serial_pattern,
            )
        return serial

    def _moment(self, row: Row) -> Moment:
        cell = self._cell(row, Column.DATE)
        return _cached_moment(cell) if isinstance(cell, str) else moment_of(cell, field="date")

    def _kind(self, row: Row) -> Kind:
        text = self._text(row, Column.EVENT)
        if not text:
            return Kind.BUILT
        kind = words.KINDS.get(folded_header(text))
        if kind is None:
            raise Invalid(
                '"{text}" is no event. Write one of: {known}.',
                field="event",
                text=text,
                known=", ".join(kind.value for kind in Kind if kind is not Kind.CORRECTED),
            )
        return kind

    def _evidence(self, row: Row) -> Evidence:
        text = self._text(row, Column.EVIDENCE)
        if not text:
            return Evidence.DECLARED
        level = words.EVIDENCE.get(folded_header(text))
        if level is None:
            raise Invalid(
                '"{text}" is no level of evidence. Write one of: {known}.',
                field="evidence",
                text=text,
                known=", ".join(level.word for level in Evidence),
            )
        return level

    def _keepers(self, row: Row) -> Keepers:
        country = self._text(row, Column.COUNTRY).upper()
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise Invalid(
                '"{country}" is not a country: write two letters, as in DE.',
                field="country",
                country=country,
            )
        keepers = Keepers(
            self._text(row, Column.CUSTOMER),
            self._text(row, Column.SITE),
            country,
            self._text(row, Column.DISTRIBUTOR),
        )
        if keepers.site and not keepers.customer:
            raise Invalid("A site needs the customer whose site it is.", field="site")
        return keepers

    # What is inside

    def _inside(
        self, row: Row, item: "Item"
    ) -> tuple[dict[str, Occupant | None], dict[str, Identity]]:
        slots: dict[str, Occupant | None] = {}
        if release := self._text(row, Column.RELEASE):
            slots[THE_UNIT_ITSELF] = self._own_release(item, release)
        for place, header in self._slots:
            if text := text_of(row.cells[place]):
                path = self._paths(item.pk, header.name)
                slots[path] = self._occupants(item.pk, path, text, header.stated)
        self._add_parameters(row, item, slots)
        children: dict[str, Identity] = {}
        for place, header in self._slot_serials:
            if text_of(row.cells[place]):
                path = self._paths(item.pk, header.name)
                children[path] = self._child(row.cells[place], item, path, slots, header.stated)
                slots.setdefault(path, Occupant(item=children[path].item))
        return slots, children

    def _own_release(self, item: "Item", text: str) -> Occupant:
        named = self._catalogue.release(text, among=[item.pk], field="release")
        return Occupant(item=item.pk, release=named.release)

    def _occupant(self, item: int, path: str, text: str, field: str) -> Occupant | None:
        if text.casefold() in EMPTY_WORDS:
            return None
        among = self._catalogue.items_at(item, path)
        named = self._catalogue.release(text, among=among, field=field)
        return Occupant(item=named.item, release=named.release)

    def _child(
        self,
        cell: Cell,
        item: "Item",
        path: str,
        slots: Mapping[str, Occupant | None],
        field: str,
    ) -> Identity:
        stated = slots.get(path)
        among = self._catalogue.items_at(item.pk, path)
        if stated is None and path in slots:
            raise Invalid("The slot is said to be empty, and to hold a unit.", field=field)
        if stated is None and len(among) != 1:
            raise Invalid(
                "Several items fit there. Say in the column of the slot which one it is.",
                field=field,
            )
        own = stated.item if stated and stated.item is not None else among[0]
        child = self._catalogue.items_by_id[own]
        return Identity(child.pk, child.name, self._serial(cell, child, field))

    def _add_parameters(self, row: Row, item: "Item", slots: dict[str, Occupant | None]) -> None:
        values = {
            header.name: text
            for place, header in self._parameters
            if (text := text_of(row.cells[place]))
        }
        if not values:
            return
        path = self._paths(item.pk, PARAMETERS_SLOT)
        stated = slots.get(path)
        among = self._catalogue.items_at(item.pk, path)
        own = stated.item if stated else among[0] if len(among) == 1 else None
        release = stated.release if stated else None
        slots[path] = Occupant(item=own, release=release, values=sorted_values(values))


def _columns(headers: Sequence[Header], column: Column) -> list[tuple[int, Header]]:
    return [(place, each) for place, each in enumerate(headers) if each.column is column]


@lru_cache(maxsize=16_384)
def _cached_moment(text: str) -> Moment:
    return moment_of(text, field="date")


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
