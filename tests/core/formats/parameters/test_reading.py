"""Files of parameters as devices and tools write them."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from longmark.core.errors import Invalid
from longmark.core.formats.parameters import FileFormat, ParametersInvalid, read_parameters
from longmark.core.formats.parameters.records import LIMIT_COUNT, plain_value
from longmark.core.formats.parameters.writing import ENDINGS, written
from longmark.core.parameters.definitions import parameter_name

BOTH = {"P10.07": "on", "P2.01": "1.10"}


@pytest.mark.parametrize(
    "text",
    [
        "parameter,value\nP10.07,on\nP2.01,1.10\n",
        "Nr;Bezeichnung;Wert\np10.07;IPv6;on\nP2.01;Speed;1.10\n",
        "P10.07\ton\nP2.01\t1.10\n",
        "sep=;\nName;Wert\nP10.07;on\nP2.01;1.10\n",
        '{"P10.07": "on", "P2.01": 1.10}',
        '{"P10": {"07": "on"}, "P2": {"01": 1.10}}',
        '{"device": "x", "parameters": [{"name": "P10.07", "value": "on"},'
        ' {"id": "P2.01", "wert": 1.10}]}',
        '[{"parameter": "P10.07", "value": "on"}, {"parameter": "P2.01", "value": "1.10"}]',
        '{"values": {"P10.07": {"value": "on", "unit": ""}, "P2.01": {"value": 1.10}}}',
        '<p><parameter name="P10.07" value="on"/><parameter name="P2.01">1.10</parameter></p>',
        '<p xmlns="urn:x"><group name="Net"><par id="P10.07"><value>on</value></par></group>'
        "<P2.01>1.10</P2.01></p>",
        "<p><par><name>P10.07</name><value>on</value></par>"
        "<par><name>P2.01</name><value>1.10</value></par></p>",
        "# a comment\nP10.07 = on\nP2.01=1.10\n",
        "[P10]\n07 = on\n[Speed]\nP2.01 = 1.10\n",
        'P10.07: on\nP2.01: "1.10"\n',
    ],
)
def test_the_same_set_is_read_from_every_layout(text: str) -> None:
    assert read_parameters(text.encode()).values == BOTH


def test_a_workbook_is_read_as_a_table() -> None:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["parameter", "value"])
    sheet.append(["P1.01", 5])
    book.save(file)

    found = read_parameters(file.getvalue())

    assert (found.format, found.values) == (FileFormat.XLSX, {"P1.01": "5"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_an_encoding_is_told_by_the_content(encoding: str) -> None:
    assert read_parameters("Drehzahl = früh\n".encode(encoding)).values == {"Drehzahl": "früh"}


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("P1 = 1\nP1 = 2\n", "line 2", "stands at line 1"),
        ("P1 = 1\nP2 2\nP3 = 3\n", "line 2", "equals sign"),
        ("parameter,value\nP1,1\n,2\n", "row 3", "missing"),
        ('{"P1": [1, 2]}', "/P1", "one value"),
        ('[{"name": "P1"}]', "/0", '"value"'),
        ('{"P1": 1, "p1": 2}', "/p1", "another value"),
        ('<p>\n<parameter name="=" value="1"/></p>', "line 2", "not the name"),
        ("P1 = a\x01b\n", "line 1", "control characters"),
        ('{"\\ud800": 1}', "/\\ud800", "not the name"),
        ('{"P1": "\\ud800"}', "/P1", "control characters"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, place: str, reason: str) -> None:
    with pytest.raises(ParametersInvalid) as refused:
        read_parameters(text.encode())

    (problem,) = refused.value.problems
    assert problem.path == place
    assert reason in problem.message


def test_a_message_never_repeats_a_value() -> None:
    with pytest.raises(ParametersInvalid) as refused:
        read_parameters(b"Password = sesame\nPassword = hunter2\nbroken\n")

    told = str(refused.value) + "".join(map(str, refused.value.problems))
    assert "sesame" not in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"\x1f\x8b123", "packed"),
        (b"PK\x03\x04junk", "damaged"),
        (b"a\0b = 1", "NUL"),
        (b"{", "no JSON"),
        (b"<a>", "well-formed"),
        (b'{"a": NaN}', "NaN"),
        (b"[" * 200_000, "deeper"),
        (b'{"a":' * 30 + b"1" + b"}" * 30, "deeper"),
        (b"<a>" * 40 + b"</a>" * 40, "deeper"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b>&x;</b></a>', "DOCTYPE"),
        (b"{}", "no parameters"),
        (b"parameter;speed;limit\n1;2;3\n", "must name the columns"),
        (b"x = " + b"1" * 5_000, "4,096"),
        (b"=\n", "missing"),
    ],
)
def test_what_is_no_set_is_refused_with_a_reason(content: bytes, told: str) -> None:
    with pytest.raises(ParametersInvalid) as refused:
        read_parameters(content)

    assert told in str(refused.value)


def test_more_than_any_device_has_is_refused() -> None:
    content = "".join(f"P{number} = 1\n" for number in range(LIMIT_COUNT + 1)).encode()

    with pytest.raises(ParametersInvalid, match="20,000"):
        read_parameters(content)


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    try:
        found = read_parameters(content)
    except Invalid:
        return
    assert found.values


def _is_name(text: str) -> bool:
    try:
        return parameter_name(text) == text
    except Invalid:
        return False


def _is_value(text: str) -> bool:
    try:
        return plain_value(text, "x") == text
    except Invalid:
        return False


NAMES = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20)
SETS = st.dictionaries(
    NAMES.filter(_is_name),
    st.text(max_size=30).filter(_is_value),
    min_size=1,
    max_size=8,
).filter(lambda values: len({name.casefold() for name in values}) == len(values))


@given(SETS, st.sampled_from(sorted(ENDINGS)))
def test_what_was_written_reads_as_the_same_set(
    values: dict[str, str], file_format: FileFormat
) -> None:
    assert read_parameters(written(values, file_format)).values == values
