"""Modules in modules, batches, and what goes from one unit into another."""

from dataclasses import dataclass

import pytest

from longmark.catalog import queries as catalog
from longmark.catalog.models import Item, Release
from longmark.core.life.events import Evidence, Kind, Occupant
from longmark.core.vocabulary import IdentifiedBy, ItemKind
from longmark.fleet.models import Census, Installation
from longmark.fleet.queries import contents, past_lists, reach, units
from longmark.fleet.queries.reach import Asked
from longmark.fleet.services.workspace import Identity
from tests.fleet.test_booking import inside
from tests.fleet.test_kinds import said
from tests.fleet.world import (
    BOARD,
    FIRMWARE,
    Drives,
    a,
    a_drive_with_board,
    booked,
    built,
    drives,
    on,
    taken,
    unit_named,
)
from tests.world import a_product, a_release, a_slot, an_item

pytestmark = pytest.mark.django_db

CARD, CARD_FIRMWARE = "option-card", "card-firmware"


@dataclass(frozen=True)
class Nested:
    """A pump set holds a drive, whose board holds an option card, which runs a firmware."""

    drives: Drives
    pump_set: Item
    card: Item
    card_firmware: Release

    def identity(self, item: Item, serial: str) -> Identity:
        return Identity(item.pk, item.name, serial)


@pytest.fixture
def nested() -> Nested:
    world = drives()
    card = an_item("OC-1", kind=ItemKind.HARDWARE, identified_by=IdentifiedBy.SERIAL)
    firmware = a_release("1.0", item=an_item("oc-fw"))
    a_slot(card, CARD_FIRMWARE, firmware)
    a_slot(world.board, CARD, a_release("A", item=card), is_optional=True)
    pump_set = a_product("PS-40")
    a_slot(pump_set, "drive", a_release("1", item=world.drive))
    return Nested(world, pump_set, card, firmware)


def a_pump_set(nested: Nested, number: int = 1):
    """One with all that sits in it, four levels deep, each booked where it belongs."""
    world = nested.drives
    a_drive_with_board(world, f"100{number}", f"B-{number}")
    card = nested.identity(nested.card, f"OC-{number}")
    built(card, slots={CARD_FIRMWARE: a(nested.card_firmware)})
    booked(
        world.board_unit(f"B-{number}"),
        Kind.INSTALLED,
        5,
        slots={CARD: Occupant(item=nested.card.pk)},
        children={CARD: card},
    )
    return built(
        nested.identity(nested.pump_set, f"PS-{number}"),
        slots={"drive": Occupant(item=world.drive.pk)},
        children={"drive": world.unit(f"100{number}")},
        on_day=9,
    )


def paths(unit, on_day=None) -> list[str]:
    return [each.path for root in contents.contents(unit, on_day) for each in root.flat()]


def test_what_sits_four_levels_deep_is_told_of_the_whole(nested: Nested):
    pump_set = a_pump_set(nested)

    deep = f"drive/{BOARD}/{CARD}/{CARD_FIRMWARE}"
    assert deep in paths(pump_set)
    assert f"drive/{FIRMWARE}" in paths(pump_set)
    card = unit_named(nested.card, "OC-1")
    assert [host.serial for host in contents.host_path(card)] == ["B-1", "1001", "PS-1"]


def test_a_deep_firmware_counts_for_the_whole_now_and_then(nested: Nested):
    a_pump_set(nested)

    asked = Asked((nested.card_firmware.pk,))
    assert [each.unit.serial for each in reach.units_reached(asked).items] == ["PS-1"]
    assert [each.unit.serial for each in past_lists.units_reached(asked, on=on(9)).items] == [
        "PS-1"
    ]
    assert [each.unit.serial for each in past_lists.units_reached(asked, on=on(8)).items] == [
        "1001"
    ]
    assert [each.unit.serial for each in past_lists.units_reached(asked, on=on(4)).items] == [
        "OC-1"
    ]


def test_a_change_booked_on_the_whole_belongs_to_the_deepest_unit(nested: Nested):
    pump_set = a_pump_set(nested)
    path = f"drive/{BOARD}/{CARD}/{CARD_FIRMWARE}"
    change = {path: a(nested.card_firmware)}
    booked(
        nested.identity(nested.pump_set, "PS-1"),
        Kind.SOFTWARE_CONFIRMED,
        20,
        slots=change,
        evidence=Evidence.CONFIRMED,
    )

    card = unit_named(nested.card, "OC-1")
    assert units.events_page(card).items[0].kind == "software-confirmed"
    assert len(units.events_page(pump_set).items) == 1


def test_a_drive_that_leaves_a_pump_set_takes_all_along(nested: Nested):
    pump_set = a_pump_set(nested)
    booked(nested.identity(nested.pump_set, "PS-1"), Kind.REMOVED, 30, slots={"drive": None})

    assert paths(pump_set) == ["drive"]
    drive = unit_named(nested.drives.drive, "1001")
    assert f"{BOARD}/{CARD}/{CARD_FIRMWARE}" in paths(drive)
    asked = Asked((nested.card_firmware.pk,))
    assert [each.unit.serial for each in reach.units_reached(asked).items] == ["1001"]


def test_a_module_that_was_taken_from_one_unit_brings_its_life_into_another(nested: Nested):
    """Cannibalised here, refurbished, installed there."""
    world = nested.drives
    first = a_drive_with_board(world, "1001", "B-1")
    second = built(world.unit("1002"), slots={BOARD: a(world.rev_d)})
    booked(world.unit("1001"), Kind.REMOVED, 20, slots={BOARD: None})
    said(unit_named(world.board, "B-1"), "refurbished", "2026-02-01", reason="new capacitors")
    seat, moved = {BOARD: Occupant(item=world.board.pk)}, {BOARD: world.board_unit("B-1")}
    booked(world.unit("1002"), Kind.SWAPPED, 60, slots=seat, children=moved)

    assert inside(first) == {BOARD: ""}
    assert inside(second)[FIRMWARE] == "2.3.1"
    board = unit_named(world.board, "B-1")
    assert [seat.unit.serial for seat in contents.seats_of(board)] == ["1002", "1001"]
    assert units.events_page(board).items[0].kind == "repaired"


@pytest.fixture
def capacitors(nested: Nested) -> Item:
    item = an_item("CAP-9", kind=ItemKind.HARDWARE, identified_by=IdentifiedBy.BATCH)
    a_slot(nested.drives.drive, "capacitors", a_release("A", item=item), is_optional=True)
    return item


LIST = """item;serial;date;capacitors;capacitors batch;capacitors quantity
TG-200;1001;2026-01-05;A;L-77;6
TG-200;1002;2026-01-05;A;L-77;4
"""


def test_a_batch_sits_in_many_units_at_once(nested: Nested, capacitors: Item):
    assert taken(LIST).refused_count == 0

    batch = unit_named(capacitors, "L-77")
    rows = Installation.objects.filter(child_id=batch.pk, known_to=None).order_by("-quantity")
    assert [row.quantity for row in rows] == [6, 4]
    assert batch.host_id is None
    assert taken(LIST).unchanged_count == 2


def test_a_batch_counts_in_the_units_that_hold_it_and_never_by_itself(
    nested: Nested, capacitors: Item
):
    taken(LIST)

    (release,) = catalog.releases_of(capacitors)
    asked = Asked((release.pk,))
    found = [each.unit.serial for each in reach.units_reached(asked).items]
    assert found == ["1001", "1002"]
    assert sum(Census.objects.values_list("count", flat=True)) == 2
