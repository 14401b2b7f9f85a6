"""Every kind of event: from lists and calls into the unit's row, its aliases and its state."""

from datetime import timedelta

import pytest

from longmark.core.actors import SYSTEM
from longmark.core.errors import Invalid, Refused
from longmark.core.life.events import CORRECTIONS, Kind, Precision, stated_details
from longmark.fleet.models import Installation
from longmark.fleet.queries import contents, units
from longmark.fleet.services import booking
from longmark.fleet.services.spoken import Said
from tests.fleet.test_booking import inside
from tests.fleet.test_imports import counts, refused
from tests.fleet.world import (
    FIRMWARE,
    Drives,
    a_drive_with_board,
    built,
    day,
    drives,
    on,
    taken,
    unit_named,
)
from tests.world import NINE, a_release, a_slot, an_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Drives:
    return drives()


def said(unit, event, date="2026-02-01", *, now=NINE, **words):
    told = Said(event, date, source="here", words=words)
    return booking.book_words(unit, told, actor=SYSTEM, now=now)


def kinds(unit) -> list[str]:
    return [event.kind for event in units.events_page(unit).items]


@pytest.mark.parametrize(
    ("event", "words", "state"),
    [
        ("lost", {"reason": "Not at the site."}, "lost"),
        ("stillgelegt", {}, "decommissioned"),
        ("replaced by", {"replaced by": "2"}, "replaced"),
        ("returned", {"RMA number": "4711"}, "returned"),
        ("tested", {"result": "i.O."}, "built"),
        ("warranty started", {"warranty until": "2028-01-31"}, "built"),
        ("Seriennummer vergeben", {}, "built"),
    ],
)
def test_an_event_in_words_leads_to_its_state(world: Drives, event, words, state):
    built(world.unit("2"))
    unit = built(world.unit("1"))

    assert said(unit, event, **words).state == state


def test_what_an_event_details_is_kept_with_it(world: Drives):
    taker = built(world.unit("2"))
    unit = built(world.unit("1"))
    said(unit, "replaced-by", **{"replaced by": "2", "RMA number": "R-1", "reason": "burnt"})

    stated = stated_details(units.events_page(unit).items[0].payload)
    assert (stated.replaced_by, stated.rma, stated.reason) == (taker.pk, "R-1", "burnt")


def test_a_replacement_must_be_known_and_another_unit(world: Drives):
    unit = built(world.unit("1"))
    for serial in ("1", "77"):
        with pytest.raises(Refused, match=f"No other TG-200 with the serial number {serial}"):
            said(unit, "replaced-by", **{"replaced by": serial})

    with pytest.raises(Invalid, match='"replaced-by" needs the replaced by'):
        said(unit, "replaced-by")


def test_a_replacement_may_be_of_another_item(world: Drives):
    board = built(world.board_unit("B-9"))
    unit = built(world.unit("1"))
    said(unit, "replaced-by", **{"replaced by": "CB-21 B-9"})

    assert stated_details(units.events_page(unit).items[0].payload).replaced_by == board.pk


def test_after_its_rma_a_unit_is_where_it_was(world: Drives):
    unit = built(world.unit("1"))
    said(unit, "commissioned", "2026-01-10")
    said(unit, "returned", "2026-02-01")

    assert said(unit, "rma-closed", "2026-03-01").state == "commissioned"


def test_a_unit_that_was_marked_anew_bears_its_number_and_is_found_by_both(world: Drives):
    unit = built(world.unit("1"))
    marked = said(unit, "identity-changed", **{"new serial": "1-A"})

    assert (marked.serial, marked.pk) == ("1-A", unit.pk)
    assert units.unit_of(world.drive, "1").pk == units.unit_of(world.drive, "1-a").pk == unit.pk
    names = [(each.value, each.valid_to) for each in units.aliases_of(unit)]
    assert names == [("1", day(31)), ("1-A", None)]
    rows = ["TG-200;1;2026-03-01;shipped", "TG-200;1-A;2026-03-02;commissioned"]
    assert counts(taken("\n".join(["item;serial;date;event", *rows]))) == (0, 2, 0, 0)
    assert kinds(unit) == ["commissioned", "shipped", "identity-changed", "built"]


def test_marking_a_unit_anew_twice_in_any_order_gives_the_later_number(world: Drives):
    unit = built(world.unit("1"))
    said(unit, "identity-changed", "2026-03-01", **{"new serial": "3"})
    late = said(unit, "identity-changed", "2026-02-01", **{"new serial": "2"})

    assert late.serial == "3"
    assert [each.value for each in units.aliases_of(unit)] == ["1", "2", "3"]


def test_a_marking_that_is_withdrawn_leaves_the_first_number(world: Drives):
    unit = built(world.unit("1"))
    said(unit, "identity-changed", **{"new serial": "2"})
    back = booking.correct_event(unit, 2, replacement=None, reason="Never.", actor=SYSTEM, now=NINE)

    assert (back.serial, units.aliases_of(unit)) == ("1", [])


def test_a_marking_that_is_known_changes_nothing(world: Drives):
    unit = built(world.unit("1"))
    for _ in range(2):
        marked = said(unit, "identity-changed", **{"new serial": "2"})

    assert kinds(marked) == ["identity-changed", "built"]


def test_a_number_of_another_unit_is_refused(world: Drives):
    unit = built(world.unit("1"))
    built(world.unit("2"))

    with pytest.raises(Refused, match="2 is another TG-200"):
        said(unit, "identity-changed", **{"new serial": "2"})


def test_software_that_was_read_back_is_confirmed_where_it_sits(world: Drives):
    a_drive_with_board(world)
    drive = unit_named(world.drive, "1001")
    said(drive, "software-confirmed", **{"main-firmware": "2.3.1", "reason": "read by cable"})

    board = unit_named(world.board, "B-1")
    assert kinds(board)[0] == "software-confirmed"
    row = Installation.objects.get(unit_id=board.pk, slot="main-firmware", known_to=None)
    assert (row.evidence, row.valid_from) == (4, day(0))


def test_software_that_is_observed_to_differ_changed_by_that_day(world: Drives):
    drive = a_drive_with_board(world)
    said(drive, "software-observed", "2026-02-01", **{"main-firmware": "2.4.0"})
    said(drive, "software-rolled-back", "2026-03-01", **{"main-firmware": "2.3.1"})

    assert inside(drive, on(31))[FIRMWARE] == "2.4.0"
    assert inside(drive, on(30))[FIRMWARE] == inside(drive)[FIRMWARE] == "2.3.1"


def test_parameters_that_were_observed_leave_the_others(world: Drives):
    unit = built(world.unit("1"))
    said(unit, "parameters-changed", "2026-01-05", **{"P10.01": "1", "P10.07": "1"})
    said(unit, "parameters-observed", "2026-01-06", **{"P10.07": "0"})

    (now,) = contents.contents(unit)
    assert now.installation.parameters.values == {"P10.01": "1", "P10.07": "0"}


def test_a_day_that_nobody_knows_counts_from_when_it_is_told(world: Drives):
    drive = a_drive_with_board(world)
    for later in range(2):
        now = NINE + timedelta(days=later)
        said(drive, "software-changed", "unknown", now=now, **{"main-firmware": "2.4.0"})

    board = unit_named(world.board, "B-1")
    first = units.events_page(board).items[0]
    assert (first.precision, first.occurred_at) == (Precision.UNKNOWN, NINE)
    assert kinds(board).count("software-changed") == 1


def test_a_unit_is_not_built_at_a_time_unknown_but_may_be_known_since_then(world: Drives):
    rows = "item;serial;date;event\nTG-200;1;unbekannt;built\nTG-200;2;?;serial-assigned\n"
    (why,) = refused(rows)

    assert "cannot be built at a time unknown" in why
    taken(rows)
    assert unit_named(world.drive, "2").state == "registered"


def test_pieces_without_a_number_are_counted(world: Drives):
    fan = an_item("fan-80")
    a_slot(world.drive, "fan", a_release("A", item=fan), is_optional=True)
    taken("item;serial;date;fan;Fan Anzahl\nTG-200;1;2026-01-05;A;3\n")

    (found,) = contents.contents(unit_named(world.drive, "1"))
    assert (found.path, found.installation.quantity) == ("fan", 3)


@pytest.mark.parametrize(
    ("header", "cell", "why"),
    [
        ("fan quantity", "0", '"0" is no quantity: write a whole number from 1 to 1000000'),
        ("fan quantity", "2,5", '"2,5" is no quantity'),
        ("result", "purple", '"purple" is no result of a test. Write one of: passed, failed'),
        ("warranty until", "2026-03", "Give the day on which the warranty ends"),
        ("RMA number", "1", 'An event "built" has no RMA number'),
    ],
)
def test_details_that_cannot_be_read_refuse_their_row(world: Drives, header, cell, why):
    a_slot(world.drive, "fan", a_release("A", item=an_item("fan-80")), is_optional=True)
    (told,) = refused(f"item;serial;date;fan;{header}\nTG-200;1;2026-01-05;A;{cell}\n")

    assert why in told


def test_every_kind_is_taken_from_a_list_by_its_own_name(world: Drives):
    built(world.unit("2"))
    needs = {
        Kind.IDENTITY_CHANGED: ("new serial", "9"),
        Kind.TESTED: ("result", "passed"),
        Kind.REPLACED_BY: ("replaced by", "2"),
        Kind.WARRANTY_EXTENDED: ("warranty until", "2030-01-01"),
    }
    for kind in Kind:
        if kind not in CORRECTIONS:
            column, cell = needs.get(kind, ("remark", "-"))
            staged_rows = f"item;serial;date;event;{column}\nTG-200;{kind};2026-01-05;built;\n"
            source = taken(staged_rows + f"TG-200;{kind};2026-01-06;{kind};{cell}\n")

            assert source.refused_count == (kind is Kind.BUILT), kind
