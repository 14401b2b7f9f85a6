"""Facts over REST, and an SBOM checked together with facts."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from longmark.catalog.models import Release
from longmark.core.actors import Role
from longmark.findings.models import Finding
from tests.findings.test_facts import MODBUS, OLD, cve_check, vex
from tests.findings.world import a_component, an_sbom, match_all, refresh, sbom_bytes, take_in
from tests.world import a_release


@pytest.fixture
def engineer(caller: Callable[..., Client]) -> Client:
    return caller(Role.ENGINEER)


@pytest.fixture
def release(engineer: Client, tmp_path: Path) -> Release:
    """A release with one component that is affected."""
    take_in(tmp_path, MODBUS)
    release = a_release()
    match_all([an_sbom(release, OLD)])
    refresh(release)
    return release


def a_file(content: bytes, name: str = "facts.json") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_facts_are_added_listed_and_handed_out(engineer: Client, release: Release) -> None:
    path = f"/api/v1/releases/{release.pk}/facts"

    made = engineer.post(path, {"file": a_file(cve_check())})
    again = engineer.post(path, {"file": a_file(cve_check())})

    assert (made.status_code, again.status_code) == (201, 200)
    document = made.json()
    assert (document["kind"], document["fact_count"], document["is_current"]) == (
        "cve-check",
        1,
        True,
    )
    (listed,) = engineer.get(path).json()["items"]
    assert listed == engineer.get(f"/api/v1/facts/{document['id']}").json() == document
    original = engineer.get(f"/api/v1/facts/{document['id']}/original")
    assert original.getvalue() == cve_check()


def test_what_facts_settle_follows_at_once_and_says_why(engineer: Client, release: Release) -> None:
    engineer.post(f"/api/v1/releases/{release.pk}/facts", {"file": a_file(cve_check())})

    counts = engineer.get(f"/api/v1/releases/{release.pk}/settled").json()
    path = f"/api/v1/releases/{release.pk}/findings"
    (row,) = engineer.get(f"{path}?rule=patched-in-build").json()["items"]
    found = engineer.get(f"/api/v1/findings/{row['id']}").json()

    assert counts == {
        "total": 1,
        "settled": 1,
        "exploited": 0,
        "by_rule": [{"rule": "patched-in-build", "count": 1, "exploited": 0}],
    }
    assert engineer.get(path).json()["items"] == []
    assert engineer.get(f"{path}?is_settled=true").json()["items"] == [row]
    assert (row["rule"], row["reason"], row["verdict"]) == ("patched-in-build", "patched", "fixed")
    (said,) = found["settlements"]
    assert said["sentence"] == "The build reports it as patched (facts.json)."
    assert (said["pointer"], said["is_settling"]) == ("package[0].issue[0]", True)


def test_facts_are_replaced_and_withdrawn(engineer: Client, release: Release) -> None:
    path = f"/api/v1/releases/{release.pk}/facts"
    first = engineer.post(path, {"file": a_file(cve_check())}).json()

    newer = engineer.post(
        f"/api/v1/facts/{first['id']}/replacement", {"file": a_file(vex("fixed"), "vex.json")}
    )
    gone = engineer.post(
        f"/api/v1/facts/{newer.json()['id']}/withdrawal",
        json.dumps({"reason": "Wrong build."}),
        content_type="application/json",
    )

    assert newer.status_code == 201
    superseded = engineer.get(f"/api/v1/facts/{first['id']}").json()
    assert superseded["superseded_by_id"] == newer.json()["id"]
    assert gone.json()["is_current"] is False
    assert engineer.get(f"/api/v1/releases/{release.pk}/settled").json()["settled"] == 0


def test_what_facts_settle_is_set_aside_and_restored(engineer: Client, release: Release) -> None:
    engineer.post(f"/api/v1/releases/{release.pk}/facts", {"file": a_file(cve_check())})
    path = f"/api/v1/findings/{Finding.objects.get().pk}"
    why = json.dumps({"reason": "The patch is for the server only."})

    aside = engineer.post(f"{path}/setting-aside", why, content_type="application/json")

    assert aside.status_code == 200
    found = engineer.get(path).json()
    assert found["verdict"] == "affected"
    assert found["set_aside"]["reason"] == "The patch is for the server only."
    back = engineer.post(f"{path}/restoration", why, content_type="application/json")
    assert back.status_code == 204
    assert engineer.get(path).json()["verdict"] == "fixed"


def test_what_holds_no_facts_is_refused_with_the_reason(engineer: Client, release: Release) -> None:
    path = f"/api/v1/releases/{release.pk}/facts"

    answer = engineer.post(path, {"file": a_file(b"Dear all,", "notes.txt")})

    assert answer.status_code == 422
    assert "notes.txt holds no facts of a build" in answer.json()["detail"]


def test_viewers_hand_over_nothing(caller: Callable[..., Client], release: Release) -> None:
    viewer = caller(Role.VIEWER)

    answer = viewer.post(f"/api/v1/releases/{release.pk}/facts", {"file": a_file(cve_check())})

    assert answer.status_code == 403


def checked(engineer: Client, sbom: bytes, *facts: bytes) -> dict[str, object]:
    files = {"file": a_file(sbom, "bom.json"), "facts": [a_file(each) for each in facts]}
    answer: dict[str, object] = engineer.post("/api/v1/check", files).json()
    return answer


def test_an_sbom_is_checked_together_with_facts_by_the_same_rules(
    engineer: Client, tmp_path: Path
) -> None:
    take_in(tmp_path, MODBUS)

    plain = checked(engineer, sbom_bytes(OLD))
    settled = checked(engineer, sbom_bytes(OLD), cve_check())

    assert [row["verdict"] for row in plain["findings"]] == ["affected"]  # type: ignore[attr-defined]
    assert plain["settled"] == settled["findings"] == []
    (row,) = settled["settled"]  # type: ignore[misc]
    assert (row["rule"], row["verdict"]) == ("patched-in-build", "fixed")
    assert row["settled_by"] == "The build reports it as patched (facts.json)."


def test_a_patch_that_the_document_declares_is_listed_as_settled(
    engineer: Client, tmp_path: Path
) -> None:
    take_in(tmp_path, MODBUS)
    resolves = [{"type": "security", "id": "CVE-2022-0367"}]
    pedigree = {"patches": [{"type": "backport", "resolves": resolves}]}

    answer = checked(engineer, sbom_bytes(a_component(OLD, pedigree=pedigree)))

    (row,) = answer["settled"]  # type: ignore[misc]
    assert (answer["findings"], row["rule"]) == ([], "patch-declared")


def test_facts_of_a_check_that_cannot_be_read_are_named(engineer: Client) -> None:
    files = {"file": a_file(sbom_bytes(OLD), "bom.json"), "facts": [a_file(b"?", "odd.bin")]}

    answer = engineer.post("/api/v1/check", files)

    assert answer.status_code == 422
    assert "odd.bin" in answer.json()["detail"]
