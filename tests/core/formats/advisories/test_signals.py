"""KEV catalogues and EPSS files."""

from datetime import date

import orjson
import pytest

from longmark.core.formats.advisories import epss, kev
from longmark.core.formats.advisories.reading import RecordInvalid

ENTRY = {"cveID": "CVE-2024-3400", "dateAdded": "2024-04-12", "dueDate": "2024-04-19"}


def catalogue(*entries: dict[str, object]) -> bytes:
    return orjson.dumps({"catalogVersion": "2024.04.12", "vulnerabilities": list(entries)})


def test_kev_entry_has_its_days():
    (entry,) = kev.read(catalogue(ENTRY | {"knownRansomwareCampaignUse": "Known"})).entries

    assert (entry.added_on, entry.due_on) == (date(2024, 4, 12), date(2024, 4, 19))
    assert entry.is_used_by_ransomware


def test_bad_kev_entry_does_not_spoil_the_others():
    read = kev.read(catalogue({"cveID": "CVE-1"}, ENTRY | {"dateAdded": "soon"}, ENTRY))

    assert [entry.identifier for entry in read.entries] == ["CVE-2024-3400"]
    assert [place for place, _ in read.refusals] == ["/vulnerabilities/0", "/vulnerabilities/1"]


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"vulnerabilities":' * 9_999])
def test_what_is_no_catalogue_is_refused(content):
    with pytest.raises(RecordInvalid, match="no KEV catalogue"):
        kev.read(content)


HEAD = ["#model_version:v2026.06.15,score_date:2026-08-09T00:00:00+0000", "cve,epss,percentile"]


def test_epss_head_names_model_and_day():
    assert epss.read_head(iter(HEAD)) == ("v2026.06.15", date(2026, 8, 9))


@pytest.mark.parametrize("lines", [[], ["cve,epss,percentile"], HEAD[:1], [HEAD[0], "a,b"]])
def test_file_without_its_head_is_refused(lines):
    with pytest.raises(RecordInvalid, match="line"):
        epss.read_head(iter(lines))


def test_lines_that_are_no_scores_are_refused_one_by_one():
    lines = ["CVE-2024-0001,0.5,0.9", "CVE-2024-0002,x,1", "CVE-2024-0003,2,1", "", "a,0,0"]

    found = list(epss.read_scores(lines))

    assert found[0] == ("CVE-2024-0001", 0.5, 0.9)
    assert [one.line for one in found[1:] if isinstance(one, epss.Refusal)] == [4, 5, 7]
