import pytest

from longmark.core.errors import Invalid
from longmark.core.formats.sheets.headers import Column, header, headers


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("Item", Column.ITEM),
        ("Material", Column.ITEM),
        ("S/N", Column.SERIAL),
        ("Serien-Nr.", Column.SERIAL),
        ("SERNR", Column.SERIAL),
        ("Gültig ab", Column.DATE),
        ("Auslieferdatum", Column.SHIPPED_ON),
        ("EQUNR", Column.ALIAS),
        ("Händler", Column.DISTRIBUTOR),
        ("Länderschlüssel", Column.COUNTRY),
        ("Betreiber", Column.CUSTOMER),
        ("Hardwarestand", Column.RELEASE),
        ("refused because", Column.IGNORED),
        ("", Column.IGNORED),
    ],
)
def test_columns_are_known_by_many_names(text, column):
    assert header(text).column is column


@pytest.mark.parametrize(
    ("text", "column", "name"),
    [
        ("control-board", Column.SLOT, "control-board"),
        ("Main firmware", Column.SLOT, "main-firmware"),
        ("control-board/main_firmware", Column.SLOT, "control-board/main-firmware"),
        ("control-board serial", Column.SLOT_SERIAL, "control-board"),
        ("Control Board S/N", Column.SLOT_SERIAL, "control-board"),
        ("control-board/cpu Seriennummer", Column.SLOT_SERIAL, "control-board/cpu"),
        ("p10.07", Column.PARAMETER, "P10.07"),
    ],
)
def test_other_columns_are_slots_and_parameters(text, column, name):
    found = header(text)

    assert (found.column, found.name) == (column, name)


def test_two_columns_of_one_meaning_are_refused():
    with pytest.raises(Invalid, match='"Serial" and "S/N" mean the same'):
        headers(["Item", "Serial", "S/N"], required=[])


def test_a_missing_column_is_named_with_those_that_are_there():
    with pytest.raises(Invalid, match=r'No column "serial" in the first row. It has: Item, Datum'):
        headers(["Item", "Datum"], required=[Column.ITEM, Column.SERIAL])
