"""Tables as files: CSV and XLSX, row by row, safe to open in a spreadsheet program."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from django.http import FileResponse, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Row = Sequence[object]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet program compute a text: OWASP, *CSV Injection*."""

XLSX_LIMIT_ROWS = 1_048_575
"""Rows below the head that a sheet can hold: ECMA-376, SpreadsheetML."""

SHEET_NAME_LENGTH = 28

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Echo:
    """A file that gives back what is written, so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text


def guarded(value: object) -> object:
    """Return a value that no spreadsheet program takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = value.isoformat() if isinstance(value, date) else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_response(name: str, head: Row, rows: Iterable[Row]) -> StreamingHttpResponse:
    """Answer with a CSV file (RFC 4180, UTF-8 with byte order mark), streamed."""
    response = StreamingHttpResponse(_csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _csv_lines(head: Row, rows: Iterable[Row]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"  # without it, Excel reads UTF-8 as the code page of the country
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow([guarded(value) for value in row])


def xlsx_response(name: str, head: Row, rows: Iterable[Row]) -> FileResponse:
    """Answer with an XLSX file; memory stays flat, whatever the number of rows."""
    book = Workbook(write_only=True)
    sheet = _sheet(book, name, head)
    for number, row in enumerate(rows, start=1):
        if number % XLSX_LIMIT_ROWS == 0:
            sheet = _sheet(book, name, head)
        sheet.append([_cell(value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115  # FileResponse closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)


def _sheet(book: Workbook, name: str, head: Row) -> WriteOnlyWorksheet:
    sheet = book.create_sheet(name[:SHEET_NAME_LENGTH])
    sheet.freeze_panes = "A2"
    sheet.append([_bold(sheet, title) for title in head])
    return sheet


def _bold(sheet: WriteOnlyWorksheet, title: object) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=str(title))
    cell.font = Font(bold=True)
    return cell


def _cell(value: object) -> object:
    """Return an instant without zone, which a sheet cannot hold, and texts guarded."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return value if isinstance(value, date) else guarded(value)
