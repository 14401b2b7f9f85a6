"""The steps of an RMA, what its events say of it, and what a replacement inherits."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.errors import Refused
from longmark.core.life import returns
from longmark.core.life.derivation import Life, derive
from longmark.core.life.events import CustodyRole, Details, Event, Holder, Kind, State
from longmark.core.life.inheritance import inherited
from longmark.core.life.returns import FOLLOWED_BY, Hold, RmaOutcome, RmaStep

START = datetime(2024, 3, 3, tzinfo=UTC)
TAKER = UUID(int=9)
HOLD = Hold("main-firmware", "tg200-fw", "2.3.1", "CVE-2020-11899", "2.4.0")


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def event(seq: int, kind: Kind, on: int, **others) -> Event:
    return Event(seq, kind, day(on), **others)


def rma_of(*told: tuple[Kind, int] | tuple[Kind, int, Details]):
    events = [
        event(seq, kind, on, details=more[0] if more else Details())
        for seq, (kind, on, *more) in enumerate(told, start=1)
    ]
    return derive(events).rmas[-1]


@given(st.lists(st.sampled_from(RmaStep)))
def test_no_order_of_requests_reaches_a_step_that_does_not_follow(asked):
    at, gone = RmaStep.OPENED, [RmaStep.OPENED]
    for to in asked:
        try:
            returns.check_step(at, to)
        except Refused:
            assert to not in FOLLOWED_BY[at]
            continue
        at = to
        gone.append(to)

    assert RmaStep.IN_REPAIR not in gone or gone.index(RmaStep.DIAGNOSED) < gone.index(
        RmaStep.IN_REPAIR
    )


@pytest.mark.parametrize(
    ("at", "outcome", "why"),
    [
        (RmaStep.OPENED, RmaOutcome.REPAIRED, "receive it first"),
        (RmaStep.OPENED, RmaOutcome.SCRAPPED, "receive it first"),
        (RmaStep.RECEIVED, RmaOutcome.REPLACED, "diagnose it first"),
        (RmaStep.DIAGNOSED, RmaOutcome.REPAIRED, "begin the repair first"),
    ],
)
def test_an_rma_ends_only_after_what_comes_first(at, outcome, why):
    with pytest.raises(Refused, match=why):
        returns.check_end(at, outcome)


@pytest.mark.parametrize("at", RmaStep)
def test_a_unit_may_be_sent_back_as_it_is_at_any_time(at):
    returns.check_end(at, RmaOutcome.UNREPAIRED)

    assert returns.goes_out(at, RmaOutcome.UNREPAIRED) is (at is not RmaStep.OPENED)


def test_what_is_held_goes_out_with_a_reason_only():
    with pytest.raises(Refused, match=r"tg200-fw 2.3.1 in main-firmware is open to CVE-2020-11899"):
        returns.check_holds([HOLD], "  ")
    with pytest.raises(Refused, match="Nobody knows which release of tg200-fw"):
        returns.check_holds([Hold("x", "tg200-fw", "", "CVE-2020-11899", "2.4.0")], "")

    returns.check_holds([HOLD], "The customer declined in writing.")
    returns.check_holds([], "")


def test_what_was_done_in_an_rma_is_its_outcome():
    number = Details(rma="R-1")
    opened, closed = (Kind.RETURNED, 1, number), (Kind.RMA_CLOSED, 9, number)
    taken = (Kind.REPLACED_BY, 5, Details(replaced_by=TAKER, rma="R-1"))

    assert rma_of(opened, closed).outcome is RmaOutcome.UNREPAIRED
    assert rma_of(opened, (Kind.REPAIRED, 5), closed).outcome is RmaOutcome.REPAIRED
    replaced = rma_of(opened, taken, (Kind.REPAIRED, 6, number), closed)
    assert (replaced.outcome, replaced.replacement) == (RmaOutcome.REPLACED, TAKER)


def test_a_repair_that_is_told_late_by_its_number_counts_for_its_rma():
    number = Details(rma="R-1")
    told = [(Kind.RETURNED, 1, number), (Kind.RMA_CLOSED, 5, number), (Kind.REPAIRED, 5, number)]

    assert rma_of(*told).outcome is RmaOutcome.REPAIRED
    assert rma_of(*told[:2], (Kind.REPAIRED, 9)).outcome is RmaOutcome.UNREPAIRED


def test_what_is_scrapped_is_with_nobody_to_be_looked_at():
    scrapped = rma_of((Kind.RETURNED, 1), (Kind.SCRAPPED, 4))

    assert (scrapped.closed_at, scrapped.outcome) == (day(4), RmaOutcome.SCRAPPED)
    assert scrapped.name == "2024-03-04"


def life(*told: Event) -> Life:
    return derive(told)


def warranted(until: date | None, on: int = 0) -> Event:
    return event(9, Kind.WARRANTY_STARTED, on, details=Details(until=until))


KEPT = {CustodyRole.OPERATOR: Holder(1, 2, "DE"), CustodyRole.DISTRIBUTOR: Holder(3)}
SOLD = event(1, Kind.SHIPPED, 0, custody=KEPT)
SPARE = life(event(1, Kind.BUILT, 0))


def test_a_replacement_goes_to_the_keepers_with_what_is_left_of_the_warranty():
    left = inherited(life(SOLD, warranted(date(2026, 3, 3))), SPARE, date(2025, 3, 3), reason="x")

    assert (left.move, left.custody) == (Kind.SHIPPED, KEPT)
    assert left.warranty == (
        Kind.WARRANTY_STARTED,
        Details(until=date(2026, 3, 3), reason="x"),
    )


def test_a_warranty_that_is_over_or_void_leaves_nothing():
    over = life(SOLD, warranted(date(2024, 6, 1)))
    void = life(SOLD, warranted(date(2030, 1, 1)), event(10, Kind.WARRANTY_VOIDED, 5))

    for unit in (over, void, life(SOLD)):
        assert inherited(unit, SPARE, date(2025, 3, 3), reason="").warranty is None


@pytest.mark.parametrize(
    ("left", "own", "event_of_it"),
    [
        (date(2026, 1, 1), date(2027, 1, 1), None),
        (date(2027, 1, 1), date(2026, 1, 1), Kind.WARRANTY_EXTENDED),
        (None, date(2026, 1, 1), Kind.WARRANTY_STARTED),
        (date(2027, 1, 1), None, None),
    ],
)
def test_of_two_warranties_the_longer_holds(left, own, event_of_it):
    taker = life(event(1, Kind.BUILT, 0), warranted(own, on=1))
    found = inherited(life(SOLD, warranted(left)), taker, date(2025, 3, 3), reason="").warranty

    assert (found and found[0]) == event_of_it


def test_a_replacement_that_is_with_the_customer_is_not_moved():
    there = life(event(1, Kind.COMMISSIONED, 0, custody=KEPT))
    elsewhere = life(event(1, Kind.COMMISSIONED, 0))

    assert inherited(life(SOLD), there, date(2025, 3, 3), reason="").move is None
    assert inherited(life(SOLD), elsewhere, date(2025, 3, 3), reason="").move is Kind.TRANSFERRED
    assert SPARE.state is State.BUILT
