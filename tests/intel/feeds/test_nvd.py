"""NVD: yearly feeds by their digest, then windows of change, page by page."""

import hashlib
from datetime import datetime, timedelta

import orjson
import pytest

from longmark.core.errors import Refused
from longmark.intel.models import Advisory, FeedRun, Intake
from longmark.intel.queries import feeds as queries
from longmark.intel.tasks import nvd as tasks
from longmark.ledger import queries as blobs
from tests.intel.feeds.conftest import Killed, Watch
from tests.intel.feeds.upstream import packed, redirect, status
from tests.intel.records import feed, nvd
from tests.world import NINE

pytestmark = pytest.mark.django_db

LATER = NINE + timedelta(hours=2)
API, FEEDS = "/rest/json/cves/2.0", "/feeds/json/cve/2.0"


class Api:
    """NVD's API over a list of records."""

    def __init__(self) -> None:
        self.records: list[tuple[str, dict]] = []
        self.page_size = 2_000
        self.said_total: int | None = None

    def add(self, identifier: str, at: str = "2026-11-24T08:00:00.000", **more) -> None:
        self.records.append((at, nvd(identifier, lastModified=at, **more)))

    def __call__(self, query) -> bytes:
        start, end = query.get("lastModStartDate"), query.get("lastModEndDate")
        found = [record for at, record in self.records if not start or start[:23] <= at <= end[:23]]
        size = min(int(query["resultsPerPage"]), self.page_size)
        index = int(query["startIndex"]) if "startIndex" in query else 0
        page = found[index : index + size]
        total = len(found) if start or self.said_total is None else self.said_total
        return orjson.dumps(
            {
                "resultsPerPage": len(page),
                "startIndex": index,
                "totalResults": total,
                "format": "NVD_CVE",
                "version": "2.0",
                "timestamp": "2026-11-24T09:00:00.000",
                "vulnerabilities": page,
            }
        )


@pytest.fixture
def api(source):
    served = Api()
    source.publish(API, served)
    return served


@pytest.fixture
def yearly(source):
    """Publish a yearly feed with its `.meta`."""

    def publish(year, *records, written="2026-11-24T03:00:00-05:00", digest=""):
        content = feed(*records)
        digest = digest or hashlib.sha256(content).hexdigest().upper()
        meta = (
            f"lastModifiedDate:{written}\r\nsize:1\r\nzipSize:1\r\ngzSize:1\r\nsha256:{digest}\r\n"
        )
        source.publish(f"{FEEDS}/nvdcve-2.0-{year}.meta", meta.encode())
        source.publish(f"{FEEDS}/nvdcve-2.0-{year}.json.gz", packed(content))

    return publish


@pytest.fixture
def followed(source, runner, api, yearly, monkeypatch):
    monkeypatch.setattr(tasks, "FIRST_YEAR", 2025)
    for number, year in enumerate((2025, 2026), start=1):
        record = nvd(f"CVE-{year}-000{number}")
        yearly(year, record)
        api.records.append(("2024-06-01T00:00:00.000", record))
    runner.follow("nvd", source.url + API, feeds=source.url + FEEDS)


def ids():
    return sorted(Advisory.objects.values_list("record_id", flat=True))


def state(now=NINE):
    return queries.feed_state("nvd", now)


def windows(source):
    return [
        (one.query["lastModStartDate"][:10], one.query["lastModEndDate"][:10])
        for one in source.asked_for(API)
        if "lastModStartDate" in one.query
    ]


def test_years_are_taken_first_then_what_changed_since_they_were_written(
    source, runner, followed, api
):
    api.add("CVE-2026-0099", "2026-11-24T08:30:00.000")

    run = runner.run("nvd")

    assert ids() == ["CVE-2025-0001", "CVE-2026-0002", "CVE-2026-0099"]
    asked = source.asked_for(API)[0].query
    assert asked["lastModStartDate"] == "2026-11-24T08:00:00.000Z"
    assert asked["lastModEndDate"] == "2026-11-24T09:00:00.000Z"
    assert (run.state, state().health, state().missing_count) == ("done", "fresh", 0)


def test_next_run_asks_only_for_what_changed_since(source, runner, followed, api):
    runner.run("nvd")
    source.asked.clear()
    api.add("CVE-2026-0099", "2026-11-24T10:00:00.000")

    runner.run("nvd", now=LATER)

    assert "CVE-2026-0099" in ids()
    assert source.asked_for(API)[0].query["lastModStartDate"] == "2026-11-24T09:00:00.000Z"
    assert {one.path for one in source.asked} == {API}


def test_year_whose_digest_is_wrong_is_refused_and_nothing_of_it_taken(runner, followed, yearly):
    yearly(2025, nvd("CVE-2025-0666"), digest="ab" * 32)

    with pytest.raises(Refused, match="its SHA-256 is "):
        runner.run("nvd")

    assert ids() == ["CVE-2026-0002"]
    assert not state().feed.is_whole


def test_year_that_was_taken_is_not_fetched_again_when_another_failed(
    source, runner, followed, yearly
):
    yearly(2025, nvd("CVE-2025-0001"), digest="ab" * 32)
    with pytest.raises(Refused):
        runner.run("nvd")
    yearly(2025, nvd("CVE-2025-0001"))

    runner.run("nvd", now=LATER)

    assert len(source.asked_for(f"{FEEDS}/nvdcve-2.0-2026.json.gz")) == 1
    assert ids() == ["CVE-2025-0001", "CVE-2026-0002"]


def test_truncated_year_is_refused(source, runner, followed):
    path = f"{FEEDS}/nvdcve-2.0-2025.json.gz"
    source.publish(path, source.files[path][:-20])

    with pytest.raises(Refused, match="gz is broken"):
        runner.run("nvd")


def test_feed_of_a_new_year_may_be_late(source, runner, followed):
    for suffix in ("meta", "json.gz"):
        del source.files[f"{FEEDS}/nvdcve-2.0-2026.{suffix}"]

    runner.run("nvd")

    assert ids() == ["CVE-2025-0001"]


def test_long_absence_is_asked_for_in_windows_of_less_than_120_days(source, runner, followed):
    runner.run("nvd")
    source.asked.clear()

    runner.run("nvd", now=NINE + timedelta(days=300))

    spans = windows(source)
    days = [(datetime.fromisoformat(b) - datetime.fromisoformat(a)).days for a, b in spans]
    assert max(days) < 120
    assert [a for a, _ in spans[1:]] == [b for _, b in spans[:-1]]


def test_pages_are_fetched_until_all_were_seen(source, runner, followed, api):
    api.page_size = 2
    for number in range(5):
        api.add(f"CVE-2026-10{number:02}")

    runner.run("nvd")

    indexes = [int(one.query["startIndex"]) for one in source.asked_for(API)[:-1]]
    assert indexes == [0, 2, 4]
    assert len(ids()) == 7


@pytest.mark.parametrize(
    "place", ["from 0", "from 1", "from 3", "take nvd-2026-11-24–2026-11-24-2"]
)
def test_run_killed_between_pages_goes_on_at_the_page(source, runner, followed, api, place):
    api.page_size = 1
    for number in range(4):
        api.add(f"CVE-2026-10{number:02}")
    with pytest.raises(Killed):
        runner.run("nvd", watch=Watch(kill_on=place))

    runner.run("nvd", now=LATER)

    indexes = [int(one.query["startIndex"]) for one in source.asked_for(API) if len(one.query) > 2]
    first_window = indexes[: indexes.index(3) + 1]
    assert sorted(set(first_window)) == [0, 1, 2, 3]
    assert len(first_window) <= 5
    assert len(ids()) == 6
    assert FeedRun.objects.get().state == "done"


def test_window_that_was_begun_is_asked_for_to_its_own_end(source, runner, followed, api):
    api.page_size = 1
    api.add("CVE-2026-1001")
    api.add("CVE-2026-1002")
    with pytest.raises(Killed):
        runner.run("nvd", watch=Watch(kill_on="from 1"))
    api.add("CVE-2026-1003", "2026-11-24T10:00:00.000")

    runner.run("nvd", now=LATER)

    assert {"CVE-2026-1001", "CVE-2026-1002", "CVE-2026-1003"} <= set(ids())
    ends = [one.query["lastModEndDate"] for one in source.asked_for(API) if len(one.query) > 2]
    assert sorted(ends) == ends
    assert len(set(ends)) == 2


def test_api_is_asked_slowly_and_its_403_is_waited_out(source, runner, followed):
    source.fail(API, status(403, message="rate limit"))

    runner.run("nvd")

    assert runner.waits.count(tasks.PAUSE_SECONDS) == 2
    assert 2.0 in runner.waits


def test_key_goes_to_the_api_and_nowhere_else(source, runner, followed, settings):
    settings.NVD_API_KEY = "not-for-others"
    settings.FEED_TRUSTED_HOSTS = {"127.0.0.1", "localhost"}
    runner.trusted = settings.FEED_TRUSTED_HOSTS
    elsewhere = source.url.replace("127.0.0.1", "localhost")
    feeds = f"{elsewhere}{FEEDS}"
    runner.follow("nvd", "", feeds=feeds)
    source.publish("/elsewhere", source.files[API])
    source.fail(API, redirect(f"{elsewhere}/elsewhere?resultsPerPage=2000"))

    runner.run("nvd")

    with_key = {one.path for one in source.asked if one.headers.get("apikey")}
    assert with_key == {API}
    assert "not-for-others" not in str(FeedRun.objects.values_list("steps"))
    assert tasks.PAUSE_WITH_KEY_SECONDS in runner.waits


@pytest.mark.parametrize("answer", [b"<html>", b'{"total": 3, "items": []}'])
def test_answer_of_another_shape_is_kept_and_refused(source, runner, followed, answer):
    source.publish(API, answer)

    with pytest.raises(Refused, match="another shape") as refused:
        runner.run("nvd")

    digest = str(refused.value).partition("sha256:")[2][:64]
    assert blobs.blob_bytes(digest) == answer


def test_record_of_another_shape_is_refused_alone(runner, followed, api):
    api.add("CVE-2026-0098", descriptions="changed")
    api.add("CVE-2026-0099")

    run = runner.run("nvd")

    assert "CVE-2026-0099" in ids()
    assert queries.counts_of([run])[run.pk].refused == 1
    assert Intake.objects.order_by("-id").first().refusals.count() == 1


def test_half_mirror_is_noticed_and_filled_again(source, runner, followed, api, yearly):
    """Upstream knows more than is here though nothing failed: it must not look like success."""
    api.said_total = 300
    runner.run("nvd")
    assert (state().health, state().missing_count) == ("partial", 298)

    more = [nvd(f"CVE-2025-{number:04}") for number in range(1, 300)]
    yearly(2025, *more)
    runner.run("nvd", now=LATER)

    assert len(ids()) == 300
    assert state(LATER).health == "fresh"


def test_without_yearly_feeds_everything_comes_by_pages(source, runner, followed, api):
    runner.follow("nvd", "", feeds="")
    api.page_size = 1

    runner.run("nvd")

    assert ids() == ["CVE-2025-0001", "CVE-2026-0002"]
    assert {one.path for one in source.asked} == {API}
    assert "lastModStartDate" not in source.asked[0].query
    runner.run("nvd", now=LATER)
    assert source.asked[-2].query["lastModStartDate"] == "2026-11-24T09:00:00.000Z"
