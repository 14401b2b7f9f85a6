"""NVD configuration trees in, statements out."""

from typing import Any

import orjson
import pytest

from longmark.core.formats.advisories import nvd
from longmark.core.formats.advisories.intervals import status_at
from longmark.core.formats.advisories.reading import RecordInvalid
from longmark.core.formats.advisories.records import (
    AdvisoryRecord,
    Origin,
    State,
    Statement,
    Status,
    Surroundings,
)
from longmark.core.versions import key


def read(*configurations: dict[str, Any], **members: Any) -> AdvisoryRecord:
    cve = {
        "id": "CVE-2024-0001",
        "lastModified": "2024-01-02T03:04:05.678",
        "vulnStatus": "Analyzed",
    }
    return nvd.read(orjson.dumps({"cve": cve | {"configurations": list(configurations)} | members}))


def match(
    name: str, version: str = "*", *, vulnerable: bool = True, **bounds: str
) -> dict[str, Any]:
    criteria = f"cpe:2.3:{name}:{version}:*:*:*:*:*:*:*"
    return {"vulnerable": vulnerable, "criteria": criteria} | bounds


def node(*matches: dict[str, Any], operator: str = "OR", **more: Any) -> dict[str, Any]:
    return {"operator": operator, "negate": False, "cpeMatch": list(matches)} | more


def says(stated: Statement, version: str) -> Status:
    return status_at(stated.ranges, key(stated.scheme, version))


def test_bounds_include_or_exclude_as_they_say():
    name = match(
        "a:libmodbus:libmodbus", versionStartIncluding="3.1.0", versionEndExcluding="3.1.7"
    )

    (stated,) = read({"nodes": [node(name)]}).statements

    assert [says(stated, each) for each in ("3.0.9", "3.1.0", "3.1.6", "3.1.7", "3.1.10")] == [
        Status.NOT_AFFECTED,
        Status.AFFECTED,
        Status.AFFECTED,
        Status.NOT_AFFECTED,
        Status.NOT_AFFECTED,
    ]


def test_letters_after_numbers_are_ordered_for_openssl():
    name = match("a:openssl:openssl", versionStartIncluding="1.0.2", versionEndExcluding="1.0.2zd")

    (stated,) = read({"nodes": [node(name)]}).statements

    assert says(stated, "1.0.2zc") is Status.AFFECTED
    assert says(stated, "1.0.2zd") is Status.NOT_AFFECTED


def test_update_belongs_to_the_version():
    criteria = "cpe:2.3:o:denx:u-boot:2022.07:rc2:*:*:*:*:*:*"

    (stated,) = read({"nodes": [node({"criteria": criteria})]}).statements

    assert stated.ranges[0].low_text == "= 2022.07-rc2"


def test_version_na_adds_nothing_beside_concrete_ones():
    names = match("a:apache:http_server", "2.2.0"), match("a:apache:http_server", "-")

    (stated,) = read({"nodes": [node(*names)]}).statements

    assert says(stated, "2.2.0") is Status.AFFECTED
    assert says(stated, "2.4.53") is Status.NOT_AFFECTED


def test_version_na_alone_leaves_every_version_unknown():
    (stated,) = read({"nodes": [node(match("o:linux:linux_kernel", "-"))]}).statements

    assert says(stated, "5.14.0") is Status.UNKNOWN


def test_other_nodes_of_an_and_become_the_condition():
    firmware = node(match("o:tp-link:ax21_firmware", versionEndExcluding="1.1.4"))
    device = node(match("h:tp-link:ax21", "-", vulnerable=False))

    (stated,) = read({"operator": "AND", "nodes": [firmware, device]}).statements

    assert stated.condition is not None
    assert stated.condition.kind is Surroundings.HARDWARE
    assert stated.condition.needs[0].names == ("cpe:2.3:h:tp-link:ax21:-:*:*:*:*:*:*:*",)
    assert stated.condition.text == "with tp-link ax21"


def test_and_within_one_node_asks_for_the_other_names():
    both = node(match("a:a:plugin"), match("a:b:host", vulnerable=False), operator="AND")

    (stated,) = read({"nodes": [both]}).statements

    assert stated.condition is not None
    assert stated.condition.kind is Surroundings.SOFTWARE


def test_nested_nodes_of_old_feeds_are_read():
    inner = node(match("o:v:firmware")), node(match("h:v:device", "-", vulnerable=False))
    nested = {"operator": "AND", "children": list(inner)}

    (stated,) = read({"nodes": [nested]}).statements

    assert stated.package == "cpe:v:firmware"
    assert stated.condition is not None


def test_platforms_are_never_affected_by_themselves():
    assert read({"nodes": [node(match("o:microsoft:windows", vulnerable=False))]}).statements == ()


def test_target_software_is_a_filter():
    criteria = "cpe:2.3:a:through_project:through:*:*:*:*:*:rust:*:*"

    (stated,) = read({"nodes": [node({"vulnerable": True, "criteria": criteria})]}).statements

    assert stated.filters is not None
    assert stated.filters.target_sw == "rust"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (
            match("a:v:p", versionStartIncluding="2", versionEndExcluding="1"),
            "Nothing lies between",
        ),
        ({"vulnerable": True, "criteria": "cpe:2.3:a"}, "names no product"),
        ({"vulnerable": True, "criteria": "pkg:npm/a"}, "no CPE name"),
        (match("a:*:p"), "names no product"),
    ],
)
def test_malformed_entries_are_reported_and_the_rest_kept(broken, reason):
    record = read({"nodes": [node(broken, match("a:v:q", "1.0"))]})

    assert [stated.package for stated in record.statements] == ["cpe:v:q"]
    assert reason in record.defects[0].reason


def test_unordered_bound_makes_its_interval_unknown():
    (stated,) = read({"nodes": [node(match("o:v:p", versionEndExcluding="x6112100"))]}).statements

    assert stated.ranges[0].status is Status.UNKNOWN


def test_rejected_record_states_nothing_and_names_its_replacement():
    text = [{"lang": "en", "value": "Rejected reason: duplicate of CVE-2025-55182."}]
    record = read({"nodes": [node(match("a:v:p"))]}, vulnStatus="Rejected", descriptions=text)

    assert (record.state, record.statements) == (State.REJECTED, ())
    assert record.replaced_by == "CVE-2025-55182"


def test_scores_know_who_gave_them():
    data = {"cvssData": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}
    record = read(
        metrics={"cvssMetricV31": [{"source": nvd.NIST, **data}, {"source": "x@y.z", **data}]}
    )

    assert [one.origin for one in record.severities] == [Origin.NVD, Origin.CNA]


def test_bottomless_nesting_is_refused():
    nested: dict[str, Any] = node(match("a:v:p"))
    for _ in range(20):
        nested = {"operator": "AND", "children": [nested, node(match("a:v:q"))]}

    with pytest.raises(RecordInvalid, match="nested"):
        read({"nodes": [nested]})
