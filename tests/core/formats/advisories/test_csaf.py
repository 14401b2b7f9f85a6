"""CSAF documents: trees, ranges, status groups, and what a document says of each CVE."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from longmark.core.errors import Invalid
from longmark.core.formats.advisories import csaf, detection
from longmark.core.formats.advisories.bounds import Gathering
from longmark.core.formats.advisories.csaf_versions import add_range, add_version
from longmark.core.formats.advisories.intervals import status_at
from longmark.core.formats.advisories.records import (
    AdvisoryRecord,
    Confidence,
    State,
    Statement,
    Status,
    Surroundings,
    Tier,
)
from longmark.core.versions import Scheme, key

Json = dict[str, Any]


def branch(category: str, name: str, *inner: Json, **product: Any) -> Json:
    return {"category": category, "name": name} | (
        {"branches": list(inner)} if inner else {"product": {"name": name, **product}}
    )


def vendor(product: str, *leaves: Json, name: str = "Acme") -> Json:
    return branch("vendor", name, branch("product_name", product, *leaves))


def document(tree: Json, *vulnerabilities: Json, **more: Any) -> Json:
    head = {
        "category": "csaf_security_advisory",
        "csaf_version": "2.0",
        "title": "A notice",
        "publisher": {"category": "vendor", "name": "Acme", "namespace": "https://www.acme.test"},
        "tracking": {
            "id": "ACME-2024-1",
            "status": "final",
            "current_release_date": "2024-02-01T00:00:00Z",
            "initial_release_date": "2024-01-01T00:00:00Z",
        },
    }
    for name, value in more.items():
        head[name] = {**head[name], **value} if isinstance(head.get(name), dict) else value
    return {"document": head, "product_tree": tree, "vulnerabilities": list(vulnerabilities)}


def read(content: Json) -> AdvisoryRecord:
    return csaf.read(json.dumps(content).encode())


def weakness(cve: str = "CVE-2024-0001", **status: list[str]) -> Json:
    return {"cve": cve, "product_status": status}


def status_of(statement: Statement, version: str) -> Status:
    return status_at(statement.ranges, key(statement.scheme, version))


def the_only(record: AdvisoryRecord) -> Statement:
    (statement,) = record.statements
    return statement


RANGES = [
    ("vers:all/*", "9.9", True),
    ("All versions", "9.9", True),
    ("vers:all/<V7.0.3", "7.0.2", True),
    ("vers:all/<V7.0.3", "7.0.3", False),
    ("vers:generic/>=1.0|<2.0", "1.5", True),
    ("vers:generic/>=1.0|<2.0", "2.0", False),
    ("vers:generic/1.2|>=2.0|<3.0", "1.2", True),
    ("vers:generic/1.2|>=2.0|<3.0", "1.3", False),
    ("<V9", "8.9", True),
    ("<= 3.07.11", "3.7.11", True),
    (">= 20 | <= 30.014", "25", True),
    (">= 20 | <= 30.014", "31", False),
    ("<1.0 | >=2.0", "1.5", False),
    ("<1.0 | >=2.0", "2.5", True),
    (">=5.3|<=6.4", "5.2", False),
    ("All versions < V4.33", "4.32", True),
    ("All BIOS versions < V2.01.04", "2.1.3", True),
    ("<V19_Update_2", "V19 Update 1", True),
    ("<V19_Update_2", "V19 Update 2", False),
    (">= V1.0 < V1.2", "1.1", True),
    (">= V1.0 and < V1.2", "1.2", False),
    ("All versions <= V4.x", "4.9", True),
    ("All versions <= V4.x", "5.0", False),
    ("2.4.x", "2.4.7", True),
    ("1.4 and earlier", "1.4", True),
    ("prior to 2.1", "2.1", False),
    ("1.0 - 1.5", "1.5", True),
    ("1.0 | 1.2", "1.1", False),
    ("1.0 | 1.2", "1.2", True),
]


@pytest.mark.parametrize(("text", "version", "is_held"), RANGES)
def test_a_range_is_read_however_it_is_written(text: str, version: str, is_held: bool) -> None:
    gathering = Gathering(Scheme.GENERIC)

    add_version(text, Status.AFFECTED, gathering, "/0")

    found = status_at(gathering.ranges(), key(Scheme.GENERIC, version))
    assert (found is Status.AFFECTED) == is_held


@pytest.mark.parametrize(
    "text",
    [
        "All versions <= V4.3.2 and Function State (FS) <= 3",
        "with the first 2 digits of serial number 17",
        "<April/2/2020",
        "see the notes",
    ],
)
def test_what_cannot_be_read_is_unknown_and_never_clean(text: str) -> None:
    gathering = Gathering(Scheme.GENERIC)

    add_range(text, Status.AFFECTED, gathering, "/0")

    assert status_at(gathering.ranges(), key(Scheme.GENERIC, "1.0")) is Status.UNKNOWN
    assert gathering.defects


def test_a_range_that_cannot_be_read_clears_nothing() -> None:
    gathering = Gathering(Scheme.GENERIC)

    gathering.add_everything(Status.AFFECTED)
    add_range("<April/2/2020", Status.NOT_AFFECTED, gathering, "/0")

    assert status_at(gathering.ranges(), key(Scheme.GENERIC, "1.0")) is Status.AFFECTED


def test_each_statement_names_the_vulnerability_it_is_about() -> None:
    tree = {
        "branches": [
            vendor("Frob", branch("product_version_range", "<2.0", product_id="P1")),
            vendor("Wibble", branch("product_version_range", "<3.0", product_id="P2")),
        ]
    }

    record = read(
        document(
            tree,
            weakness("CVE-2024-0001", known_affected=["P1"]),
            weakness("CVE-2024-0002", known_affected=["P1", "P2"]),
        )
    )

    assert record.subjects == ("CVE-2024-0001", "CVE-2024-0002")
    said = {(one.package, one.subject) for one in record.statements}
    assert said == {("name:acme:frob", ""), ("name:acme:wibble", "CVE-2024-0002")}


def test_the_exact_version_and_the_cleared_product_win_in_one_document() -> None:
    tree = {
        "branches": [
            vendor(
                "Frob",
                branch("product_version_range", ">=1.0", product_id="P1"),
                branch("product_version_range", ">=2.0|<3.0", product_id="P2"),
                branch("product_version", "4.5", product_id="P3"),
                branch("product_version", "4.6", product_id="P4"),
            )
        ]
    }
    status = {"known_affected": ["P1"], "known_not_affected": ["P2"], "fixed": ["P3"]}

    statement = the_only(read(document(tree, weakness(**status, under_investigation=["P4"]))))

    found = [status_of(statement, version) for version in ("0.9", "1.5", "2.5", "4.5", "4.6")]
    assert found == ["not_affected", "affected", "not_affected", "fixed", "under_investigation"]


def test_first_and_last_affected_make_a_span() -> None:
    leaves = [branch("product_version", one, product_id=one) for one in ("1.0", "1.4", "2.0")]

    statement = the_only(
        read(
            document(
                {"branches": [vendor("Frob", *leaves)]},
                weakness(first_affected=["1.0"], last_affected=["1.4"], first_fixed=["2.0"]),
            )
        )
    )

    found = [status_of(statement, version) for version in ("0.9", "1.2", "1.5", "2.1")]
    assert found == ["not_affected", "affected", "not_affected", "fixed"]


def test_helpers_identify_before_words_do() -> None:
    helper = {"purl": "pkg:npm/frob@1.0.0", "cpe": "cpe:2.3:a:acme:frob:1.0.0:*:*:*:*:*:*:*"}
    leaf = branch("product_version", "1.0.0", product_id="P",
                  product_identification_helper=helper)  # fmt: skip

    record = read(document({"branches": [vendor("Frob", leaf)]}, weakness(known_affected=["P"])))

    assert {one.package for one in record.statements} == {"npm:frob", "cpe:acme:frob"}
    assert all(status_of(one, "1.0.0") is Status.AFFECTED for one in record.statements)


def test_purls_of_the_coming_version_are_read() -> None:
    helper = {"purls": ["pkg:npm/frob@1.0.0", "pkg:pypi/frob@1.0.0"]}
    tree = {
        "full_product_names": [
            {"product_id": "P", "name": "Frob", "product_identification_helper": helper}
        ]
    }

    record = read(document(tree, weakness(known_affected=["P"]), csaf_version="2.1"))

    assert {one.package for one in record.statements} == {"npm:frob", "pypi:frob"}


def related(component: Json, parent: Json, category: str = "default_component_of") -> Json:
    both = {"name": "both", "product_id": "BOTH"}
    relation = {
        "category": category,
        "product_reference": component["product_id"],
        "relates_to_product_reference": parent["product_id"],
        "full_product_name": both,
    }
    return {"full_product_names": [component, parent], "relationships": [relation]}


def test_a_component_is_spoken_of_inside_its_product() -> None:
    helper = {"purl": "pkg:maven/io.netty/netty-codec@4.1.94.Final-redhat-00001"}
    component = {"product_id": "C", "name": "netty", "product_identification_helper": helper}
    parent = {"product_id": "E", "name": "EAP 7", "product_identification_helper":
              {"cpe": "cpe:/a:redhat:jboss_enterprise_application_platform:7"}}  # fmt: skip

    statement = the_only(
        read(document(related(component, parent), weakness(known_affected=["BOTH"])))
    )

    assert statement.package == "maven:io.netty:netty-codec"
    assert statement.condition is not None
    assert statement.condition.kind is Surroundings.PRODUCT


def test_a_distribution_package_takes_its_release_from_its_product() -> None:
    helper = {"purl": "pkg:rpm/redhat/openssl@3.0.7-27?arch=x86_64&epoch=1"}
    component = {"product_id": "C", "name": "openssl", "product_identification_helper": helper}
    parent = {"product_id": "E", "name": "RHEL 9", "product_identification_helper":
              {"cpe": "cpe:/a:redhat:enterprise_linux:9::appstream"}}  # fmt: skip

    statement = the_only(read(document(related(component, parent), weakness(fixed=["BOTH"]))))

    assert statement.package == "rpm:redhat:9:openssl"
    assert statement.condition is None
    found = [
        status_of(statement, version) for version in ("1:3.0.7-25", "1:3.0.7-27", "1:3.0.7-28")
    ]
    assert found == ["affected", "fixed", "fixed"]


def test_a_vendor_decides_about_its_products_and_a_coordinator_does_not() -> None:
    tree = {"branches": [vendor("Frob", branch("product_version", "1", product_id="P"))]}
    concerned = weakness(known_affected=["P"])

    tiers = [
        the_only(read(document(tree, concerned, publisher={"category": category}))).tier
        for category in ("vendor", "coordinator")
    ]

    assert tiers == [Tier.DISTRIBUTOR, Tier.CNA]


def test_a_document_about_many_vendors_is_trusted_little() -> None:
    branches = [
        vendor("Frob", branch("product_version", "1", product_id=str(n)), name=f"Vendor {n}")
        for n in range(12)
    ]

    record = read(document({"branches": branches}, weakness(known_affected=["3"])))

    assert the_only(record).cap is Confidence.LOW


def test_a_vex_that_clears_without_a_reason_is_still_looked_into() -> None:
    tree = {"branches": [vendor("Frob", branch("product_version", "1.0", product_id="P"))]}
    silent = weakness(known_not_affected=["P"])
    flags = [{"label": "vulnerable_code_not_present", "product_ids": ["P"]}]

    found = [
        status_of(the_only(read(document(tree, one, category="csaf_vex"))), "1.0")
        for one in (silent, silent | {"flags": flags})
    ]

    assert found == [Status.UNDER_INVESTIGATION, Status.NOT_AFFECTED]


def test_a_remedy_gives_the_bound_only_where_no_version_is_stated() -> None:
    helper = {"cpe": "cpe:2.3:a:acme:frob:*:*:*:*:*:*:*:*"}
    name = {"product_id": "P", "name": "x", "product_identification_helper": helper}
    tree = {"full_product_names": [name]}
    remedy = {"category": "vendor_fix", "details": "Update to V2.3 or later.", "product_ids": ["P"]}

    statement = the_only(
        read(document(tree, weakness(known_affected=["P"]) | {"remediations": [remedy]}))
    )

    assert status_of(statement, "2.2") is Status.AFFECTED
    assert status_of(statement, "2.3") is Status.NOT_AFFECTED
    assert statement.cap is Confidence.MEDIUM


def test_ratings_belong_to_their_vulnerability_and_the_marking_is_kept() -> None:
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    rated = {"scores": [{"products": ["P"], "cvss_v3": {"vectorString": vector}}]}
    tree = {"branches": [vendor("Frob", branch("product_version", "1", product_id="P"))]}
    content = document(tree, weakness("CVE-2024-0001") | rated, weakness("CVE-2024-0002"),
                       distribution={"tlp": {"label": "AMBER"}})  # fmt: skip

    record = read(content)

    assert [(one.subject, one.score) for one in record.severities] == [("CVE-2024-0001", 9.8)]
    assert record.marking == "TLP:AMBER"


def test_ids_that_two_publishers_may_both_give_carry_the_publisher() -> None:
    assert csaf.record_id("2024-001", "https://www.acme.test") == "2024-001@acme.test"
    assert csaf.record_id("RHSA-2024:1", "https://www.redhat.com") == "RHSA-2024:1"


def test_a_document_that_is_withdrawn_says_nothing_any_more() -> None:
    tree = {"branches": [vendor("Frob", branch("product_version", "1", product_id="P"))]}

    record = read(document(tree, weakness(known_affected=["P"]), category="csaf_withdrawn"))

    assert record.state is State.WITHDRAWN
    assert not record.statements


def test_a_document_of_another_version_is_refused_with_the_mend() -> None:
    with pytest.raises(Invalid, match=r"CSAF 1\.2 is not known here; 2\.0 and 2\.1 are\."):
        read(document({}, csaf_version="1.2"))


def test_a_tree_without_end_is_refused() -> None:
    deep: Json = {"product": {"product_id": "P", "name": "x"}}
    for _ in range(60):
        deep = {"category": "product_family", "name": "x", "branches": [deep]}

    with pytest.raises(Invalid, match="nested more than 40 deep"):
        read(document({"branches": [deep]}))


@pytest.mark.corpus
@pytest.mark.parametrize(("archive", "count"), [("cisa-ot-white", 1952), ("cisa-it-white", 1)])
def test_every_public_document_is_read(corpus: Path, archive: str, count: int) -> None:
    read_count = 0
    with tarfile.open(corpus / "csaf" / f"{archive}.tar.xz") as members:
        for member in members:
            if "/white/2" in member.name and member.name.endswith(".json"):
                file = members.extractfile(member)
                assert file is not None
                content = file.read()
                assert detection.detect(content) is detection.Format.CSAF
                record = csaf.read(content)
                assert record.subjects
                read_count += 1

    assert read_count == count


@pytest.mark.corpus
def test_documents_of_vendors_and_of_the_standard_are_read_or_refused(corpus: Path) -> None:
    documents = [*(corpus / "csaf" / "validator-suite").rglob("*.json")]
    documents += (corpus / "csaf" / "examples").rglob("*.json")
    documents += (corpus / "vex" / "csaf-vex").rglob("*.json")
    refused = []
    for path in documents:
        content = path.read_bytes()
        if b'"csaf_version"' not in content or b'"tracking"' not in content:
            continue
        try:
            csaf.read(content)
        except Invalid as problem:
            refused.append((path.name, str(problem)))

    assert refused == []
