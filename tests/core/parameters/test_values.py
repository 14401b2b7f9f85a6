"""Values compare as their types mean them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.parameters.definitions import Definition, ParameterType
from longmark.core.parameters.differences import Change, differences
from longmark.core.parameters.values import misfit, same

BOOL = Definition("P10.07", ParameterType.BOOL)
INT = Definition("P1.1", ParameterType.INT, minimum="0", maximum="100")
DECIMAL = Definition("P1.2", ParameterType.DECIMAL, minimum="-0.5", maximum="50")
ENUM = Definition("P1.3", ParameterType.ENUM, options=(("0", "off"), ("1", "Modbus/TCP")))
SECRET = Definition("P9.1", ParameterType.INT, is_secret=True)


@pytest.mark.parametrize(
    ("one", "other", "definition"),
    [
        ("1.0", "1", DECIMAL),
        ("1,50", "1.5", DECIMAL),
        ("1e2", "100", DECIMAL),
        ("0x1F", "31", INT),
        ("5.0", "5", INT),
        ("on", "TRUE", BOOL),
        ("ein", "1", BOOL),
        ("modbus/tcp", "1", ENUM),
        ("01", "1", ENUM),
        ("so", "so", None),
    ],
)
def test_values_that_mean_the_same_are_the_same(
    one: str, other: str, definition: Definition | None
) -> None:
    assert same(one, other, definition)


@pytest.mark.parametrize(
    ("one", "other", "definition"),
    [
        ("1.10", "1.1", None),  # a version, as far as anybody knows
        ("on", "off", BOOL),
        ("1", "maybe", BOOL),
        ("5", "5.5", INT),
        ("1", "01", SECRET),
        ("what", "ever", DECIMAL),
    ],
)
def test_values_that_mean_something_else_are_not(
    one: str, other: str, definition: Definition | None
) -> None:
    assert not same(one, other, definition)


@pytest.mark.parametrize(
    ("text", "definition", "told"),
    [
        ("101", INT, "above 100"),
        ("-0,6", DECIMAL, "below -0.5"),
        ("maybe", BOOL, "on or off"),
        ("7", ENUM, "option"),
        ("1.5", INT, "whole number"),
        ("1e999999", DECIMAL, "number"),
        ("٣", INT, "whole number"),
    ],
)
def test_a_value_that_does_not_fit_is_told_why(
    text: str, definition: Definition, told: str
) -> None:
    reason = misfit(text, definition)

    assert reason is not None
    assert told in reason


def test_a_secret_is_never_shown_in_a_reason() -> None:
    assert misfit("hunter2", SECRET) is None


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from([BOOL, INT, DECIMAL, ENUM]))
def test_sameness_is_the_same_from_both_sides(one: str, other: str, definition: Definition) -> None:
    assert same(one, other, definition) == same(other, one, definition)
    assert same(one, one, definition)


def test_differences_tell_what_changed_came_and_went_in_natural_order() -> None:
    before = {"P2.1": "1.0", "P10.1": "on", "P3.1": "x", "P4.1": "5"}
    after = {"P2.1": "1", "P10.1": "off", "P5.1": "", "P4.1": "5"}
    types = {"P2.1": ParameterType.DECIMAL, "P10.1": ParameterType.BOOL}
    known = {name: Definition(name, kind) for name, kind in types.items()}

    found = [(each.name, each.change) for each in differences(before, after, known)]

    assert found == [
        ("P3.1", Change.MISSING),
        ("P5.1", Change.ADDED),
        ("P10.1", Change.CHANGED),
    ]


@given(
    st.dictionaries(st.text(max_size=5), st.text(max_size=5)),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5)),
)
def test_differences_lead_from_one_set_to_the_other(
    before: dict[str, str], after: dict[str, str]
) -> None:
    reached = dict(before)
    for each in differences(before, after, {}):
        if each.after is None:
            del reached[each.name]
        else:
            reached[each.name] = each.after

    assert reached == after
