"""Sheets in: CSV of any make or XLSX, as rows of cells, under limits.

CSV (RFC 4180 and what passes for it): UTF-8, UTF-16 with or without a mark, else Windows-1252;
comma, semicolon, tab or bar, whichever splits the first lines best; ``sep=`` in line 1 is obeyed.
Nothing is decoded with replacements: a byte that has no meaning is an error with its line.
XLSX (ECMA-376): the first sheet that has rows; sizes are checked before anything is unpacked.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from longmark.core.errors import Invalid
from longmark.core.formats.sheets.cells import Cell
from longmark.core.formats.sheets.csv_writing import unguarded

ROWS_LIMIT = 2_000_000
COLUMNS_LIMIT = 256
CELL_LIMIT_CHARACTERS = 4_096
LINE_LIMIT_BYTES = 4_000_000
CSV_LIMIT_BYTES = 1_000_000_000
XLSX_LIMIT_BYTES = 100_000_000
XLSX_LIMIT_UNPACKED_BYTES = 1_000_000_000

_UNDECODABLE = (
    "Line {line} holds bytes that are neither UTF-8, UTF-16 nor Windows-1252: save the file as "
    '"CSV UTF-8".'
)
DELIMITERS = ",;\t|"
_PROBE_BYTES = 65_536
_PROBE_LINES = 20
_ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx under a password
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its number in the file, counted as spreadsheets count: the header is row 1.

    ``defect`` says why the row cannot be read as the others can.
    """

    number: int
    cells: tuple[Cell, ...]
    defect: Invalid | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its first row, and the rows below it, which can be read once."""

    kind: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: Iterator[Row]


def open_sheet(file: BinaryIO) -> Sheet:
    """Return the table in a file; the file stays open while its rows are read.

    Rows without any content are left out; short rows are filled up.

    Raises:
        Invalid: neither CSV nor XLSX, over a limit, or unreadable, here or while rows are read.
    """
    start = file.read(_PROBE_BYTES)
    file.seek(0)
    if not start.strip():
        raise Invalid("The file is empty.")
    if start.startswith(_ZIP_MAGIC):
        return _workbook(file)
    if start.startswith(_OLE_MAGIC):
        raise Invalid("This is an old or locked Excel file: save it as .xlsx without a password.")
    return _csv(file, start)


def _csv(file: BinaryIO, start: bytes) -> Sheet:
    _require_size(file, CSV_LIMIT_BYTES)
    encoding = _encoding(file, start)
    text = _Borrowed(file, encoding=encoding, newline="")
    probe = "".join(islice(text, _PROBE_LINES))[:_PROBE_BYTES]
    text.seek(0)
    stated = probe.startswith("sep=") and probe[4:5]
    delimiter = stated or _delimiter(probe)
    if stated:
        text.readline()
    lines = _numbered(_records(text, delimiter), first=2 if stated else 1)
    head = next(lines, None)
    if head is None:
        raise Invalid("The file has no rows.")
    header = tuple(str(cell).strip() for cell in head.cells)
    return Sheet("csv", encoding, delimiter, header, _filled(lines, len(header)))


class _Borrowed(io.TextIOWrapper):
    """Text over a file that somebody else closes."""

    def __del__(self) -> None:
        if not self.closed:
            self.detach()


def _encoding(file: BinaryIO, start: bytes) -> str:
    """Return the encoding in which the whole file can be read."""
    stated = [encoding for mark, encoding in _BYTE_ORDER_MARKS if start.startswith(mark)]
    if not stated and b"\0" in start:
        stated = [_utf16_without_mark(start)]
    for encoding in stated or ["utf-8", "cp1252"]:
        line = _line_not_in(file, encoding)
        if line is None:
            return encoding
    raise Invalid(_UNDECODABLE, line=line)


def _utf16_without_mark(start: bytes) -> str:
    """Tell UTF-16 from something that is no text: every other byte of Latin text is zero."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) * 4 < len(start):
        raise Invalid("This is not a table: neither CSV nor XLSX.")
    return "utf-16-be" if even > odd else "utf-16-le"


def _line_not_in(file: BinaryIO, encoding: str) -> int | None:
    """Return the number of the first line that is not in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    number = 0
    try:
        while line := file.readline(LINE_LIMIT_BYTES):
            number += 1
            if len(line) == LINE_LIMIT_BYTES:
                raise Invalid("Line {line} is too long for a table.", line=number)
            decoder.decode(line)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return number
    finally:
        file.seek(0)
    return None


def _delimiter(probe: str) -> str:
    """Return the delimiter that splits the first lines into most columns of equal number."""

    def score(delimiter: str) -> tuple[int, int]:
        lines = csv.reader(io.StringIO(probe, newline=""), delimiter=delimiter)
        try:
            widths = [len(record) for record in lines]
        except csv.Error:
            return 0, 0
        columns = widths[0] if widths else 0
        return (columns > 1) * widths.count(columns), columns

    return max(DELIMITERS, key=score)


def _records(text: io.TextIOWrapper, delimiter: str) -> Iterator[list[str]]:
    """Yield records; say at which line reading fails, and what to do."""
    reader = csv.reader(text, delimiter=delimiter)
    try:
        yield from reader
    except UnicodeDecodeError:
        raise Invalid(_UNDECODABLE, line=reader.line_num + 1) from None
    except csv.Error as error:
        raise Invalid(
            "Line {line} is not CSV: {reason}.", line=reader.line_num + 1, reason=error
        ) from None


def _numbered(records: Iterator[list[str]], *, first: int) -> Iterator[Row]:
    for number, record in enumerate(records, start=first):
        if number > ROWS_LIMIT:
            raise Invalid("More than {limit} rows: split the file.", limit=ROWS_LIMIT)
        if len(record) > COLUMNS_LIMIT:
            raise Invalid(
                "Row {row} has {count} columns; {limit} is the most.",
                row=number,
                count=len(record),
                limit=COLUMNS_LIMIT,
            )
        if any(record):
            yield _row(number, record)


def _row(number: int, record: list[str]) -> Row:
    longest = max(map(len, record))
    defect = None
    if longest > CELL_LIMIT_CHARACTERS:
        record = [cell[:CELL_LIMIT_CHARACTERS] for cell in record]
        defect = Invalid(
            "A cell has {length} characters, {limit} is the most: is a quotation mark open?",
            length=longest,
            limit=CELL_LIMIT_CHARACTERS,
        )
    return Row(number, tuple([unguarded(c) if c[:1] == "'" else c for c in record]), defect)


def _filled(rows: Iterator[Row], width: int) -> Iterator[Row]:
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


def _workbook(file: BinaryIO) -> Sheet:
    _require_size(file, XLSX_LIMIT_BYTES)
    _require_unpacked_size(file)
    try:
        book = CalamineWorkbook.from_filelike(file)
        pages = [book.get_sheet_by_name(name) for name in book.sheet_names]
    except CalamineError as error:
        raise Invalid("The workbook cannot be read: {reason}.", reason=error) from None
    for page in pages:
        if page.total_height:
            break
    else:
        raise Invalid("The workbook has no rows.")
    if page.total_width > COLUMNS_LIMIT:
        raise Invalid("The sheet has more than {limit} columns.", limit=COLUMNS_LIMIT)
    top = page.start[0] if page.start else 0
    records = enumerate(page.iter_rows(), start=top + 1)
    lines = (Row(number, tuple(cells)) for number, cells in records if any(c != "" for c in cells))
    head = next(lines)
    header = tuple(str(cell).strip() for cell in head.cells)
    return Sheet("xlsx", "", "", header, _filled(lines, len(header)))


def _require_size(file: BinaryIO, limit_bytes: int) -> None:
    size_bytes = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size_bytes > limit_bytes:
        raise Invalid(
            "The file has {size} MB; {limit} MB is the most: split it.",
            size=size_bytes // 1_000_000,
            limit=limit_bytes // 1_000_000,
        )


def _require_unpacked_size(file: BinaryIO) -> None:
    """Refuse archives that would unpack to far more than they are."""
    try:
        with zipfile.ZipFile(file) as archive:
            size_bytes = sum(part.file_size for part in archive.infolist())
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        raise Invalid("The workbook is damaged or cut off: save and send it again.") from None
    finally:
        file.seek(0)
    if "xl/workbook.xml" not in names:
        raise Invalid("This archive is not an Excel workbook (.xlsx).")
    if size_bytes > XLSX_LIMIT_UNPACKED_BYTES:
        raise Invalid(
            "The workbook would unpack to {size} MB: it cannot be trusted.",
            size=size_bytes // 1_000_000,
        )
