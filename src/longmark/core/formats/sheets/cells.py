"""Cells: what a spreadsheet shows and what it holds are different things.

A cell is text, or something that the spreadsheet took for a number, a date or a truth. Numbers in
XLSX are binary floats: 4711 arrives as 4711.0, zeros in front are gone, and from sixteen digits on
so are the digits at the end (ECMA-376 part 1, 18.3.1.96; IEEE 754 binary64).
"""

import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeAlias

from longmark.core.errors import Invalid

Cell: TypeAlias = str | float | int | bool | datetime | date | time | timedelta | None

EXACT_BELOW = 10**15  # fifteen decimal digits survive a binary float

UNKNOWN_DAY = datetime.max.replace(tzinfo=UTC)
"""Stands for the instant of telling, which whoever tells knows."""

_UNKNOWN = frozenset({"?", "unknown", "not known", "unbekannt", "n/a"})
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant and how exactly it is known: as an ``instant``, a ``day``, ``month`` or ``year``.

    Or it is ``unknown``, and the instant is `UNKNOWN_DAY`.
    """

    at: datetime
    precision: str


def text_of(cell: Cell) -> str:
    """Return what a person would read in the cell; whole numbers without a fraction.

    >>> text_of(4711.0), text_of(True), text_of(None)
    ('4711', '1', '')
    """
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_BELOW:
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def identifier_of(cell: Cell, *, field: str) -> str:
    """Return a serial number or another identifier from a cell.

    Raises:
        Invalid: the spreadsheet took it for something else, and what it was is lost.
    """
    if isinstance(cell, bool | date | time | timedelta):
        raise Invalid(
            'The spreadsheet has turned the value into "{shown}": format the column as text, and '
            "take the value from its source again.",
            field=field,
            shown=text_of(cell),
        )
    if isinstance(cell, float | int) and not (float(cell).is_integer() and abs(cell) < EXACT_BELOW):
        raise Invalid(
            "The spreadsheet has turned the value into the number {shown}, and digits are lost: "
            "format the column as text, and take the value from its source again.",
            field=field,
            shown=f"{cell:.14G}",
        )
    return text_of(cell)


def moment_of(cell: Cell, *, field: str, zone: tzinfo = UTC) -> Moment:
    """Return the instant in a cell; days, months and years begin at midnight UTC.

    ``zone`` is that of clocks that state none.

    Raises:
        Invalid: it is no date, or it can be read in two ways.
    """
    if isinstance(cell, datetime):
        at_midnight = cell.hour == cell.minute == cell.second == cell.microsecond == 0
        if at_midnight and not cell.tzinfo:
            return Moment(cell.replace(tzinfo=UTC), "day")
        return Moment(_aware(cell, zone, field), "instant")
    if isinstance(cell, date):
        return Moment(datetime(cell.year, cell.month, cell.day, tzinfo=UTC), "day")
    if isinstance(cell, str):
        try:
            return _moment_in(cell.strip(), field, zone)
        except ValueError as error:
            if isinstance(error, Invalid):
                raise
    raise Invalid(
        '"{shown}" is not a date: write 2024-03-31, or 2024-03 if the day is not known.',
        field=field,
        shown=text_of(cell),
    )


def _moment_in(text: str, field: str, zone: tzinfo) -> Moment:
    if day := _ISO_DAY.fullmatch(text):
        return Moment(_midnight(*map(int, day.groups())), "day")
    if german := _GERMAN_DAY.fullmatch(text):
        return Moment(_midnight(*map(int, reversed(german.groups()))), "day")
    if month := _ISO_MONTH.fullmatch(text):
        return Moment(_midnight(int(month[1]), int(month[2]), 1), "month")
    if _YEAR.fullmatch(text):
        return Moment(_midnight(int(text), 1, 1), "year")
    if slashed := _SLASHED.fullmatch(text):
        return Moment(_unambiguous(*map(int, slashed.groups()), shown=text, field=field), "day")
    if text.casefold() in _UNKNOWN:
        return Moment(UNKNOWN_DAY, "unknown")
    if "T" in text or " " in text:
        return _instant(text, field, zone)
    raise ValueError


def _midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def _instant(text: str, field: str, zone: tzinfo) -> Moment:
    """Read a date with a time; without an offset it is of the zone that the list is said to be."""
    day, _, clock = text.partition(" ")
    if _GERMAN_DAY.fullmatch(day) or _SLASHED.fullmatch(day):
        of_day = _moment_in(day, field, zone).at
        stated = datetime.combine(of_day.date(), time.fromisoformat(clock.strip()))
    else:
        stated = datetime.fromisoformat(text)
    return Moment(_aware(stated, zone, field), "instant")


def _aware(stated: datetime, zone: tzinfo, field: str) -> datetime:
    """Return the instant that a clock showed, if it showed it once and no more."""
    if stated.year in (MINYEAR, MAXYEAR):
        raise Invalid('"{shown}" is not a date.', field=field, shown=f"{stated:%Y-%m-%d %H:%M}")
    if stated.tzinfo:
        return stated.astimezone(UTC)
    early, late = (stated.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    instant = early.astimezone(UTC)
    if early.utcoffset() == late.utcoffset():
        return instant
    was_shown = instant.astimezone(zone).replace(tzinfo=None) == stated
    raise Invalid(
        "When clocks were put back, {shown} came twice in {zone}: write the offset, as in {one} "
        "or {other}."
        if was_shown
        else "When clocks were put forward, there was no {shown} in {zone}: write the offset, as "
        "in {one} or {other}.",
        field=field,
        shown=f"{stated:%Y-%m-%d %H:%M}",
        zone=str(zone),
        one=early.isoformat(timespec="minutes"),
        other=late.isoformat(timespec="minutes"),
    )


def _unambiguous(first: int, second: int, year: int, *, shown: str, field: str) -> datetime:
    """Take 31/03/2024 and 03/31/2024, but not 03/04/2024: who knows which month it is?"""
    if first > 12:
        return _midnight(year, second, first)
    if second > 12 or first == second:
        return _midnight(year, first, second)
    raise Invalid(
        '"{shown}" can be read in two ways: write {one} or {other}.',
        field=field,
        shown=shown,
        one=_midnight(year, first, second).date().isoformat(),
        other=_midnight(year, second, first).date().isoformat(),
    )
