"""Findings follow matches: opened, closed for a reason, opened again under the same first day."""

from datetime import timedelta
from pathlib import Path

import pytest

from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import NotAllowed
from longmark.findings.models import Finding
from longmark.findings.services.refreshing import refresh_findings
from longmark.sboms.services.documents import replace_document
from tests.findings.world import (
    a_component,
    an_sbom,
    criterion,
    findings_table,
    match_advisories,
    match_all,
    nvd,
    refresh,
    sbom_bytes,
    take_in,
)
from tests.world import NINE, a_release, an_item

pytestmark = pytest.mark.django_db

MODBUS = nvd("CVE-2022-0367", criterion("libmodbus:libmodbus", versionEndExcluding="3.1.7"))
OLD, FIXED, UNSTATED = (
    "pkg:generic/libmodbus@3.1.6",
    "pkg:generic/libmodbus@3.1.10",
    "pkg:generic/libmodbus",
)


def test_a_finding_is_opened_for_what_is_affected_or_unknown(tmp_path: Path) -> None:
    take_in(tmp_path, MODBUS)
    item = an_item()
    releases = [a_release(version, item=item) for version in ("1", "2", "3")]
    match_all(
        an_sbom(release, purl)
        for release, purl in zip(releases, (OLD, UNSTATED, FIXED), strict=True)
    )

    refreshed = refresh(*releases)

    assert len(refreshed.opened) == 2
    assert findings_table() == {
        ("1", "CVE-2022-0367", "affected"),
        ("2", "CVE-2022-0367", "unknown"),
    }


def test_the_gravest_component_speaks_for_the_release(tmp_path: Path) -> None:
    take_in(tmp_path, MODBUS)
    release = a_release()
    match_all([an_sbom(release, OLD, UNSTATED, "pkg:generic/libmodbus@3.0.1")])

    refresh(release)

    finding = Finding.objects.get()
    assert (finding.verdict, finding.component_count) == ("affected", 2)


def test_a_new_sbom_without_the_component_closes_the_finding(tmp_path: Path) -> None:
    take_in(tmp_path, MODBUS)
    release = a_release()
    document = an_sbom(release, OLD)
    match_all([document])
    refresh(release)
    newer = replace_document(document, sbom_bytes(FIXED), actor=SYSTEM, now=NINE)
    match_all([newer])

    refreshed = refresh(release)

    assert [finding.reason for finding in refreshed.closed] == ["absent"]


def test_a_finding_that_comes_back_keeps_its_first_day(tmp_path: Path) -> None:
    take_in(tmp_path, MODBUS)
    release = a_release()
    document = an_sbom(release, OLD)
    match_all([document])
    refresh(release)
    newer = replace_document(document, sbom_bytes(FIXED), actor=SYSTEM, now=NINE)
    match_all([newer])
    refresh(release)
    match_all([replace_document(newer, sbom_bytes(OLD), actor=SYSTEM, now=NINE)])

    later = NINE + timedelta(days=9)
    refreshed = refresh_findings([release.pk], actor=SYSTEM, now=later)

    assert [finding.first_seen_at for finding in refreshed.opened] == [NINE]
    assert [finding.changed_at for finding in refreshed.opened] == [later]


def test_a_withdrawn_vulnerability_says_so_when_its_finding_closes(tmp_path: Path) -> None:
    take_in(tmp_path, MODBUS)
    release = a_release()
    match_all([an_sbom(release, OLD)])
    refresh(release)
    take_in(tmp_path, nvd("CVE-2022-0367", status="Rejected", modified="2025-01-01T00:00:00.000"))
    match_advisories()

    refresh(release)

    assert findings_table() == {("2.3.1", "CVE-2022-0367", "withdrawn")}


def test_a_patch_that_the_supplier_declares_makes_it_fixed_there_only(tmp_path: Path) -> None:
    take_in(tmp_path, MODBUS)
    item = an_item()
    patched, plain = a_release("1", item=item), a_release("2", item=item)
    resolves = [{"type": "security", "id": "CVE-2022-0367"}]
    pedigree = {"patches": [{"type": "backport", "resolves": resolves}]}
    match_all([an_sbom(patched, a_component(OLD, pedigree=pedigree)), an_sbom(plain, OLD)])

    refresh(patched, plain)

    assert findings_table() == {
        ("1", "CVE-2022-0367", "patched"),
        ("2", "CVE-2022-0367", "affected"),
    }


def test_refreshing_again_changes_nothing(tmp_path: Path) -> None:
    take_in(tmp_path, MODBUS)
    release = a_release()
    match_all([an_sbom(release, OLD)])
    refresh(release)

    again = refresh(release)

    assert not (again.opened or again.changed or again.closed)


def test_an_outsider_refreshes_nothing(otto: Actor) -> None:
    with pytest.raises(NotAllowed):
        refresh_findings([], actor=otto, now=NINE)
