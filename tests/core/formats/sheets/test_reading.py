import io
import zipfile
from datetime import datetime

import openpyxl
import pytest

from longmark.core.errors import Invalid
from longmark.core.formats.sheets import delimited, encodings, tables, workbooks
from longmark.core.formats.sheets.reading import open_sheet

TABLE = "item;serial;customer\nTG-200;0042;Müller\n\nTG-200;0043;Größe\n"


def read(content: bytes) -> tables.Sheet:
    return open_sheet(io.BytesIO(content))


def a_workbook(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_every_encoding_of_a_spreadsheet_is_found(encoding):
    rows = list(read(TABLE.encode(encoding)).rows)

    assert [row.cells[2] for row in rows] == ["Müller", "Größe"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    sheet = read(TABLE.replace(";", delimiter).encode())

    assert sheet.delimiter == delimiter
    assert sheet.header == ("item", "serial", "customer")


def test_a_comma_inside_of_cells_does_not_mislead():
    sheet = read(b"item;customer\nTG-200;Miller, Smith, Jones\nTG-200;Miller, Smith, Jones\n")

    assert sheet.header == ("item", "customer")


def test_the_delimiter_that_excel_states_is_obeyed():
    sheet = read(b"sep=|\nitem|serial\nTG,1|2\n")

    assert [(row.number, row.cells) for row in sheet.rows] == [(3, ("TG,1", "2"))]


def test_rows_are_counted_as_spreadsheets_count():
    assert [row.number for row in read(TABLE.encode()).rows] == [2, 4]


def test_a_row_that_is_too_long_is_a_defect_of_that_row_alone():
    rows = list(read(b"a,b\n1,2,3\n4\n5,6\n").rows)

    assert [str(row.defect)[:40] if row.defect else row.cells for row in rows] == [
        "The row has 3 cells and the header 2: is",
        ("4", ""),
        ("5", "6"),
    ]


def test_numbers_and_dates_of_a_workbook_stay_what_they_are():
    (row,) = read(a_workbook(["serial", "date", "n"], ["0042", datetime(2024, 3, 3), 4711])).rows  # noqa: DTZ001

    assert row.cells[0] == "0042"
    assert row.cells[1].isoformat()[:10] == "2024-03-03"
    assert row.cells[2] == 4711.0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n \n", "is empty"),
        (b"\xd0\xcf\x11\xe0rest", "old or locked Excel"),
        (b"PK\x03\x04 cut off", "damaged or cut off"),
        (b"\x7fELF\x00\x01\x02\x00\xff\xff\xff", "not a table"),
        (a_workbook(["a", "b"], [1, 2])[:-400], "damaged or cut off"),
        (a_workbook(), "has no rows"),
        (b"a," * 300 + b"\n", "256 is the most"),
    ],
)
def test_what_is_no_table_is_refused(content, message):
    with pytest.raises(Invalid, match=message):
        read(content)


def test_bytes_without_meaning_are_named_by_line():
    lines = [b"item,serial", *[b"TG-200,42"] * 30, b"TG-200,\x81\x8d"]

    with pytest.raises(Invalid, match="Line 32 holds bytes"):
        list(read(b"\n".join(lines)).rows)


def test_an_archive_that_is_no_workbook_is_refused():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("../../etc/passwd", "x")

    with pytest.raises(Invalid, match="not an Excel workbook"):
        read(kept.getvalue())


def test_an_archive_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(workbooks, "WORKBOOK_LIMIT_UNPACKED_BYTES", 1_000)

    with pytest.raises(Invalid, match="cannot be trusted"):
        read(a_workbook(["a"], ["b"]))


def test_an_open_quotation_mark_is_a_defect_and_not_a_crash():
    (row,) = read(b'a,b\n"1,' + b"x" * 5_000 + b"\n3,4\n").rows

    assert "quotation mark" in str(row.defect)


def test_too_many_rows_and_bytes_are_refused(monkeypatch):
    monkeypatch.setattr(tables, "ROWS_LIMIT", 3)
    with pytest.raises(Invalid, match="More than 3 rows"):
        list(read(b"a,b\n1,2\n1,2\n1,2\n").rows)

    monkeypatch.setattr(delimited, "CSV_LIMIT_BYTES", 3)
    with pytest.raises(Invalid, match="split it"):
        read(b"a,b\n1,2\n")


def test_one_endless_line_is_refused_before_it_is_in_memory(monkeypatch):
    monkeypatch.setattr(encodings, "LINE_LIMIT_BYTES", 100)

    with pytest.raises(Invalid, match="Line 2 is too long for a table"):
        read(b"a,b\n" + b"x" * 1_000)


def test_a_mark_that_lies_about_the_encoding_is_found_out():
    with pytest.raises(Invalid, match="Line 2 holds bytes"):
        read(b"\xef\xbb\xbfa,b\n\xff,1\n")


def test_half_a_character_at_the_end_is_refused() -> None:
    with pytest.raises(Invalid):
        list(open_sheet(io.BytesIO("item,serial\n".encode("utf-16-le") + b"\x3b")).rows)
