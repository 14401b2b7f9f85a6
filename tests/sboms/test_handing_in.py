"""What is too large to be read while its sender waits is kept at once and read by a job."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from longmark.config.schedule import HANDLERS
from longmark.config.worker import work_once
from longmark.core.actors import SYSTEM, Role
from longmark.core.vocabulary import JobState
from longmark.jobs import services as jobs
from longmark.jobs.models import Job
from longmark.ledger import queries as ledger
from longmark.reactions import follow
from longmark.sboms import queries
from longmark.sboms.models import Document
from longmark.sboms.services import documents
from tests.findings.world import criterion, nvd, take_in
from tests.sboms.samples import a_bom, a_library, the_drive
from tests.world import a_release

pytestmark = pytest.mark.django_db

OPENVEX = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://acme.example/vex/1",
    "author": "Acme",
    "timestamp": "2026-01-01T00:00:00Z",
    "version": 1,
    "statements": [
        {
            "vulnerability": {"name": "CVE-2022-0367"},
            "products": [{"@id": "pkg:generic/libmodbus@3.1.6"}],
            "status": "not_affected",
            "justification": "vulnerable_code_not_present",
        }
    ],
}


@pytest.fixture
def engineer(caller: Any, settings: Any) -> Client:
    settings.READ_AT_ONCE_BYTES = 100
    return caller(Role.ENGINEER)


def send(client: Client, path: str, content: bytes) -> dict[str, Any]:
    part = SimpleUploadedFile("drive.json", content, "application/json")
    answer = client.post(f"/api/v1{path}", {"file": part})
    assert answer.status_code == 202, answer.content
    return answer.json()


def outcome(client: Client, answer: dict[str, Any]) -> dict[str, Any]:
    while work_once(HANDLERS):
        pass
    return client.get(answer["href"]).json()


def test_a_large_sbom_is_read_by_a_job_that_says_what_it_made(engineer: Client):
    answer = send(engineer, f"/releases/{a_release().pk}/sboms", the_drive())
    assert (Job.objects.get().state, Document.objects.exists()) == (JobState.WAITING, False)

    job = outcome(engineer, answer)
    document = engineer.get(f"/api/v1/sboms/{job['result']['document_id']}").json()
    assert (job["state"], document["component_count"], document["filename"]) == (
        "done",
        4,
        "drive.json",
    )
    assert document["size_bytes"] == len(the_drive())


def test_the_same_document_small_or_large_is_recorded_alike(engineer: Client, settings: Any):
    large = a_release("1")
    small = a_release("2", item=large.item)
    outcome(engineer, send(engineer, f"/releases/{large.pk}/sboms", the_drive()))
    settings.READ_AT_ONCE_BYTES = 1 << 20
    engineer.post(
        f"/api/v1/releases/{small.pk}/sboms?filename=drive.json",
        the_drive(),
        "application/octet-stream",
    )

    columns = ("digest", "sha512", "size_bytes", "format", "component_count", "defects", "filename")
    one, other = Document.objects.order_by("pk").values(*columns)
    assert one == other


def test_findings_are_there_when_the_job_is_over(engineer: Client, tmp_path: Path):
    bound = criterion("libmodbus:libmodbus", versionEndExcluding="3.1.7")
    take_in(tmp_path, nvd("CVE-2022-0367", bound))
    release = a_release()
    answer = send(engineer, f"/releases/{release.pk}/sboms", a_bom(a_library("libmodbus", "3.1.6")))
    job = jobs.take_job(kinds=HANDLERS, now=timezone.now())
    assert job is not None
    HANDLERS[job.kind](job.arguments, Watched())

    found = engineer.get(f"/api/v1/releases/{release.pk}/findings").json()["items"]
    assert [row["vulnerability"] for row in found] == ["CVE-2022-0367"]
    assert answer["job_id"] == job.pk


class Watched:
    """Progress that nobody looks at."""

    def __init__(self) -> None:
        self.actor = SYSTEM

    @property
    def now(self):
        return timezone.now()

    def advance(self, done: int, total: int | None = None, note: str = "") -> None:
        pass


def test_a_refused_document_says_its_verdict_in_the_job_and_is_kept(engineer: Client):
    content = a_bom({"type": "library"}, a_library("a"))
    job = outcome(engineer, send(engineer, f"/releases/{a_release().pk}/sboms", content))

    assert job["state"] == "failed"
    assert "does not follow its format" in job["outcome"]
    assert [each["path"] for each in job["result"]["problems"]] == ["components[0]"]
    (entry,) = ledger.entries_page(action="sboms.sbom-refused").items
    assert ledger.blob_bytes(ledger.payload_of(entry)["digest"]) == content


def test_a_worker_that_died_in_the_middle_loses_nothing(engineer: Client):
    answer = send(engineer, f"/releases/{a_release().pk}/sboms", the_drive())
    job = jobs.take_job(kinds=HANDLERS, now=timezone.now())
    assert job is not None
    HANDLERS[job.kind](job.arguments, Watched())  # killed before it could say so
    Job.objects.update(held_until=timezone.now() - timedelta(seconds=1))

    assert outcome(engineer, answer)["state"] == "done"
    assert Document.objects.get().component_count == 4


def test_what_kills_each_worker_is_given_up(engineer: Client):
    send(engineer, f"/releases/{a_release().pk}/sboms", the_drive())
    for _ in range(jobs.ATTEMPTS):
        assert jobs.take_job(kinds=HANDLERS, now=timezone.now())
        Job.objects.update(held_until=timezone.now() - timedelta(seconds=1))

    assert jobs.take_job(kinds=HANDLERS, now=timezone.now()) is None
    job = Job.objects.get()
    assert (job.state, "not tried again" in job.outcome) == (JobState.FAILED, True)


def test_a_large_replacement_takes_the_place_of_its_document(engineer: Client):
    release = a_release()
    first = outcome(engineer, send(engineer, f"/releases/{release.pk}/sboms", the_drive()))
    path = f"/sboms/{first['result']['document_id']}/replacement"
    outcome(engineer, send(engineer, path, a_bom(a_library("a"))))

    assert [each.component_count for each in queries.documents_of(release)] == [1]


def test_a_replacement_that_comes_too_late_is_refused_by_its_job(engineer: Client):
    release = a_release()
    first = outcome(engineer, send(engineer, f"/releases/{release.pk}/sboms", the_drive()))
    path = f"/sboms/{first['result']['document_id']}/replacement"
    newer = [a_bom(a_library(name), a_library("c")) for name in ("a", "b")]
    answers = [send(engineer, path, content) for content in newer]

    jobs_ended = [outcome(engineer, answer) for answer in answers]
    assert [each["state"] for each in jobs_ended] == ["done", "failed"]
    assert "not current any more" in jobs_ended[1]["outcome"]


def test_a_web_process_that_follows_leaves_a_large_document_to_a_job(
    engineer: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("longmark.reactions.consequences.AT_ONCE_LIMIT_BYTES", 100)
    documents.add_document(a_release(), the_drive(), actor=SYSTEM, now=timezone.now())
    follow(now=timezone.now)

    assert Job.objects.get().kind == "findings.match-document"
    assert work_once(HANDLERS)
    assert Job.objects.get().state == JobState.DONE


def test_large_facts_are_read_by_a_job(engineer: Client):
    content = json.dumps(OPENVEX).encode()
    release = a_release()
    job = outcome(engineer, send(engineer, f"/releases/{release.pk}/facts", content))
    found = engineer.get(f"/api/v1/facts/{job['result']['facts_id']}").json()
    assert (found["kind"], found["fact_count"]) == ("openvex", 1)

    again = send(engineer, f"/facts/{found['id']}/replacement", content + b" ")
    assert outcome(engineer, again)["result"]["facts_id"] != found["id"]


def test_facts_that_are_none_say_so_in_the_job(engineer: Client):
    job = outcome(engineer, send(engineer, f"/releases/{a_release().pk}/facts", b"[" * 200))

    assert (job["state"], job["result"]) == ("failed", {})
    assert "not valid JSON" in job["outcome"]


def test_who_may_not_add_sboms_asks_for_no_job(caller: Any, settings: Any):
    settings.READ_AT_ONCE_BYTES = 100
    viewer = caller(Role.VIEWER)
    part = SimpleUploadedFile("drive.json", the_drive(), "application/json")

    answer = viewer.post(f"/api/v1/releases/{a_release().pk}/sboms", {"file": part})
    assert (answer.status_code, Job.objects.exists()) == (403, False)
