"""Lists as SAP saves them: drawn with borders page by page, or as a spreadsheet in UTF-16.

Their shape is that of the files which programs in public repositories read (*Dynamische
Listenausgabe*); what stands in them is ours.
"""

import pytest

from longmark.fleet.models import Unit
from tests.fleet.test_imports import counts
from tests.fleet.world import taken
from tests.world import a_product

pytestmark = pytest.mark.django_db

COLUMNS = (
    "  Equipment ", "Material", "Serialnummer      ", "Baujahr", "Auslieferdatum", "Kunde    ",
    "Land", "  AnschWert ",
)  # fmt: skip
UNITS = (
    ("  10004711  ", "TG-200  ", "1001              ", "2025   ", "01.03.2026    ", "Elz      ",
     "AT  ", "  1.250,00  "),
    ("  10004712  ", "TG-200  ", "000000000000001002", "2025   ", "15.03.2026    ", "Nordheide",
     "DE  ", "     12,50- "),
    ("  10004713  ", "TG-200  ", "1003              ", "2025   ", "00.00.0000    ", "         ",
     "    ", "      0,00  "),
)  # fmt: skip


def drawn(*pages: tuple[tuple[str, ...], ...]) -> bytes:
    """A list saved without conversion: title, rules, borders; all of it again on each page."""
    rule = "-" * (sum(map(len, COLUMNS)) + len(COLUMNS) + 1)
    lines = []
    for number, rows in enumerate(pages, start=1):
        title = f"24.11.2026{' ' * 40}Dynamische Listenausgabe{' ' * 40}{number}"
        lines += [title, "", "Bericht:  Equipmentliste", "", rule, _bordered(COLUMNS), rule]
        lines += [*map(_bordered, rows), rule]
    return "\r\n".join([*lines, ""]).encode("utf-8-sig")


def _bordered(cells: tuple[str, ...]) -> str:
    return f"|{'|'.join(cells)}|"


def a_spreadsheet() -> bytes:
    """A list saved as a spreadsheet: tabs, an empty column in front, a gap below the header."""
    table = ["\t".join(["", *map(str.strip, cells)]) for cells in (COLUMNS, *UNITS)]
    title = f"24.11.2026{' ' * 40}Dynamische Listenausgabe{' ' * 40}1"
    return "\r\n".join([title, "", table[0], "", *table[1:], ""]).encode("utf-16")


@pytest.mark.parametrize(
    "content",
    [drawn(UNITS), drawn(UNITS[:2], UNITS[2:]), a_spreadsheet()],
    ids=["drawn", "drawn on two pages", "spreadsheet"],
)
def test_a_list_of_sap_is_taken_as_it_was_saved(content: bytes):
    drive = a_product("TG-200")

    source = taken(content, filename="export.xls")

    assert source.profile == "SAP equipment and serial numbers"
    assert counts(source) == (3, 0, 0, 0)
    units = Unit.objects.filter(item=drive).order_by("serial")
    assert [(unit.serial, unit.operator and unit.operator.name) for unit in units] == [
        ("1001", "Elz"), ("1002", "Nordheide"), ("1003", None),
    ]  # fmt: skip


def test_a_row_of_a_drawn_list_that_lacks_its_item_is_refused_as_any_other():
    a_product("TG-200")
    first, second = UNITS[:2]

    source = taken(drawn((first, (second[0], "        ", *second[2:]))))

    assert counts(source) == (1, 0, 0, 1)
