"""OSV's bucket: archives at first, single records later, and a mirror that mends itself."""

from datetime import timedelta

import orjson
import pytest

from longmark.core.errors import Refused
from longmark.intel.models import Advisory, FeedRun, Intake, Refusal
from longmark.intel.queries import feeds as queries
from longmark.intel.tasks import osv as tasks
from tests.intel.feeds.conftest import Killed, Watch
from tests.intel.feeds.upstream import status, torn
from tests.intel.records import NEW, archive, osv
from tests.world import NINE

pytestmark = pytest.mark.django_db

LATER = NINE + timedelta(hours=1)
LATEST = "2024-07-01T00:00:00Z"


@pytest.fixture
def bucket(source):
    """Publish the records of an ecosystem as OSV does."""

    def publish(*records, ecosystem="npm", is_in_archive=True, extra=()):
        rows = [(one["modified"], one["id"]) for one in records] + list(extra)
        rows.sort(reverse=True)
        lines = "".join(f"{at},{identifier}\n" for at, identifier in rows)
        source.publish(f"/{ecosystem}/modified_id.csv", lines.encode())
        if is_in_archive:
            source.publish(f"/{ecosystem}/all.zip", archive(*records))
        for one in records:
            source.publish(f"/{ecosystem}/{one['id']}.json", one)

    return publish


@pytest.fixture
def followed(source, runner, bucket):
    bucket(osv("GHSA-1"), osv("GHSA-2"))
    runner.follow("osv", source.url, ecosystems=["npm"])


def ids():
    return sorted(Advisory.objects.values_list("record_id", flat=True))


def state(now=NINE):
    return queries.feed_state("osv", now)


def test_archive_is_taken_first(source, runner, followed):
    run = runner.run("osv")

    assert (run.state, ids()) == ("done", ["GHSA-1", "GHSA-2"])
    assert [one.path for one in source.asked] == ["/npm/modified_id.csv", "/npm/all.zip"]
    assert (state().health, state().feed.upstream_count, state().missing_count) == ("fresh", 2, 0)


def test_unchanged_list_is_one_request(source, runner, followed):
    runner.run("osv")
    source.asked.clear()

    runner.run("osv", now=LATER)

    assert [(one.path, one.status) for one in source.asked] == [("/npm/modified_id.csv", 304)]


def test_only_what_changed_is_fetched_later(source, runner, followed, bucket):
    runner.run("osv")
    source.asked.clear()
    bucket(osv("GHSA-1", summary="Better", modified=LATEST), osv("GHSA-2"), osv("GHSA-3"))

    run = runner.run("osv", now=LATER)

    assert ids() == ["GHSA-1", "GHSA-2", "GHSA-3"]
    assert Advisory.objects.get(record_id="GHSA-1").title == "Better"
    assert [one.path for one in source.asked[1:]] == ["/npm/GHSA-3.json", "/npm/GHSA-1.json"]
    counts = queries.counts_of([run])[run.pk]
    assert (counts.added, counts.changed) == (1, 1)


def test_record_of_the_same_instant_that_is_unknown_is_fetched(runner, followed, bucket):
    runner.run("osv")
    bucket(osv("GHSA-1"), osv("GHSA-2"), osv("GHSA-0", modified=NEW))

    runner.run("osv", now=LATER)

    assert ids() == ["GHSA-0", "GHSA-1", "GHSA-2"]


def test_list_that_is_not_in_order_and_holds_impossible_dates_is_read_whole(
    source, runner, followed, bucket
):
    old = osv("GHSA-3", modified="0001-01-01T00:00:00Z")
    bucket(osv("GHSA-1"), osv("GHSA-2"), old)
    rows = source.files["/npm/modified_id.csv"].splitlines(keepends=True)
    source.publish("/npm/modified_id.csv", b"".join(reversed(rows)))

    runner.run("osv")

    assert ids() == ["GHSA-1", "GHSA-2", "GHSA-3"]


def test_half_mirror_mends_itself(source, runner, followed, bucket):
    """What the archive did not hold is fetched one by one, and counted."""
    bucket(osv("GHSA-1"), osv("GHSA-2"), osv("GHSA-3"))
    source.publish("/npm/all.zip", archive(osv("GHSA-1")))

    runner.run("osv")

    assert ids() == ["GHSA-1", "GHSA-2", "GHSA-3"]
    assert state().missing_count == 0


def test_much_that_is_new_comes_by_archive(source, runner, followed, bucket, monkeypatch):
    monkeypatch.setattr(tasks, "ARCHIVE_FROM", 3)
    runner.run("osv")
    source.asked.clear()
    bucket(*(osv(f"GHSA-{number}") for number in range(1, 8)))

    runner.run("osv", now=LATER)

    assert [one.path for one in source.asked] == ["/npm/modified_id.csv", "/npm/all.zip"]
    assert len(ids()) == 7


def test_record_that_is_listed_and_not_served_is_told_and_not_asked_for_again(
    source, runner, followed, bucket
):
    bucket(osv("GHSA-1"), osv("GHSA-2"), extra=[(NEW, "GHSA-9")])

    run = runner.run("osv")
    bucket(osv("GHSA-1"), osv("GHSA-2"), osv("GHSA-3", modified=LATEST), extra=[(NEW, "GHSA-9")])
    runner.run("osv", now=LATER)

    assert run.steps[-1]["note"] == "2 of 3 records are here"
    assert len(source.asked_for("/npm/GHSA-9.json")) == 1
    assert (state().health, state().missing_count) == ("partial", 1)


def test_bad_record_is_refused_with_its_reason_and_taken_when_it_was_mended(
    source, runner, followed, bucket
):
    runner.run("osv")
    bucket(osv("GHSA-1"), osv("GHSA-2"), osv("GHSA-3"), osv("GHSA-4"))
    source.publish("/npm/GHSA-3.json", {"schema": 9, "identifier": "GHSA-3"})

    runner.run("osv", now=LATER)

    assert ids() == ["GHSA-1", "GHSA-2", "GHSA-4"]
    assert Refusal.objects.get().place == "GHSA-3.json"

    bucket(*(osv(f"GHSA-{number}") for number in (1, 2, 4)), osv("GHSA-3", modified=LATEST))
    runner.run("osv", now=LATER)
    assert ids() == ["GHSA-1", "GHSA-2", "GHSA-3", "GHSA-4"]


def test_ecosystem_that_fails_does_not_stop_the_others(source, runner, bucket):
    bucket(osv("GO-1"), ecosystem="Go")
    runner.follow("osv", source.url, ecosystems=["Nothing", "Go"])

    with pytest.raises(Refused, match="Nothing: http"):
        runner.run("osv")

    assert ids() == ["GO-1"]
    assert FeedRun.objects.get().state == "failed"
    assert (state().health, state().feed.is_whole) == ("failing", False)


def test_ecosystem_with_a_blank_in_its_name_is_asked_for(source, runner, bucket):
    bucket(osv("RLSA-1"), ecosystem="Rocky Linux")
    runner.follow("osv", source.url, ecosystems=["Rocky Linux"])

    runner.run("osv")

    assert ids() == ["RLSA-1"]


@pytest.mark.parametrize("line", ["<html>", "yesterday,GHSA-1", f"{NEW},../../etc/passwd", NEW])
def test_list_of_another_shape_is_refused(source, runner, followed, line):
    source.publish("/npm/modified_id.csv", f"{NEW},GHSA-1\n{line}\n".encode())

    with pytest.raises(Refused, match=r"Line 2 of modified_id\.csv is no instant and id"):
        runner.run("osv")


def test_archive_that_is_broken_is_refused_and_fetched_again(source, runner, followed):
    good = source.files["/npm/all.zip"]
    source.publish("/npm/all.zip", good[: len(good) // 2])
    with pytest.raises(Refused, match="broken"):
        runner.run("osv")
    assert Intake.objects.get().state == "failed"

    source.publish("/npm/all.zip", good)
    runner.run("osv", now=LATER)

    assert ids() == ["GHSA-1", "GHSA-2"]


def test_archive_cut_off_under_way_is_fetched_on(source, runner, followed):
    source.fail("/npm/all.zip", torn(0.7))

    runner.run("osv")

    assert source.statuses("/npm/all.zip") == [200, 206]
    assert ids() == ["GHSA-1", "GHSA-2"]


@pytest.mark.parametrize("kill_at", range(1, 9))
def test_run_killed_at_any_step_comes_to_the_same_end(
    source, runner, followed, bucket, kill_at, monkeypatch
):
    monkeypatch.setattr(tasks, "CHUNK_RECORDS", 1)
    bucket(*(osv(f"GHSA-{number}") for number in range(1, 4)))
    source.publish("/npm/all.zip", archive(osv("GHSA-1")))
    try:
        runner.run("osv", watch=Watch(kill_at=kill_at))
    except Killed:
        runner.run("osv")

    assert ids() == ["GHSA-1", "GHSA-2", "GHSA-3"]
    assert len(source.asked_for("/npm/all.zip")) <= 2
    assert FeedRun.objects.get().state == "done"


def test_record_that_upstream_withdrew_is_withdrawn_here(runner, followed, bucket):
    runner.run("osv")
    bucket(osv("GHSA-1"), osv("GHSA-2", withdrawn=LATEST, modified=LATEST))

    runner.run("osv", now=LATER)

    assert Advisory.objects.get(record_id="GHSA-2").state == "withdrawn"


def test_limits_of_upstream_are_kept_while_fetching_records(source, runner, followed, bucket):
    runner.run("osv")
    bucket(osv("GHSA-1"), osv("GHSA-2"), osv("GHSA-3"))
    source.fail("/npm/GHSA-3.json", status(429, Retry_After="7"))

    runner.run("osv", now=LATER)

    assert runner.waits == [7.0]
    assert orjson.loads(source.files["/npm/GHSA-3.json"])["id"] in ids()
