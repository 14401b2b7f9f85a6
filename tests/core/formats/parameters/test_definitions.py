"""Tables of definitions."""

import pytest

from longmark.core.formats.parameters import ParametersInvalid
from longmark.core.formats.parameters.definitions import read_definitions, write_definitions
from longmark.core.parameters.definitions import Definition, ParameterType

TABLE = """\
parameter;type;meaning;unit;min;max;default;options;secret;counter;individual
p10.07;bool;IPv6;;;;off;;;;
P2.01;decimal;Ramp time;s;0,1;600;5.0;;;;
P3.01;;Fieldbus;;;;0;0=off|1=Modbus/TCP;;;
P9.01;text;Service password;;;;;;x;;
P9.09;int;Revision;;;;;;;yes;
IP;text;Address;;;;;;;;ja
"""


def test_a_table_is_read() -> None:
    found = {each.name: each for each in read_definitions(TABLE.encode())}

    assert list(found) == ["P10.07", "P2.01", "P3.01", "P9.01", "P9.09", "IP"]
    assert found["P3.01"].type is ParameterType.ENUM
    assert found["P2.01"].measured_in == "s"
    assert found["P9.01"].is_secret
    assert found["P9.09"].is_counter
    assert found["IP"].is_individual


def test_what_was_written_reads_as_the_same() -> None:
    found = read_definitions(TABLE.encode())

    assert read_definitions("".join(write_definitions(found)).encode()) == found


def test_the_default_of_a_secret_is_not_written() -> None:
    lines = "".join(write_definitions([Definition("P1", default="sesame", is_secret=True)]))

    assert "sesame" not in lines


def test_all_that_is_wrong_is_told_at_once() -> None:
    table = "parameter,type,max,secret\nP1,colour,,\nP2,int,few,\nP3,int,,perhaps\nP4,,,\nP4,,,\n"

    with pytest.raises(ParametersInvalid) as refused:
        read_definitions(table.encode())

    places = [each.path for each in refused.value.problems]
    assert places == ["row 2", "row 3", "row 4", "row 6"]


@pytest.mark.parametrize("content", [b"", b"type,unit\nint,s\n", b"parameter\n"])
def test_what_is_no_table_of_definitions_is_refused(content: bytes) -> None:
    with pytest.raises(ParametersInvalid):
        read_definitions(content)
