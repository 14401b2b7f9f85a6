"""Long work over REST."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from longmark.core.vocabulary import JobState
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.jobs import queries, services

router = Router(tags=["Jobs"])


class JobOut(Schema):
    id: int
    kind: str = Field(examples=["intel.import-advisory-file"])
    state: JobState
    enqueued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    attempt: int
    done_count: int
    total_count: int | None
    percent: int | None
    note: str
    outcome: str
    result: dict[str, Any] = Field(
        description="What it made, by number; or `problems` with path and message, if what it"
        " was to read was refused.",
        examples=[{"release_id": 7, "document_id": 12}],
    )


@router.get("/jobs", response=PageOut[JobOut], operation_id="jobs")
def jobs(request: HttpRequest, page: PageQuery, state: JobState | None = None) -> object:
    """List long work, newest first."""
    wanted = state.value if state else ""
    return page_out(queries.jobs_page(state=wanted, after=page.after, limit=page.limit))


@router.get("/jobs/{pk}", response=JobOut, operation_id="job")
def job(request: HttpRequest, pk: int) -> object:
    """Return how far a job is."""
    return queries.job(pk)


@router.post("/jobs/{pk}/cancel", response=JobOut, operation_id="cancel_job")
def cancel_job(request: HttpRequest, pk: int) -> object:
    """Ask for a job to stop."""
    services.cancel_job(queries.job(pk), actor=actor_of(request), now=timezone.now())
    return queries.job(pk)
