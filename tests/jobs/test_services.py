"""Long work is held by one worker, tried again, cancelled, and survives a crash."""

from datetime import timedelta

import pytest

from longmark.core.actors import SYSTEM
from longmark.core.errors import Refused
from longmark.core.vocabulary import JobState
from longmark.jobs import queries, services
from longmark.jobs.models import Job
from tests.world import NINE

pytestmark = pytest.mark.django_db


def a_job(kind: str = "tests.work") -> Job:
    return services.enqueue(kind, {"n": 1}, actor=SYSTEM, now=NINE)


def taken(now=NINE) -> Job:
    job = services.take_job(kinds=["tests.work"], now=now)
    assert job is not None
    return job


def test_a_job_is_taken_once():
    a_job()

    assert taken().state == JobState.RUNNING
    assert services.take_job(kinds=["tests.work"], now=NINE) is None


def test_the_same_work_waits_once_but_is_asked_for_again_once_it_runs():
    def asked(n: int) -> Job:
        return services.enqueue_once("tests.work", {"n": n}, actor=SYSTEM, now=NINE)

    first, again, other = asked(1), asked(1), asked(2)
    running = taken()

    assert (again.pk, running.pk) == (first.pk, first.pk)
    assert other.pk != first.pk
    assert asked(1).pk not in {first.pk, other.pk}


def test_a_job_whose_worker_died_is_taken_up_again():
    a_job()
    first = taken()

    later = NINE + services.HOLD + timedelta(seconds=1)
    second = taken(later)
    assert (second.pk, second.attempt) == (first.pk, 2)


def test_who_lost_the_hold_learns_so_and_writes_nothing():
    a_job()
    first = taken()
    taken(NINE + 2 * services.HOLD)

    with pytest.raises(services.HoldLost):
        services.note_progress(first, done=1, total=2, note="", now=NINE)
    with pytest.raises(services.HoldLost):
        services.end_job(first, JobState.DONE, "", actor=SYSTEM, now=NINE)


def test_keeping_the_hold_keeps_others_away():
    a_job()
    job = taken()
    services.keep_hold(job, now=NINE + services.HOLD)

    assert (
        services.take_job(kinds=["tests.work"], now=NINE + services.HOLD + timedelta(seconds=1))
        is None
    )


def test_a_failed_job_waits_longer_each_time_and_ends_at_last():
    a_job()
    now, delays = NINE, []
    for _ in range(services.ATTEMPTS):
        job = taken(now)
        services.try_again_later(job, "no answer", actor=SYSTEM, now=now)
        job.refresh_from_db()
        delays.append(job.due_at - now)
        now = max(now, job.due_at)

    assert delays[:3] == [timedelta(seconds=seconds) for seconds in (15, 60, 240)]
    assert (job.state, job.outcome) == (JobState.FAILED, "no answer")


def test_a_waiting_job_is_cancelled_at_once_a_running_one_at_its_next_step():
    waiting = a_job()
    services.cancel_job(waiting, actor=SYSTEM, now=NINE)
    assert queries.job(waiting.pk).state == JobState.CANCELLED

    a_job()
    running = taken()
    services.cancel_job(running, actor=SYSTEM, now=NINE)
    with pytest.raises(services.Cancelled):
        services.note_progress(running, done=1, total=2, note="", now=NINE)


def test_what_is_over_is_not_cancelled():
    a_job()
    job = taken()
    services.end_job(job, JobState.DONE, "1 thing", actor=SYSTEM, now=NINE)

    with pytest.raises(Refused, match="over already"):
        services.cancel_job(job, actor=SYSTEM, now=NINE)
    assert queries.is_idle()
