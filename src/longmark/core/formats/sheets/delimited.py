"""CSV (RFC 4180 and what passes for it): any encoding, any delimiter, as rows of cells.

The delimiter is the one that splits the first lines best, unless ``sep=`` in line 1 or a person
says it. Lines of dashes, with which ERP systems draw their lists, hold nothing; SAP repeats the
title and the header of such a list on each page.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from longmark.core.errors import Invalid
from longmark.core.formats.sheets import tables
from longmark.core.formats.sheets.csv_writing import unguarded
from longmark.core.formats.sheets.encodings import UNDECODABLE, encoding_of
from longmark.core.formats.sheets.tables import (
    PROBE_ROWS,
    How,
    Row,
    Sheet,
    filled,
    headed,
    named_columns,
)

CSV_LIMIT_BYTES = 10_000_000_000
PROBE_BYTES = 65_536
DELIMITERS = ",;\t|"
RARE_DELIMITERS = "^~\x1f"
_RULED = frozenset("-")


def read_csv(file: BinaryIO, start: bytes, how: How) -> Sheet:
    """Return the table in a text file; the file stays open while its rows are read.

    Raises:
        Invalid: it cannot be decoded, or is no table.
    """
    tables.require_size(file, CSV_LIMIT_BYTES)
    encoding = encoding_of(file, start, how.encoding)
    text = _Borrowed(file, encoding=encoding, newline="")
    probe = "".join(islice(text, PROBE_ROWS))[:PROBE_BYTES]
    text.seek(0)
    stated = probe.startswith("sep=") and probe[4:5]
    delimiter = _checked(how.delimiter) or stated or _delimiter(probe)
    if stated:
        text.readline()
    lines = _numbered(_records(text, delimiter), first=2 if stated else 1)
    head, rest = headed(lines, how)
    header = named_columns(head)
    if delimiter == "|" and len(header) > 2 and not (header[0] or header[-1]):
        rest = _unpaged(rest, header)
    rows = filled(rest, len(header))
    return Sheet("csv", encoding, delimiter, header, rows, header_row=head.number)


def _unpaged(rows: Iterator[Row], header: tuple[str, ...]) -> Iterator[Row]:
    """Leave out what a list that is drawn with borders repeats on each page: title and header."""
    for row in rows:
        is_title = len(row.cells) == 1  # every line of the table begins and ends with a border
        if not is_title and named_columns(row) != header:
            yield row


class _Borrowed(io.TextIOWrapper):
    """Text over a file that somebody else closes."""

    def __del__(self) -> None:
        if not self.closed:
            self.detach()


def _checked(stated: str) -> str:
    if stated and (len(stated) != 1 or stated in '"\r\n\0'):
        raise Invalid(
            "A delimiter is one character, and no quotation mark or line end.", field="delimiter"
        )
    return stated


def _delimiter(probe: str) -> str:
    """Return the delimiter that splits the first line, and most others into as many columns.

    If none splits the first line, that is a title: most of the other lines decide.
    """
    widths = {delimiter: _widths(probe, delimiter) for delimiter in DELIMITERS + RARE_DELIMITERS}
    by_header = {
        delimiter: (found.count(found[0]), found[0])
        for delimiter, found in widths.items()
        if found and found[0] > 1
    }
    if by_header:
        return max(by_header, key=by_header.__getitem__)
    return max(widths, key=lambda delimiter: _most_common(widths[delimiter]))


def _widths(probe: str, delimiter: str) -> list[int]:
    lines = csv.reader(io.StringIO(probe, newline=""), delimiter=delimiter)
    try:
        return [len(record) for record in lines]
    except csv.Error:
        return []


def _most_common(widths: list[int]) -> tuple[int, int]:
    split = Counter(width for width in widths if width > 1)
    return max(((count, width) for width, count in split.items()), default=(0, 0))


def _records(text: io.TextIOWrapper, delimiter: str) -> Iterator[list[str]]:
    """Yield records; say at which line reading fails, and what to do."""
    reader = csv.reader(text, delimiter=delimiter)
    try:
        yield from reader
    except UnicodeDecodeError:
        raise Invalid(UNDECODABLE, line=reader.line_num + 1) from None
    except csv.Error as error:
        raise Invalid(
            "Line {line} is not CSV: {reason}.", line=reader.line_num + 1, reason=error
        ) from None


def _numbered(records: Iterator[list[str]], *, first: int) -> Iterator[Row]:
    for number, record in enumerate(records, start=first):
        tables.require_rows_within_limit(number)
        if len(record) > tables.COLUMNS_LIMIT:
            raise Invalid(
                "Row {row} has {count} columns; {limit} is the most.",
                row=number,
                count=len(record),
                limit=tables.COLUMNS_LIMIT,
            )
        if any(record) and not (record[0][:1] in "-" and _is_ruled(record)):
            yield _row(number, record)


def _is_ruled(record: list[str]) -> bool:
    drawn = "".join(record).strip()
    return len(drawn) > 2 and set(drawn) <= _RULED


def _row(number: int, record: list[str]) -> Row:
    longest = max(map(len, record))
    defect = None
    if longest > tables.CELL_LIMIT_CHARACTERS:
        record = [cell[: tables.CELL_LIMIT_CHARACTERS] for cell in record]
        defect = Invalid(
            "A cell has {length} characters, {limit} is the most: is a quotation mark open?",
            length=longest,
            limit=tables.CELL_LIMIT_CHARACTERS,
        )
    return Row(number, tuple([unguarded(c) if c[:1] == "'" else c for c in record]), defect)
