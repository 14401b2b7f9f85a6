"""Reads of jobs."""

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


def is_idle() -> bool:
    """Tell whether no job waits or runs. One query."""
    return not Job.objects.filter(state__in=[JobState.WAITING, JobState.RUNNING]).exists()
