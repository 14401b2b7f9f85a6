"""Tables as they come out of a file: a first row, the rows below it, and their limits."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import msgspec

from longmark.core.errors import Invalid
from longmark.core.formats.sheets.cells import Cell

ROWS_LIMIT = 20_000_000
COLUMNS_LIMIT = 256
CELL_LIMIT_CHARACTERS = 4_096
PROBE_ROWS = 20


@dataclass(frozen=True, slots=True)
class How:
    """How someone says that a file is to be read; what is left open is found out.

    ``page`` names a sheet of a workbook, ``header_row`` the row that names the columns.
    """

    encoding: str = ""
    delimiter: str = ""
    page: str = ""
    header_row: int = 0


FOUND_OUT = How()


class Row(msgspec.Struct, frozen=True):
    """One row with its number in the file, counted as spreadsheets count: the header is row 1.

    ``defect`` says why the row cannot be read as the others can.
    """

    number: int
    cells: tuple[Cell, ...]
    defect: Invalid | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the row that names its columns, and the rows below it, which can be read once."""

    kind: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: Iterator[Row]
    page: str = ""
    pages: tuple[str, ...] = ()
    header_row: int = 1


def headed(records: Iterator[Row], how: How) -> tuple[Row, Iterator[Row]]:
    """Return the row that names the columns, and the rows below it.

    Lines with a single cell above a table are its title, if nobody says which row it is.

    Raises:
        Invalid: there is no such row.
    """
    if how.header_row:
        for row in records:
            if row.number >= how.header_row:
                return row, records
        raise Invalid("The file has no row {number}.", number=how.header_row, field="header_row")
    first = next(records, None)
    if first is None:
        raise Invalid("The file has no rows.")
    probed = [first]
    while _content_count(probed[-1]) < 2 and len(probed) < PROBE_ROWS:
        below = next(records, None)
        if below is None:
            break
        probed.append(below)
    if _content_count(probed[-1]) >= 2:
        return probed[-1], records
    return first, _chained(probed[1:], records)


def _chained(probed: list[Row], records: Iterator[Row]) -> Iterator[Row]:
    yield from probed
    yield from records


def _content_count(row: Row) -> int:
    return sum(cell not in ("", None) for cell in row.cells)


def named_columns(row: Row) -> tuple[str, ...]:
    """Return the names that a row gives to its columns."""
    return tuple("" if cell is None else str(cell).strip() for cell in row.cells)


def filled(rows: Iterator[Row], width: int) -> Iterator[Row]:
    """Give every row the width of the header; what is longer and not empty is a defect."""
    for row in rows:
        missing = width - len(row.cells)
        if missing > 0:
            yield Row(row.number, row.cells + ("",) * missing, row.defect)
        elif missing < 0 and any(cell not in ("", None) for cell in row.cells[width:]):
            defect = Invalid(
                "The row has {count} cells and the header {width}: is a delimiter or a "
                "quotation mark too many?",
                count=len(row.cells),
                width=width,
            )
            yield Row(row.number, row.cells[:width], defect)
        else:
            yield Row(row.number, row.cells[:width], row.defect) if missing else row


def require_rows_within_limit(number: int) -> None:
    """Refuse a file of more rows than Longmark takes."""
    if number > ROWS_LIMIT:
        raise Invalid("More than {limit} rows: split the file.", limit=ROWS_LIMIT)


def require_size(file: BinaryIO, limit_bytes: int) -> None:
    """Refuse a file that is larger than its format allows."""
    size_bytes = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size_bytes > limit_bytes:
        raise Invalid(
            "The file has {size} MB; {limit} MB is the most: split it.",
            size=size_bytes // 1_000_000,
            limit=limit_bytes // 1_000_000,
        )
