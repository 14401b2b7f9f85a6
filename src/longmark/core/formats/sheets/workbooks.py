"""Workbooks: XLSX (ECMA-376) and ODS (ISO/IEC 26300), one sheet of them, as rows of cells.

Sizes are checked before anything is unpacked. Long sheets of XLSX are read row by row, by
`long_sheets`. An ODS file says "this row a million times" in a few bytes, so its repetitions are
counted first.
"""

import zipfile
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from lxml import etree
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from longmark.core.errors import Invalid
from longmark.core.formats import zips
from longmark.core.formats.sheets import tables
from longmark.core.formats.sheets.long_sheets import DAMAGED, LongBook, is_long
from longmark.core.formats.sheets.tables import How, Row, Sheet, filled, headed, named_columns

WORKBOOK_LIMIT_BYTES = 100_000_000
WORKBOOK_LIMIT_UNPACKED_BYTES = 1_000_000_000
ODS_LIMIT_CELLS = 8_000_000

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_KINDS = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}


def read_workbook(file: BinaryIO, how: How) -> Sheet:
    """Return one sheet of a workbook: the one that is said, else the first that has rows.

    Raises:
        Invalid: damaged, over a limit, or it has no such sheet.
    """
    tables.require_size(file, WORKBOOK_LIMIT_BYTES)
    kind, is_read_by_row = _kind(file)
    if is_read_by_row:
        return _long_sheet(file, how)
    try:
        book = CalamineWorkbook.from_filelike(file)
        pages = tuple(book.sheet_names)
        page = _page(book, pages, how.page)
    except CalamineError as error:
        raise Invalid("The workbook cannot be read: {reason}.", reason=error) from None
    if page.total_width > tables.COLUMNS_LIMIT:
        raise Invalid("The sheet has more than {limit} columns.", limit=tables.COLUMNS_LIMIT)
    head, rest = headed(_records(page), how)
    header = named_columns(head)
    rows = filled(rest, len(header))
    return Sheet(kind, "", "", header, rows, page.name, pages, head.number)


def _long_sheet(file: BinaryIO, how: How) -> Sheet:
    """Return a sheet of a workbook that has a long one, read row by row."""
    book = LongBook(file)
    _require_page(book.pages, how.page)
    for name in [how.page] if how.page else book.pages:
        records = book.records(name)
        first = next(records, None)
        if first is not None:
            head, rest = headed(chain([first], records), how)
            header = named_columns(head)
            rows = filled(rest, len(header))
            return Sheet("xlsx", "", "", header, rows, name, book.pages, head.number)
    raise Invalid("The workbook has no rows.")


def _require_page(pages: tuple[str, ...], stated: str) -> None:
    if stated and stated not in pages:
        raise Invalid(
            'The workbook has no sheet "{stated}"; it has {pages}.',
            field="page",
            stated=stated,
            pages=", ".join(pages),
        )


def _page(book: CalamineWorkbook, pages: tuple[str, ...], stated: str) -> CalamineSheet:
    _require_page(pages, stated)
    for name in [stated] if stated else pages:
        page = book.get_sheet_by_name(name)
        if page.total_height:
            return page
    raise Invalid("The workbook has no rows.")


def _records(page: CalamineSheet) -> Iterator[Row]:
    top = page.start[0] if page.start else 0
    for number, cells in enumerate(page.iter_rows(), start=top + 1):
        if any(cell != "" for cell in cells):
            yield Row(number, tuple(cells))


def _kind(file: BinaryIO) -> tuple[str, bool]:
    """Return what kind of workbook an archive is, and whether it is read row by row.

    Raises:
        Invalid: it is none, it is damaged, or it unpacks to too much.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            size_bytes = sum(part.file_size for part in archive.infolist())
            names = set(archive.namelist())
            kind = next((kind for name, kind in _KINDS.items() if name in names), None)
            if kind is None:
                raise Invalid("This archive is not an Excel workbook (.xlsx), nor an .ods file.")
            if size_bytes > WORKBOOK_LIMIT_UNPACKED_BYTES:
                raise Invalid(
                    "The workbook would unpack to {size} MB: it cannot be trusted.",
                    size=size_bytes // 1_000_000,
                )
            if kind == "ods":
                _require_honest_repetitions(archive)
            return kind, is_long(archive)
    except zips.UNREADABLE:
        raise Invalid(DAMAGED) from None
    finally:
        file.seek(0)


def _require_honest_repetitions(archive: zipfile.ZipFile) -> None:
    """Count the cells that a sheet unfolds to; empty ones at the ends are never unfolded."""
    cells = 0
    try:
        with archive.open("content.xml") as content:
            rows = etree.iterparse(
                content, events=("end",), tag=f"{_TABLE}table-row", resolve_entities=False
            )
            for _, row in rows:
                cells += _unfolded(row)
                if cells > ODS_LIMIT_CELLS:
                    raise Invalid(
                        "The sheet unfolds to more than {limit} cells.", limit=ODS_LIMIT_CELLS
                    )
                row.clear()
                while row.getprevious() is not None:
                    del row.getparent()[0]
    except (etree.XMLSyntaxError, *zips.UNREADABLE):
        raise Invalid(DAMAGED) from None


def _unfolded(row: etree._Element) -> int:
    width = within = 0
    for cell in row:
        width += _times(cell, "number-columns-repeated")
        if cell.get(f"{_OFFICE}value-type") or len(cell):
            within = width
    return within * _times(row, "number-rows-repeated")


def _times(element: etree._Element, name: str) -> int:
    stated = element.get(_TABLE + name, "1")
    return int(stated) if stated.isdecimal() else 1
