"""Sources of advisories: how old, how complete, what was taken in from files."""

from typing import TYPE_CHECKING

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from longmark.accounts import queries as accounts
from longmark.core.actors import Action
from longmark.intel.queries import intakes
from longmark.jobs import services as jobs
from longmark.ledger import services as ledger
from longmark.web.doors import PageRequest, attempt, page
from longmark.web.filters import wanted

if TYPE_CHECKING:
    from longmark.jobs.models import Job


class AdvisoriesForm(forms.Form):
    """A file of advisories or signals."""

    file = forms.FileField(label=gettext_lazy("File of advisories"))


@page()
def feeds(request: PageRequest) -> HttpResponse:
    now, form = timezone.now(), AdvisoriesForm(request.POST or None, request.FILES or None)
    job = attempt(form, lambda: _enqueued(request, form)) if form.is_bound else None
    if job:
        return redirect("web:job", job.pk)
    context = {
        "form": form,
        "sources": intakes.sources_state(now),
        "page": intakes.intakes_page(after=wanted(request, "after") or None),
        "may_manage": accounts.may(request.actor, Action.MANAGE_ACCOUNTS),
    }
    return render(request, "web/feeds.html", context, status=422 if form.errors else 200)


def _enqueued(request: PageRequest, form: AdvisoriesForm) -> "Job":
    """Keep the file, and have a job take it in: a feed can be gigabytes long."""
    accounts.require(request.actor, Action.IMPORT_ADVISORIES)
    file, now = form.cleaned_data["file"], timezone.now()
    media_type = file.content_type or "application/octet-stream"
    digest = ledger.store_blob_file(file.file, media_type=media_type, now=now)
    arguments = {"digest": digest, "filename": file.name}
    return jobs.enqueue("intel.import-advisory-file", arguments, actor=request.actor, now=now)


@page()
def intake(request: PageRequest, pk: int) -> HttpResponse:
    one = intakes.intake(pk)
    refusals = intakes.refusals_page(one, after=wanted(request, "after") or None)
    return render(request, "web/intake.html", {"intake": one, "page": refusals})
