"""Days: when what a row tells of happened; some lists tell of several things in one row."""

from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from functools import lru_cache

from longmark.core.errors import Invalid
from longmark.core.formats.sheets.cells import Cell, Moment, moment_of
from longmark.core.formats.sheets.headers import Column, Header
from longmark.core.formats.sheets.tables import Row
from longmark.core.life.events import Kind

Happening = tuple[Kind, Moment]

_KINDS = {
    Column.BUILT_ON: Kind.BUILT,
    Column.SHIPPED_ON: Kind.SHIPPED,
    Column.COMMISSIONED_ON: Kind.COMMISSIONED,
}
_MOVES = (Kind.SHIPPED, Kind.TRANSFERRED, Kind.COMMISSIONED)
"""A unit gets into other hands by these, the first of them most likely."""


class DayReader:
    """Reads the days of one sheet."""

    def __init__(self, headers: Sequence[Header], zone: tzinfo = UTC) -> None:
        self._zone = zone
        columns = {each.column: place for place, each in enumerate(headers)}
        self._date = columns.get(Column.DATE)
        self._dated = [
            (columns[column], column, kind) for column, kind in _KINDS.items() if column in columns
        ]

    def happenings(self, row: Row, kind_of: Callable[[str], Kind], event: str) -> list[Happening]:
        """Return what happened and when, in the order of a unit's life; one thing at least.

        The column *date* is about the event of the row. Without one it counts only if no other
        day is stated, and says no more than that the unit is known since.

        Raises:
            Invalid: a day cannot be read, or none is stated.
        """
        found = [
            (kind, self._moment(row.cells[place], column.value))
            for place, column, kind in self._dated
            if row.cells[place] not in ("", None)
        ]
        if not found or event:
            found.append((self._kind(kind_of, event), self._main(row)))
        return found

    def since(self, row: Row, happened: Sequence[Happening]) -> Moment:
        """Return since when a row is valid: its date, else when the last of it happened."""
        is_stated = self._date is not None and row.cells[self._date] not in ("", None)
        return self._main(row) if is_stated else happened[-1][1]

    def _kind(self, kind_of: Callable[[str], Kind], event: str) -> Kind:
        """Return what happened; where the day of building has a column, another is not it."""
        return kind_of(event) if event or not self._dated else Kind.SERIAL_ASSIGNED

    def _main(self, row: Row) -> Moment:
        if self._date is not None:
            return self._moment(row.cells[self._date], Column.DATE.value)
        wanted = ", ".join(column.value for _, column, _ in self._dated)
        raise Invalid("The row states no day: {wanted}.", field=Column.DATE.value, wanted=wanted)

    def _moment(self, cell: Cell, field: str) -> Moment:
        if isinstance(cell, str):
            return _cached_moment(cell, field, self._zone)
        return moment_of(cell, field=field, zone=self._zone)


def keeping(kinds: Sequence[Kind]) -> int:
    """Return which of several happenings put the unit into the hands that the row names."""
    return next((kinds.index(kind) for kind in _MOVES if kind in kinds), 0)


@lru_cache(maxsize=16_384)
def _cached_moment(text: str, field: str, zone: tzinfo) -> Moment:
    return moment_of(text, field=field, zone=zone)
