"""Tables as files."""

import contextlib
import io

import pytest
from django.http import FileResponse
from openpyxl import Workbook, load_workbook

from longmark.web import exports
from longmark.web.exports import csv_response, xlsx_response

HEAD = ["Serial", "Customer"]
ROWS = [["200-1", "=HYPERLINK(1)"], ["200-2", None]]


def book_of(response: FileResponse) -> Workbook:
    with contextlib.closing(response):
        return load_workbook(io.BytesIO(b"".join(response)))


def test_csv_lets_no_cell_become_a_formula() -> None:
    text = csv_response("units", HEAD, ROWS).getvalue().decode("utf-8-sig")

    assert text.splitlines() == ["Serial,Customer", "200-1,'=HYPERLINK(1)", "200-2,"]


@pytest.mark.django_db
def test_xlsx_lets_no_cell_become_a_formula() -> None:
    book = book_of(xlsx_response("units", HEAD, ROWS))

    assert [[cell.value for cell in row] for row in book.active.rows] == [
        HEAD,
        ["200-1", "'=HYPERLINK(1)"],
        ["200-2", None],
    ]


@pytest.mark.django_db
def test_rows_beyond_a_sheet_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "SHEET_ROWS", 2)
    book = book_of(xlsx_response("units", ["n"], [[number] for number in range(3)]))

    assert [sheet.max_row for sheet in book.worksheets] == [2, 3]
