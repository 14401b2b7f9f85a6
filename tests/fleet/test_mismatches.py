"""What is in units and may not be: booked all the same, told, mended or accepted."""

from datetime import date
from typing import Any

import pytest

from longmark.catalog.models import Combination, Item
from longmark.catalog.queries.combinations import PlacedSpan
from longmark.catalog.services import combinations
from longmark.catalog.services.combinations import Effective
from longmark.core.actors import SYSTEM, Actor
from longmark.core.composition.spans import read_span
from longmark.core.errors import Invalid, NotAllowed, Refused
from longmark.core.life.events import Kind
from longmark.fleet.queries import mismatches as queries
from longmark.fleet.services import mismatches
from longmark.ledger import queries as ledger
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
    unit_named,
)
from tests.world import NINE, a_release

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Drives:
    return drives()


def piece(path: str, item: Item, span: str) -> PlacedSpan:
    return PlacedSpan(path, item, read_span(span))


def a_combination(
    world: Drives, name: str, board: str, firmware: str, *, judged: bool = True, **effective: Any
) -> Combination:
    stated = combinations.state_combination(
        world.drive,
        name,
        [piece(BOARD, world.board, board), piece(FIRMWARE, world.fw_23.item, firmware)],
        effective=Effective(**effective),
        reason="The Ethernet controller of revision D needs the driver of 2.4.",
        actor=SYSTEM,
        now=NINE,
    )
    if judged:
        mismatches.judge_anew([world.drive.pk], actor=SYSTEM, now=NINE)
    return stated


def rules_of(world: Drives) -> None:
    a_combination(world, "revision C", "C", "2.3.x..2.4.x")
    a_combination(world, "revision D", "D", "2.4..")


def a_drive(world: Drives, serial: str, board: Any, firmware: Any, **others: Any) -> Any:
    return built(world.unit(serial), slots={BOARD: a(board), FIRMWARE: a(firmware)}, **others)


def odd_serials() -> list[str]:
    return [each.unit.serial for each in queries.mismatches_page().items]


def test_what_is_not_allowed_is_booked_and_told(world: Drives):
    rules_of(world)

    a_drive(world, "1001", world.rev_d, world.fw_23)
    a_drive(world, "1002", world.rev_d, world.fw_24)

    (odd,) = queries.mismatches_page().items
    (found,) = odd.mismatches
    assert odd.unit.serial == "1001"
    assert str(found.nearest) == "revision D"
    assert [str(each.release) for each in found.present] == ["tg200-fw 2.3.1"]
    assert queries.mismatched_unit_count() == 1


def test_a_release_that_its_slot_does_not_take_is_told(world: Drives):
    beta = a_release("2.5.0-beta", item=world.fw_23.item)

    a_drive(world, "1001", world.rev_c, beta)

    (found,) = queries.mismatches_of(unit_named(world.drive, "1001"))
    assert (found.path, found.nearest) == (FIRMWARE, None)


def test_a_swap_mends_it(world: Drives):
    rules_of(world)
    a_drive(world, "1001", world.rev_d, world.fw_23)

    booked(world.unit("1001"), Kind.SOFTWARE_CHANGED, 30, slots={FIRMWARE: a(world.fw_24)})

    assert odd_serials() == []
    assert queries.mismatched_unit_count() == 0


def test_a_drive_that_carries_its_board_as_a_unit_is_judged_alike(world: Drives):
    rules_of(world)
    a_drive_with_board(world)
    assert odd_serials() == []

    a_combination(world, "only 2.4", "C", "2.4")
    for name in ("revision C", "revision D"):
        standing = next(each for each in combination_rows(world) if each.name == name)
        combinations.withdraw_combination(standing, reason="Too wide.", actor=SYSTEM, now=NINE)
    mismatches.judge_anew([world.drive.pk], actor=SYSTEM, now=NINE)

    assert odd_serials() == ["1001"]


def combination_rows(world: Drives) -> list[Combination]:
    return list(Combination.objects.filter(item=world.drive))


def test_a_combination_may_hold_for_units_built_in_a_time_only(world: Drives):
    a_combination(world, "before", "C..D", "2.3.x", built_until=on(99))
    a_combination(world, "since", "C..D", "2.4.x", built_from=on(100))

    a_drive(world, "1001", world.rev_c, world.fw_23, on_day=0)
    a_drive(world, "1002", world.rev_c, world.fw_23, on_day=100)
    a_drive(world, "1003", world.rev_c, world.fw_24, on_day=99)
    a_drive(world, "1004", world.rev_c, world.fw_24, on_day=100)

    assert odd_serials() == ["1002", "1003"]
    assert queries.mismatched_unit_count() == 2


def test_a_combination_may_hold_for_serial_numbers_only(world: Drives):
    a_combination(world, "early", "C", "2.4.x", serial_from="1000", serial_until="1001")

    for serial in ("0999", "1000", "1001", "1002"):
        a_drive(world, serial, world.rev_c, world.fw_23)

    assert odd_serials() == ["1000", "1001"]
    assert queries.mismatches_of(unit_named(world.drive, "1002")) == []


def test_stating_and_withdrawing_judge_what_is_there_already(world: Drives):
    a_drive(world, "1001", world.rev_d, world.fw_23)
    assert odd_serials() == []

    rules_of(world)
    assert odd_serials() == ["1001"]
    assert mismatches.judge_anew([world.drive.pk], actor=SYSTEM, now=NINE) == 0

    for stated in combination_rows(world):
        combinations.withdraw_combination(stated, reason="Wrong.", actor=SYSTEM, now=NINE)
    mismatches.judge_anew([world.drive.pk], actor=SYSTEM, now=NINE)
    assert odd_serials() == []


def test_a_person_accepts_a_mismatch_with_a_reason_while_it_stays_the_same(
    world: Drives, petra: Actor
):
    rules_of(world)
    for serial in ("1001", "1002"):
        a_drive(world, serial, world.rev_d, world.fw_23)
    unit = unit_named(world.drive, "1001")
    (found,) = queries.mismatches_of(unit)

    mismatches.waive(unit, found.key, reason="Test bench, never sold.", actor=petra, now=NINE)

    assert odd_serials() == ["1002"]
    assert queries.mismatched_unit_count() == 1
    (accepted,) = queries.mismatches_of(unit)
    assert accepted.waiver is not None and accepted.waiver.reason == "Test bench, never sold."
    assert [each.unit for each in queries.waivers_page().items] == [unit]
    (entry,) = ledger.entries_page(action="fleet.mismatch-waived").items
    assert ledger.payload_of(entry)["reason"] == "Test bench, never sold."

    mismatches.withdraw_waiver(unit, found.key, reason="It was sold.", actor=petra, now=NINE)
    assert odd_serials() == ["1001", "1002"]


def test_accepting_what_is_accepted_or_not_there_is_refused(world: Drives, petra: Actor):
    rules_of(world)
    a_drive(world, "1001", world.rev_d, world.fw_23)
    unit = unit_named(world.drive, "1001")
    (found,) = queries.mismatches_of(unit)

    with pytest.raises(Invalid, match="Say why"):
        mismatches.waive(unit, found.key, reason=" ", actor=petra, now=NINE)
    with pytest.raises(Refused, match="no such mismatch"):
        mismatches.waive(unit, "0" * 32, reason="So.", actor=petra, now=NINE)
    mismatches.waive(unit, found.key, reason="So.", actor=petra, now=NINE)
    with pytest.raises(Refused, match="already"):
        mismatches.waive(unit, found.key, reason="So.", actor=petra, now=NINE)


def test_an_outsider_accepts_and_judges_nothing(world: Drives, otto: Actor):
    a_drive(world, "1001", world.rev_d, world.fw_23)
    unit = unit_named(world.drive, "1001")

    with pytest.raises(NotAllowed):
        mismatches.waive(unit, "0" * 32, reason="So.", actor=otto, now=NINE)
    with pytest.raises(NotAllowed):
        mismatches.judge_anew([world.drive.pk], actor=otto, now=NINE)


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        ((), "one to 40 places"),
        ((("control-bord", "board", "C"),), "no slot"),
        (((BOARD, "drive", "1"),), "may sit"),
        (((BOARD, "board", "C"), (BOARD, "board", "D")), "named twice"),
    ],
)
def test_a_combination_that_cannot_be_is_refused(world: Drives, pieces: Any, message: str):
    stated = [piece(path, getattr(world, item), span) for path, item, span in pieces]

    with pytest.raises(Invalid, match=message):
        combinations.state_combination(
            world.drive, "wrong", stated, reason="So.", actor=SYSTEM, now=NINE
        )


def test_an_effectivity_that_ends_before_it_begins_is_refused(world: Drives):
    with pytest.raises(Invalid, match="before"):
        a_combination(
            world, "wrong", "C", "2.4", built_from=date(2026, 2, 1), built_until=date(2026, 1, 1)
        )


def test_two_combinations_of_one_name_are_refused(world: Drives):
    a_combination(world, "revision C", "C", "2.4")

    with pytest.raises(Refused, match="Withdraw it first"):
        a_combination(world, "revision C", "C", "2.3.x")


def test_the_list_makes_as_many_queries_for_many_as_for_one(
    world: Drives, django_assert_max_num_queries: Any
):
    rules_of(world)
    for number in range(12):
        a_drive(world, f"10{number:02}", world.rev_d, world.fw_23)

    with django_assert_max_num_queries(9):
        assert len(queries.mismatches_page().items) == 12
