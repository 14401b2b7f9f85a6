"""Files as InvenTree, Odoo and ERPNext themselves wrote them, taken as they are.

They were exported from the servers that `tests/connections/recorded/README.md` names, on the day on
which all in them was made: by the list's own export (InvenTree), by *Export* of a list (Odoo,
ERPNext), and as a template of records for an import (ERPNext).
"""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from longmark.core.actors import SYSTEM
from longmark.fleet.models import Event, Import, Unit
from longmark.fleet.services import imports
from tests.fleet.test_imports import counts
from tests.world import a_board, a_product

pytestmark = pytest.mark.django_db

EXPORTS = Path(__file__).parent / "exports"
THAT_MORNING = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
"""Earlier than clocks in the files show, which are those of Berlin and of the servers."""

FILES = (
    ("inventree-stock", "InvenTree stock items", 5),
    ("odoo-lot", "Odoo lots and serial numbers", 6),
    ("erpnext-serial", "ERPNext Serial No", 9),
)


@pytest.fixture(autouse=True)
def makers(db: None) -> None:
    a_product("TG-200")
    a_product("TG-300")
    a_board("CB-21")


def imported(content: bytes, filename: str) -> Import:
    source = imports.stage_import(
        io.BytesIO(content), filename=filename, actor=SYSTEM, now=THAT_MORNING
    )
    return imports.apply_import(source, actor=SYSTEM, now=THAT_MORNING)


def exported(filename: str) -> Import:
    return imported((EXPORTS / filename).read_bytes(), filename)


@pytest.mark.parametrize(("name", "profile", "row_count"), FILES)
def test_an_export_is_taken_whole_and_both_of_its_formats_say_the_same(
    name: str, profile: str, row_count: int
):
    text, sheet = exported(f"{name}.csv"), exported(f"{name}.xlsx")

    assert (text.profile, sheet.profile) == (profile, profile)
    assert counts(text) == (row_count, 0, 0, 0)
    assert counts(sheet) == (0, 0, row_count, 0)


def test_items_and_serials_are_those_of_the_system():
    exported("odoo-lot.csv")

    units = Unit.objects.order_by("serial").values_list("item__name", "serial")
    assert list(units) == [
        ("TG-200", "A-1001"), ("TG-200", "A-1002"), ("TG-200", "A-1003"),
        ("TG-300", "B-9001"), ("CB-21", "CB-501"), ("CB-21", "CB-502"),
    ]  # fmt: skip


def test_a_change_of_a_stock_item_is_no_building():
    """InvenTree says when an item was updated, whatever was changed about it."""
    exported("inventree-stock.csv")
    content = (EXPORTS / "inventree-stock.csv").read_bytes()

    later = imported(content.replace(b"2026-11-26 ", b"2026-11-25 "), "again.csv")

    assert counts(later) == (0, 0, 5, 0)
    assert set(Event.objects.values_list("kind", flat=True)) == {"serial-assigned"}


def test_a_unit_destroyed_since_the_last_export_is_scrapped():
    exported("inventree-stock.csv")
    lines = (EXPORTS / "inventree-stock.csv").read_bytes().splitlines(keepends=True)
    board = lines[1].replace(b",10,OK,10,", b",60,Destroyed,60,")

    later = imported(lines[0] + board, "again.csv")

    assert counts(later) == (0, 1, 0, 0)
    assert Unit.objects.get(serial="501").state == "scrapped"


def test_records_without_a_day_say_that_there_are_units():
    source = exported("erpnext-template.csv")

    assert counts(source) == (9, 0, 0, 0)
    assert set(Event.objects.values_list("kind", flat=True)) == {"serial-assigned"}
