"""Findings over REST, and checking an SBOM from a build."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from longmark.catalog.models import Release
from longmark.core.actors import Role
from longmark.findings.models import Finding, Match
from tests.findings.world import an_sbom, criterion, nvd, sbom_bytes, take_in
from tests.world import a_release

OLD = "pkg:generic/libmodbus@3.1.6"
MODBUS = nvd("CVE-2022-0367", criterion("libmodbus:libmodbus", versionEndExcluding="3.1.7"))


@pytest.fixture
def engineer(caller: Callable[..., Client]) -> Client:
    return caller(Role.ENGINEER)


@pytest.fixture
def release(engineer: Client, tmp_path: Path) -> Release:
    """A release whose SBOM was matched on demand."""
    take_in(tmp_path, MODBUS)
    release = a_release()
    an_sbom(release, OLD, "pkg:npm/left-pad@1.3.0")
    answer = engineer.post(f"/api/v1/releases/{release.pk}/matching")
    assert answer.json() == {
        "match_count": 1,
        "opened_count": 1,
        "changed_count": 0,
        "closed_count": 0,
    }
    return release


def test_findings_of_a_release_say_why(engineer: Client, release: Release) -> None:
    (row,) = engineer.get(f"/api/v1/releases/{release.pk}/findings").json()["items"]

    assert (row["vulnerability"], row["verdict"]) == ("CVE-2022-0367", "affected")
    assert (row["item"], row["release"]) == ("tg200-fw", "2.3.1")
    assert "lies in [0, 3.1.7) of CVE-2022-0367 from NVD" in row["sentence"]


def test_findings_are_listed_by_vulnerability_and_by_change(
    engineer: Client, release: Release
) -> None:
    for path in ("/findings", "/vulnerabilities/CVE-2022-0367/findings?verdict=affected"):
        assert len(engineer.get(f"/api/v1{path}").json()["items"]) == 1
    assert not engineer.get("/api/v1/findings?verdict=unknown").json()["items"]


def test_a_finding_comes_with_its_evidence(engineer: Client, release: Release) -> None:
    found = engineer.get(f"/api/v1/findings/{Finding.objects.get().pk}").json()

    (component,) = found["components"]
    (step,) = component["steps"]
    assert component["purl"] == OLD
    assert (step["record"], step["interval"], step["scheme"]) == (
        "CVE-2022-0367",
        "[0, 3.1.7)",
        "generic",
    )
    assert step["pointer"].startswith("/")


def test_a_component_lists_what_it_meets(engineer: Client, release: Release) -> None:
    match = Match.objects.get()

    (row,) = engineer.get(f"/api/v1/components/{match.component_id}/matches").json()["items"]

    assert (row["vulnerability"], row["confidence"]) == ("CVE-2022-0367", "medium")


@pytest.mark.parametrize("is_form", [True, False])
def test_a_build_is_checked_without_storing_it(
    engineer: Client, release: Release, is_form: bool
) -> None:
    content = sbom_bytes(OLD, "pkg:generic/libmodbus", "pkg:generic/libmodbus@3.1.10")
    body = {"file": SimpleUploadedFile("bom.json", content)} if is_form else content
    kind = {} if is_form else {"content_type": "application/octet-stream"}

    checked = engineer.post("/api/v1/check", body, **kind).json()

    assert (checked["component_count"], checked["undecided_count"]) == (3, 1)
    assert [row["verdict"] for row in checked["findings"]] == ["affected", "unknown"]
    assert checked["advisory_count"] == 1
    assert Match.objects.count() == 1


def test_a_viewer_may_look_and_may_not_match(
    caller: Callable[..., Client], release: Release
) -> None:
    viewer = caller(Role.VIEWER)

    assert viewer.get(f"/api/v1/releases/{release.pk}/findings").status_code == 200
    assert viewer.post(f"/api/v1/releases/{release.pk}/matching").status_code == 403


def test_a_form_without_a_file_is_refused(engineer: Client) -> None:
    answer = engineer.post("/api/v1/check", {"bom": "x"})

    assert answer.status_code == 422
    assert answer.json()["detail"] == "The form has no part with a file."


def test_what_cannot_be_compared_is_said_and_patches_are_believed(
    engineer: Client, release: Release
) -> None:
    document = json.loads(sbom_bytes(OLD))
    patch = {"type": "backport", "resolves": [{"type": "security", "id": "CVE-2022-0367"}]}
    document["components"][0]["pedigree"] = {"patches": [patch]}
    document["components"].append({"type": "library", "name": "sl-encoder"})

    checked = engineer.post(
        "/api/v1/check", json.dumps(document), "application/octet-stream"
    ).json()
    assert (checked["unidentified_count"], checked["unversioned_count"]) == (1, 0)
    assert checked["findings"] == []
