"""Long work: what waits, what runs and how far it is, and a way to stop it."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from longmark.foundation.fragments import fragment
from longmark.jobs import queries, services
from longmark.web.doors import PageRequest, page
from longmark.web.filters import JOB_STATES, chosen, rows_wanted, wanted

if TYPE_CHECKING:
    from longmark.foundation.pages import Page
    from longmark.jobs.models import Job


@page()
def jobs(request: PageRequest) -> HttpResponse:
    state = chosen(request, "state", JOB_STATES)
    found = found_jobs(request, after=wanted(request, "after"), limit=rows_wanted(request))
    context = {"page": found, "state": state, "states": JOB_STATES}
    return render(request, fragment(request, "web/jobs.html", "rows"), context)


def found_jobs(request: PageRequest, *, after: str | None, limit: int) -> "Page[Job]":
    """Return the jobs of the filtered list."""
    state = chosen(request, "state", JOB_STATES)
    return queries.jobs_page(state=state, after=after or None, limit=limit)


@page()
def job(request: PageRequest, pk: int) -> HttpResponse:
    context = {"job": queries.job(pk)}
    return render(request, fragment(request, "web/job.html", "progress"), context)


@require_POST
@page()
def stop(request: PageRequest, pk: int) -> HttpResponse:
    services.cancel_job(queries.job(pk), actor=request.actor, now=timezone.now())
    return redirect("web:job", pk)
