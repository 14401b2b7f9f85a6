"""Booking events: where they belong, what they change, what is refused."""

from datetime import timedelta

import pytest

from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import Invalid, NotAllowed, NotFound, Refused
from longmark.core.life.events import CustodyRole, Evidence, Kind, Occupant
from longmark.fleet.models import Installation
from longmark.fleet.queries import contents, units
from longmark.fleet.services import booking
from longmark.fleet.services.statements import own_event
from longmark.ledger import queries as ledger
from tests.fleet.world import (
    BOARD,
    FIRMWARE,
    PARAMETERS,
    Drives,
    a,
    a_drive_with_board,
    booked,
    built,
    day,
    drives,
    kept_by,
    on,
    stated,
    unit_named,
)
from tests.world import NINE, a_party, a_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Drives:
    return drives()


def inside(unit, on_day=None, known_on=None) -> dict[str, str]:
    """What is at each path: the version, ``?`` for unknown, an empty text for known emptiness."""
    return {
        each.path: each.installation.release.version
        if each.installation.release
        else ("" if each.installation.is_empty else "?")
        for root in contents.contents(unit, on_day, known_on)
        for each in root.flat()
        if each.child is None
    }


def test_a_registered_unit_has_the_identity_that_its_serial_gives(world: Drives):
    unit = built(world.unit("tg 1001"), slots={BOARD: a(world.rev_c)})

    assert unit.pk == world.unit("TG1001").id
    assert (unit.state, unit.built_at) == ("built", day(0))


def test_registering_stands_in_the_ledger_once(world: Drives, lena: Actor):
    statements = [stated(world.unit(serial), Kind.BUILT, 0) for serial in ("1", "2")]
    for _ in range(2):
        booking.register_units(statements, actor=lena, now=NINE)

    (entry,) = ledger.entries_page(action="fleet.units-registered").items
    assert (entry.actor_name, ledger.payload_of(entry)["unit_count"]) == ("Lena", 2)


def test_an_outsider_books_nothing(world: Drives, otto: Actor):
    unit = built(world.unit("1"))
    with pytest.raises(NotAllowed, match="book-events"):
        booking.book_event(stated(world.unit("1"), Kind.SHIPPED, 1), actor=otto, now=NINE)

    assert len(units.events_page(unit).items) == 1


def test_firmware_booked_on_a_drive_belongs_to_its_board(world: Drives):
    a_drive_with_board(world)

    booked(world.unit("1001"), Kind.SOFTWARE_CHANGED, 5, slots={FIRMWARE: a(world.fw_24)})

    board = unit_named(world.board, "B-1")
    assert [event.kind for event in units.events_page(board).items] == [
        "software-changed",
        "installed",
    ]
    assert inside(unit_named(world.drive, "1001"))[FIRMWARE] == "2.4.0"


def test_firmware_of_an_anonymous_board_is_recorded_on_the_drive(world: Drives):
    unit = built(world.unit("1001"), slots={BOARD: a(world.rev_c), FIRMWARE: a(world.fw_23)})

    assert inside(unit) == {BOARD: "C", FIRMWARE: "2.3.1"}


def test_the_same_event_again_changes_nothing(world: Drives):
    unit = a_drive_with_board(world)
    for _ in range(2):
        booked(world.unit("1001"), Kind.SHIPPED, 5, evidence=Evidence.CONFIRMED)

    assert len(units.events_page(unit).items) == 2
    assert len(ledger.entries_page(action="fleet.event-booked").items) == 1


def test_a_swap_moves_the_board_with_its_firmware(world: Drives):
    old = a_drive_with_board(world)
    built(world.board_unit("B-2"), slots={"": a(world.rev_d), "main-firmware": a(world.fw_24)})

    booked(
        world.unit("1001"),
        Kind.SWAPPED,
        50,
        slots={BOARD: Occupant(item=world.board.pk)},
        children={BOARD: world.board_unit("B-2")},
    )

    assert inside(old, on(49)) == {BOARD: "C", FIRMWARE: "2.3.1"}
    assert inside(old, on(50)) == {BOARD: "D", FIRMWARE: "2.4.0"}
    assert unit_named(world.board, "B-1").host_id is None
    assert unit_named(world.board, "B-2").host_id == old.pk


def test_a_late_booking_changes_the_past_and_not_what_was_believed(world: Drives):
    unit = a_drive_with_board(world)
    before = NINE + timedelta(days=10)
    booked(
        world.unit("1001"), Kind.SOFTWARE_CHANGED, 100, slots={FIRMWARE: a(world.fw_24)}, now=before
    )

    assert inside(unit, on(120))[FIRMWARE] == "2.4.0"
    assert inside(unit, on(120), NINE.date())[FIRMWARE] == "2.3.1"
    assert inside(unit, on(99))[FIRMWARE] == "2.3.1"


def test_an_interval_is_never_changed_but_in_until_when_it_was_believed(world: Drives):
    a_drive_with_board(world)
    before = {(row.unit_id, row.number): row for row in Installation.objects.all()}
    booked(world.unit("1001"), Kind.SOFTWARE_CHANGED, 5, slots={FIRMWARE: a(world.fw_24)})

    after = {(row.unit_id, row.number): row for row in Installation.objects.all()}
    columns = [f.attname for f in Installation._meta.concrete_fields if f.name != "known_to"]
    for key, row in before.items():
        assert [getattr(row, c) for c in columns] == [getattr(after[key], c) for c in columns]


def test_a_correction_puts_another_fact_in_place(world: Drives, lena: Actor):
    unit = built(world.unit("1"), slots={BOARD: a(world.rev_c)})
    wrong = booking.event_of(unit, 1)
    right = stated(world.unit("1"), Kind.BUILT, 3, slots={BOARD: a(world.rev_d)})
    fixed = booking.correct_event(
        unit,
        wrong.seq,
        replacement=own_event(right),
        reason="Read the label again.",
        actor=lena,
        now=NINE + timedelta(days=1),
    )

    assert (inside(fixed)[BOARD], fixed.built_at) == ("D", day(3))
    assert inside(fixed, on(1), NINE.date())[BOARD] == "C"
    (entry,) = ledger.entries_page(action="fleet.event-corrected").items
    assert ledger.payload_of(entry)["reason"] == "Read the label again."


def test_an_event_is_corrected_once_and_with_a_reason(world: Drives):
    unit = built(world.unit("1"), slots={BOARD: a(world.rev_c)})
    with pytest.raises(Invalid, match="Say why"):
        booking.correct_event(unit, 1, replacement=None, reason=" ", actor=SYSTEM, now=NINE)

    booking.correct_event(unit, 1, replacement=None, reason="Never built.", actor=SYSTEM, now=NINE)
    with pytest.raises(Refused, match="corrected already"):
        booking.correct_event(unit, 1, replacement=None, reason="Again.", actor=SYSTEM, now=NINE)
    assert inside(unit) == {}


def test_a_board_sits_in_one_drive_at_a_time(world: Drives):
    a_drive_with_board(world, "1001", "B-1")

    with pytest.raises(Refused, match=r"B-1 sits in 1001 \(control-board\) since 2026-01-01"):
        a_drive_with_board(world, "1002", "B-1", on_day=9)
    with pytest.raises(NotFound):
        unit_named(world.drive, "1002")


def test_a_board_that_was_removed_may_sit_elsewhere(world: Drives):
    a_drive_with_board(world, "1001", "B-1")
    booked(world.unit("1001"), Kind.REMOVED, 20, slots={BOARD: None})

    other = a_drive_with_board(world, "1002", "B-1", on_day=21)
    assert unit_named(world.board, "B-1").host_id == other.pk
    assert inside(unit_named(world.drive, "1001")) == {BOARD: ""}


def test_nothing_happens_in_the_future_nor_before_building_nor_after_scrapping(world: Drives):
    built(world.unit("1"), on_day=10)
    with pytest.raises(Refused, match="2026-12-27 lies in the future"):
        booked(world.unit("1"), Kind.SHIPPED, 360)
    with pytest.raises(Refused, match="lies before 1 was built, on 2026-01-11"):
        booked(world.unit("1"), Kind.SHIPPED, 9)
    booked(world.unit("1"), Kind.SCRAPPED, 20)
    with pytest.raises(Refused, match="was scrapped on 2026-01-21"):
        booked(world.unit("1"), Kind.SHIPPED, 21)


def test_a_unit_is_built_once(world: Drives):
    built(world.unit("1"), slots={BOARD: a(world.rev_c)})

    with pytest.raises(Refused, match="known as built on 2026-01-01, with another control-board"):
        built(world.unit("1"), slots={BOARD: a(world.rev_d)})


def test_a_unit_never_heard_of_is_not_changed(world: Drives):
    with pytest.raises(NotFound, match="No TG-200 with the serial number 77"):
        booked(world.unit("77"), Kind.SOFTWARE_CHANGED, 5, slots={FIRMWARE: a(world.fw_24)})


def test_changed_parameters_keep_those_that_stayed(world: Drives):
    first = Occupant(
        world.params.item_id, world.params.pk, values=(("P10.01", "1"), ("P10.07", "1"))
    )
    unit = built(world.unit("1"), slots={PARAMETERS: first})
    change = Occupant(world.params.item_id, values=(("P10.07", "0"),))
    booked(world.unit("1"), Kind.PARAMETERS_CHANGED, 9, slots={PARAMETERS: change})

    (now,) = contents.contents(unit)
    assert now.installation.parameters.values == {"P10.01": "1", "P10.07": "0"}
    assert now.installation.release == world.params


def test_custody_follows_the_unit(world: Drives):
    party = a_party()
    site = a_site(party)
    held = {CustodyRole.OPERATOR: kept_by(party, site)}
    built(world.unit("1"))

    unit = booked(world.unit("1"), Kind.SHIPPED, 5, custody=held)
    assert (unit.operator, unit.site, unit.country, unit.state) == (party, site, "DE", "shipped")
    assert [row.party for row in contents.custody_of(unit)] == [party]


def test_many_events_are_booked_with_one_entry(world: Drives):
    for serial in ("1", "2", "3"):
        built(world.unit(serial))
    shipped = [stated(world.unit(serial), Kind.SHIPPED, 3) for serial in ("1", "2", "3")]

    assert booking.book_events(shipped, actor=SYSTEM, now=NINE) == 3
    assert booking.book_events(shipped, actor=SYSTEM, now=NINE) == 0
    assert len(ledger.entries_page(action="fleet.events-booked").items) == 1
