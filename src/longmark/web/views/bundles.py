"""Bundles carried to and from sites without network: asked for, fetched, handed in."""

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, BinaryIO, cast

from django import forms
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from longmark.accounts import queries as accounts
from longmark.core.actors import Action
from longmark.intel.queries import bundles as queries
from longmark.intel.services import bundles as services
from longmark.web.doors import PageRequest, attempt, page
from longmark.web.filters import rows_wanted, wanted
from longmark.web.forms.widgets import DayInput

if TYPE_CHECKING:
    from longmark.intel.models import Bundle


class BundleForm(forms.Form):
    """A bundle that came from elsewhere, and the key that must have signed it."""

    file = forms.FileField(label=gettext_lazy("Bundle"))
    key = forms.FileField(label=gettext_lazy("Public key"))


class ExportForm(forms.Form):
    """What is packed: everything, or what came in since a day."""

    since = forms.DateField(
        label=gettext_lazy("Only what is newer than"),
        help_text=gettext_lazy("Left empty, all that is known here is packed."),
        required=False,
        widget=DayInput,
    )


@page()
def bundles(request: PageRequest) -> HttpResponse:
    form = BundleForm(request.POST or None, request.FILES or None)
    job_id = attempt(form, lambda: _handed_in(request, form)) if form.is_bound else None
    if job_id:
        return redirect("web:job", job_id)
    return _bundles(request, form, ExportForm())


def _handed_in(request: PageRequest, form: BundleForm) -> int:
    """Keep the bundle in pieces, and have a job check it and take it in."""
    file, key = form.cleaned_data["file"], form.cleaned_data["key"]
    _, job_id = services.ask_for_import(
        cast("BinaryIO", file.file),
        cast("BinaryIO", key.file),
        filename=file.name,
        actor=request.actor,
        now=timezone.now(),
    )
    return job_id


@require_POST
@page(Action.IMPORT_ADVISORIES)
def make(request: PageRequest) -> HttpResponse:
    form = ExportForm(request.POST)
    job_id = attempt(form, lambda: _asked_for(request, form))
    if job_id:
        return redirect("web:job", job_id)
    return _bundles(request, BundleForm(), form)


def _asked_for(request: PageRequest, form: ExportForm) -> int:
    day = form.cleaned_data["since"]
    since = datetime.combine(day, time(), UTC) if day else None
    _, job_id = services.ask_for_export(since=since, actor=request.actor, now=timezone.now())
    return job_id


def _bundles(request: PageRequest, form: BundleForm, making: ExportForm) -> HttpResponse:
    found = queries.bundles_page(after=wanted(request, "after") or None, limit=rows_wanted(request))
    context = {
        "form": form,
        "making": making,
        "page": found,
        "here": {each.pk for each in found.items if services.is_fetchable(each)},
        "may_manage": accounts.may(request.actor, Action.MANAGE_ACCOUNTS),
    }
    status = 422 if form.errors or making.errors else 200
    return render(request, "web/bundles.html", context, status=status)


@page()
def bundle(request: PageRequest, pk: int) -> HttpResponse:
    one = queries.bundle(pk)
    context = {"bundle": one, "sources": _sources(one), "is_here": services.is_fetchable(one)}
    return render(request, "web/bundle.html", context)


def _sources(one: "Bundle") -> list[dict[str, object]]:
    """Return how far each source was known, instants read from what is kept as JSON."""
    return [
        source | {"as_of": datetime.fromisoformat(source["as_of"]) if source["as_of"] else None}
        for source in one.sources
    ]


@page(Action.IMPORT_ADVISORIES)
def file(request: PageRequest, pk: int) -> FileResponse:
    """Hand out the file in pieces; it may be gigabytes long."""
    one = queries.bundle(pk)
    return FileResponse(
        services.open_file(one),
        as_attachment=True,
        filename=one.filename,
        content_type="application/zip",
    )


@page()
def key(request: PageRequest, pk: int) -> HttpResponse:
    one = queries.bundle(pk)
    response = HttpResponse(one.certificate, content_type="application/pgp-keys")
    response["Content-Disposition"] = f'attachment; filename="bundle-{one.pk}.key.asc"'
    return response
