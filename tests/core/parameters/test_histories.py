"""Which value held when."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from longmark.core.life.events import Evidence
from longmark.core.parameters.definitions import Definition, ParameterType
from longmark.core.parameters.histories import SaidBy, Saying, histories
from longmark.core.parameters.values import same

DEFINED = {"P1": Definition("P1", ParameterType.DECIMAL)}


def said(on: int, said_by: SaidBy = SaidBy.BOOKED, **values: str) -> Saying:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=on)
    return Saying(at, said_by, values, Evidence.DECLARED, on)


def test_a_value_holds_until_another_is_said() -> None:
    told = histories([said(5, P1="2"), said(0, SaidBy.RELEASED, P1="1", P2="x")], DEFINED)

    first, second = told["P1"]
    assert (first.value, first.said_by) == ("1", SaidBy.RELEASED)
    assert first.held_to == second.held_from
    assert second.held_to is None
    assert [each.value for each in told["P2"]] == ["x"]


def test_saying_the_same_again_is_remembered_and_changes_nothing() -> None:
    (held,) = histories([said(0, P1="1"), said(9, SaidBy.FOUND, P1="1.0")], DEFINED)["P1"]

    assert held.value == "1"
    assert (held.seen_at - held.held_from).days == 9


def test_of_two_at_one_instant_the_later_counts() -> None:
    told = histories([said(0, P1="1"), said(3, P1="2"), said(3, P1="1")], DEFINED)["P1"]

    assert [(each.value, each.held_to) for each in told] == [("1", None)]


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["1", "1.0", "2", "3"])), max_size=12))
def test_values_follow_without_gap_or_overlap(pairs: list[tuple[int, str]]) -> None:
    told = histories([said(on, P1=value) for on, value in pairs], DEFINED).get("P1", ())

    for one, other in pairwise(told):
        assert one.held_to == other.held_from
        assert one.held_from < other.held_from
        assert not same(one.value, other.value, DEFINED["P1"])
    assert all(each.held_to is None for each in told[-1:])
