"""Spans of versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.composition.spans import Span, read_span
from longmark.core.errors import Invalid
from longmark.core.versions import Scheme, Unkeyable, key


def order(version: str) -> str:
    try:
        return key(Scheme.GENERIC, version)
    except Unkeyable:
        return f"~{version}"


@pytest.mark.parametrize(
    ("span", "inside", "outside"),
    [
        ("2.3.0..2.4.x", ["2.3.0", "2.3.9", "2.4", "2.4.0", "2.4.17"], ["2.2.9", "2.5.0", "3.0"]),
        ("2.4.x", ["2.4", "2.4.0", "2.4.11"], ["2.3.9", "2.5", "2.40.1"]),
        ("C..E", ["C", "D", "E"], ["B", "F"]),
        ("v5", ["v5"], ["v6", "v4"]),
        ("2.4..", ["2.4", "2.4.1", "9"], ["2.3.9"]),
        ("..2.4", ["1.0", "2.4"], ["2.4.1", "2.5"]),
        ("..2.x", ["1.0", "2.9.9"], ["3.0"]),
        ("*", ["1", "A", "v7"], []),
    ],
)
def test_a_span_holds_what_lies_between_its_ends(
    span: str, inside: list[str], outside: list[str]
) -> None:
    read = read_span(span)

    assert [each for each in inside + outside if read.holds(each, order)] == inside


@pytest.mark.parametrize("text", ["", "   ", "1..2..3", "1" * 201])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_span(text)


version = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}", fullmatch=True)


@given(low=version, high=version)
def test_a_span_is_read_as_it_is_written(low: str, high: str) -> None:
    for span in (Span(low, high), Span(low), Span("", high), Span()):
        if span != Span(low, low) or low:
            assert read_span(str(span)) == span


@given(low=version, high=version, asked=version)
def test_a_span_agrees_with_the_order_of_releases(low: str, high: str, asked: str) -> None:
    expected = order(low) <= order(asked) <= order(high)

    assert Span(low, high).holds(asked, order) == expected
