"""The process that does long work, and lets reactions happen to what was written elsewhere."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import close_old_connections, connection
from django.utils import timezone

from longmark import reactions
from longmark.config import memory
from longmark.core.actors import Actor, Role
from longmark.core.errors import LongmarkError, Unavailable
from longmark.core.vocabulary import JobState
from longmark.jobs import services as jobs
from longmark.jobs.services import Handler, Outcome

if TYPE_CHECKING:
    from longmark.jobs.models import Job

PAUSE_SECONDS = 1.0
HOLD_KEPT_EVERY_SECONDS = 15.0
PERIODIC_EVERY = timedelta(seconds=30)

log = logging.getLogger(__name__)


class JobProgress:
    """What a handler reports to: writes to the job's row, not more often than it matters."""

    def __init__(self, job: "Job", now: Callable[[], datetime]) -> None:
        self.job = job
        self.clock = now

    @property
    def actor(self) -> Actor:
        """Who asked for the job. What they may do was decided when they asked."""
        return Actor(self.job.actor_kind, self.job.actor_id, self.job.actor_name, frozenset(Role))

    @property
    def now(self) -> datetime:
        return self.clock()

    def advance(self, done: int, total: int | None = None, note: str = "") -> None:
        jobs.note_progress(self.job, done=done, total=total, note=note, now=self.clock())


def work(
    handlers: Mapping[str, Handler],
    stop: threading.Event,
    periodic: Sequence[Callable[[datetime], object]] = (),
) -> None:
    """Do jobs of the kinds that have handlers, and follow the ledger, until ``stop`` is set.

    What is ``periodic`` decides by itself whether there is something to ask for.
    """
    next_at = timezone.now()
    while not stop.is_set():
        close_old_connections()
        try:
            if periodic and timezone.now() >= next_at:
                next_at = timezone.now() + PERIODIC_EVERY
                for ask in periodic:
                    ask(timezone.now())
            was_busy = bool(reactions.follow(now=timezone.now)) | work_once(handlers)
        except Exception:
            # The border of the process: one bad pass must not end the worker.
            log.exception("The worker goes on after this.")
            was_busy = False
        if not was_busy:
            stop.wait(PAUSE_SECONDS)
    connection.close()


def work_once(handlers: Mapping[str, Handler]) -> bool:
    """Do the one job that is due for longest; false when none is due."""
    job = jobs.take_job(kinds=handlers, now=timezone.now())
    if job is None:
        return False
    progress = JobProgress(job, timezone.now)
    with _kept_hold(job):
        _do(job, handlers, progress)
    reactions.follow(now=timezone.now)
    memory.tidy_up()
    return True


def _do(job: "Job", handlers: Mapping[str, Handler], progress: JobProgress) -> None:
    try:
        ended = handlers[job.kind](job.arguments, progress)
        outcome = ended if isinstance(ended, Outcome) else Outcome(ended)
        _end(job, JobState.DONE, outcome, progress)
    except jobs.Cancelled:
        outcome = Outcome("Cancelled; what was taken so far stays.")
        _end(job, JobState.CANCELLED, outcome, progress)
    except jobs.HoldLost:
        log.warning("%s is done by another worker.", job)
    except Unavailable as error:
        _later(job, str(error), progress)
    except LongmarkError as error:
        _end(job, JobState.FAILED, Outcome(str(error), _problems(error)), progress)
    except Exception as error:
        # The border of one job: it is recorded, tried again, and the worker goes on.
        log.exception("%s failed", job)
        _later(job, f"{type(error).__name__}: {error}", progress)


def _problems(error: LongmarkError) -> dict[str, object]:
    """Return the places that an error names, as the API names them where it answers at once."""
    problems = getattr(error, "problems", ())
    listed = [{"path": each.path, "message": each.message} for each in problems]
    return {"problems": listed} if listed else {}


def _end(job: "Job", state: JobState, outcome: Outcome, progress: JobProgress) -> None:
    actor, now = progress.actor, progress.now
    jobs.end_job(job, state, outcome.text, result=outcome.result, actor=actor, now=now)


def _later(job: "Job", error: str, progress: JobProgress) -> None:
    jobs.try_again_later(job, error, actor=progress.actor, now=progress.now)


@contextmanager
def _kept_hold(job: "Job") -> Iterator[None]:
    """Prolong the hold while a long step runs; a handler that stalls keeps its job."""
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(job, done), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _keep(job: "Job", done: threading.Event) -> None:
    while not done.wait(HOLD_KEPT_EVERY_SECONDS):
        try:
            jobs.keep_hold(job, now=timezone.now())
        except jobs.HoldLost:
            return
    connection.close()
