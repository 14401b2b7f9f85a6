"""Definitions that make sense, and those that do not."""

import pytest

from longmark.core.errors import Invalid
from longmark.core.parameters.definitions import (
    Definition,
    ParameterType,
    checked,
    options_of,
    options_text,
    parameter_name,
)


def test_a_number_is_kept_in_upper_case_and_a_name_as_it_is() -> None:
    assert parameter_name(" p10.07 ") == "P10.07"
    assert parameter_name("Modbus  port") == "Modbus port"


@pytest.mark.parametrize("name", ["", "   ", "# no", "a=b", "x" * 121, "a\0b", ";x", "[group]"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        parameter_name(name)

    assert refused.value.field == "name"


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        (Definition("P1.1", ParameterType.ENUM), "options"),
        (Definition("P1.1", ParameterType.INT, options=(("0", "off"),)), "options"),
        (Definition("P1.1", ParameterType.TEXT, minimum="1"), "minimum"),
        (Definition("P1.1", ParameterType.INT, minimum="few"), "minimum"),
        (Definition("P1.1", ParameterType.INT, minimum="5", maximum="4"), "maximum"),
        (Definition("P1.1", ParameterType.INT, default="1.5"), "default"),
        (Definition("P1.1", ParameterType.DECIMAL, maximum="50", default="50,1"), "default"),
        (Definition("P1.1", ParameterType.TEXT, is_counter=True), "type"),
        (Definition("P1.1", ParameterType.INT, is_counter=True, is_secret=True), "is_secret"),
        (Definition("P1.1", title="x" * 501), "title"),
    ],
)
def test_a_contradiction_is_refused_at_its_field(stated: Definition, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(stated)

    assert refused.value.field == field
    assert str(refused.value)


def test_options_are_read_as_they_are_written() -> None:
    options = options_of("0=off | 1=on|auto")

    assert options == (("0", "off"), ("1", "on"), ("auto", "auto"))
    assert options_of(options_text(options)) == options


@pytest.mark.parametrize("text", ["0=off|0=on", "=off", "1=a|=b"])
def test_options_without_a_code_of_their_own_are_refused(text: str) -> None:
    with pytest.raises(Invalid, match="list of options"):
        options_of(text)
