"""Feeds over REST."""

import pytest
from django.test import Client

from longmark.core.actors import Role
from tests.intel.feeds.upstream import status
from tests.intel.records import kev

pytestmark = pytest.mark.django_db


@pytest.fixture
def psirt(caller) -> Client:
    return caller(Role.SECURITY)


def enable(client: Client, name: str, **body):
    return client.post(f"/api/v1/feeds/{name}/enable", body, content_type="application/json")


def test_feeds_are_listed_before_any_is_followed(psirt):
    feeds = {one["name"]: one for one in psirt.get("/api/v1/feeds").json()}

    assert feeds["kev"]["health"] == "off"
    assert feeds["osv"]["options"]["ecosystems"]
    assert "not endorsed" in feeds["nvd"]["notice"]


def test_feed_is_followed_run_and_left_again(psirt, source, runner):
    address = source.publish("/kev.json", kev("CVE-2024-0001"))
    assert enable(psirt, "kev", address=address, period_minutes=30).json()["health"] == "waiting"
    answer = psirt.post("/api/v1/feeds/kev/run")
    assert (answer.status_code, answer.json()["href"]) == (
        202,
        f"/api/v1/jobs/{answer.json()['job_id']}",
    )

    runner.run("kev")

    feed = psirt.get("/api/v1/feeds/kev").json()
    assert (feed["known_count"], feed["upstream_count"], feed["period_minutes"]) == (1, 1, 30)
    (run,) = psirt.get("/api/v1/feeds/kev/runs").json()["items"]
    assert (run["added_count"], run["state"], len(run["intake_ids"])) == (1, "done", 1)
    assert psirt.post("/api/v1/feeds/kev/disable").json()["health"] == "off"


def test_failure_is_told(psirt, source, runner):
    enable(psirt, "kev", address=source.publish("/kev.json", kev("CVE-2024-0001")))
    source.fail("/kev.json", status(403))
    with pytest.raises(Exception, match="403"):
        runner.run("kev")

    feed = psirt.get("/api/v1/feeds/kev").json()

    assert (feed["health"], feed["last_run"]["state"]) == ("failing", "failed")
    assert "403" in feed["last_error"]


def test_wrong_option_and_unknown_feed_are_refused(psirt):
    assert enable(psirt, "osv", options={"colour": "red"}).status_code == 422
    assert enable(psirt, "gossip").status_code == 404
    assert psirt.post("/api/v1/feeds/kev/disable").status_code == 409


def test_viewer_reads_and_switches_nothing(caller):
    viewer = caller(Role.VIEWER)

    assert viewer.get("/api/v1/feeds").status_code == 200
    assert enable(viewer, "kev").status_code == 403
    assert viewer.post("/api/v1/feeds/kev/run").status_code == 403


def test_supplier_is_followed_by_its_domain(psirt):
    body = {"domain": "acme.example"}
    answer = psirt.post("/api/v1/feeds", body, content_type="application/json")

    assert (answer.status_code, answer.json()["name"]) == (201, "csaf-acme.example")
    assert psirt.get("/api/v1/feeds/csaf-acme.example").json()["health"] == "waiting"
    assert psirt.post("/api/v1/feeds", body, content_type="application/json").status_code == 409
