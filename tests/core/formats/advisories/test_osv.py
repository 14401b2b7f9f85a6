"""OSV records in, statements out."""

from typing import Any

import orjson
import pytest

from longmark.core.formats.advisories import osv
from longmark.core.formats.advisories.intervals import status_at
from longmark.core.formats.advisories.reading import RecordInvalid
from longmark.core.formats.advisories.records import AdvisoryRecord, State, Status, Tier
from longmark.core.versions import key


def read(**members: Any) -> AdvisoryRecord:
    return osv.read(orjson.dumps({"id": "X-1", "modified": "2024-01-02T03:04:05Z"} | members))


def affected(ecosystem: str, name: str, *events: dict[str, str], **more: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    return {"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges} | more


def says(record: AdvisoryRecord, version: str, statement: int = 0) -> Status:
    stated = record.statements[statement]
    return status_at(stated.ranges, key(stated.scheme, version))


def test_fixed_is_exclusive_and_last_affected_is_not():
    record = read(
        affected=[
            affected("npm", "a", {"introduced": "1.0.0"}, {"fixed": "2.0.0"}),
            affected("npm", "b", {"introduced": "0"}, {"last_affected": "2.0.0"}),
        ]
    )

    assert says(record, "2.0.0", 0) is Status.NOT_AFFECTED
    assert says(record, "2.0.0", 1) is Status.AFFECTED


def test_entries_of_one_package_are_one_statement_with_holes():
    record = read(
        affected=[
            affected("Maven", "g:a", {"introduced": "2.13.0"}, {"fixed": "2.15.0"}),
            affected("Maven", "g:a", {"introduced": "0"}, {"fixed": "2.3.1"}),
        ]
    )

    assert len(record.statements) == 1
    assert says(record, "2.14.1") is Status.AFFECTED
    assert says(record, "2.12.2") is Status.NOT_AFFECTED


def test_enumerated_versions_inside_a_range_are_folded_away():
    entry = affected(
        "PyPI", "jw.util", {"introduced": "0"}, {"fixed": "2.3"}, versions=["2.1", "3.0"]
    )

    stated = read(affected=[entry]).statements[0]

    assert stated.package == "pypi:jw-util"
    assert [one.low_text for one in stated.ranges] == ["", "= 3.0"]


def test_enumerated_version_without_order_stays_a_text():
    stated = read(affected=[affected("PyPI", "a", versions=["2.0-final-x"])]).statements[0]

    assert [one.text for one in stated.exact] == ["2.0-final-x"]


def test_bound_without_order_is_unknown_unless_versions_are_listed():
    events = {"introduced": "0"}, {"fixed": "0.2.0-n653"}

    bare = read(affected=[affected("PyPI", "binderhub", *events)])
    listed = read(affected=[affected("PyPI", "binderhub", *events, versions=["0.1.0"])])

    assert says(bare, "0.1.0") is Status.UNKNOWN
    assert says(listed, "0.1.0") is Status.AFFECTED
    assert "'0.2.0-n653'" in bare.defects[0].reason


def test_git_tags_become_versions_of_the_repository():
    entry = affected("OSS-Fuzz", "curl", versions=["curl-7_57_0"])
    entry["ranges"] = [{"type": "GIT", "repo": "https://github.com/curl/curl.git", "events": []}]

    stated = read(affected=[entry]).statements[0]

    assert stated.package == "git:github.com/curl/curl"
    assert stated.tier is Tier.REPOSITORY
    assert status_at(stated.ranges, key(stated.scheme, "7.57.0")) is Status.AFFECTED
    assert status_at(stated.ranges, key(stated.scheme, "7.58.0")) is Status.NOT_AFFECTED


def test_git_range_without_tags_leaves_every_version_unknown():
    entry = {"ranges": [{"type": "GIT", "repo": "https://github.com/a/b", "events": []}]}

    assert says(read(affected=[entry]), "1.0") is Status.UNKNOWN


def test_own_ranges_of_go_replace_a_bare_zero():
    custom = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2.0"}]}]
    entry = affected(
        "Go", "a.b/c", {"introduced": "0"}, ecosystem_specific={"custom_ranges": custom}
    )

    assert says(read(affected=[entry]), "1.3.0") is Status.NOT_AFFECTED


def test_distribution_decides_its_own_packages():
    record = read(
        affected=[affected("Debian:12", "curl", {"introduced": "0"}, {"fixed": "7.88.1-10"})]
    )

    assert record.statements[0].package == "deb:debian:12:curl"
    assert record.statements[0].tier is Tier.DISTRIBUTOR


def test_withdrawn_record_states_nothing():
    record = read(
        withdrawn="2024-02-02T00:00:00Z", affected=[affected("npm", "a", {"introduced": "0"})]
    )

    assert record.state is State.WITHDRAWN
    assert record.statements == ()


def test_notice_speaks_of_its_cves_without_being_their_alias():
    record = read(id="DSA-1-1", upstream=["CVE-2024-0001", "CVE-2024-0002"])

    assert record.aliases == ()
    assert record.subjects == ("CVE-2024-0001", "CVE-2024-0002")


def test_record_with_several_cves_speaks_of_each():
    record = read(aliases=["CVE-2024-0001", "CVE-2024-0002", "GHSA-aaaa"])

    assert record.aliases == ("GHSA-aaaa",)
    assert record.subjects == ("CVE-2024-0001", "CVE-2024-0002")


def test_id_that_embeds_a_cve_is_an_alias_of_it():
    assert read(id="ALPINE-CVE-2023-42363").aliases == ("CVE-2023-42363",)


def test_severity_is_computed_from_the_vector():
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    record = read(
        severity=[{"type": "CVSS_V3", "score": vector}, {"type": "CVSS_V3", "score": "9"}]
    )

    assert [one.score for one in record.severities] == [9.8]


def test_record_without_a_date_is_kept_as_old():
    record = read(modified="1-01-01T00:00:00Z")

    assert record.modified.year == 1999
    assert "not an instant" in record.defects[0].reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cannot be read"),
        (b"[]", "Expected `object`"),
        (b'{"id": "X", "modified": 5}', "Expected `str`"),
        (b'{"id": " ", "modified": "2024-01-01T00:00:00Z"}', "cannot be the id"),
        (b'{"id": "\\ud800", "modified": "2024-01-01T00:00:00Z"}', "cannot be read"),
        (b"\xff\xfe{}", "cannot be read"),
        (b'{"a":' * 100_000, "record"),
        (b'{"id": "X", "modified": "2024-01-01T00:00:00Z", "x": ' + b"[" * 5_000, "record"),
        (b" " * (16 * 2**20 + 1), "larger than"),
    ],
)
def test_hostile_content_is_refused_with_a_reason(content, reason):
    with pytest.raises(RecordInvalid, match=reason):
        osv.read(content)


def test_more_statements_than_any_honest_record_has_are_refused():
    entries = [affected("npm", f"a{number}", {"introduced": "0"}) for number in range(5_000)]

    with pytest.raises(RecordInvalid, match="too many"):
        read(affected=entries)


def test_name_that_no_index_could_hold_is_refused():
    with pytest.raises(RecordInvalid, match="longer than 500 bytes"):
        read(affected=[affected("npm", "a" * 600, {"introduced": "0"})])


def test_version_beyond_the_limit_has_no_order():
    stated = read(affected=[affected("npm", "a", versions=["1." * 200 + "0"])]).statements[0]

    assert (len(stated.ranges), len(stated.exact)) == (0, 1)


def test_texts_lose_nul_characters_and_nothing_else():
    record = osv.read(
        rb'{"id": "X", "modified": "2024-01-01T00:00:00Z", "summary": "a\u0000b\\u0000"}'
    )

    assert record.title == "ab\\u0000"
