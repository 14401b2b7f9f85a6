"""Matches through CSAF documents, which say of each vulnerability what it concerns."""

import json
from pathlib import Path
from typing import Any

import pytest

from longmark.core.actors import SYSTEM
from longmark.intel.models import Advisory, Intake, Vulnerability
from longmark.intel.queries.vulnerabilities import ranges_of, vulnerability
from longmark.intel.services.intakes import import_file
from tests.findings.world import (
    a_component,
    an_sbom,
    match_advisories,
    match_all,
    match_table,
    nvd,
    take_in,
)
from tests.world import NINE

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]


def a_document(**status: dict[str, list[str]]) -> Json:
    """A vendor's document on two products; status by CVE with an underscore for each dash."""
    products = [
        {
            "category": "product_name",
            "name": name,
            "branches": [
                {
                    "category": "product_version_range",
                    "name": "<2.0",
                    "product": {"product_id": name, "name": name},
                }
            ],
        }
        for name in ("Frob", "Wibble")
    ]
    return {
        "document": {
            "category": "csaf_security_advisory",
            "csaf_version": "2.0",
            "title": "Two weaknesses",
            "publisher": {"category": "vendor", "name": "Acme", "namespace": "https://acme.test"},
            "distribution": {"tlp": {"label": "GREEN"}},
            "tracking": {
                "id": "ACME-1",
                "current_release_date": "2024-01-02T00:00:00Z",
                "initial_release_date": "2024-01-01T00:00:00Z",
            },
        },
        "product_tree": {
            "branches": [{"category": "vendor", "name": "Acme", "branches": products}]
        },
        "vulnerabilities": [
            {"cve": cve.replace("_", "-"), "product_status": stated}
            for cve, stated in status.items()
        ],
    }


def imported(folder: Path, document: Json) -> Intake:
    path = folder / "acme-1.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return import_file(path, actor=SYSTEM, now=NINE)


def a_product(name: str, version: str) -> Json:
    cpe = f"cpe:2.3:a:acme:{name}:{version}:*:*:*:*:*:*:*"
    purl = f"pkg:generic/acme/{name}@{version}"
    return a_component(purl, cpe=cpe)


def test_a_component_matches_only_the_vulnerabilities_that_concern_it(tmp_path: Path) -> None:
    intake = imported(
        tmp_path,
        a_document(
            CVE_2024_0001={"known_affected": ["Frob"]},
            CVE_2024_0002={"known_affected": ["Wibble"]},
            CVE_2024_0003={"known_affected": ["Frob", "Wibble"]},
        ),
    )

    match_all([an_sbom(None, a_product("frob", "1.0"))])

    assert intake.format == "csaf"
    assert {row[1:] for row in match_table()} == {
        ("CVE-2024-0001", "affected", "medium"),
        ("CVE-2024-0003", "affected", "medium"),
    }


def test_both_directions_end_in_the_same_matches(tmp_path: Path) -> None:
    document = a_document(
        CVE_2024_0001={"known_affected": ["Frob"]},
        CVE_2024_0002={"known_affected": ["Wibble"], "under_investigation": ["Frob"]},
    )
    sbom = an_sbom(None, a_product("frob", "1.0"), a_product("wibble", "3.0"))
    imported(tmp_path, document)
    match_advisories()
    by_advisory = match_table()

    match_all([sbom])

    assert match_table() == by_advisory
    assert {row[1:3] for row in by_advisory} == {
        ("CVE-2024-0001", "affected"),
        ("CVE-2024-0002", "under_investigation"),
    }


def test_the_vendor_overrules_what_others_say_of_its_product(tmp_path: Path) -> None:
    match = {
        "vulnerable": True,
        "criteria": "cpe:2.3:a:acme:frob:*:*:*:*:*:*:*:*",
        "versionEndExcluding": "1.5",
    }
    take_in(tmp_path, nvd("CVE-2024-0001", match), nvd("CVE-2024-0002", match))
    imported(
        tmp_path,
        a_document(
            CVE_2024_0001={"fixed": ["Frob"]},
            CVE_2024_0002={"known_not_affected": ["Frob"]},
        ),
    )

    match_all([an_sbom(None, a_product("frob", "1.0"))])

    assert {row[1:3] for row in match_table()} == {
        ("CVE-2024-0001", "fixed"),
        ("CVE-2024-0002", "not_affected"),
    }


def test_a_vulnerability_shows_only_its_own_ranges_and_the_marking(tmp_path: Path) -> None:
    imported(
        tmp_path,
        a_document(
            CVE_2024_0001={"known_affected": ["Frob"]}, CVE_2024_0002={"known_affected": ["Wibble"]}
        ),
    )

    packages = {one.package for one in ranges_of(vulnerability("CVE-2024-0001"))}

    assert packages == {"name:acme:frob"}
    assert Advisory.objects.get().marking == "TLP:GREEN"
    assert Vulnerability.objects.count() == 2


@pytest.mark.corpus
def test_an_archive_of_documents_is_taken_in_as_the_publisher_serves_it(corpus: Path) -> None:
    intake = import_file(corpus / "csaf" / "cisa-it-white.tar.xz", actor=SYSTEM, now=NINE)

    assert (intake.format, intake.added_count) == ("csaf", 1)
