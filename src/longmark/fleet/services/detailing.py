"""Detailing: what the columns of a row say that only events of some kinds take."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

from longmark.core.errors import Invalid
from longmark.core.formats.sheets.cells import Cell, identifier_of, moment_of, text_of
from longmark.core.formats.sheets.headers import Column, Header, folded_header
from longmark.core.formats.sheets.tables import Row
from longmark.core.life import words
from longmark.core.life.events import NO_DETAILS, Details, Outcome
from longmark.fleet.services.workspace import Identity

COLUMNS = frozenset(
    {
        Column.NEW_SERIAL,
        Column.RESULT,
        Column.RMA,
        Column.WARRANTY_UNTIL,
        Column.REPLACED_BY,
        Column.REASON,
    }
)

ReadUnit = Callable[[str, str], Identity]  # a text that names a unit, and its column
ReadSerial = Callable[[Cell, str], str]


class DetailReader:
    """Reads the columns of details of one sheet."""

    def __init__(self, headers: Sequence[Header]) -> None:
        self._at = {
            each.column: place for place, each in enumerate(headers) if each.column in COLUMNS
        }

    @property
    def is_asked(self) -> bool:
        """Whether the sheet has any such column."""
        return bool(self._at)

    def read(self, row: Row, serial: ReadSerial) -> Details:
        """Return what a row states, except for units that it names.

        Raises:
            Invalid: a cell cannot be read; ``field`` names the column.
        """
        if not any(text_of(row.cells[place]) for place in self._at.values()):
            return NO_DETAILS
        anew = self._cell(row, Column.NEW_SERIAL)
        return Details(
            serial=serial(anew, Column.NEW_SERIAL.value) if text_of(anew) else "",
            outcome=_outcome(text_of(self._cell(row, Column.RESULT))),
            rma=identifier_of(self._cell(row, Column.RMA), field=Column.RMA.value),
            until=_day(self._cell(row, Column.WARRANTY_UNTIL)),
            reason=text_of(self._cell(row, Column.REASON)),
        )

    def replacement(self, row: Row, unit: ReadUnit) -> Identity | None:
        """Return the unit that a row names as the one that took its unit's place."""
        field = Column.REPLACED_BY.value
        text = identifier_of(self._cell(row, Column.REPLACED_BY), field=field)
        return unit(text, field) if text else None

    def _cell(self, row: Row, column: Column) -> Cell:
        place = self._at.get(column)
        return None if place is None else row.cells[place]


def _day(cell: Cell) -> date | None:
    """Return the day in a cell. A warranty that ends in a month or a year is not told exactly."""
    field = Column.WARRANTY_UNTIL.value
    if not text_of(cell):
        return None
    moment = moment_of(cell, field=field)
    if moment.precision not in {"day", "instant"}:
        raise Invalid("Give the day on which the warranty ends.", field=field)
    return moment.at.date()


@lru_cache(maxsize=256)
def _outcome(text: str) -> Outcome | None:
    if not text:
        return None
    outcome = words.OUTCOMES.get(folded_header(text))
    if outcome is None:
        raise Invalid(
            '"{text}" is no result of a test. Write one of: {known}.',
            field=Column.RESULT.value,
            text=text,
            known=", ".join(Outcome),
        )
    return outcome
