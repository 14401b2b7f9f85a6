"""A large SBOM is checked by a job, and the answer is that of a small one."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from longmark.config.schedule import HANDLERS
from longmark.config.worker import work_once
from longmark.core.actors import Role
from longmark.findings.models import Match
from tests.findings.world import criterion, nvd, sbom_bytes, take_in

pytestmark = pytest.mark.django_db

MODBUS = nvd("CVE-2022-0367", criterion("libmodbus:libmodbus", versionEndExcluding="3.1.7"))
OPENVEX = b"""{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/1",
"author": "us", "timestamp": "2024-01-01T00:00:00Z", "version": 1, "statements": [
{"vulnerability": {"name": "CVE-2022-0367"}, "status": "not_affected",
"products": [{"@id": "pkg:generic/libmodbus@3.1.6"}],
"justification": "vulnerable_code_not_present"}]}"""


@pytest.fixture
def viewer(caller: Callable[..., Client]) -> Client:
    return caller(Role.VIEWER)


def form(content: bytes) -> dict[str, Any]:
    return {
        "file": SimpleUploadedFile("bom.json", content),
        "facts": SimpleUploadedFile("vex.json", OPENVEX),
    }


def worked_off() -> None:
    while work_once(HANDLERS):
        pass


def test_a_large_document_is_checked_by_a_job_as_a_small_one_is(
    viewer: Client, tmp_path: Any, settings: Any
) -> None:
    take_in(tmp_path, MODBUS)
    content = sbom_bytes("pkg:generic/libmodbus@3.1.6", "pkg:generic/libmodbus@3.1.5")
    at_once = viewer.post("/api/v1/check", form(content)).json()

    settings.READ_AT_ONCE_BYTES = 100
    asked = viewer.post("/api/v1/check", form(content))
    too_early = viewer.get(f"/api/v1/checks/{asked.json()['job_id']}")
    worked_off()
    answer = viewer.get(f"/api/v1/checks/{asked.json()['job_id']}")

    assert (asked.status_code, too_early.status_code) == (202, 404)
    later = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/json"
    assert [len(at_once[key]) for key in ("findings", "settled")] == [1, 1]
    assert viewer.get(asked.json()["href"]).json()["state"] == "done"
    assert _without_ages(_json(later)) == _without_ages(at_once)
    assert not Match.objects.exists()


def test_a_job_of_another_kind_has_checked_nothing(viewer: Client) -> None:
    assert viewer.get("/api/v1/checks/1").status_code == 404


def test_a_large_document_that_is_none_is_refused_by_the_job(viewer: Client, settings: Any) -> None:
    settings.READ_AT_ONCE_BYTES = 10
    asked = viewer.post("/api/v1/check", b"no document at all", "application/octet-stream").json()

    worked_off()

    job = viewer.get(asked["href"]).json()
    assert job["state"] == "failed"
    assert viewer.get(f"/api/v1/checks/{asked['job_id']}").status_code == 404


def _json(content: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(content)
    return found


def _without_ages(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: answer[key] for key in ("component_count", "findings", "settled", "lifespans")}
