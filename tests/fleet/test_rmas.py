"""RMAs: their rows follow events; each step is a service that refuses what is not allowed."""

from datetime import date, timedelta

import pytest

from longmark.core.actors import SYSTEM
from longmark.core.errors import Invalid, NotAllowed, NotFound, Refused
from longmark.core.life.events import CustodyRole, Kind
from longmark.core.life.returns import Hold, RmaDecision, RmaOutcome, RmaStep
from longmark.fleet.models import Rma, Unit
from longmark.fleet.queries import imports, lives, rmas, units
from longmark.fleet.queries.rmas import RmaFilter
from longmark.fleet.services import booking
from longmark.fleet.services import rmas as services
from longmark.fleet.services.endings import Ending
from longmark.fleet.services.rmas import Diagnosis
from longmark.fleet.services.spoken import Said
from longmark.ledger.models import Entry
from tests.fleet.world import (
    BOARD,
    Drives,
    a,
    a_drive_with_board,
    booked,
    built,
    day,
    drives,
    kept_by,
    on,
    taken,
    unit_named,
)
from tests.world import NINE, a_party, a_site

pytestmark = pytest.mark.django_db

HOLD = Hold("control-board/main-firmware", "tg200-fw", "2.3.1", "CVE-2020-11899", "2.4.0")
REPAIR = Diagnosis("Capacitor burnt.", RmaDecision.REPAIR)
BY = {"actor": SYSTEM, "now": NINE}


@pytest.fixture
def world() -> Drives:
    return drives()


@pytest.fixture
def unit(world: Drives) -> Unit:
    return a_drive_with_board(world)


def opened(unit: Unit, number: str = "R-1", on_day: int = 10, **others) -> Rma:
    return services.open_rma(unit, on=on(on_day), number=number, **{**BY, **others})


def in_repair(unit: Unit, number: str = "R-1") -> Rma:
    opened(unit, number)
    services.receive_rma(unit, number, on=on(12), **BY)
    services.diagnose_rma(unit, number, REPAIR, on=on(13), worker="Sven", **BY)
    return services.begin_repair(unit, number, on=on(14), **BY)


def close(unit: Unit, outcome: RmaOutcome = RmaOutcome.REPAIRED, number="R-1", **others) -> Rma:
    holds = others.pop("holds", [])
    ending = Ending(outcome, others.pop("day", on(20)), **others)
    return services.close_rma(unit, number, ending, holds=holds, **BY)


def said(unit: Unit, event: str, when: str, **words: str) -> Unit:
    return booking.book_words(unit, Said(event, when, source="list", words=words), **BY)


def kinds(unit: Unit) -> list[str]:
    return [event.kind for event in units.events_page(unit).items]


def actions() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("action", flat=True))


# Rows follow events


def test_a_return_from_a_list_opens_an_rma_and_its_closing_closes_it(world: Drives):
    rows = [
        "item;serial;date;event;RMA number",
        "TG-200;1;2026-01-01;built;",
        "TG-200;1;2026-02-01;returned;R-7",
    ]
    taken("\n".join(rows))
    row = rmas.rma(unit_named(world.drive, "1"), "R-7")
    assert (row.is_open, row.step, row.opened_at) == (True, "opened", day(31))

    taken("\n".join([rows[0], "TG-200;1;2026-02-09;rma-closed;R-7"]))
    row = rmas.rma(row.unit, "R-7")
    assert (row.is_open, row.outcome, row.is_closed_unchecked) == (False, "unrepaired", True)


def test_closing_one_of_several_has_to_name_it(unit: Unit):
    said(unit, "returned", "2026-01-10", rma="R-1")
    said(unit, "returned", "2026-01-12", rma="R-2")

    told = r"has 2 open RMAs: R-1, R-2\. Give the RMA number .* column \"rma\""
    with pytest.raises(Refused, match=told) as refused:
        said(unit, "rma-closed", "2026-01-20")
    assert refused.value.field == "rma"
    said(unit, "rma-closed", "2026-01-20", rma="R-1")
    said(unit, "rma-closed", "2026-01-21")
    assert [row.is_open for row in rmas.rmas_of(unit)] == [False, False]


def test_a_row_that_closes_one_of_several_comes_back_with_their_numbers(unit: Unit):
    for number in ("R-1", "R-2"):
        said(unit, "returned", "2026-01-10", rma=number)
    one = taken("item;serial;date;event\nTG-200;1001;2026-01-20;rma-closed")

    (row,) = imports.refusals_page(one).items
    assert row.column == "rma"
    assert row.values["numbers"] == "R-1, R-2"
    assert 'column "rma"' in row.mend


def test_a_return_without_number_goes_by_its_day(unit: Unit):
    said(unit, "returned", "2026-02-01")

    assert [row.number for row in rmas.rmas_of(unit)] == ["2026-02-01"]
    close(unit, RmaOutcome.UNREPAIRED, "2026-02-01", day=on(40))
    assert not rmas.rma(unit, "2026-02-01").is_open


def test_a_return_that_never_was_leaves_no_rma(unit: Unit):
    opened(unit)
    booking.correct_event(unit, 2, replacement=None, reason="Another unit.", **BY)

    assert rmas.rmas_of(unit) == []
    assert not Rma.objects.exists()


def test_work_on_an_rma_outlives_its_events_and_comes_back_with_them(unit: Unit):
    in_repair(unit)
    booking.correct_event(unit, 2, replacement=None, reason="Another unit.", **BY)
    assert rmas.rmas_of(unit) == []
    opened(unit, on_day=11)

    assert rmas.rma(unit, "R-1").diagnosis == "Capacitor burnt."


def test_the_work_goes_along_when_a_number_is_corrected(unit: Unit):
    in_repair(unit)
    told = Said("returned", on(10).isoformat(), words={"RMA number": "R-2"})
    booking.correct_with_words(unit, 2, said=told, reason="Misread.", **BY)

    (row,) = rmas.rmas_of(unit)
    assert (row.number, row.step, row.diagnosis) == ("R-2", "in-repair", "Capacitor burnt.")


def test_what_comes_back_under_the_same_number_begins_from_the_start(unit: Unit):
    in_repair(unit)
    close(unit)
    said(unit, "returned", "2026-03-01", **{"RMA number": "R-1"})

    row = rmas.rma(unit, "R-1")
    assert (row.is_open, row.step, row.opened_at) == (True, "opened", day(59))


# Steps


def test_an_rma_goes_its_way_and_each_step_is_in_the_ledger(unit: Unit):
    unit = booked_as_commissioned(unit)
    row = in_repair(unit)
    assert (row.step, row.received_on, row.diagnosed_on) == ("in-repair", on(12), on(13))
    assert (row.decision, row.worker_name) == ("repair", "Sven")
    assert units.unit(unit.pk).state == "returned"
    row = close(unit, reason="New capacitor.")

    assert (row.is_open, row.outcome, row.checked_at) == (False, "repaired", NINE)
    assert units.unit(unit.pk).state == "commissioned"
    assert kinds(unit)[:3] == ["rma-closed", "repaired", "returned"]
    assert [name for name in actions() if ".rma-" in name] == [
        "fleet.rma-opened",
        "fleet.rma-received",
        "fleet.rma-diagnosed",
        "fleet.rma-repair-begun",
        "fleet.rma-closed",
    ]


def booked_as_commissioned(unit: Unit) -> Unit:
    return said(unit, "commissioned", on(2).isoformat())


def test_every_step_done_twice_changes_nothing_the_second_time(unit: Unit):
    in_repair(unit)
    close(unit)
    before = (actions(), kinds(unit))

    with pytest.raises(Refused, match="R-1 is closed; open another one"):
        opened(unit)
    close(unit)
    assert (actions(), kinds(unit)) == before


def test_open_steps_done_twice_change_nothing(unit: Unit):
    opened(unit)
    opened(unit)
    for _ in range(2):
        services.receive_rma(unit, "R-1", on=on(12), **BY)
    for _ in range(2):
        services.diagnose_rma(unit, "R-1", REPAIR, on=on(13), **BY)
    for _ in range(2):
        services.begin_repair(unit, "R-1", on=on(14), **BY)

    assert [name for name in actions() if ".rma-" in name] == [
        "fleet.rma-opened",
        "fleet.rma-received",
        "fleet.rma-diagnosed",
        "fleet.rma-repair-begun",
    ]


def test_a_step_that_does_not_follow_is_refused_and_leaves_no_trace(unit: Unit):
    opened(unit)
    before = actions()
    with pytest.raises(Refused, match="receive it first"):
        services.diagnose_rma(unit, "R-1", REPAIR, on=on(13), **BY)
    with pytest.raises(Refused, match="receive it first"):
        services.begin_repair(unit, "R-1", on=on(13), **BY)
    with pytest.raises(Refused, match="receive it first"):
        close(unit)

    assert actions() == before
    assert rmas.rma(unit, "R-1").step == RmaStep.OPENED


def test_a_diagnosis_may_be_made_anew_from_the_repair(unit: Unit):
    in_repair(unit)
    anew = Diagnosis("The board is cracked, too.", RmaDecision.REPLACE)
    row = services.diagnose_rma(unit, "R-1", anew, on=on(15), **BY)

    assert (row.step, row.decision, row.worker_name) == ("diagnosed", "replace", "Sven")


def test_a_unit_has_one_open_rma_at_a_time(unit: Unit):
    opened(unit)
    for number in ("R-2", ""):
        with pytest.raises(Refused, match="has the open RMA R-1; close it first"):
            opened(unit, number)


def test_an_rma_without_a_number_is_given_one_that_tells_of_its_unit(unit: Unit):
    first = opened(unit, "")
    close(unit, RmaOutcome.UNREPAIRED, first.number, day=on(10))
    second = opened(unit, "")

    assert (first.number, second.number) == ("R260111-1001", "R260111-1001-2")


def test_a_number_made_of_a_serial_number_has_no_hyphen_twice(world: Drives):
    unit = built(world.unit("TG2-2616-07946"))

    assert opened(unit, "").number == "R260111-07946"


@pytest.mark.parametrize(
    ("when", "why"), [(NINE.date() + timedelta(days=1), "future"), (on(9), "opened on 2026-01-11")]
)
def test_a_day_that_cannot_be_is_refused(unit: Unit, when: date, why: str):
    opened(unit)
    with pytest.raises(Invalid, match=why):
        services.receive_rma(unit, "R-1", on=when, **BY)
    with pytest.raises(Invalid, match=why):
        close(unit, RmaOutcome.UNREPAIRED, day=when)


def test_an_rma_that_was_opened_today_at_some_hour_is_closed_today(unit: Unit):
    said(unit, "returned", "2026-02-01T13:30+00:00", **{"RMA number": "R-9"})
    row = close(unit, RmaOutcome.UNREPAIRED, "R-9", day=on(31))

    assert not row.is_open


def test_wrong_numbers_texts_and_people_are_refused(unit: Unit, otto):
    opened(unit)
    with pytest.raises(NotFound, match="has no RMA R-9"):
        services.receive_rma(unit, "R-9", on=on(12), **BY)
    with pytest.raises(Invalid, match="60 is the most"):
        opened(unit, "R" * 61)
    services.receive_rma(unit, "R-1", on=on(12), **BY)
    with pytest.raises(Invalid, match="Say what was found"):
        silent = Diagnosis(" ", RmaDecision.REPAIR)
        services.diagnose_rma(unit, "R-1", silent, on=on(12), **BY)
    with pytest.raises(NotAllowed):
        opened(unit, actor=otto)


# The gate


def test_a_held_unit_is_not_closed_out_of_repair(unit: Unit):
    in_repair(unit)
    before = (actions(), kinds(unit))
    with pytest.raises(Refused, match=r"2\.3\.1 in control-board/main-firmware is"):
        close(unit, holds=[HOLD])

    assert (actions(), kinds(unit)) == before
    assert rmas.rma(unit, "R-1").is_open


def test_a_held_unit_is_closed_with_a_reason_that_is_kept(unit: Unit):
    in_repair(unit)
    row = close(unit, holds=[HOLD], override="The customer updates it himself.")

    assert (row.is_open, row.override) == (False, "The customer updates it himself.")
    entry = Entry.objects.get(action="fleet.rma-closed")
    assert "CVE-2020-11899" in entry.body


def test_what_is_not_held_keeps_no_reason(unit: Unit):
    in_repair(unit)

    assert close(unit, override="Just in case.").override == ""


def test_what_is_scrapped_or_never_came_is_not_held(unit: Unit):
    opened(unit)
    assert not close(unit, RmaOutcome.UNREPAIRED, holds=[HOLD]).is_open
    in_repair(unit, "R-2")
    row = close(unit, RmaOutcome.SCRAPPED, "R-2", holds=[HOLD])

    assert (row.outcome, units.unit(unit.pk).state) == ("scrapped", "scrapped")


# Replacement


@pytest.fixture
def sold(world: Drives) -> Unit:
    customer = a_party()
    custody = {
        CustodyRole.OPERATOR: kept_by(customer, a_site(customer)),
        CustodyRole.DISTRIBUTOR: kept_by(a_party("Antrieb Nord")),
        CustodyRole.OWNER: kept_by(a_party("Leasing AG")),
    }
    built(world.unit("1"))
    unit = booked(world.unit("1"), Kind.SHIPPED, 1, custody=custody)
    return said(unit, "warranty started", "2026-01-02", **{"warranty until": "2028-01-02"})


def test_a_replacement_inherits_keepers_and_the_balance_of_the_warranty(world: Drives, sold: Unit):
    spare = built(world.unit("2"))
    in_repair(sold)
    row = close(sold, RmaOutcome.REPLACED, replacement=spare)

    assert (row.outcome, row.replacement_id) == ("replaced", spare.pk)
    taker = units.unit(spare.pk)
    assert taker.state == "shipped"
    assert (taker.operator, taker.site, taker.distributor) == (
        sold.operator,
        sold.site,
        sold.distributor,
    )
    owner = lives.life_of(spare.pk).kept_now()[CustodyRole.OWNER].content
    assert owner and owner.party
    warranty = lives.warranty_of(taker)
    assert warranty and warranty.until == date(2028, 1, 2)
    assert units.unit(sold.pk).state == "replaced"
    assert [each.number for each in rmas.rmas_that_brought(taker)] == ["R-1"]
    assert actions()[-2:] == ["fleet.rma-closed", "fleet.unit-replaced"]


def test_a_replacement_is_named_if_and_only_if_it_was_replaced(world: Drives, sold: Unit):
    spare = built(world.unit("2"))
    in_repair(sold)
    for outcome, taker in ((RmaOutcome.REPLACED, None), (RmaOutcome.REPAIRED, spare)):
        with pytest.raises(Invalid, match="Name the replacement"):
            close(sold, outcome, replacement=taker)


def test_a_unit_that_cannot_take_the_place_is_refused(world: Drives, sold: Unit):
    a_drive_with_board(world, "5", "B-5")
    scrapped = said(built(world.unit("6")), "scrapped", "2026-01-05")
    returned = said(built(world.unit("7")), "returned", "2026-01-05")
    in_repair(sold)
    for taker, why in (
        (sold, "its own place"),
        (unit_named(world.board, "B-5"), "sits in another unit"),
        (scrapped, "6 is scrapped"),
        (returned, "7 has the open RMA 2026-01-05 itself"),
    ):
        with pytest.raises(Refused, match=why):
            close(sold, RmaOutcome.REPLACED, replacement=taker)
    assert rmas.rma(sold, "R-1").is_open


# Lists


def test_lists_find_rmas_by_number_serial_step_item_and_keeper(world: Drives, sold: Unit):
    opened(sold)
    other = a_drive_with_board(world, "77", "B-77")
    in_repair(other, "R-22")
    closed = built(world.unit("8"))
    opened(closed, "R-8")
    close(closed, RmaOutcome.UNREPAIRED, "R-8")

    def found(**asked) -> set[str]:
        return {row.number for row in rmas.rmas_page(RmaFilter(**asked)).items}

    assert found() == {"R-1", "R-22"}
    assert found(is_open=None) == {"R-1", "R-22", "R-8"}
    assert found(text="r-2") == found(text="77") == found(step="in-repair") == {"R-22"}
    assert found(is_open=False, outcome="unrepaired") == {"R-8"}
    assert found(operator_id=sold.operator_id) == {"R-1"}
    assert found(item_ids=(world.board.pk,)) == found(is_unchecked=True, is_open=None) == set()
    assert found(opened_before=day(10)) == set()
    assert found(opened_from=day(10), opened_before=day(11)) == {"R-1", "R-22"}


def test_open_ones_are_counted_by_item_step_and_age(world: Drives, sold: Unit):
    opened(sold, on_day=10)
    recent = built(world.unit("9"))
    services.open_rma(recent, on=NINE.date() - timedelta(days=10), number="R-9", **BY)

    (row,) = rmas.waiting(NINE)
    assert (row.item_name, row.step, row.count, row.by_age) == ("TG-200", "opened", 2, (0, 1, 0, 1))


@pytest.mark.parametrize("count", [1, 8])
def test_a_list_costs_the_same_queries_however_long(
    world: Drives, count: int, django_assert_num_queries
):
    for number in range(count):
        opened(built(world.unit(f"3{number}")), f"R-{number}")

    with django_assert_num_queries(2):
        page = rmas.rmas_page()
        assert [str(row.unit.item) for row in page.items] == ["TG-200"] * count
        rmas.waiting(NINE)


def test_pages_follow_each_other_oldest_first(world: Drives):
    for number in range(3):
        opened(built(world.unit(f"3{number}")), f"R-{number}", on_day=20 - number)
    first = rmas.rmas_page(limit=2)
    rest = rmas.rmas_page(limit=2, after=first.next)

    assert [row.number for row in first.items + rest.items] == ["R-2", "R-1", "R-0"]


def test_what_happened_in_an_rma_is_told_of_the_unit_and_what_was_in_it(world: Drives):
    unit = a_drive_with_board(world)
    in_repair(unit)
    new_board = {"control-board": "D", "control-board serial": "B-2"}
    said(unit, "swapped", on(15).isoformat(), **new_board)
    said(unit, "software-changed", on(16).isoformat(), **{"main-firmware": "2.4.0"})
    row = close(unit)

    found = rmas.happened_in(row)
    assert [event.kind for event in found.events if event.unit_id == unit.pk] == [
        "rma-closed",
        "repaired",
        "swapped",
        "returned",
    ]
    assert {each.serial for each in found.units.values()} == {"1001", "B-1", "B-2"}
    assert "software-changed" in {event.kind for event in found.events}
    assert found.is_all


def test_an_anonymous_board_needs_no_unit_to_be_swapped(world: Drives):
    unit = built(world.unit("1"), slots={BOARD: a(world.rev_c)})
    opened(unit)

    assert rmas.happened_in(rmas.rma(unit, "R-1")).units == {unit.pk: unit}
