"""How long work is asked for, taken up, watched, ended and tried again.

A job is held by one worker at a time. The hold is a lease: taking it and every note of
progress are compare-and-set updates on the holder's mark, so a worker that lost its hold
(it slept, it was cut off) learns so at its next step and stops. Handlers are idempotent:
a job that was cut off is run again from what its rows say.
"""

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q

from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import Refused
from longmark.core.vocabulary import JobState
from longmark.jobs import entries
from longmark.jobs.models import Job
from longmark.ledger import services as ledger

HOLD = timedelta(seconds=60)
ATTEMPTS = 4
BACKOFF_FIRST = timedelta(seconds=15)
OUTCOME_LIMIT = 2_000
NOTE_LIMIT = 300


class Cancelled(Exception):
    """Someone asked for the job to stop; what was committed so far stays."""


class HoldLost(Exception):
    """Another worker has taken the job; this one must stop at once."""


class Progress(Protocol):
    """What a handler reports to."""

    @property
    def actor(self) -> Actor: ...

    @property
    def now(self) -> datetime: ...

    def advance(self, done: int, total: int | None = None, note: str = "") -> None: ...


@dataclass(frozen=True)
class Outcome:
    """How a job ended: a sentence for people, and what it made for programs."""

    text: str
    result: Mapping[str, Any] = field(default_factory=dict)


Handler = Callable[[Mapping[str, Any], Progress], str | Outcome]


@transaction.atomic
def enqueue(kind: str, arguments: Mapping[str, Any], *, actor: Actor, now: datetime) -> Job:
    """Ask for work of a kind. May be part of the transaction that gives rise to it."""
    job = Job.objects.create(
        kind=kind,
        arguments=dict(arguments),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        enqueued_at=now,
        due_at=now,
    )
    ledger.append(entries.JobEnqueued(kind), subject=job, actor=actor, now=now)
    return job


@transaction.atomic
def enqueue_once(kind: str, arguments: Mapping[str, Any], *, actor: Actor, now: datetime) -> Job:
    """Ask for work of a kind, unless the same waits already: it begins after this, and sees all.

    What gives rise to it must be committed before; else work that begins meanwhile misses it.
    """
    same = Job.objects.filter(kind=kind, arguments=dict(arguments), state=JobState.WAITING)
    return same.order_by("id").first() or enqueue(kind, arguments, actor=actor, now=now)


@transaction.atomic
def enqueue_unless_asked(
    kind: str, arguments: Mapping[str, Any], *, actor: Actor, now: datetime
) -> Job:
    """Ask for work that depends on its arguments alone, unless the same is not over yet."""
    unfinished = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING)
    same = Job.objects.filter(unfinished, kind=kind, arguments=dict(arguments))
    return same.order_by("id").first() or enqueue(kind, arguments, actor=actor, now=now)


@transaction.atomic(durable=True)
def take_job(*, kinds: Collection[str], now: datetime) -> Job | None:
    """Take up the job of these kinds that is due for longest, or one whose worker died.

    One whose worker died as often as a job may fail is ended: it may be what kills them.
    """
    due = Q(state=JobState.WAITING, due_at__lte=now)
    abandoned = Q(state=JobState.RUNNING, held_until__lt=now)
    candidate = (
        Job.objects.filter(due | abandoned, kind__in=list(kinds)).order_by("due_at", "id").first()
    )
    if candidate is None:
        return None
    if candidate.state == JobState.RUNNING and candidate.attempt >= ATTEMPTS:
        _give_up(candidate, now)
        return None
    holder = secrets.token_hex(16)
    taken = Job.objects.filter(
        due | abandoned, pk=candidate.pk, holder=candidate.holder, attempt=candidate.attempt
    ).update(
        state=JobState.RUNNING,
        holder=holder,
        held_until=now + HOLD,
        attempt=candidate.attempt + 1,
        started_at=candidate.started_at or now,
    )
    return Job.objects.get(pk=candidate.pk) if taken else None


def _give_up(job: Job, now: datetime) -> None:
    """End a job whose worker died each time."""
    outcome = f"The worker ended {job.attempt} times in the middle of this; it is not tried again."
    held = Job.objects.filter(pk=job.pk, holder=job.holder, attempt=job.attempt)
    if held.update(
        state=JobState.FAILED, outcome=outcome, ended_at=now, holder="", held_until=None
    ):
        ended = entries.JobEnded(job.kind, JobState.FAILED.value, outcome)
        ledger.append(ended, subject=job, actor=SYSTEM, now=now)


@transaction.atomic(durable=True)
def keep_hold(job: Job, *, now: datetime) -> None:
    """Prolong the hold on a job that is being worked on.

    Raises:
        HoldLost: another worker has it.
    """
    _update_held(job, held_until=now + HOLD)


@transaction.atomic(durable=True)
def note_progress(job: Job, *, done: int, total: int | None, note: str, now: datetime) -> None:
    """Write how far a job is.

    Raises:
        HoldLost: another worker has it.
        Cancelled: someone asked for it to stop.
    """
    _update_held(
        job, done_count=done, total_count=total, note=note[:NOTE_LIMIT], held_until=now + HOLD
    )
    if Job.objects.filter(pk=job.pk, is_cancel_asked=True).exists():
        raise Cancelled


@transaction.atomic(durable=True)
def end_job(
    job: Job,
    state: JobState,
    outcome: str,
    *,
    result: Mapping[str, Any] | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Record how a job ended.

    Raises:
        HoldLost: another worker has it.
    """
    _update_held(
        job,
        state=state,
        outcome=outcome[:OUTCOME_LIMIT],
        result=dict(result or {}),
        ended_at=now,
        holder="",
        held_until=None,
    )
    ended = entries.JobEnded(job.kind, state.value, outcome[:OUTCOME_LIMIT])
    ledger.append(ended, subject=job, actor=actor, now=now)


def try_again_later(job: Job, error: str, *, actor: Actor, now: datetime) -> None:
    """Put a failed job back with growing delays, or end it when it failed too often.

    Raises:
        HoldLost: another worker has it.
    """
    if job.attempt >= ATTEMPTS:
        end_job(job, JobState.FAILED, error, actor=actor, now=now)
        return
    delay = BACKOFF_FIRST * 4 ** (job.attempt - 1)
    with transaction.atomic(durable=True):
        _update_held(
            job,
            state=JobState.WAITING,
            due_at=now + delay,
            note=f"attempt {job.attempt} failed: {error}"[:NOTE_LIMIT],
            holder="",
            held_until=None,
        )


@transaction.atomic(durable=True)
def cancel_job(job: Job, *, actor: Actor, now: datetime) -> None:
    """Ask for a job to stop: at once if it waits, at its next step if it runs.

    Raises:
        Refused: it is over.
    """
    if Job.objects.filter(pk=job.pk, state=JobState.WAITING).update(
        state=JobState.CANCELLED, ended_at=now
    ) or Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(is_cancel_asked=True):
        ledger.append(entries.JobCancelAsked(job.kind), subject=job, actor=actor, now=now)
        return
    raise Refused("{job} is over already.", job=job)


def _update_held(job: Job, **columns: object) -> None:
    if not Job.objects.filter(pk=job.pk, holder=job.holder).exclude(holder="").update(**columns):
        raise HoldLost(str(job))
