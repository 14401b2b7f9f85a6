"""Vulnerabilities and advisory files over REST."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from longmark.core.actors import Role
from longmark.intel.tasks.files import import_advisory_file
from longmark.jobs.models import Job
from tests.intel.records import archive, feed, kev, nvd, osv, take
from tests.intel.test_intakes import StopsAfter

pytestmark = pytest.mark.django_db


@pytest.fixture
def psirt(caller) -> Client:
    return caller(Role.SECURITY)


def upload(client: Client, content: bytes, name: str = "all.zip"):
    return client.post("/api/v1/intakes", {"file": SimpleUploadedFile(name, content)})


def work() -> str:
    job = Job.objects.get()
    assert job.kind == "intel.import-advisory-file"
    return import_advisory_file(job.arguments, StopsAfter(10**9))


def test_uploaded_file_is_taken_in_by_a_job(psirt):
    answer = upload(psirt, archive(osv("GHSA-1"), b"{"))

    assert answer.status_code == 202
    assert answer.json()["href"] == f"/api/v1/jobs/{answer.json()['job_id']}"
    assert work() == "all.zip: 1 new, 0 changed, 0 unchanged, 1 refused."


def test_refusals_of_an_intake_are_listed(psirt):
    upload(psirt, archive(osv("GHSA-1"), b"{"))
    work()
    (intake,) = psirt.get("/api/v1/intakes").json()["items"]

    (refusal,) = psirt.get(f"/api/v1/intakes/{intake['id']}/refusals").json()["items"]

    assert (intake["state"], intake["refused_count"]) == ("done", 1)
    assert (refusal["kind"], refusal["place"]) == ("record", "0001.json")


def test_viewer_may_read_and_not_import(caller):
    viewer = caller(Role.VIEWER)

    assert upload(viewer, archive(osv("GHSA-1"))).status_code == 403
    assert viewer.get("/api/v1/vulnerabilities").status_code == 200
    assert not Job.objects.exists()


def test_outsider_learns_nothing(caller):
    outsider = caller()

    for path in ("vulnerabilities", "vulnerabilities/CVE-2024-0001", "intakes", "advisory-sources"):
        assert outsider.get(f"/api/v1/{path}").status_code in (401, 403)


def test_vulnerability_is_shown_by_any_of_its_ids(psirt, tmp_path):
    take(feed(nvd("CVE-2024-0001")), tmp_path)
    take(archive(osv("GHSA-1", aliases=["CVE-2024-0001"])), tmp_path)
    take(kev("CVE-2024-0001"), tmp_path)

    shown = psirt.get("/api/v1/vulnerabilities/ghsa-1").json()

    assert (shown["name"], shown["exploited_on"]) == ("CVE-2024-0001", "2024-05-05")
    assert shown["aliases"] == ["CVE-2024-0001", "GHSA-1"]
    assert [one["high_text"] for one in shown["ranges"]] == ["< 2.0.0", "< 2.0"]
    assert shown["severity_rating"] == ""


@pytest.mark.parametrize("count", [2, 40])
def test_list_costs_the_same_whatever_its_length(psirt, tmp_path, count, django_assert_num_queries):
    take(feed(*(nvd(f"CVE-2024-{number:04}") for number in range(count))), tmp_path)
    psirt.get("/api/v1/vulnerabilities")

    with django_assert_num_queries(3):
        items = psirt.get("/api/v1/vulnerabilities?limit=50").json()["items"]
    assert len(items) == count


def test_unknown_id_is_not_found(psirt):
    answer = psirt.get("/api/v1/vulnerabilities/CVE-2031-0001")

    assert answer.status_code == 404
    assert "a source that was not imported" in answer.json()["detail"]


def test_sources_tell_their_age(psirt, tmp_path):
    take(feed(nvd("CVE-2024-0001")), tmp_path)

    ages = {
        one["source"]: one["age_seconds"] for one in psirt.get("/api/v1/advisory-sources").json()
    }

    assert ages["nvd"] > 0
    assert ages["osv"] is None
