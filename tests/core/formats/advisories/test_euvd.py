"""EUVD records: both shapes of their lists, their way of writing times, no versions."""

from contextlib import suppress
from datetime import date

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats.advisories import detection, euvd
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.reading import RecordInvalid

ITEM = {
    "id": "EUVD-2025-4711",
    "enisaUuid": "0fbbb750-bb61-3768-95d6-3062f4ddf85c",
    "description": "The drive trusts every frame.",
    "datePublished": "Apr 16, 2025, 7:00:16 AM",
    "dateUpdated": "Apr 17, 2025, 12:30:00 PM",
    "baseScore": 9.8,
    "baseScoreVector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "references": "https://example.org/a\nhttps://example.org/b\n",
    "aliases": "CVE-2025-0001\nGSD-2025-0001\nGHSA-aaaa-bbbb-cccc\n",
    "epss": 73.98,
    "exploitedSince": "Apr 18, 2025, 12:00:00 AM",
    "enisaIdProduct": [{"product": {"name": "Drive"}, "product_version": "1.2 <1.2.9"}],
}


def read(**changed):
    return euvd.read(orjson.dumps(ITEM | changed))


def test_record_is_an_id_a_text_and_what_is_exploited():
    record = read()

    assert record.aliases == ("CVE-2025-0001", "GHSA-aaaa-bbbb-cccc")
    assert record.modified.isoformat() == "2025-04-17T12:30:00+00:00"
    assert record.exploited_on == date(2025, 4, 18)
    assert record.severities[0].score == 9.8


def test_record_is_no_source_of_versions():
    assert read().statements == ()


def test_lists_may_be_texts_with_line_breaks_or_lists():
    as_list = read(aliases=["CVE-2025-0001", "GSD-2025-0001", "GHSA-aaaa-bbbb-cccc"])

    assert as_list.aliases == read().aliases
    content = orjson.dumps(ITEM | {"references": ["https://example.org/a", "nonsense"]})
    assert [one.url for one in euvd.references(content)] == ["https://example.org/a"]


def test_record_with_several_cves_speaks_of_each_and_joins_none():
    record = read(aliases="CVE-2025-0001\nCVE-2025-0002")

    assert (record.aliases, record.subjects) == ((), ("CVE-2025-0001", "CVE-2025-0002"))


def test_zero_score_without_vector_is_no_severity():
    assert read(baseScore=-1.0, baseScoreVector="").severities == ()


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("Apr 16, 2025, 7:00:16 AM", "2025-04-16T07:00:16+00:00"),
        ("Dec 31, 2025, 12:59:59 AM", "2025-12-31T00:59:59+00:00"),
        ("Dec 31, 2025, 12:00:00 PM", "2025-12-31T12:00:00+00:00"),
        ("Feb 4, 2000", "2000-02-04T00:00:00+00:00"),
        ("2025-04-16T07:00:16Z", "2025-04-16T07:00:16+00:00"),
    ],
)
def test_times_are_read_as_written(text, instant):
    assert euvd.moment(text).isoformat() == instant


@pytest.mark.parametrize("text", ["", "Avr 16, 2025", "Feb 31, 2025, 1:00:00 AM", "soon"])
def test_what_is_no_time_is_none(text):
    assert euvd.moment(text) is None


@pytest.mark.parametrize(
    "content",
    [b"{}", b"[]", b'{"id": "CVE-2025-0001"}', b'{"id": 7}', b"\xff", b'{"id": "EUVD-'],
)
def test_what_is_no_record_is_refused(content):
    with pytest.raises(RecordInvalid):
        euvd.read(content)


def test_pages_and_lists_are_cut_into_records():
    page = orjson.dumps({"items": [ITEM, ITEM], "total": 2})

    assert [place for place, _ in euvd.documents(page)] == ["/items/0", "/items/1"]
    assert len(list(euvd.documents(orjson.dumps([ITEM])))) == 1
    assert list(euvd.documents(orjson.dumps(ITEM))) == [("", orjson.dumps(ITEM))]


@pytest.mark.parametrize(
    ("line", "pair"),
    [
        ("EUVD-2025-1,CVE-2025-0001", ("EUVD-2025-1", "CVE-2025-0001")),
        ('"CVE-2025-0001";"EUVD-2025-1"', ("EUVD-2025-1", "CVE-2025-0001")),
        ("euvd_id,cve_id", None),
        ("EUVD-2025-1,", None),
    ],
)
def test_mapping_may_name_either_first(line, pair):
    assert euvd.pair(line) == pair


def test_kind_of_file_is_found_by_content():
    assert detection.detect(orjson.dumps(ITEM)) is Format.EUVD
    assert detection.detect(orjson.dumps({"items": [ITEM], "total": 1})) is Format.EUVD
    assert detection.detect(b"euvd,cve\nEUVD-2025-1,CVE-2025-0001\n") is Format.EUVD_IDS


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content):
    with suppress(RecordInvalid):
        euvd.read(content)
