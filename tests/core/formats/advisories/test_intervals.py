"""Intervals in normal form answer as a walk over the published events does."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats.advisories.intervals import (
    at_least,
    below,
    between,
    exactly,
    normal_form,
    status_at,
    up_to,
)
from longmark.core.formats.advisories.osv import spans_of_events
from longmark.core.formats.advisories.records import StatedRange, Status
from longmark.core.versions import Scheme, compare, key

NUMBERS = st.integers(0, 8)
VERSIONS = [f"{major}.{minor}" for major in range(5) for minor in range(3)]


def k(version: str) -> str:
    return key(Scheme.GENERIC, version)


def span(low: str, high: str, status: Status = Status.AFFECTED) -> StatedRange:
    return between(at_least(k(low), low), below(k(high), high), status)


def spans(status: st.SearchStrategy[Status]) -> st.SearchStrategy[list[StatedRange]]:
    ends = st.tuples(st.sampled_from(VERSIONS), st.sampled_from(VERSIONS), status)
    return st.lists(
        ends.filter(lambda drawn: compare(Scheme.GENERIC, drawn[0], drawn[1]) < 0).map(
            lambda drawn: span(*drawn)
        ),
        max_size=6,
    )


def expected(stated: list[StatedRange], version: str, default: Status) -> Status:
    """The rules of matching, section 4.4, read literally: most specific, then worst."""
    covering = [one for one in stated if one.low <= k(version) < one.high]
    narrowest = [
        one
        for one in covering
        if not any(
            other is not one
            and (other.low, other.high) != (one.low, one.high)
            and one.low <= other.low
            and other.high <= one.high
            for other in covering
        )
    ]
    order = [
        Status.AFFECTED,
        Status.UNDER_INVESTIGATION,
        Status.UNKNOWN,
        Status.FIXED,
        Status.NOT_AFFECTED,
    ]
    return min((one.status for one in narrowest), key=order.index, default=default)


@given(spans(st.sampled_from(Status)), st.sampled_from(Status), st.sampled_from(VERSIONS))
def test_normal_form_says_what_the_most_specific_entry_says(stated, default, version):
    assert status_at(normal_form(stated, default), k(version)) is expected(stated, version, default)


@given(spans(st.just(Status.AFFECTED)), st.randoms())
def test_normal_form_does_not_depend_on_order(stated, random):
    shuffled = stated[:]
    random.shuffle(shuffled)

    bounds = [(one.low, one.high) for one in normal_form(stated)]
    assert bounds == [(one.low, one.high) for one in normal_form(shuffled)]


@given(spans(st.sampled_from(Status)), st.sampled_from(Status))
def test_normal_form_is_disjoint_sorted_and_not_empty(stated, default):
    ranges = normal_form(stated, default)

    assert all(one.low < one.high for one in ranges)
    assert all(left.high <= right.low for left, right in itertools.pairwise(ranges))


@given(spans(st.sampled_from(Status)), st.sampled_from(VERSIONS), st.sampled_from(Status))
def test_exact_version_beats_every_interval(stated, version, status):
    ranges = normal_form([*stated, exactly(k(version), version, status)], Status.UNKNOWN)

    assert status_at(ranges, k(version)) is status


def test_holes_keep_the_words_of_their_bounds():
    fixed = between(at_least(k("1.5"), "1.5"), up_to(k("1.6"), "1.6"), Status.NOT_AFFECTED)

    before, after = normal_form([span("1.0", "2.0"), fixed])

    assert (before.low_text, before.high_text) == (">= 1.0", "< 1.5")
    assert (after.low_text, after.high_text) == ("> 1.6", "< 2.0")


# --- events -------------------------------------------------------------------------------

pairs = st.lists(
    st.tuples(NUMBERS, NUMBERS, st.sampled_from(["fixed", "last_affected"])).filter(
        lambda pair: pair[0] < pair[1]
    ),
    min_size=1,
    max_size=5,
)


def events_of(drawn: list[tuple[int, int, str]]) -> list[dict[str, str]]:
    return [
        event
        for low, high, closing in drawn
        for event in ({"introduced": str(low)}, {closing: str(high)})
    ]


def walked(drawn: list[tuple[int, int, str]], version: int) -> bool:
    """Each pair by comparison alone, in the plain order of numbers."""
    return any(
        (low <= version or low == 0)
        and (version < high or (closing != "fixed" and version == high))
        for low, high, closing in drawn
    )


@given(pairs, NUMBERS.filter(bool))
def test_intervals_equal_a_walk_over_the_events(drawn, version):
    ranges = normal_form(spans_of_events(events_of(drawn), Scheme.SEMVER)[0])

    affected = status_at(ranges, key(Scheme.SEMVER, str(version))) is Status.AFFECTED
    assert affected is walked(drawn, version)


@given(pairs, st.randoms(), NUMBERS)
def test_permuting_whole_pairs_changes_nothing(drawn, random, version):
    shuffled = drawn[:]
    random.shuffle(shuffled)

    first = normal_form(spans_of_events(events_of(drawn), Scheme.SEMVER)[0])
    second = normal_form(spans_of_events(events_of(shuffled), Scheme.SEMVER)[0])

    assert [(one.low, one.high) for one in first] == [(one.low, one.high) for one in second]


def test_pieces_after_a_reopening_are_kept():
    """PYSEC-2022-236: a backward scan over sorted events loses 3.1.2."""
    events = [
        {"introduced": "0"},
        {"fixed": "3.1.1"},
        {"introduced": "3.2.0"},
        {"fixed": "3.2.2"},
        {"introduced": "3.1.1"},
        {"fixed": "3.1.3"},
    ]

    ranges = normal_form(spans_of_events(events, Scheme.PEP440)[0])

    assert status_at(ranges, key(Scheme.PEP440, "3.1.2")) is Status.AFFECTED
    assert status_at(ranges, key(Scheme.PEP440, "3.1.3")) is Status.NOT_AFFECTED


def test_unsorted_events_that_do_not_alternate_close_before_they_open():
    events = [{"introduced": "2"}, {"introduced": "1"}, {"fixed": "2"}, {"fixed": "3"}]

    ranges = normal_form(spans_of_events(events, Scheme.SEMVER)[0])

    assert [(one.low_text, one.high_text) for one in ranges] == [(">= 1", "< 3")]


def test_limit_cuts_an_open_end():
    ranges, _ = spans_of_events(
        [{"introduced": "1"}, {"limit": "2"}, {"limit": "3"}], Scheme.SEMVER
    )

    assert [one.high_text for one in ranges] == ["< 3"]


def test_bound_without_order_makes_its_side_unknown():
    ranges, reasons = spans_of_events([{"introduced": "0"}, {"fixed": "0.2.0-n653"}], Scheme.PEP440)

    assert ranges[0].status is Status.UNKNOWN
    assert "'0.2.0-n653' cannot be ordered" in reasons[0]
