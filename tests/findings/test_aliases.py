"""One finding for one vulnerability, whatever the number of databases and their order."""

from pathlib import Path
from typing import Any

import pytest

from longmark.core.actors import SYSTEM
from longmark.findings.models import Finding
from longmark.findings.queries.findings import finding
from longmark.findings.services import facts
from longmark.findings.services.following import follow_vulnerabilities
from longmark.intel.models import Vulnerability
from longmark.intel.queries import vulnerabilities as intel
from tests.findings.test_facts import cve_check
from tests.findings.world import an_sbom, match_all, osv, refresh, take_in
from tests.world import NINE, a_release

pytestmark = pytest.mark.django_db

PURL = "pkg:pypi/pillow@9.0.0"
EVENTS: tuple[dict[str, Any], ...] = ({"introduced": "0"}, {"fixed": "9.1.0"})
GHSA, PYSEC, CVE = "GHSA-8vj2-vxx3-667w", "PYSEC-2022-8", "CVE-2022-22815"


def a_record(name: str, *aliases: str, modified: str = "2024-01-01T00:00:00Z", **more: Any) -> Any:
    return (
        osv(name, "PyPI", "pillow", *EVENTS, modified=modified) | {"aliases": list(aliases)} | more
    )


def follow(folder: Path, *records: Any) -> None:
    """Take records in, and let matches and findings follow."""
    before = set(Vulnerability.objects.values_list("pk", flat=True))
    follow_vulnerabilities(before | take_in(folder, *records), actor=SYSTEM, now=NINE)


def standing() -> dict[str, str]:
    rows = Finding.objects.select_related("vulnerability")
    return {one.vulnerability.name: one.reason or one.verdict for one in rows}


@pytest.fixture
def release() -> Any:
    release = a_release()
    match_all([an_sbom(release, PURL)])
    return release


def test_databases_that_name_each_other_make_one_finding(release: Any, tmp_path: Path) -> None:
    follow(tmp_path, a_record(GHSA, CVE), a_record(PYSEC, CVE, GHSA))

    assert standing() == {CVE: "affected"}


def test_an_alias_that_arrives_later_joins_two_findings(release: Any, tmp_path: Path) -> None:
    follow(tmp_path, a_record(GHSA), a_record(PYSEC))
    assert standing() == {GHSA: "affected", PYSEC: "affected"}

    follow(tmp_path, a_record(PYSEC, GHSA, modified="2024-02-01T00:00:00Z"))

    open_ones = [name for name, stands in standing().items() if stands == "affected"]
    assert len(open_ones) == 1
    assert sorted(standing().values()) == ["affected", "merged"]


def test_every_id_leads_to_the_one_vulnerability_after_it_was_joined(
    release: Any, tmp_path: Path
) -> None:
    follow(tmp_path, a_record(GHSA), a_record(PYSEC))
    numbers = list(Vulnerability.objects.values_list("pk", flat=True))

    follow(tmp_path, a_record(PYSEC, GHSA, modified="2024-02-01T00:00:00Z"))

    found = {intel.vulnerability(name).pk for name in (GHSA, PYSEC)}
    assert len(found) == 1
    assert {intel.vulnerability_by_id(pk).pk for pk in numbers} == found


def test_an_alias_that_is_taken_back_parts_the_findings_again(release: Any, tmp_path: Path) -> None:
    follow(tmp_path, a_record(GHSA), a_record(PYSEC, GHSA))
    assert len([each for each in standing().values() if each == "affected"]) == 1

    follow(tmp_path, a_record(PYSEC, modified="2024-02-01T00:00:00Z"))

    assert {intel.vulnerability(name).name for name in (GHSA, PYSEC)} == {GHSA, PYSEC}
    assert [each for each in standing().values() if each == "affected"] == ["affected"] * 2


def test_a_record_that_is_withdrawn_and_returns_keeps_its_first_day(
    release: Any, tmp_path: Path
) -> None:
    follow(tmp_path, a_record(GHSA))
    number = Finding.objects.get().pk
    gone = a_record(GHSA, modified="2024-02-01T00:00:00Z", withdrawn="2024-02-01T00:00:00Z")
    follow(tmp_path, gone)
    assert standing() == {GHSA: "withdrawn"}

    follow(tmp_path, a_record(GHSA, modified="2024-03-01T00:00:00Z"))

    assert standing() == {GHSA: "affected"}
    assert finding(number).first_seen_at == NINE


def test_one_of_two_records_that_is_withdrawn_leaves_the_finding(
    release: Any, tmp_path: Path
) -> None:
    follow(tmp_path, a_record(GHSA, CVE), a_record(PYSEC, CVE))

    gone = a_record(PYSEC, CVE, modified="2024-02-01T00:00:00Z", withdrawn="2024-02-01T00:00:00Z")
    follow(tmp_path, gone)

    assert standing() == {CVE: "affected"}


def test_facts_settle_by_any_id_and_stay_set_aside_when_ids_are_joined(
    release: Any, tmp_path: Path
) -> None:
    follow(tmp_path, a_record(GHSA), a_record(PYSEC))
    report = cve_check(cve=PYSEC).replace(b"libmodbus", b"pillow").replace(b"3.1.6", b"9.0.0")
    facts.add_facts(release, report, actor=SYSTEM, now=NINE)
    refresh(release)
    assert standing() == {GHSA: "affected", PYSEC: "patched"}
    aside = Finding.objects.get(vulnerability__name=PYSEC)
    facts.set_aside(aside, reason="Not in the image.", actor=SYSTEM, now=NINE)
    refresh(release)

    follow(tmp_path, a_record(PYSEC, GHSA, modified="2024-02-01T00:00:00Z"))

    assert sorted(standing().values()) == ["affected", "merged"]
