"""Matching gets no worse: no ecosystem's F1 falls, nothing more is wrongly cleared."""

from collections import Counter

import pytest
from tests.quality.measuring import ALL, Tally, baseline, measured, questions, table

from longmark.core.matching import Verdict


@pytest.fixture(scope="module")
def tallies() -> dict[str, Tally]:
    found, wrong = measured(questions())
    print("\n".join([*wrong, table(found)]))  # noqa: T201 - shown when the test fails
    return found


def test_no_f1_falls_below_the_baseline(tallies: dict[str, Tally]) -> None:
    reached = baseline()

    assert set(tallies) == set(reached)
    assert [name for name, each in reached.items() if tallies[name].f1 < each.f1 - 1e-9] == []


def test_nothing_more_is_wrongly_cleared(tallies: dict[str, Tally]) -> None:
    assert tallies[ALL].wrongly_cleared <= baseline()[ALL].wrongly_cleared


def test_no_question_goes_missing(tallies: dict[str, Tally]) -> None:
    assert [n for n, each in baseline().items() if tallies[n].cases < each.cases] == []


def test_every_question_has_an_id_and_a_label_of_its_own() -> None:
    asked = list(questions())
    ids = Counter(one["id"] for one in asked)

    assert [name for name, count in ids.items() if count > 1] == []
    assert {one["expect"] for one in asked} <= {each.value for each in Verdict}


def test_figures_count_what_is_affected_as_positive() -> None:
    tally = Tally()
    for expected, given in (
        ("affected", "affected"),
        ("affected", "unknown"),
        ("affected", "not_affected"),
        ("not_affected", "affected"),
        ("not_affected", "unknown"),
    ):
        tally.count(expected, given)

    assert (tally.precision, tally.recall) == (1 / 2, 1 / 3)
    assert tally.f1 == pytest.approx(0.4)
    assert tally.wrongly_cleared == 1
