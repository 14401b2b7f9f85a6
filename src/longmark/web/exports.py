"""Tables as files: CSV, XLSX and JSON, row by row, safe to open in a spreadsheet program."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

import orjson
from django.http import FileResponse, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from longmark.core.formats.sheets.csv_writing import csv_lines, guarded

Value = str | int | float | date | None
Row = Sequence[Value]

SHEET_ROWS = 1_048_575
"""Rows below the head that a sheet can hold; more rows go on in the next sheet."""

SHEET_NAME_LENGTH = 28
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_response(name: str, head: Sequence[str], rows: Iterable[Row]) -> StreamingHttpResponse:
    """Answer with a CSV file, streamed."""
    lines = csv_lines(head, ([_text(value) for value in row] for row in rows))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def xlsx_response(name: str, head: Sequence[str], rows: Iterable[Row]) -> FileResponse:
    """Answer with an XLSX file; memory stays flat, whatever the number of rows."""
    book = Workbook(write_only=True)
    sheet = _sheet(book, name, head)
    for number, row in enumerate(rows, start=1):
        if number % SHEET_ROWS == 0:
            sheet = _sheet(book, name, head)
        sheet.append([_cell(value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115  # FileResponse closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)


def json_response(name: str, head: Sequence[str], rows: Iterable[Row]) -> StreamingHttpResponse:
    """Answer with a JSON list of objects, streamed; ``head`` names their members."""
    response = StreamingHttpResponse(_json_lines(head, rows), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


def _json_lines(head: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    begin = b"[\n"
    for row in rows:
        yield begin + orjson.dumps(dict(zip(head, row, strict=True)))
        begin = b",\n"
    yield b"[]\n" if begin == b"[\n" else b"\n]\n"


def _sheet(book: Workbook, name: str, head: Sequence[str]) -> WriteOnlyWorksheet:
    sheet: WriteOnlyWorksheet = book.create_sheet(name[:SHEET_NAME_LENGTH])
    sheet.freeze_panes = "A2"
    sheet.append([_bold(sheet, title) for title in head])
    return sheet


def _bold(sheet: WriteOnlyWorksheet, title: str) -> Cell:
    cell = WriteOnlyCell(sheet, value=title)
    cell.font = Font(bold=True)
    return cell


def _text(value: Value) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _cell(value: Value) -> Value:
    """Return an instant without its zone, which a sheet cannot hold, and texts guarded."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return guarded(value) if isinstance(value, str) else value
