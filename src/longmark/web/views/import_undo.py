"""Taking a list back, and the report of what became of its rows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from longmark.core.actors import Action
from longmark.fleet.queries import imports as queries
from longmark.fleet.queries import reports
from longmark.fleet.services import undoing
from longmark.jobs import services as jobs
from longmark.web import exports
from longmark.web.doors import PageRequest, attempt, page

if TYPE_CHECKING:
    from longmark.fleet.models import Import
    from longmark.fleet.services.lists import RefusedRow
    from longmark.jobs.models import Job

ROWS_WHILE_WAITING = 2_000
"""A longer list is taken back by a job, which can be watched and stopped."""

KEPT_SHOWN = 50


class UndoForm(forms.Form):
    """Why a list is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2_000,
        help_text=gettext_lazy("It stands in the ledger."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@dataclass(frozen=True)
class KeptRow:
    """A row that would stay, for a table."""

    row: int
    serial: str
    why: str
    what_to_do: str


@page(Action.IMPORT_UNITS)
def undo(request: PageRequest, pk: int) -> HttpResponse:
    one = queries.import_(pk)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and (done := attempt(form, lambda: _undone(request, one, form))):
        is_later = done is not one
        return redirect("web:job", done.pk) if is_later else redirect("web:import", pk)
    is_short = one.row_count <= ROWS_WHILE_WAITING
    effect = undoing.undo_effect(one, now=timezone.now()) if is_short else None
    kept = [_kept(row) for row in effect.kept[:KEPT_SHOWN]] if effect else []
    context = {"file": one, "form": form, "effect": effect, "kept": kept}
    return render(request, "web/import_undo.html", context, status=422 if form.errors else 200)


def _undone(request: PageRequest, one: "Import", form: UndoForm) -> "Import | Job":
    actor, now, reason = request.actor, timezone.now(), form.cleaned_data["reason"]
    if one.row_count > ROWS_WHILE_WAITING:
        arguments = {"import_id": one.pk, "reason": reason}
        return jobs.enqueue(undoing.UNDO_IMPORT, arguments, actor=actor, now=now)
    undoing.undo_import(one, reason=reason, actor=actor, now=now)
    return one


def _kept(row: "RefusedRow") -> KeptRow:
    error = row.error
    return KeptRow(
        row.number,
        row.serial,
        error.message.format(**error.values),
        error.mend.format(**error.values),
    )


@page()
def report(request: PageRequest, pk: int) -> HttpResponseBase:
    one = queries.import_(pk)
    rows = reports.report_rows(one)
    kinds = {"xlsx": exports.xlsx_response, "json": exports.json_response}
    respond = kinds.get(request.GET.get("as", ""), exports.csv_response)
    return respond(f"report-{one.pk}", next(rows), rows)
