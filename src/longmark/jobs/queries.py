"""Reads of jobs."""

from collections.abc import Collection

from django.db.models import Q

from longmark.core.errors import NotFound
from longmark.core.vocabulary import JobState
from longmark.foundation.pages import Page, keyset_page
from longmark.jobs.models import Job


def job(pk: int) -> Job:
    """Return one job.

    Raises:
        NotFound: there is none with this number.
    """
    found = Job.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no job {pk}.", pk=pk)
    return found


def jobs_page(*, state: str = "", after: str | None = None, limit: int = 50) -> Page[Job]:
    """Return jobs, newest first, in one state if named. One query."""
    rows = Job.objects.filter(state=state) if state else Job.objects.all()
    return keyset_page(rows, order=["-id"], after=after, limit=limit)


def unfinished_jobs(*, kinds: Collection[str], release_id: int, limit: int = 20) -> list[Job]:
    """Return the jobs of these kinds that wait or run for a release, newest first. One query."""
    is_open = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING)
    rows = Job.objects.filter(is_open, kind__in=list(kinds), arguments__release_id=release_id)
    return list(rows.order_by("-id")[:limit])


def is_asked(kind: str) -> bool:
    """Tell whether a job of a kind waits or runs. One query."""
    return Job.objects.filter(kind=kind, state__in=[JobState.WAITING, JobState.RUNNING]).exists()


def is_idle() -> bool:
    """Tell whether no job waits or runs. One query."""
    return not Job.objects.filter(state__in=[JobState.WAITING, JobState.RUNNING]).exists()
