"""The worker does what was asked for, and survives what goes wrong."""

import threading
import time

import pytest
from django.utils import timezone

from longmark.config.worker import work, work_once
from longmark.core.actors import SYSTEM
from longmark.core.errors import Invalid, Unavailable
from longmark.core.vocabulary import JobState
from longmark.jobs import queries, services
from longmark.jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


def a_job(kind: str) -> Job:
    return services.enqueue(kind, {"n": 3}, actor=SYSTEM, now=timezone.now())


def ended(job: Job, **handlers) -> Job:
    assert work_once(handlers)
    return queries.job(job.pk)


def count_up(arguments, progress) -> str:
    for number in range(arguments["n"]):
        progress.advance(number + 1, arguments["n"], "counting")
    return f"counted to {arguments['n']}"


def refuse(arguments, progress) -> str:
    raise Invalid("Row 7 cannot be read.")


def time_out(arguments, progress) -> str:
    raise Unavailable("The feed does not answer.")


def break_down(arguments, progress) -> str:
    raise ZeroDivisionError("a bug")


def test_a_job_is_done_and_says_how_far_it_came():
    job = ended(a_job("count"), count=count_up)

    assert (job.state, job.outcome, job.percent) == (JobState.DONE, "counted to 3", 100)


def test_what_cannot_succeed_is_not_tried_again():
    job = ended(a_job("count"), count=refuse)

    assert (job.state, job.outcome) == (JobState.FAILED, "Row 7 cannot be read.")


@pytest.mark.parametrize("handler", [time_out, break_down])
def test_what_may_pass_is_tried_again_later(handler):
    job = ended(a_job("count"), count=handler)

    assert (job.state, job.attempt) == (JobState.WAITING, 1)
    assert job.due_at > timezone.now()
    assert "attempt 1 failed" in job.note


def test_a_cancelled_job_stops_at_its_next_step():
    job = a_job("count")

    def cancel_and_count(arguments, progress) -> str:
        services.cancel_job(job, actor=SYSTEM, now=timezone.now())
        return count_up(arguments, progress)

    assert ended(job, count=cancel_and_count).state == JobState.CANCELLED


def test_without_work_there_is_nothing_to_do():
    assert not work_once({})


def test_the_worker_works_until_it_is_stopped():
    job = a_job("count")
    stop = threading.Event()
    worker = threading.Thread(target=work, args=({"count": count_up}, stop))
    worker.start()
    until = time.monotonic() + 20
    while not queries.job(job.pk).is_over and time.monotonic() < until:
        stop.wait(0.02)
    stop.set()
    worker.join()

    assert queries.job(job.pk).state == JobState.DONE
