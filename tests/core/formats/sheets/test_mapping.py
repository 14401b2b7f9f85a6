"""Foreign tables, understood as lists of units."""

import io
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.errors import Invalid
from longmark.core.formats.sheets.cells import moment_of
from longmark.core.formats.sheets.headers import Column, headers
from longmark.core.formats.sheets.mapping import ColumnMap, guessed_map, mapped, read_map
from longmark.core.formats.sheets.reading import open_sheet
from longmark.core.formats.sheets.ready import READY, ready_map_for
from longmark.core.formats.sheets.tables import Sheet

BERLIN = ZoneInfo("Europe/Berlin")
SAP_EN = ["Equipment", "Material", "Serial Number", "Start-up date", "Customer", "Country Key"]
SAP_DE = ["Equipment", "Material", "Serialnummer", "Gültig ab", "Baujahr", "Kunde", "Werk"]
SAP_FIELDS = ["MANDT", "EQUNR", "MATNR", "SERNR", "BAUJJ", "INBDT", "AULDT", "KUNDE", "LAND1"]
ERPNEXT = ["ID", "Serial No", "Item Code", "Warehouse", "Creation Date", "Delivery Date", "Status"]
ODOO = ["Lot/Serial Number", "Internal Reference", "Product", "Created on", "Company"]
ODOO_DE = ["Los-/Seriennummer", "Interne Referenz", "Produkt", "Erstellt am", "Unternehmen"]
ODOO_FIELDS = ["name", "ref", "product_id", "company_id"]
INVENTREE = ["ID", "Part", "Quantity", "Serial Number", "Batch Code", "Status", "Updated",
             "Part Detail.Name", "Part Detail.IPN"]  # fmt: skip
INVENTREE_OLD = ["Stock Item ID", "Part ID", "Part Name", "Serial", "Status Code", "Last Updated"]


def a_sheet(*lines: str) -> Sheet:
    return open_sheet(io.BytesIO("\n".join(lines).encode()))


def understood(column_map: ColumnMap, *lines: str) -> list[dict[str, object]]:
    """The rows by the names of the columns that a list of units has."""
    sheet = mapped(a_sheet(*lines), column_map)
    return [
        {name: cell for name, cell in zip(sheet.header, row.cells, strict=True) if name}
        for row in sheet.rows
    ]


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (SAP_EN, "SAP equipment and serial numbers"),
        (SAP_DE, "SAP equipment and serial numbers"),
        (SAP_FIELDS, "SAP equipment and serial numbers"),
        (ERPNEXT, "ERPNext Serial No"),
        (ODOO, "Odoo lots and serial numbers"),
        (ODOO_DE, "Odoo lots and serial numbers"),
        (ODOO_FIELDS, "Odoo lots and serial numbers"),
        (INVENTREE, "InvenTree stock items"),
        (INVENTREE_OLD, "InvenTree stock items"),
    ],
)
def test_an_export_is_known_by_its_headers(texts: list[str], name: str):
    found = ready_map_for(texts)

    assert found is not None
    assert found.name == name
    columns = set(found.for_headers(texts).columns.values())
    assert {"item", "serial"} <= columns


@pytest.mark.parametrize(
    "texts",
    [
        ["item", "serial", "date", "control-board"],
        ["Material", "Serialnummer", "Equipment", "Ereignis", "Datum", "control-board"],
        ["Artikel", "Charge", "Datum"],
    ],
)
def test_a_list_of_units_is_no_export(texts: list[str]):
    assert ready_map_for(texts) is None


def test_every_ready_map_names_columns_that_lists_have():
    for ready in READY:
        names = [*ready.columns.values(), *ready.fixed, *ready.words, *ready.cleaned]
        found = headers(sorted(set(names)), required=())
        assert not {each.column for each in found} & {Column.SLOT, Column.IGNORED}, ready.name


def test_numbers_of_sap_lose_the_zeros_that_fill_their_fields():
    ready = ready_map_for(SAP_FIELDS)
    assert ready is not None
    (row,) = understood(
        ready.for_headers(SAP_FIELDS),
        ";".join(SAP_FIELDS),
        "100;000000000010004711;000000000000000042;000000000000001001;2023;00000000;20240301;"
        "0000012345;DE",
    )

    assert row == {
        "equipment": "10004711",
        "item": "42",
        "serial": "1001",
        "built on": "2023",
        "commissioned on": "",
        "shipped on": "2024-03-01",
        "customer": "12345",
        "country": "DE",
        "source": "SAP",
    }


def test_a_product_of_odoo_is_named_by_its_code():
    ready = ready_map_for(ODOO)
    assert ready is not None
    (row,) = understood(
        ready.for_headers(ODOO), ",".join(ODOO), "1001,,[TG-200] Drive,2024-03-01 08:15:00,Acme"
    )

    assert (row["item"], row["serial"]) == ("TG-200", "1001")


def test_an_own_number_of_inventree_goes_before_the_name():
    ready = ready_map_for(INVENTREE)
    assert ready is not None
    rows = understood(
        ready.for_headers(INVENTREE),
        ",".join(INVENTREE),
        "7,3,1,1001,,60,2024-03-01,Drive,TG-200",
        "8,3,1,1002,,10,2024-03-01,TG-300,",
    )

    assert [row["item"] for row in rows] == ["TG-200", "TG-300"]
    assert [row["event"] for row in rows] == ["scrapped", "serial assigned"]


def test_fixed_values_fill_columns_that_are_missing_and_cells_that_are_empty():
    column_map = read_map(
        {"columns": {"nr": "serial", "land": "country"}, "fixed": {"item": "TG", "country": "DE"}}
    )

    assert understood(column_map, "Nr;Land", "1;AT", "2;") == [
        {"serial": "1", "country": "AT", "item": "TG"},
        {"serial": "2", "country": "DE", "item": "TG"},
    ]


def test_cells_can_be_said_in_other_words():
    column_map = read_map(
        {
            "columns": [["Status", "event"], ["Plant", "discriminator"]],
            "words": {"event": {"ECUS": "shipped", "*": "built"}, "discriminator": {"0100": "H"}},
        }
    )

    assert understood(column_map, "Status;Plant", "ecus;0100", "inst;0200") == [
        {"event": "shipped", "discriminator": "H"},
        {"event": "built", "discriminator": "0200"},
    ]


def test_a_table_that_is_a_list_already_is_left_as_it_is():
    texts = ["Artikel", "S/N", "Datum", "Control board S/N", "P10.07", "Bemerkung"]
    sheet = mapped(a_sheet(";".join(texts), "a;b;c;d;e;f"), guessed_map(texts))

    assert sheet.header == ("item", "serial", "date", "control-board serial", "P10.07", "")
    assert [row.cells for row in sheet.rows] == [("a", "b", "c", "d", "e", "f")]


names = st.text(st.characters(categories=["Ll", "Nd"]), min_size=1, max_size=8)


@given(
    st.dictionaries(names, names, max_size=5),
    st.dictionaries(names, names, max_size=5),
    st.dictionaries(names, st.dictionaries(names, names, max_size=3), max_size=3),
)
def test_what_is_kept_of_a_map_is_read_again(
    columns: dict[str, str], fixed: dict[str, str], words: dict[str, dict[str, str]]
):
    once = read_map({"columns": columns, "fixed": fixed, "words": words, "zone": "Europe/Berlin"})

    assert read_map(once.as_json()) == once
    assert list(read_map(once.as_json()).columns) == list(once.columns)


@pytest.mark.parametrize(
    "kept",
    [
        {"columns": 7},
        {"columns": {"a": 7}},
        {"columns": [["a"]]},
        {"columns": [[1, "b"]]},
        {"words": {"event": "x"}},
        {"fixed": {"item": None}},
        {"cleaned": {"serial": "magic"}},
        {"zone": 1},
        {"words": {str(n): {} for n in range(501)}},
    ],
)
def test_what_is_no_map_is_refused(kept: dict[str, object]):
    with pytest.raises(Invalid):
        read_map(kept)


def test_clocks_without_a_zone_are_of_the_zone_that_is_said():
    stated = moment_of("2026-07-01 10:00", field="date", zone=BERLIN)

    assert stated.at.isoformat() == "2026-07-01T08:00:00+00:00"
    assert moment_of("1.7.2026 10:00", field="date", zone=BERLIN) == stated
    assert moment_of("2026-07-01T10:00+02:00", field="date", zone=UTC) == stated


def test_a_day_is_the_same_day_in_every_zone():
    assert moment_of("2026-07-01", field="date", zone=BERLIN).at.isoformat()[:10] == "2026-07-01"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-10-25 02:30", "came twice in Europe/Berlin: write the offset"),
        ("2026-03-29 02:30", "there was no 2026-03-29 02:30 in Europe/Berlin"),
        ("0001-01-01 00:30", "is not a date"),
    ],
)
def test_hours_that_a_clock_showed_twice_or_never_are_refused(text: str, reason: str):
    with pytest.raises(Invalid, match=reason):
        moment_of(text, field="date", zone=BERLIN)


def test_days_of_several_things_stand_in_one_row():
    found = headers(["item", "serial", "built on", "shipped on"], required=[Column.DATE])
    assert [each.column for each in found[2:]] == [Column.BUILT_ON, Column.SHIPPED_ON]

    (of_event,) = headers(["event", "shipped on"], required=[Column.DATE])[1:]
    assert of_event.column is Column.DATE
