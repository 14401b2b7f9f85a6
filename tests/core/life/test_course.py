"""State, RMAs, warranty and numbers of a unit, by the order in which things happened."""

from datetime import UTC, date, datetime, timedelta

import pytest

from longmark.core.errors import Invalid
from longmark.core.life import details
from longmark.core.life.derivation import derive
from longmark.core.life.events import Details, Event, Kind, Outcome, State

START = datetime(2024, 3, 3, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def life_of(*told: tuple[Kind, int, Details] | tuple[Kind, int]):
    """Derive a life from kinds, days and details, told in this order."""
    return derive(
        [
            Event(seq, kind, day(on), details=more[0] if more else Details())
            for seq, (kind, on, *more) in enumerate(told, start=1)
        ]
    )


@pytest.mark.parametrize("before", [Kind.BUILT, Kind.SHIPPED, Kind.COMMISSIONED])
def test_closing_an_rma_brings_the_state_before_back(before):
    life = life_of((before, 0), (Kind.RETURNED, 5), (Kind.RMA_CLOSED, 9))

    assert life.state is life_of((before, 0)).state
    assert [(rma.opened_at, rma.closed_at) for rma in life.rmas] == [(day(5), day(9))]


def test_what_happened_during_an_rma_outlives_its_closing():
    assert life_of((Kind.RETURNED, 5), (Kind.SCRAPPED, 6), (Kind.RMA_CLOSED, 9)).state is (
        State.SCRAPPED
    )
    assert life_of((Kind.RETURNED, 5), (Kind.SHIPPED, 6), (Kind.RMA_CLOSED, 9)).state is (
        State.SHIPPED
    )


def test_a_closing_that_arrives_first_closes_all_the_same():
    life = life_of((Kind.RMA_CLOSED, 9), (Kind.RETURNED, 5), (Kind.SHIPPED, 0))

    assert (life.state, life.open_rma) == (State.SHIPPED, None)


def test_returned_twice_under_one_number_is_one_rma():
    number = Details(rma="4711")
    life = life_of((Kind.RETURNED, 5), (Kind.RETURNED, 6), (Kind.RETURNED, 7, number))

    assert [rma.number for rma in life.rmas] == ["", "4711"]


def test_an_rma_is_closed_by_its_number_and_the_unit_stays_until_the_last():
    one, other = Details(rma="1"), Details(rma="2")
    told = [(Kind.SHIPPED, 0), (Kind.RETURNED, 5, one), (Kind.RETURNED, 6, other)]
    life = life_of(*told, (Kind.RMA_CLOSED, 7, one))

    assert (life.open_rma.number, life.state) == ("2", State.RETURNED)
    assert life_of(*told, (Kind.RMA_CLOSED, 7, one), (Kind.RMA_CLOSED, 8)).state is State.SHIPPED
    assert life_of(*told, (Kind.RMA_CLOSED, 7, Details(rma="3"))).open_rma.number == "2"


def test_the_balance_of_a_warranty_is_what_is_left_of_it():
    started = (Kind.WARRANTY_STARTED, 0, Details(until=date(2026, 3, 3)))
    warranty = life_of(started).warranty

    assert warranty.balance(date(2026, 2, 1)) == timedelta(days=30)
    assert warranty.balance(date(2027, 1, 1)) == timedelta(0)
    assert (warranty.holds_on(date(2026, 3, 3)), warranty.holds_on(date(2026, 3, 4))) == (
        True,
        False,
    )
    assert not warranty.holds_on(date(2024, 3, 2))


def test_a_warranty_is_extended_and_voided():
    started = (Kind.WARRANTY_STARTED, 0, Details(until=date(2026, 3, 3)))
    longer = (Kind.WARRANTY_EXTENDED, 30, Details(until=date(2028, 3, 3)))
    voided = (Kind.WARRANTY_VOIDED, 60, Details(reason="Opened by someone else."))

    assert life_of(started, longer).warranty.until == date(2028, 3, 3)
    void = life_of(voided, longer, started).warranty
    assert (void.voided_at, void.reason) == (day(60), "Opened by someone else.")
    assert void.balance(date(2025, 1, 1)) == timedelta(0)
    assert void.balance(date(2024, 3, 4)) == date(2028, 3, 3) - date(2024, 3, 4)


def test_a_warranty_without_an_end_has_no_balance_that_could_be_told():
    assert life_of((Kind.WARRANTY_STARTED, 0)).warranty.balance(date(2030, 1, 1)) is None


def test_numbers_follow_one_another():
    life = life_of(
        (Kind.IDENTITY_CHANGED, 9, Details(serial="3", former="2")),
        (Kind.IDENTITY_CHANGED, 5, Details(serial="2", former="1")),
    )

    assert [(each.serial, each.since) for each in life.markings] == [("2", day(5)), ("3", day(9))]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_takes_a_reason(kind):
    needed = {
        Kind.IDENTITY_CHANGED: Details(serial="2", reason="why"),
        Kind.TESTED: Details(outcome=Outcome.PASSED, reason="why"),
        Kind.REPLACED_BY: None,
        Kind.WARRANTY_EXTENDED: Details(until=date(2028, 1, 1), reason="why"),
    }
    stated = needed.get(kind, Details(reason="why"))
    if stated is not None:
        details.check(kind, stated)


@pytest.mark.parametrize(
    ("kind", "stated", "message"),
    [
        (Kind.TESTED, Details(), 'An event "tested" needs the result'),
        (Kind.IDENTITY_CHANGED, Details(), "needs the new serial"),
        (Kind.REPLACED_BY, Details(), "needs the replaced by"),
        (Kind.SHIPPED, Details(rma="1"), 'An event "shipped" has no RMA number'),
        (Kind.LOST, Details(until=date(2028, 1, 1)), "has no warranty until"),
        (Kind.LOST, Details(reason="x" * 501), "The reason has 501 characters; 500 is the most"),
    ],
)
def test_details_that_a_kind_does_not_take_or_lacks_are_refused(kind, stated, message):
    with pytest.raises(Invalid) as caught:
        details.check(kind, stated)

    assert message in str(caught.value)
