"""Sheets that are read row by row say what they say when they are held whole."""

import io
import zipfile
from datetime import UTC, date, datetime, time, timedelta

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longmark.core.errors import Invalid
from longmark.core.formats.sheets import long_sheets, tables
from longmark.core.formats.sheets.reading import open_sheet
from longmark.core.formats.sheets.tables import FOUND_OUT, How, Sheet

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
DAYS = st.dates(date(1900, 3, 1), date(2199, 12, 31))
INSTANTS = st.builds(
    lambda day, second: datetime.combine(day, time(), None) + timedelta(seconds=second),
    DAYS,
    st.integers(1, 86_399),
)
VALUES = st.one_of(
    st.none(), TEXTS, st.booleans(), st.integers(-(10**15), 10**15),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 3)), DAYS, INSTANTS,
    st.integers(0, 86_399).map(lambda second: (datetime.min + timedelta(seconds=second)).time()),  # noqa: DTZ901
    st.integers(0, 10**6).map(lambda second: timedelta(seconds=second)),
)  # fmt: skip


def a_workbook(*rows: list[object], title: str = "Units") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title  # type: ignore[union-attr]
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(content: bytes, how: How = FOUND_OUT, *, by_row: bool) -> tuple[Sheet, list[object]]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(long_sheets, "HELD_LIMIT_BYTES", 0 if by_row else 10**9)
        sheet = open_sheet(io.BytesIO(content), how)
        return sheet, [(row.number, row.cells, row.defect) for row in sheet.rows]


def changed(content: bytes, name: str, before: str, after: str) -> bytes:
    """The workbook with another text in one of its parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for each in old.namelist():
            part = old.read(each)
            new.writestr(
                each, part.replace(before.encode(), after.encode(), 1) if each == name else part
            )
    return file.getvalue()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(VALUES, max_size=5), max_size=6))
def test_row_by_row_is_the_same_as_whole(rows: list[list[object]]):
    content = a_workbook(["a", "b", "c", "d", "e"], *rows, ["end"])

    (whole, held), (long, told) = (read(content, by_row=by_row) for by_row in (False, True))

    assert told == held
    assert (long.header, long.page, long.pages) == (whole.header, whole.page, whole.pages)
    assert (long.kind, long.header_row) == (whole.kind, whole.header_row)


def test_the_sheet_that_is_said_is_read():
    book = openpyxl.Workbook()
    book.create_sheet("Second").append(["serial", "n"])
    book["Second"].append(["0042", 1])
    file = io.BytesIO()
    book.save(file)

    sheet, rows = read(file.getvalue(), How(page="Second"), by_row=True)
    found, _ = read(file.getvalue(), by_row=True)  # the first that has rows

    assert (sheet.page, found.page) == ("Second", "Second")
    assert rows == [(2, ("0042", 1.0), None)]
    with pytest.raises(Invalid, match="no sheet"):
        read(file.getvalue(), How(page="Third"), by_row=True)


def test_days_since_1904_are_those_of_the_workbook():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["a", "b"])  # type: ignore[union-attr]
    book.active.append(
        [date(2024, 3, 1), datetime(2024, 3, 1, 12, tzinfo=UTC).replace(tzinfo=None)]
    )  # type: ignore[union-attr]
    file = io.BytesIO()
    book.save(file)

    assert read(file.getvalue(), by_row=True)[1] == read(file.getvalue(), by_row=False)[1]


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (SHEET, "<row ", "<rwo "),
        (SHEET, "</sheetData>", ""),
        (SHEET, "<v>1</v>", "<v>one</v>"),
        (SHEET, 'r="1"', 'r="first"'),
        ("xl/workbook.xml", "<sheet ", "<sheet"),
        ("xl/_rels/workbook.xml.rels", "sheet1.xml", "sheet9.xml"),
        ("xl/styles.xml", "</styleSheet>", ""),
    ],
)
def test_a_damaged_workbook_is_refused(name: str, before: str, after: str):
    content = changed(a_workbook(["a", "b"], [1, 2]), name, before, after)

    with pytest.raises(Invalid, match="damaged or cut off"):
        read(content, by_row=True)


def test_limits_hold_row_by_row(monkeypatch: pytest.MonkeyPatch):
    wide = a_workbook([f"c{n}" for n in range(tables.COLUMNS_LIMIT + 1)])
    with pytest.raises(Invalid, match="more than 256 columns"):
        read(wide, by_row=True)

    monkeypatch.setattr(long_sheets, "CELLS_LIMIT", 2)
    with pytest.raises(Invalid, match="damaged"):
        read(a_workbook(["a", "b", "c"]), by_row=True)

    with pytest.raises(Invalid, match="has no rows"):
        read(a_workbook(), by_row=True)


def test_too_many_shared_texts_are_refused(monkeypatch: pytest.MonkeyPatch):
    part = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>x</t></si></sst>'
    file = io.BytesIO(changed(a_workbook(["a", "b"], ["1", "2"]), SHEET, "", ""))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", part)
    monkeypatch.setattr(long_sheets, "SHARED_LIMIT_BYTES", 10)

    with pytest.raises(Invalid, match="save it as CSV"):
        read(file.getvalue(), by_row=True)


def test_shared_texts_are_read_with_their_runs():
    text = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t>00</t></r>'
        "<r><t>42</t></r><rPh><t>zero</t></rPh></si></sst>"
    )
    content = changed(
        a_workbook(["a", "b"], [7, 8]),
        SHEET,
        '<c r="A2" t="n"><v>7</v>',
        '<c r="A2" t="s"><v>0</v>',
    )
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", text)

    assert read(file.getvalue(), by_row=True)[1] == [(2, ("0042", 8.0), None)]
