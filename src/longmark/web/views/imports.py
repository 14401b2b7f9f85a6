"""Lists of units: dropped, looked at, taken or thrown away; what was refused comes back."""

from typing import TYPE_CHECKING

from django import forms
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from longmark.catalog import queries as catalog
from longmark.core.actors import Action
from longmark.core.errors import Refused
from longmark.core.vocabulary import ImportState
from longmark.fleet.queries import conflicts, doubts
from longmark.fleet.queries import imports as queries
from longmark.fleet.services import imports as services
from longmark.fleet.services import mapping
from longmark.foundation.fragments import fragment
from longmark.jobs import services as jobs
from longmark.web import words
from longmark.web.doors import PageRequest, attempt, page
from longmark.web.filters import chosen, rows_wanted, wanted
from longmark.web.forms.columns import OF_SLOTS

if TYPE_CHECKING:
    from longmark.fleet.models import Import, Refusal
    from longmark.foundation.pages import Page
    from longmark.jobs.models import Job

REFUSALS_SHOWN = 100
ROWS_WHILE_WAITING = 2_000
"""A longer list is taken by a job, which can be watched and stopped."""


class ListForm(forms.Form):
    """A list of units."""

    file = forms.FileField(
        label=gettext_lazy("List of units"),
        widget=forms.FileInput(
            attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsb,.ods,.json,.jsonl,.jsonld"}
        ),
    )


@page()
def imports(request: PageRequest) -> HttpResponse:
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and (kept := attempt(form, lambda: _kept(request, form))):
        if kept.state == ImportState.UNMAPPED:
            return redirect("web:import-columns", kept.pk)
        return redirect("web:import", kept.pk)
    found = queries.imports_page(after=wanted(request, "after") or None)
    context = {"page": found, "form": form, "profiles": queries.profiles()}
    context["conflict_count"] = conflicts.open_count()
    context["watched"] = queries.watched_files()
    return render(request, "web/imports.html", context, status=422 if form.errors else 200)


def _kept(request: PageRequest, form: ListForm) -> "Import":
    file = form.cleaned_data["file"]
    return mapping.receive_list(
        file.file, filename=file.name, actor=request.actor, now=timezone.now()
    )


@page()
def import_(request: PageRequest, pk: int) -> HttpResponse:
    one = queries.import_(pk)
    context = {
        "file": one,
        "refusals": queries.refusals_page(one, limit=REFUSALS_SHOWN).items,
        "kept": queries.kept_page(one, limit=REFUSALS_SHOWN).items if one.kept_count else [],
        "takable": one.row_count - one.refused_count,
        "strange": _strange_columns(one) if one.state == ImportState.STAGED else [],
    }
    return render(request, "web/import.html", context)


def _strange_columns(one: "Import") -> list[str]:
    """Return the columns that are taken for slots, although no item has a slot of that name."""
    known = catalog.slot_names()
    return [
        column["stated"]
        for column in one.sheet.get("columns", [])
        if column["column"] in OF_SLOTS and column["name"].rpartition("/")[2] not in known
    ]


@require_POST
@page(Action.IMPORT_UNITS)
def take(request: PageRequest, pk: int) -> HttpResponse:
    one = queries.import_(pk)
    if request.POST.get("way") == "all" and one.refused_count:
        raise Refused(
            "{count} rows of {filename} are refused, and it was to be all or nothing."
            " Nothing was written.",
            count=one.refused_count,
            filename=one.filename,
        )
    if one.row_count > ROWS_WHILE_WAITING:
        return redirect("web:job", _enqueued(request, one).pk)
    services.apply_import(one, actor=request.actor, now=timezone.now())
    return redirect("web:import", pk)


def _enqueued(request: PageRequest, one: "Import") -> "Job":
    arguments = {"import_id": one.pk}
    return jobs.enqueue("fleet.apply-import", arguments, actor=request.actor, now=timezone.now())


@require_POST
@page(Action.IMPORT_UNITS)
def discard(request: PageRequest, pk: int) -> HttpResponse:
    services.discard_import(queries.import_(pk), actor=request.actor, now=timezone.now())
    return redirect("web:imports")


@page()
def refused(request: PageRequest, pk: int) -> HttpResponseBase:
    one = queries.import_(pk)
    lines = queries.refusals_csv(one)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{one.pk}.csv"'
    return response


@page()
def refusals(request: PageRequest) -> HttpResponse:
    """Show refused rows of all lists, for one reason if asked."""
    why = chosen(request, "why", words.REFUSED_FOR)
    found = found_refusals(request, after=wanted(request, "after"), limit=rows_wanted(request))
    context = {"page": found, "why": why, "reasons": words.REFUSED_FOR}
    return render(request, fragment(request, "web/refusals.html", "rows"), context)


def found_refusals(request: PageRequest, *, after: str | None, limit: int) -> "Page[Refusal]":
    """Return refused rows of the filtered list."""
    why = chosen(request, "why", words.REFUSED_FOR)
    return doubts.refusals_page(why=why, after=after or None, limit=limit)
