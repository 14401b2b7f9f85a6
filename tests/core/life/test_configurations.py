from datetime import UTC, datetime
from uuid import UUID

from longmark.core.life.configurations import Inside, Member, SlotPlan, configuration_id, members
from longmark.core.life.derivation import Interval
from longmark.core.life.events import Evidence, Occupant

DRIVE, BOARD, FIRMWARE, CARD = 1, 2, 3, 4
PLANS = {
    DRIVE: [SlotPlan("control-board", False, (BOARD,)), SlotPlan("option", True, (CARD,))],
    BOARD: [SlotPlan("main-firmware", False, (FIRMWARE,))],
}
BOARD_UNIT = UUID(int=7)


def seated(slot: str, occupant: Occupant | None) -> Interval[str, Occupant]:
    return Interval(slot, occupant, datetime(2024, 1, 1, tzinfo=UTC), None, Evidence.DECLARED)


def inside(item: int, **slots: Occupant | None) -> Inside:
    places = {name.replace("__", "/").replace("_", "-"): what for name, what in slots.items()}
    return Inside(item, {slot: seated(slot, what) for slot, what in places.items()})


def releases(unit: Inside, children=None) -> dict[str, tuple[int | None, int | None]]:
    found = members(unit, children or {}, PLANS)
    return {member.path: (member.item, member.release) for member in found}


def test_required_slots_that_nobody_booked_are_unknown_all_the_way_down():
    assert releases(inside(DRIVE)) == {
        "": (DRIVE, None),
        "control-board": (BOARD, None),
        "control-board/main-firmware": (FIRMWARE, None),
    }


def test_an_anonymous_board_needs_its_firmware_too():
    found = releases(inside(DRIVE, control_board=Occupant(item=BOARD, release=21)))

    assert found["control-board"] == (BOARD, 21)
    assert found["control-board/main-firmware"] == (FIRMWARE, None)


def test_the_slots_of_a_child_unit_appear_below_its_place():
    board = inside(BOARD, main_firmware=Occupant(item=FIRMWARE, release=31))
    drive = inside(DRIVE, control_board=Occupant(item=BOARD, release=21, child=BOARD_UNIT))

    found = releases(drive, {BOARD_UNIT: board})
    assert found["control-board"] == (BOARD, 21)
    assert found["control-board/main-firmware"] == (FIRMWARE, 31)


def test_a_slot_known_to_be_empty_is_not_unknown():
    assert releases(inside(DRIVE, control_board=None)) == {"": (DRIVE, None)}


def test_a_catalog_that_contains_itself_ends():
    endless = {DRIVE: [SlotPlan("drive", False, (DRIVE,))]}

    assert len(members(Inside(DRIVE), {}, endless)) < 20


def test_units_that_look_alike_share_a_configuration():
    one = members(inside(DRIVE, control_board=Occupant(item=BOARD, release=21)), {}, PLANS)
    same = members(inside(DRIVE, control_board=Occupant(item=BOARD, release=21)), {}, PLANS)
    other = members(inside(DRIVE, control_board=Occupant(item=BOARD, release=22)), {}, PLANS)

    assert configuration_id(DRIVE, one) == configuration_id(DRIVE, same)
    assert configuration_id(DRIVE, one) != configuration_id(DRIVE, other)


def test_parameters_tell_configurations_apart():
    (*_, member) = members(
        inside(BOARD, parameters=Occupant(item=5, values=(("P1", "0"),))), {}, {}
    )

    assert member == Member("parameters", 5, None, Evidence.DECLARED, member.parameters)
    assert len(member.parameters) == 64
