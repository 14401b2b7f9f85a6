"""Lists that are no plain CSV: ODS, JSON, what ERP systems draw, what a person says of a file."""

import io
import json
import zipfile

import openpyxl
import pytest

from longmark.core.errors import Invalid
from longmark.core.formats.sheets import tables, workbooks
from longmark.core.formats.sheets.reading import open_sheet
from longmark.core.formats.sheets.tables import How, Sheet

ODS = (
    '<?xml version="1.0"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3">'
    '<office:body><office:spreadsheet><table:table table:name="Units">{rows}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)


def an_ods(*rows: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", ODS.format(rows="".join(rows)))
    return kept.getvalue()


def a_row(*cells: str, repeated: int = 1) -> str:
    times = f' table:number-rows-repeated="{repeated}"' if repeated > 1 else ""
    return f"<table:table-row{times}>{''.join(cells)}</table:table-row>"


def a_text(text: str, repeated: int = 1) -> str:
    return (
        f'<table:table-cell office:value-type="string" '
        f'table:number-columns-repeated="{repeated}"><text:p>{text}</text:p></table:table-cell>'
    )


def read(content: bytes, **how: object) -> Sheet:
    return open_sheet(io.BytesIO(content), How(**how))


def cells_of(sheet: Sheet) -> list[tuple[object, ...]]:
    return [row.cells for row in sheet.rows]


def test_an_open_document_sheet_is_read():
    date = '<table:table-cell office:value-type="date" office:date-value="2024-03-31"/>'
    sheet = read(an_ods(a_row(a_text("serial"), a_text("date")), a_row(a_text("0042"), date)))

    assert (sheet.kind, sheet.header, sheet.page) == ("ods", ("serial", "date"), "Units")
    ((serial, day),) = cells_of(sheet)
    assert (serial, day.isoformat()[:10]) == ("0042", "2024-03-31")


def test_an_open_document_that_unfolds_without_end_is_refused_before_it_does():
    bomb = a_row(a_text("x", repeated=200), repeated=1_000_000)

    with pytest.raises(Invalid, match="unfolds to more than 8000000 cells"):
        read(an_ods(bomb))


def test_empty_rows_without_end_at_the_bottom_are_what_programs_write():
    empty = a_row('<table:table-cell table:number-columns-repeated="16384"/>', repeated=1_048_000)
    sheet = read(an_ods(a_row(a_text("a"), a_text("b")), a_row(a_text("1"), a_text("2")), empty))

    assert cells_of(sheet) == [("1", "2")]


def test_an_open_document_that_is_cut_off_is_refused():
    content = an_ods(a_row(a_text("a")))

    with pytest.raises(Invalid, match="damaged or cut off"):
        read(content[:-200])


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_open_document_that_was_damaged_on_its_way_is_refused(packing: int):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", packing) as archive:
        archive.writestr("content.xml", ODS.format(rows=a_row(a_text("a"))))
    content = bytearray(kept.getvalue())
    content[60:68] = b"\xff" * 8  # within what is packed

    with pytest.raises(Invalid, match="damaged or cut off"):
        read(bytes(content))


def test_the_sheet_of_a_workbook_can_be_said():
    book = openpyxl.Workbook()
    book.active.append(["read", "me"])
    other = book.create_sheet("Units")
    other.append(["item", "serial"])
    other.append(["TG-200", "1"])
    kept = io.BytesIO()
    book.save(kept)

    sheet = read(kept.getvalue(), page="Units")
    assert (sheet.header, sheet.pages) == (("item", "serial"), ("Sheet", "Units"))
    with pytest.raises(Invalid, match='no sheet "Other"; it has Sheet, Units'):
        read(kept.getvalue(), page="Other")


def test_json_lines_have_the_columns_of_all_lines():
    lines = [
        {"item": "TG-200", "serial": 42},
        {"serial": "0043", "part": {"name": "x", "tags": ["a"]}},
    ]
    sheet = read("\n".join(map(json.dumps, lines)).encode())

    assert sheet.header == ("item", "serial", "part.name", "part.tags")
    assert cells_of(sheet) == [("TG-200", "42", "", ""), ("", "0043", "x", '["a"]')]


def test_a_long_number_in_json_loses_no_digit():
    (row,) = read(b'{"serial": 9007199254740993}').rows

    assert row.cells == ("9007199254740993",)


def test_a_list_of_objects_is_a_table_too():
    sheet = read(b'[{"a": 1, "b": null}, {"a": 2, "b": true}, 3]')
    rows = list(sheet.rows)

    assert (sheet.kind, sheet.header) == ("json", ("a", "b"))
    assert [row.cells for row in rows[:2]] == [("1", ""), ("2", True)]
    assert str(rows[2].defect) == "The line is no JSON object."


def test_a_line_that_is_no_object_is_a_defect_of_that_line_alone():
    rows = list(read(b'{"a": 1}\n{"a": \n\n[1]\n{"a": 2}\n').rows)

    assert [row.number for row in rows] == [1, 2, 4, 5]
    assert [bool(row.defect) for row in rows] == [False, True, True, False]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'[{"a": 1}, {"a"', "Line 1 is not JSON"),
        (b"[]", "has no rows"),
        (b"{\n", "has no rows"),
        (json.dumps({f"c{n}": n for n in range(300)}).encode(), "more than 256 members"),
    ],
)
def test_json_that_is_no_table_is_refused(content: bytes, reason: str):
    with pytest.raises(Invalid, match=reason):
        read(content)


def test_json_lines_have_limits(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tables, "ROWS_LIMIT", 2)
    with pytest.raises(Invalid, match="More than 2 rows"):
        read(b'{"a": 1}\n' * 3)


SAP_LIST = (
    "25.11.2026                 Equipment: List                  1\r\n"
    "-------------------------------------------------\r\n"
    "|Equipment |Material |Serialnummer       |Gültig ab |\r\n"
    "-------------------------------------------------\r\n"
    "|10004711  |TG-200   |000000000000001001 |01.03.2026|\r\n"
    "|10004712  |TG-200   |000000000000001002 |31.03.2026|\r\n"
    "-------------------------------------------------\r\n"
)


def test_a_list_as_erp_systems_draw_it_is_a_table():
    sheet = read(SAP_LIST.encode("cp1252"))

    assert (sheet.delimiter, sheet.header_row) == ("|", 3)
    assert sheet.header == ("", "Equipment", "Material", "Serialnummer", "Gültig ab", "")
    assert [(row.number, row.cells[1]) for row in sheet.rows] == [
        (5, "10004711  "),
        (6, "10004712  "),
    ]


@pytest.mark.parametrize("delimiter", ["^", "~", "\x1f"])
def test_rare_delimiters_are_found(delimiter: str):
    sheet = read(f"a{delimiter}b\n1{delimiter}2\n".encode())

    assert sheet.header == ("a", "b")


def test_any_delimiter_and_encoding_can_be_said():
    content = "a#Größe\n1#ü\n".encode("cp850")
    sheet = read(content, delimiter="#", encoding="cp850")

    assert (sheet.header, cells_of(sheet)) == (("a", "Größe"), [("1", "ü")])


def test_the_row_that_names_the_columns_can_be_said():
    content = b"made by,us\nitem,serial\nTG-200,1\n"

    assert read(content, header_row=2).header == ("item", "serial")
    with pytest.raises(Invalid, match="no row 9"):
        read(content, header_row=9)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"encoding": "klingon"}, '"klingon" is no encoding that is known here'),
        ({"encoding": "utf-8"}, "Line 1 holds bytes that have no meaning in utf-8"),
        ({"delimiter": ";;"}, "A delimiter is one character"),
        ({"delimiter": '"'}, "A delimiter is one character"),
    ],
)
def test_what_is_said_wrongly_of_a_file_is_refused(how: dict[str, str], reason: str):
    with pytest.raises(Invalid, match=reason):
        read("Größe,b\n1,2\n".encode("cp1252"), **how)


def test_limits_of_workbooks_hold_for_open_documents(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workbooks, "WORKBOOK_LIMIT_UNPACKED_BYTES", 100)

    with pytest.raises(Invalid, match="cannot be trusted"):
        read(an_ods(a_row(a_text("a"))))
