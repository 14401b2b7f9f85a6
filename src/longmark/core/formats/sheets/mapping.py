"""Which column of a foreign table is which column of a list of units, and in whose words.

A map names, for each header as it is compared (`folded_header`), the column of unit lists that it
stands for, by the name under which that is documented; no name passes the column over. Several
headers may stand for one column: of those, the first in the map that holds something counts. What
no header stands for can be fixed; cells can be said in other words (a status code is an event), and
cleaned of what a system puts around them.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from longmark.core.errors import Invalid
from longmark.core.formats.sheets.cells import Cell, text_of
from longmark.core.formats.sheets.headers import Column, folded_header, header
from longmark.core.formats.sheets.tables import Row, Sheet

PASSED_OVER = ""
ANY_OTHER = "*"
WORDS_LIMIT = 500

_ENDINGS = {
    Column.SLOT: "",
    Column.SLOT_SERIAL: " serial",
    Column.SLOT_QUANTITY: " quantity",
    Column.PARAMETER: "",
    Column.ALIAS: "",
}
_Words = Mapping[str, Mapping[str, str]]
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """How a table is to be understood. ``zone`` is the zone of clocks that state none."""

    columns: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    fixed: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    words: _Words = field(default_factory=lambda: _NOTHING)
    cleaned: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    zone: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {  # pairs, since databases sort the members of objects
            "columns": [list(pair) for pair in self.columns.items()],
            "fixed": dict(self.fixed),
            "words": {column: dict(said) for column, said in self.words.items()},
            "cleaned": dict(self.cleaned),
            "zone": self.zone,
        }


def read_map(kept: Mapping[str, Any]) -> ColumnMap:
    """Return a map from JSON, of our own or of a stranger.

    Raises:
        Invalid: it is no map, or names something that lists of units do not have.
    """
    stated = kept.get("columns", {})
    if isinstance(stated, list):
        stated = _paired(stated)
    columns = {
        folded_header(name): said for name, said in _texts({"columns": stated}, "columns").items()
    }
    cleaned = _texts(kept, "cleaned")
    for name in cleaned.values():
        if name not in CLEANERS:
            raise Invalid(
                'There is no way of cleaning "{name}". Known: {known}.',
                field="cleaned",
                name=name,
                known=", ".join(CLEANERS),
            )
    said = _members(kept, "words")
    words = {column: _texts(said, column) for column in said}
    zone = kept.get("zone", "")
    if not isinstance(zone, str):
        raise Invalid("The zone is no text.", field="zone")
    folded = {
        column: {text.strip().casefold(): said for text, said in each.items()}
        for column, each in words.items()
    }
    return ColumnMap(columns, _texts(kept, "fixed"), folded, cleaned, zone)


def _members(kept: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = kept.get(name, {})
    if not isinstance(found, dict) or len(found) > WORDS_LIMIT:
        raise Invalid("{name} is no object of at most {limit} members.", name=name,
                      limit=WORDS_LIMIT, field=name)  # fmt: skip
    return found


def _paired(stated: list[Any]) -> dict[str, Any]:
    pairs = [each for each in stated if isinstance(each, list) and len(each) == 2]
    if len(pairs) != len(stated) or any(not isinstance(name, str) for name, _ in pairs):
        raise Invalid("columns is no list of pairs.", field="columns")
    return dict(pairs)


def _texts(kept: Mapping[str, Any], name: str) -> dict[str, str]:
    found = _members(kept, name)
    if any(not isinstance(said, str) for said in found.values()):
        raise Invalid("{name} holds something that is no text.", name=name, field=name)
    return dict(found)


def guessed_map(texts: Sequence[str]) -> ColumnMap:
    """Return what the headers of a table say by themselves."""
    return ColumnMap({folded_header(text): name_of(text) for text in texts if text.strip()})


def name_of(text: str) -> str:
    """Return the name under which unit lists know a column of this header."""
    found = header(text)
    if found.column is Column.IGNORED:
        return PASSED_OVER
    if found.column in _ENDINGS:
        return f"{found.name}{_ENDINGS[found.column]}"
    return found.column.value


def mapped(sheet: Sheet, column_map: ColumnMap) -> Sheet:
    """Return the table as a list of units, its rows changed as they go."""
    folded = [folded_header(text) for text in sheet.header]
    names = [column_map.columns.get(each, PASSED_OVER) for each in folded]
    rank = {each: number for number, each in enumerate(column_map.columns)}
    first: dict[str, int] = {}
    others: dict[int, list[int]] = {}
    for place in sorted(range(len(names)), key=lambda place: rank.get(folded[place], 0)):
        name = names[place]
        if name and name in first:
            others.setdefault(first[name], []).append(place)
        elif name:
            first[name] = place
    missing = [name for name in column_map.fixed if name not in first]
    rules = [
        rule
        for name, place in first.items()
        if (rule := _rule(place, others.get(place, []), name, column_map)).changes
    ]
    titles = [name if first.get(name) == place else "" for place, name in enumerate(names)]
    tail = tuple(column_map.fixed[name] for name in missing)
    rows = _changed(sheet.rows, rules, tail) if rules or tail else sheet.rows
    return replace(sheet, header=(*titles, *missing), rows=rows)


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is done to the cells of one column."""

    place: int
    others: Sequence[int]
    clean: Callable[[str], str] | None
    words: Mapping[str, str]
    fixed: str

    @property
    def changes(self) -> bool:
        return bool(self.others or self.clean or self.words or self.fixed)

    def cell(self, cells: Sequence[Cell]) -> Cell:
        cell = self._cleaned(cells[self.place])
        for place in self.others:
            if cell not in ("", None):
                break
            cell = self._cleaned(cells[place])
        if self.words:
            text = text_of(cell).casefold()
            cell = self.words.get(text, self.words.get(ANY_OTHER, cell))
        return self.fixed if self.fixed and cell in ("", None) else cell

    def _cleaned(self, cell: Cell) -> Cell:
        if self.clean is without_clock and isinstance(cell, datetime):
            return cell.date()  # spreadsheets keep times as such
        if self.clean is None or cell is None or not isinstance(cell, str | float | int):
            return cell
        return self.clean(text_of(cell))


def _rule(place: int, others: Sequence[int], name: str, column_map: ColumnMap) -> _Rule:
    clean = CLEANERS.get(column_map.cleaned.get(name, ""))
    words = column_map.words.get(name, _NOTHING)
    return _Rule(place, others, clean, words, column_map.fixed.get(name, ""))


def _changed(rows: Iterator[Row], rules: Sequence[_Rule], tail: tuple[str, ...]) -> Iterator[Row]:
    for row in rows:
        cells = list(row.cells)
        for rule in rules:
            cells[rule.place] = rule.cell(row.cells)
        yield Row(row.number, (*cells, *tail), row.defect)


# Cleaning

_PADDED = re.compile(r"0\d{9}|0\d{17}|0\d{39}")  # ALPHA conversion of SAP: 10, 18 or 40 digits
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WITH_CLOCK = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]\d{1,2}:\d{2}")
_BRACKETED = re.compile(r"\[([^\]]+)\]")
_NO_DAY = frozenset(
    {"00.00.0000", "00000000", "0000-00-00", "31.12.9999", "99991231", "9999-12-31", "0000", "0"}
)


def without_padding(text: str) -> str:
    """Return a number of SAP as people write it: its zeros in front only fill the field.

    >>> without_padding("000000000000001001"), without_padding("0042")
    ('1001', '0042')
    """
    stated = text.strip()
    return stated.lstrip("0") or "0" if _PADDED.fullmatch(stated) else stated


def real_day(text: str) -> str:
    """Return a day as SAP exports it, in ISO 8601; nothing for a day that means none.

    >>> real_day("20260301"), real_day("00.00.0000"), real_day("01.03.2026")
    ('2026-03-01', '', '01.03.2026')
    """
    stated = text.strip()
    if stated in _NO_DAY:
        return ""
    compact = _COMPACT_DAY.fullmatch(stated)
    return "-".join(compact.groups()) if compact else stated


def without_clock(text: str) -> str:
    """Return the day of a time that is written as in ISO 8601; anything else as it is.

    >>> without_clock("2026-11-26 11:05:06.970097"), without_clock("26.11.2026")
    ('2026-11-26', '26.11.2026')
    """
    found = _WITH_CLOCK.match(text.strip())
    return found[1] if found else text.strip()


def bracketed_code(text: str) -> str:
    """Return the code that stands in brackets before a name.

    >>> bracketed_code("[TG-200] Drive 4 kW"), bracketed_code("TG-200")
    ('TG-200', 'TG-200')
    """
    found = _BRACKETED.match(text.strip())
    return found[1].strip() if found else text.strip()


def slot_name(text: str) -> str:
    """Return the name of a slot; nothing for a position that is only a number.

    >>> slot_name("0010"), slot_name("option-a")
    ('', 'option-a')
    """
    stated = text.strip()
    return "" if stated.isdecimal() else stated


CLEANERS: Mapping[str, Callable[[str], str]] = {
    "padding": without_padding,
    "day": real_day,
    "clock": without_clock,
    "code": bracketed_code,
    "slot": slot_name,
}
