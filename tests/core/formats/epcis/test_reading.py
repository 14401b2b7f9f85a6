"""Documents of EPCIS as rows: in the order of time, and nothing passed over in silence."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.errors import Invalid
from longmark.core.formats.epcis import reading
from longmark.core.formats.epcis.reading import read_events
from longmark.core.formats.epcis.vocabulary import EVENT_TYPES, term
from longmark.core.formats.sheets.reading import open_sheet

UNIT = "urn:longmark:unit:TG-200:1001"
MADE = {
    "type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning",
    "eventTime": "2026-03-31T10:00:00+02:00", "epcList": [UNIT],
}  # fmt: skip


def read(*events: Any, **others: Any) -> list[Any]:
    told = {"type": "EPCISDocument", "epcisBody": {"eventList": list(events)}, **others}
    return read_events(json.dumps(told).encode())


def test_instants_are_in_utc_whatever_the_zone_they_come_in():
    bare = {**MADE, "eventTime": "2026-03-31T10:00:00", "eventTimeZoneOffset": "+02:00"}
    dates = {row.cells["date"] for row in read(MADE, bare)}
    assert dates == {"2026-03-31T08:00:00+00:00"}


def test_what_happened_first_comes_first_and_parts_leave_before_others_come():
    shared = {"type": "AssociationEvent", "eventTime": MADE["eventTime"], "parentID": UNIT}
    put_in = {**shared, "action": "ADD", "childEPCs": ["urn:longmark:unit:CB-21:2"]}
    out = {**shared, "action": "DELETE", "childEPCs": ["urn:longmark:unit:CB-21:1"]}

    rows = read(put_in, out, MADE)
    assert [row.cells["event"] for row in rows] == ["built", "removed", "installed"]
    assert rows[1].cells["part inside"] == "CB-21 1"


def test_a_part_of_an_event_is_passed_over_only_beside_the_whole():
    whole = {**MADE, "eventID": "urn:uuid:1", "longmark:row": {"event": "built", "release": "D"}}
    part = {
        "type": "AssociationEvent", "action": "ADD", "eventTime": MADE["eventTime"],
        "parentID": UNIT, "childEPCs": ["urn:longmark:unit:CB-21:1"],
        "longmark:partOf": "urn:uuid:1",
    }  # fmt: skip
    assert [row.cells["event"] for row in read(part, whole)] == ["built"]
    assert [row.cells["event"] for row in read(part)] == ["installed"]


def test_a_row_is_about_the_unit_of_its_event():
    row = {"serial": "9", "S/N": "9", "item": "X", "Kunde": "Müller", "main-firmware": "2.4.0"}
    (told,) = read({**MADE, "longmark:row": row})
    assert told.defect is None
    assert told.cells["serial"] == "1001"
    assert (told.cells["customer"], told.cells["main-firmware"]) == ("Müller", "2.4.0")


def test_a_single_event_and_an_answer_to_a_query_are_read():
    body = {"queryResults": {"resultsBody": {"eventList": [MADE]}}}
    answer = {"type": "EPCISQueryDocument", "epcisBody": body}
    assert len(read_events(json.dumps(answer).encode())) == 1
    assert len(read_events(json.dumps(MADE).encode())) == 1
    assert len(read_events(b"\xef\xbb\xbf" + json.dumps(MADE).encode())) == 1


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b"{}", b'{"type":"EPCISDocument"}', b'{"type":"EPCISDocument","epcisBody":7}',
     b'{"type":"EPCISDocument","schemaVersion":"1.2","epcisBody":{"eventList":[]}}',
     b'{"a":' * 2_000, b'"\xff"'],
)  # fmt: skip
def test_what_is_no_document_is_refused(content: bytes):
    with pytest.raises(Invalid):
        read_events(content)


@pytest.mark.parametrize(
    "change",
    [
        {"eventTime": "yesterday"}, {"eventTime": 7}, {"action": "MELT"}, {"epcList": "x"},
        {"epcList": [{"a": 1}]}, {"longmark:row": []}, {"longmark:row": {"event": 7}},
        {"longmark:row": {str(n): "" for n in range(200)}}, {"type": ["ObjectEvent"]},
        {"longmark:row": {"customer": "a\u0000b"}}, {"longmark:row": {"customer": "x" * 9_000}},
        {"bizStep": "melting"}, {"action": "DELETE"},
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_read_is_one_row_with_its_reason(change: dict[str, Any]):
    rows = read({**MADE, **change}, MADE)
    assert [bool(row.defect) for row in sorted(rows, key=lambda row: bool(row.defect))] == [
        False, True,
    ]  # fmt: skip


def test_limits_are_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "LIMIT_EVENTS", 1)
    with pytest.raises(Invalid, match="More than 1 events"):
        read(MADE, MADE)
    monkeypatch.setattr(reading, "LIMIT_ROWS", 1)
    with pytest.raises(Invalid, match="more than 1 units"):
        read({**MADE, "epcList": [UNIT, f"{UNIT}2"]})


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)
members = st.sampled_from(
    ["type", "action", "bizStep", "disposition", "eventTime", "eventTimeZoneOffset", "epcList",
     "quantityList", "parentID", "childEPCs", "childQuantityList", "destinationList", "eventID",
     "bizTransactionList", "longmark:row", "longmark:partOf", "longmark:slot"]
)  # fmt: skip


@given(st.dictionaries(members, anything), st.sampled_from([*sorted(EVENT_TYPES), None]))
def test_no_event_brings_the_reader_down(event: dict[str, Any], kind: str | None):
    for row in read({**MADE, **event, **({"type": kind} if kind else {})}):
        assert set(map(type, row.cells.values())) == {str}


def test_a_document_is_a_table_for_all_who_read_tables():
    told = {"@context": "x", "type": "EPCISDocument", "epcisBody": {"eventList": [MADE]}}
    sheet = open_sheet(io.BytesIO(json.dumps(told).encode()))
    assert (sheet.kind, sheet.header[:3]) == ("epcis", ("item", "serial", "event"))
    (row,) = sheet.rows
    assert row.cells[:3] == ("TG-200", "1001", "built")


def test_standard_words_are_read_however_they_are_written():
    for text in (
        "shipping", "urn:epcglobal:cbv:bizstep:shipping", "cbv:BizStep-shipping",
        "https://ref.gs1.org/cbv/BizStep-shipping", "https://ns.gs1.org/voc/Bizstep-shipping",
    ):  # fmt: skip
        assert term(text) == "shipping"
    assert term("urn:example:shipping") == "urn:example:shipping"
