"""Feeds from being switched on to what their runs say: KEV and EPSS, and what all kinds share."""

from datetime import timedelta

import orjson
import pytest

from longmark.core.actors import SYSTEM
from longmark.core.errors import Invalid, NotAllowed, NotFound, Refused
from longmark.core.vocabulary import JobState
from longmark.intel.models import EpssScore, Feed, FeedRun, Intake, Signal
from longmark.intel.queries import feeds as queries
from longmark.intel.services import feeds
from longmark.intel.services.feeds import Following
from longmark.jobs import services as jobs
from longmark.jobs.models import Job
from longmark.jobs.services import Cancelled
from longmark.ledger.models import Entry
from tests.intel.feeds.conftest import Killed, Watch
from tests.intel.feeds.upstream import packed, status
from tests.intel.records import epss, kev
from tests.world import NINE

pytestmark = pytest.mark.django_db

LATER = NINE + timedelta(hours=1)


@pytest.fixture
def catalogue(source, runner):
    """A KEV feed that is followed."""
    runner.follow("kev", source.publish("/kev.json", kev("CVE-2024-0001", "CVE-2024-0002")))
    return "/kev.json"


def state(name: str = "kev", now=NINE):
    return queries.feed_state(name, now)


def test_nothing_is_asked_before_a_feed_is_switched_on(source):
    assert feeds.ask_for_due(now=NINE) == []
    assert {one.health for one in queries.feed_states(NINE)} == {"off"}
    assert not Feed.objects.exists()
    assert source.asked == []


def test_feed_that_was_switched_on_is_due_at_once_and_again_after_its_period(runner, catalogue):
    (asked,) = feeds.ask_for_due(now=NINE)
    assert asked.feed.name == "kev"
    assert feeds.ask_for_due(now=NINE) == []

    runner.run("kev")

    assert feeds.ask_for_due(now=NINE + timedelta(minutes=59)) == []
    assert len(feeds.ask_for_due(now=LATER)) == 1


def test_run_brings_records_and_says_so(runner, catalogue):
    run = runner.run("kev")

    assert (run.state, run.error, run.request_count) == ("done", "", 1)
    assert [step["name"] for step in run.steps] == ["fetch", "take"]
    assert queries.counts_of([run])[run.pk].added == 2
    assert Signal.objects.count() == 2
    shown = state()
    assert (shown.health, shown.missing_count, shown.age) == ("fresh", 0, timedelta(0))


def test_run_is_one_entry_of_the_ledger(runner, catalogue):
    run = runner.run("kev")

    (entry,) = Entry.objects.filter(action="intel.feed-run-ended")
    payload = orjson.loads(entry.body)["payload"]
    assert (payload["name"], payload["added_count"], payload["known_count"]) == ("kev", 2, 2)
    assert entry.subject_id == str(run.pk)


def test_unchanged_catalogue_is_not_sent_nor_taken_again(source, runner, catalogue):
    runner.run("kev")

    run = runner.run("kev", now=LATER)

    assert source.statuses(catalogue) == [200, 304]
    assert run.steps[0]["note"] == "unchanged"
    assert Intake.objects.count() == 1
    assert state(now=LATER).age == timedelta(0)


def test_changed_catalogue_is_taken(source, runner, catalogue):
    runner.run("kev")
    newer = kev("CVE-2024-0001", "CVE-2024-0003", version="2", released="2024-07-01T00:00:00Z")
    source.publish(catalogue, newer)

    run = runner.run("kev", now=LATER)

    assert queries.counts_of([run])[run.pk].added == 1
    assert Signal.objects.exclude(ended_at=None).get().identifier == "CVE-2024-0002"


def test_epss_of_the_day_is_taken(source, runner):
    scores = packed(epss({"CVE-2024-0001": 0.5}))
    runner.follow("epss", source.publish("/epss_scores-current.csv.gz", scores))

    run = runner.run("epss")

    assert run.state == "done"
    assert EpssScore.objects.get().epss == 0.5


def test_upstream_that_does_not_answer_leaves_a_failed_run_that_is_soon_repeated(
    source, runner, catalogue
):
    source.fail(catalogue, *[status(503)] * 5)

    with pytest.raises(Refused, match="it answers 503"):
        runner.run("kev")

    run = FeedRun.objects.get()
    assert (run.state, state().health) == ("failed", "failing")
    assert "503" in state().feed.last_error
    assert state().feed.due_at == NINE + feeds.RETRY_FIRST


def test_failures_are_repeated_ever_later_but_not_later_than_the_period(source, runner, catalogue):
    delays = []
    for _ in range(4):
        source.fail(catalogue, *[status(503)] * 5)
        with pytest.raises(Refused):
            runner.run("kev")
        delays.append((state().feed.due_at - NINE) // timedelta(minutes=1))

    assert delays == [10, 20, 40, 60]


def test_success_wipes_the_error_out(source, runner, catalogue):
    source.fail(catalogue, *[status(503)] * 5)
    with pytest.raises(Refused):
        runner.run("kev")

    runner.run("kev")

    assert (state().health, state().feed.last_error, state().feed.failure_count) == ("fresh", "", 0)


@pytest.mark.parametrize(
    "content", [b'{"catalogVersion": "9", "entries": []}', b'{"catalogVersion": "9"', b"<html>"]
)
def test_changed_schema_is_refused_with_a_reason_and_nothing_is_lost(
    source, runner, catalogue, content
):
    runner.run("kev")
    source.publish(catalogue, content)

    with pytest.raises(Refused, match="no KEV catalogue"):
        runner.run("kev", now=LATER)

    intake = Intake.objects.get(state="failed")
    assert intake.run == FeedRun.objects.get(state="failed")
    assert Signal.objects.filter(ended_at=None).count() == 2
    assert state(now=LATER).health == "failing"


def test_entry_that_cannot_be_read_does_not_stop_the_others(source, runner, catalogue):
    document = orjson.loads(kev("CVE-2024-0007"))
    document["vulnerabilities"].append({"cveID": "nonsense", "dateAdded": "2024-05-05"})
    source.publish(catalogue, document)

    run = runner.run("kev")

    assert queries.counts_of([run])[run.pk].refused == 1
    assert state().missing_count == 1


def test_catalogue_that_holds_less_than_it_says_is_noticed(source, runner, catalogue):
    source.publish(catalogue, orjson.loads(kev("CVE-2024-0007")) | {"count": 1_400})

    run = runner.run("kev")

    (intake,) = queries.intakes_of(run)
    assert "says 1400 entries and holds 1" in intake.refusals.get().reason


def test_what_was_fetched_before_a_kill_is_taken_without_fetching_again(source, runner, catalogue):
    with pytest.raises(Killed):
        runner.run("kev", watch=Watch(kill_at=3))
    assert Intake.objects.count() == 0

    run = runner.run("kev")

    assert source.statuses(catalogue) == [200, 304]
    assert (run.state, Signal.objects.count()) == ("done", 2)
    assert FeedRun.objects.count() == 1


def test_cancelled_run_ends_and_frees_the_feed(runner, catalogue):
    with pytest.raises(Cancelled):
        runner.run("kev", watch=Watch(cancel_at=1))

    assert FeedRun.objects.get().error == "Stopped."
    assert runner.run("kev").state == "done"


def test_feed_runs_once_at_a_time(runner, catalogue):
    feeds.ask_for_run("kev", actor=SYSTEM, now=NINE)

    with pytest.raises(Refused, match="kev is running already"):
        feeds.ask_for_run("kev", actor=SYSTEM, now=NINE)

    assert Job.objects.count() == 1


def test_run_whose_job_broke_down_does_not_block_the_feed(runner, catalogue):
    feeds.ask_for_run("kev", actor=SYSTEM, now=NINE)
    job = jobs.take_job(kinds=[feeds.RUN_JOB], now=NINE)
    jobs.end_job(job, JobState.FAILED, "MemoryError", actor=SYSTEM, now=NINE)

    feeds.ask_for_run("kev", actor=SYSTEM, now=LATER)

    assert FeedRun.objects.get(state="failed").error == "MemoryError"


def test_feed_is_stale_when_it_was_not_read_for_long(runner, catalogue):
    runner.run("kev")

    assert state(now=NINE + timedelta(hours=27)).health == "stale"


def test_feed_that_is_switched_off_stays_as_it_was(runner, catalogue):
    runner.run("kev")

    feeds.switch_off("kev", actor=SYSTEM, now=LATER)

    assert state().health == "off"
    assert feeds.ask_for_due(now=NINE + timedelta(days=9)) == []
    with pytest.raises(Refused, match="not followed"):
        feeds.switch_off("kev", actor=SYSTEM, now=LATER)


def test_outsider_may_neither_switch_nor_run(otto):
    for act in (feeds.switch_on, feeds.switch_off, feeds.ask_for_run):
        with pytest.raises(NotAllowed):
            act("kev", actor=otto, now=NINE)


@pytest.mark.parametrize(
    ("following", "message"),
    [
        (Following(address="ftp://example.org/"), "not an https address"),
        (Following(address="https://me:secret@example.org/"), "not an https address"),
        (Following(period=timedelta(seconds=1)), "Ask at most every"),
        (Following(options={"ecosystems": ["npm"]}), "no option ecosystems"),
    ],
)
def test_nonsense_is_refused_when_a_feed_is_switched_on(following, message):
    with pytest.raises(Invalid, match=message):
        feeds.switch_on("kev", following, actor=SYSTEM, now=NINE)


def test_unknown_feed_is_not_found():
    with pytest.raises(NotFound, match="no feed gossip"):
        feeds.switch_on("gossip", actor=SYSTEM, now=NINE)


def test_states_of_all_feeds_cost_the_same_queries(
    source, runner, catalogue, django_assert_num_queries
):
    runner.run("kev")
    for _ in range(3):
        runner.run("kev")

    with django_assert_num_queries(4):
        queries.feed_states(NINE)
