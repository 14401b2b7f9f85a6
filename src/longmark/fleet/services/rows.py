"""Rows: what one row of a list says, read against the catalog.

Columns are explained in ``core.formats.sheets.headers``; a cell that cannot be read refuses its
row.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from longmark.core.errors import Invalid
from longmark.core.formats.epcis.happenings import ALL_PARTS
from longmark.core.formats.sheets.cells import Cell, identifier_of, text_of
from longmark.core.formats.sheets.headers import Column, Header, folded_header
from longmark.core.formats.sheets.tables import Row
from longmark.core.life import words
from longmark.core.life.aliases import plausible_alias
from longmark.core.life.details import REASON_LIMIT_CHARACTERS
from longmark.core.life.events import (
    CORRECTIONS,
    NO_DETAILS,
    THE_UNIT_ITSELF,
    Evidence,
    Kind,
    Occupant,
    Precision,
    sorted_values,
)
from longmark.core.life.identity import lost_zeros, plausible_serial, shape_of_pattern
from longmark.core.vocabulary import AliasKind, IdentifiedBy
from longmark.fleet.services.catalogue import EMPTY_WORDS, Catalogue
from longmark.fleet.services.days import DayReader, keeping
from longmark.fleet.services.detailing import DetailReader
from longmark.fleet.services.placing import PlaceReader, Placing, added_to
from longmark.fleet.services.statements import Statement
from longmark.fleet.services.workspace import Identity

if TYPE_CHECKING:
    from longmark.catalog.models import Item

REQUIRED = (Column.ITEM, Column.SERIAL, Column.DATE)
DEFAULT_SOURCE = "list"
PARAMETERS_SLOT = "parameters"
QUANTITY_LIMIT = 1_000_000
STATED_LIMIT = 16_384  # remembered: rows of a list are much alike
PRECISIONS = {str(precision): precision for precision in Precision}
USUAL_EVIDENCE = {
    Kind.SOFTWARE_OBSERVED: Evidence.REPORTED,
    Kind.PARAMETERS_OBSERVED: Evidence.REPORTED,
    Kind.SOFTWARE_CONFIRMED: Evidence.CONFIRMED,
}
NO_CHILDREN: Mapping[str, Identity] = MappingProxyType({})
NO_SLOTS: Mapping[str, Occupant | None] = MappingProxyType({})

Shapes = Callable[[int], frozenset[str]]  # of the serial numbers that an item is known to have


@dataclass(frozen=True, slots=True)
class Keepers:
    """Who keeps a unit, as the row names them."""

    customer: str = ""
    site: str = ""
    country: str = ""
    distributor: str = ""


class Reading(msgspec.Struct, frozen=True):
    """A row that could be read: what it says, in order, and who keeps the unit from which on."""

    number: int
    statements: tuple[Statement, ...]
    keepers: Keepers
    keeping: int = 0
    names: tuple[tuple[str, str], ...] = ()  # other names of the unit, each with its kind
    placing: Placing | None = None

    @property
    def statement(self) -> Statement:
        """What the row says first."""
        return self.statements[0]


class RowReader:
    """Reads the rows of one sheet."""

    def __init__(
        self,
        headers: Sequence[Header],
        catalogue: Catalogue,
        shapes: Shapes,
        zone: tzinfo = UTC,
    ) -> None:
        self._catalogue = catalogue
        self._shapes = shapes
        self._days = DayReader(headers, zone)
        self._places = PlaceReader(headers)
        self._names = _columns(headers, Column.ALIAS)
        self._at = {each.column: place for place, each in enumerate(headers)}
        self._slots = _columns(headers, Column.SLOT)
        self._slot_serials = _columns(headers, Column.SLOT_SERIAL)
        self._slot_quantities = _columns(headers, Column.SLOT_QUANTITY)
        self._parameters = _columns(headers, Column.PARAMETER)
        self._details = DetailReader(headers)
        self._paths = lru_cache(maxsize=None)(catalogue.slot_path)
        self._fits = lru_cache(maxsize=None)(catalogue.items_at)
        self._occupants = lru_cache(maxsize=STATED_LIMIT)(self._occupant)
        self._slots_stated = lru_cache(maxsize=STATED_LIMIT)(self._read_slots)

    def read(self, row: Row) -> Reading:
        """Return what a row says.

        Raises:
            Invalid: something in it cannot be read; ``field`` names the column.
        """
        if row.defect is not None:
            raise row.defect
        item = self._catalogue.item(self._required(row, Column.ITEM))
        unit = self._unit(row, item)
        happened = self._days.happenings(row, _kind, self._text(row, Column.EVENT))
        placing, others = self._places.read(row, partial(self._days.since, row, happened))
        happened = added_to(happened, others) if others else happened
        slots, children = self._inside(row, item)
        statements = tuple(
            Statement(
                unit=unit,
                kind=kind,
                occurred_at=moment.at,
                slots=NO_SLOTS if number else slots,
                children=NO_CHILDREN if number else children,
                precision=PRECISIONS[moment.precision],
                evidence=_evidence(self._text(row, Column.EVIDENCE), kind),
                source=self._text(row, Column.SOURCE) or DEFAULT_SOURCE,
                is_emptied=kind is Kind.REMOVED and self._text(row, Column.PART) == ALL_PARTS,
            )
            for number, (kind, moment) in enumerate(happened)
        )
        told = self._detailed(row, item, statements) if self._details.is_asked else statements
        if wrong := self._text(row, Column.WRONG):
            told = tuple([each.taken_back(wrong[:REASON_LIMIT_CHARACTERS]) for each in told])
        kinds = [kind for kind, _ in happened]
        return Reading(
            row.number, told, self._keepers(row), keeping(kinds), self._named(row), placing
        )

    def _detailed(
        self, row: Row, item: "Item", statements: tuple[Statement, ...]
    ) -> tuple[Statement, ...]:
        """Add what only events of some kinds state, to the last of the row."""
        details = self._details.read(row, lambda cell, field: self._serial(cell, item, field))
        replacement = self._details.replacement(
            row, lambda text, field: self._other_unit(text, item, field)
        )
        if details == NO_DETAILS and replacement is None:
            return statements
        last = replace(statements[-1], details=details, replacement=replacement)
        return (*statements[:-1], last)

    def _named(self, row: Row) -> tuple[tuple[str, str], ...]:
        if not self._names:
            return ()
        stated = ((header, row.cells[place]) for place, header in self._names)
        return tuple(
            (header.name, _alias(header, name))
            for header, cell in stated
            if (name := identifier_of(cell, field=header.stated))
        )

    # Plain columns

    def _cell(self, row: Row, column: Column) -> Cell:
        place = self._at.get(column)
        return None if place is None else row.cells[place]

    def _text(self, row: Row, column: Column) -> str:
        place = self._at.get(column)
        if place is None:
            return ""
        cell = row.cells[place]
        return cell.strip() if type(cell) is str else text_of(cell)

    def _required(self, row: Row, column: Column) -> str:
        text = self._text(row, column)
        if not text:
            raise Invalid("The {column} is missing.", field=column.value, column=column.value)
        return text

    def _unit(self, row: Row, item: "Item") -> Identity:
        cell = self._cell(row, Column.SERIAL)
        serial = self._serial(cell, item, Column.SERIAL.value)
        return Identity(item.pk, item.name, serial, self._text(row, Column.DISCRIMINATOR))

    def _other_unit(self, text: str, item: "Item", field: str) -> Identity:
        """Read ``TG-300 200-77``, or the bare serial number of a unit of the same item."""
        name, _, rest = text.rpartition(" ")
        other = self._catalogue.items.get(name.strip()) if name else None
        if other is not None:
            return Identity(other.pk, other.name, self._serial(rest, other, field))
        return Identity(item.pk, item.name, self._serial(text, item, field))

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
            shape = shape_of_pattern(item.serial_pattern)
            raise Invalid(
                "{serial} is not a serial number of {item}: they look like {pattern}, where # is a"
                " digit."
                if shape
                else "{serial} is not a serial number of {item}: they look like {pattern}.",
                field=field,
                serial=serial,
                item=item.name,
                pattern=shape or item.serial_pattern,
            )
        return serial

    def _keepers(self, row: Row) -> Keepers:
        return _keepers(
            self._text(row, Column.CUSTOMER),
            self._text(row, Column.SITE),
            self._text(row, Column.COUNTRY),
            self._text(row, Column.DISTRIBUTOR),
        )

    # What is inside

    def _inside(
        self, row: Row, item: "Item"
    ) -> tuple[Mapping[str, Occupant | None], Mapping[str, Identity]]:
        slots, children = self._in_slots(row, item)
        text = self._text(row, Column.PART)
        if not text or text == ALL_PARTS:
            return slots, children
        child = self._part(text)
        path = self._catalogue.path_of_part(
            item.pk, child.item, self._text(row, Column.PART_SLOT), field=Column.PART.value
        )
        is_out = _kind(self._text(row, Column.EVENT)) is Kind.REMOVED
        occupant = None if is_out else Occupant(item=child.item)
        return {**slots, path: occupant}, {**children, path: child}

    def _part(self, text: str) -> Identity:
        """Read ``CB-21 B-1``: an item by name or number, and the serial number of a unit of it."""
        words = text.split(" ")
        for count in range(1, len(words)):
            item = self._catalogue.found(" ".join(words[:count]))
            if item is not None:
                serial = self._serial(" ".join(words[count:]), item, Column.PART.value)
                return Identity(item.pk, item.name, serial)
        raise Invalid(
            '"{text}" names no unit: write an item that is in the catalog, and a serial number.',
            field=Column.PART.value,
            text=text[:80],
        )

    def _in_slots(
        self, row: Row, item: "Item"
    ) -> tuple[Mapping[str, Occupant | None], Mapping[str, Identity]]:
        slots = self._slots_stated(
            item.pk,
            self._text(row, Column.RELEASE),
            tuple([text_of(row.cells[place]) for place, _ in self._slots]),
            tuple([text_of(row.cells[place]) for place, _ in self._parameters]),
        )
        if not self._slot_serials and not self._slot_quantities:
            return slots, NO_CHILDREN
        named = [each for each in self._slot_serials if text_of(row.cells[each[0]])]
        counted = [each for each in self._slot_quantities if text_of(row.cells[each[0]])]
        if not named and not counted:
            return slots, NO_CHILDREN
        whole, children = dict(slots), {}
        for place, header in named:
            path = self._paths(item.pk, header.name)
            children[path] = self._child(row.cells[place], item, path, slots, header.stated)
            whole.setdefault(path, Occupant(item=children[path].item))
        for place, header in counted:
            path = self._paths(item.pk, header.name)
            whole[path] = _counted(whole.get(path), text_of(row.cells[place]), header)
        return whole, children

    def _read_slots(
        self, item: int, release: str, texts: Sequence[str], parameters: Sequence[str]
    ) -> Mapping[str, Occupant | None]:
        """Return what sits in the slots of a unit by the texts of its row, many of them alike."""
        slots: dict[str, Occupant | None] = {}
        if release:
            slots[THE_UNIT_ITSELF] = self._own_release(item, release)
        for (_, header), text in zip(self._slots, texts, strict=True):
            if text:
                path = self._paths(item, header.name)
                slots[path] = self._occupants(item, path, text, header.stated)
        self._add_parameters(parameters, item, slots)
        return slots

    def _own_release(self, item: int, text: str) -> Occupant:
        named = self._catalogue.release(text, among=[item], field="release")
        return Occupant(item=item, release=named.release)

    def _occupant(self, item: int, path: str, text: str, field: str) -> Occupant | None:
        if text.casefold() in EMPTY_WORDS:
            return None
        among = self._fits(item, path)
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
        among = self._fits(item.pk, path)
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

    def _add_parameters(
        self, texts: Sequence[str], item: int, slots: dict[str, Occupant | None]
    ) -> None:
        values = {
            header.name: text
            for (_, header), text in zip(self._parameters, texts, strict=True)
            if text
        }
        if not values:
            return
        path = self._paths(item, PARAMETERS_SLOT)
        stated = slots.get(path)
        among = self._fits(item, path)
        own = stated.item if stated else among[0] if len(among) == 1 else None
        release = stated.release if stated else None
        self._catalogue.refuse_secrets(among if own is None else [own], values)
        slots[path] = Occupant(item=own, release=release, values=sorted_values(values))


def _columns(headers: Sequence[Header], column: Column) -> list[tuple[int, Header]]:
    return [(place, each) for place, each in enumerate(headers) if each.column is column]


def _counted(stated: Occupant | None, text: str, header: Header) -> Occupant:
    if stated is None:
        raise Invalid("Say what sits there, and not only how many.", field=header.stated)
    quantity = int(text) if text.isascii() and text.isdecimal() else 0
    if not 1 <= quantity <= QUANTITY_LIMIT:
        raise Invalid(
            '"{text}" is no quantity: write a whole number from 1 to {limit}.',
            field=header.stated,
            text=text[:40],
            limit=QUANTITY_LIMIT,
        )
    return replace(stated, quantity=quantity)


def _alias(header: Header, text: str) -> str:
    try:
        return plausible_alias(AliasKind(header.name), text)
    except Invalid as error:
        error.field = header.stated
        raise


@lru_cache(maxsize=256)
def _kind(text: str) -> Kind:
    if not text:
        return Kind.BUILT
    kind = words.KINDS.get(folded_header(text))
    if kind is None:
        raise Invalid(
            '"{text}" is no event. Write one of: {known}.',
            field="event",
            text=text,
            known=", ".join(kind.value for kind in Kind if kind not in CORRECTIONS),
        )
    return kind


@lru_cache(maxsize=256)
def _evidence(text: str, kind: Kind) -> Evidence:
    if not text:
        return USUAL_EVIDENCE.get(kind, Evidence.DECLARED)
    level = words.EVIDENCE.get(folded_header(text))
    if level is None:
        raise Invalid(
            '"{text}" is no level of evidence. Write one of: {known}.',
            field="evidence",
            text=text,
            known=", ".join(level.word for level in Evidence),
        )
    return level


@lru_cache(maxsize=STATED_LIMIT)
def _keepers(customer: str, site: str, country: str, distributor: str) -> Keepers:
    land = country.upper()
    if land and not (len(land) == 2 and land.isascii() and land.isalpha()):
        raise Invalid(
            '"{country}" is not a country: write two letters, as in DE.',
            field="country",
            country=land,
        )
    if site and not customer:
        raise Invalid("A site needs the customer whose site it is.", field="site")
    return Keepers(customer, site, land, distributor)


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
