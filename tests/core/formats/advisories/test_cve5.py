"""CVE JSON records in, statements out."""

from datetime import date
from typing import Any

import orjson
import pytest

from longmark.core.formats.advisories import cve5
from longmark.core.formats.advisories.intervals import status_at
from longmark.core.formats.advisories.reading import RecordInvalid
from longmark.core.formats.advisories.records import (
    AdvisoryRecord,
    Confidence,
    Origin,
    State,
    Statement,
    Status,
    Tier,
)
from longmark.core.versions import key

PUMP_OS = "cpe:2.3:a:acme:pump_os:*:*:*:*:*:*:*:*"


def read(*affected: dict[str, Any], adp: list[Any] | None = None, **cna: Any) -> AdvisoryRecord:
    record = {
        "cveMetadata": {"cveId": "CVE-2024-0001", "dateUpdated": "2024-05-06T07:08:09"},
        "containers": {"cna": {"affected": list(affected)} | cna, "adp": adp or []},
    }
    return cve5.read(orjson.dumps(record))


def entry(*versions: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"vendor": "Acme", "product": "Pump OS", "versions": list(versions)} | members


def only(record: AdvisoryRecord) -> Statement:
    (stated,) = record.statements
    return stated


def says(stated: Statement, version: str) -> Status:
    return status_at(stated.ranges, key(stated.scheme, version))


LINUX = entry(
    {"version": "6.5", "status": "affected"},
    {"version": "0", "lessThan": "6.5", "status": "unaffected", "versionType": "custom"},
    {"version": "6.6.17", "lessThanOrEqual": "6.6.*", "status": "unaffected"},
    {"version": "6.7.5", "lessThanOrEqual": "6.7.*", "status": "unaffected"},
    {"version": "6.8", "lessThanOrEqual": "*", "status": "unaffected"},
    vendor="Linux",
    product="Linux",
    defaultStatus="affected",
)
"""CVE-2024-26581 as the kernel's CNA wrote it."""


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("6.4.9", Status.NOT_AFFECTED),
        ("6.5", Status.AFFECTED),
        ("6.6.16", Status.AFFECTED),
        ("6.6.17", Status.NOT_AFFECTED),
        ("6.6.99", Status.NOT_AFFECTED),
        ("6.7.4", Status.AFFECTED),
        ("6.8", Status.NOT_AFFECTED),
        ("7.0", Status.NOT_AFFECTED),
    ],
)
def test_branches_of_the_kernel_end_where_their_fix_begins(version, status):
    stated = only(read(LINUX))

    assert stated.package == "cpe:linux:linux_kernel"
    assert says(stated, version) is status


def test_changes_switch_the_status_within_an_interval():
    changes = [{"at": "1.4", "status": "unaffected"}, {"at": "1.8", "status": "affected"}]
    version = {"version": "1.0", "lessThan": "2.0", "status": "affected", "changes": changes}

    stated = only(read(entry(version, defaultStatus="unaffected")))

    assert [says(stated, each) for each in ("1.3", "1.4", "1.8", "2.0")] == [
        Status.AFFECTED,
        Status.NOT_AFFECTED,
        Status.AFFECTED,
        Status.NOT_AFFECTED,
    ]


def test_change_at_the_upper_bound_has_no_effect():
    """CVE-2024-3400: PAN-OS 10.2.9 lies below its hotfix 10.2.9-h1."""
    version = {
        "version": "10.2.0",
        "lessThan": "10.2.9-h1",
        "status": "affected",
        "changes": [{"at": "10.2.9-h1", "status": "unaffected"}],
    }
    stated = only(
        read(
            entry(
                version, vendor="Palo Alto Networks", product="PAN-OS", defaultStatus="unaffected"
            )
        )
    )

    assert stated.package == "name:paloaltonetworks:panos"
    assert says(stated, "10.2.9") is Status.AFFECTED


def test_without_default_what_no_entry_covers_is_unknown():
    stated = only(read(entry({"version": "0", "lessThan": "2.0", "status": "affected"})))

    assert says(stated, "1.0") is Status.AFFECTED
    assert says(stated, "2.0") is Status.UNKNOWN


def test_empty_interval_makes_the_whole_block_unusable():
    """CVE-2023-38545: every entry of the CNA is empty."""
    record = read(entry({"version": "8.4.0", "lessThan": "8.4.0", "status": "affected"}))

    assert says(only(record), "8.3.0") is Status.UNKNOWN
    assert "Nothing lies between" in record.defects[0].reason


def test_commits_stay_out_of_order():
    commits = entry({"version": "a" * 40, "lessThan": "b" * 40, "versionType": "git"})
    ordered = entry({"version": "1.0", "lessThan": "2.0"}, defaultStatus="unaffected")

    record = read(commits, ordered)

    assert only(record).pointer == "/containers/cna/affected/1"
    assert says(only(record), "1.5") is Status.AFFECTED


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        (">= 1.0, < 2.0", "1.9", "2.0"),
        ("< 1.2.3", "1.2.2", "1.2.3"),
        ("1.0 - 1.5", "1.5", "1.6"),
        ("before 3.1", "3.0", "3.1"),
        ("All versions prior to 17.4", "17.3", "17.4"),
        ("1.4 and earlier", "1.4", "1.5"),
        ("Fixed in v2.2", "2.1", "2.2"),
        ("All versions < V4.4.0", "4.3", "4.4"),
    ],
)
def test_comparators_and_prose_in_a_version_are_read(text, inside, outside):
    stated = only(read(entry({"version": text, "status": "affected"}, defaultStatus="unaffected")))

    assert (says(stated, inside), says(stated, outside)) == (Status.AFFECTED, Status.NOT_AFFECTED)
    assert stated.cap is Confidence.MEDIUM


def test_other_prose_stands_for_itself():
    text = "all releases with the blue sticker"

    stated = only(read(entry({"version": text}, defaultStatus="unaffected")))

    assert [one.text for one in stated.exact] == [text]


def test_version_that_says_nothing_leaves_the_default():
    assert (
        says(only(read(entry({"version": "n/a", "status": "affected"}))), "1.0") is Status.UNKNOWN
    )


@pytest.mark.parametrize(
    ("members", "package", "cap"),
    [
        ({"cpes": [PUMP_OS]}, "cpe:acme:pump_os", Confidence.EXACT),
        ({}, "name:acme:pumpos", Confidence.MEDIUM),
        ({"vendor": "OpenSSL", "product": "OpenSSL"}, "cpe:openssl:openssl", Confidence.MEDIUM),
    ],
)
def test_strongest_identity_counts(members, package, cap):
    stated = only(read(entry({"version": "1.0"}, defaultStatus="unaffected", **members)))

    assert (stated.package, stated.cap) == (package, cap)


@pytest.mark.parametrize(
    ("members", "package"),
    [
        ({"packageURL": "pkg:npm/left-pad"}, "npm:left-pad"),
        ({"collectionURL": "https://pypi.python.org", "packageName": "jw.util"}, "pypi:jw-util"),
    ],
)
def test_a_package_of_an_ecosystem_is_also_the_product_of_its_maker(members, package):
    """CVE-2024-24683: Apache Hop Engine, and org.apache.hop:hop-engine; not what CPEs cover."""
    record = read(entry({"version": "1.0"}, defaultStatus="unaffected", cpes=[PUMP_OS], **members))

    assert {each.package: each.cap for each in record.statements} == {
        package: Confidence.EXACT, "name:acme:pumpos": Confidence.MEDIUM,
    }  # fmt: skip


def test_list_of_products_in_one_field_names_nothing():
    record = read(entry({"version": "1.0"}, product="SIMATIC S7-1500 CPU family, " * 20))

    assert record.statements == ()


def test_product_of_a_distribution_speaks_of_the_package_in_it():
    """CVE-2024-6387 for Red Hat Enterprise Linux 9."""
    version = {"version": "0:8.7p1-38.el9_4.1", "lessThan": "*", "status": "unaffected"}
    stated = only(
        read(
            entry(
                version,
                vendor="Red Hat",
                product="Red Hat Enterprise Linux 9",
                packageName="openssh",
                cpes=["cpe:/o:redhat:enterprise_linux:9::baseos"],
                defaultStatus="affected",
            )
        )
    )

    assert (stated.package, stated.tier) == ("rpm:redhat:9:openssh", Tier.DISTRIBUTOR)
    assert says(stated, "8.7p1-38.el9_4.1") is Status.NOT_AFFECTED
    assert says(stated, "8.7p1-38.el9") is Status.AFFECTED


def test_enrichment_is_a_statement_of_its_own():
    adp = {"affected": [entry({"version": "0", "lessThan": "3.0"})], "title": "CISA"}

    first, second = read(entry({"version": "0", "lessThan": "2.0"}), adp=[adp]).statements

    assert (first.tier, second.tier) == (Tier.CNA, Tier.ENRICHED)
    assert second.pointer == "/containers/adp/0/affected/0"


def test_applicability_adds_only_packages_not_stated_yet():
    names = [
        {"vulnerable": True, "criteria": f"cpe:2.3:a:{one}:*:*:*:*:*:*:*:*"}
        for one in ("acme:pump_os", "acme:other")
    ]
    record = read(
        entry({"version": "1.0"}, cpes=[PUMP_OS]),
        cpeApplicability=[{"nodes": [{"operator": "OR", "cpeMatch": names}]}],
    )

    assert [one.package for one in record.statements] == ["cpe:acme:pump_os", "cpe:acme:other"]


def test_rejected_record_states_nothing_and_names_its_replacement():
    record = cve5.read(
        orjson.dumps(
            {
                "cveMetadata": {"cveId": "CVE-2024-0002", "state": "REJECTED"},
                "containers": {
                    "cna": {
                        "rejectedReasons": [{"lang": "en", "value": "Twice."}],
                        "replacedBy": ["CVE-2024-0001"],
                    }
                },
            }
        )
    )

    assert (record.state, record.replaced_by) == (State.REJECTED, "CVE-2024-0001")
    assert record.description == "Twice."


def test_signals_and_scores_of_enrichers_are_kept_apart():
    vector = {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}
    kev = {"other": {"type": "kev", "content": {"dateAdded": "2024-06-05"}}}
    record = read(metrics=[{"cvssV3_1": vector}], adp=[{"metrics": [{"cvssV3_1": vector}, kev]}])

    assert [one.origin for one in record.severities] == [Origin.CNA, Origin.ADP]
    assert record.exploited_on == date(2024, 6, 5)


def test_record_without_containers_is_refused():
    with pytest.raises(RecordInvalid, match="containers"):
        cve5.read(b'{"cveMetadata": {"cveId": "CVE-2024-0001"}}')


def test_more_overlapping_intervals_than_any_honest_record_has_are_refused():
    versions = [{"version": f"{n}", "lessThan": f"{9_999 - n}"} for n in range(1, 1_000)]

    with pytest.raises(RecordInvalid, match="intervals overlap"):
        read(entry(*versions))
