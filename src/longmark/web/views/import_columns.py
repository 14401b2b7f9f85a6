"""The columns of a list: how its file is read, which column is which, remembered as a profile."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from longmark.catalog import queries as catalog
from longmark.core.actors import Action
from longmark.core.formats.sheets.ready import READY
from longmark.core.vocabulary import ImportState
from longmark.fleet.queries import imports as queries
from longmark.fleet.services import looks, mapping
from longmark.fleet.services.plans import Plan, plan_of, planned
from longmark.web.doors import PageRequest, attempt, page
from longmark.web.filters import wanted
from longmark.web.forms.columns import ZONES, ColumnsForm, HowForm, column_names, how_as_words

if TYPE_CHECKING:
    from longmark.fleet.models import Import


@page(Action.IMPORT_UNITS)
def columns(request: PageRequest, pk: int) -> HttpResponse:
    one = queries.import_(pk)
    plan = _plan(request, one)
    sheet, column_map, profile = looks.sampled(one.digest, plan)
    slots = catalog.slot_names()
    form = ColumnsForm(
        request.POST or None,
        columns=sheet["columns"],
        column_map=column_map,
        profile=profile,
        slots=slots,
        is_guessed=not profile and one.state == ImportState.UNMAPPED,
    )
    if request.method == "POST" and (done := attempt(form, lambda: _mapped(request, one, form))):
        if done.state == ImportState.READING:
            return redirect("web:jobs")
        return redirect("web:import", pk)
    context = {
        "file": one,
        "sheet": sheet,
        "form": form,
        "how": HowForm(how_as_words(plan.how)),
        "profile": profile,
        "profiles": queries.profiles(),
        "ready": [ready.name for ready in READY],
        "names": column_names(slots),
        "zones": ZONES,
    }
    return render(request, "web/import_columns.html", context, status=422 if form.errors else 200)


def _plan(request: PageRequest, one: "Import") -> Plan:
    """Return what the address asks for; without a question, what was said last."""
    if "again" not in request.GET:
        return plan_of(one)
    how, name = HowForm(request.GET).how(), wanted(request, "profile")
    return planned(name, how) if name else Plan(how)


def _mapped(request: PageRequest, one: "Import", form: ColumnsForm) -> "Import":
    actor, now, said = request.actor, timezone.now(), form.cleaned_data
    column_map, how = form.column_map(), _plan(request, one).how
    if "save" not in request.POST:
        profile = form.profile if column_map == form.column_map_before else ""
        return mapping.map_import_or_ask(one, Plan(how, column_map, profile), actor=actor, now=now)
    plan = Plan(how, column_map, said["save_as"].strip())
    mapping.save_profile(
        plan.profile,
        plan,
        headers=[column["stated"] for column in form.columns],
        is_taken_unasked=said["is_taken_unasked"],
        actor=actor,
        now=now,
    )
    return mapping.map_import_or_ask(one, plan, actor=actor, now=now)


@require_POST
@page(Action.IMPORT_UNITS)
def forget_profile(request: PageRequest, pk: int) -> HttpResponse:
    mapping.forget_profile(pk, actor=request.actor, now=timezone.now())
    return redirect("web:imports")
