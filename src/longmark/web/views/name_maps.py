"""Maps of names: the list, taking one in, one map with its rows, withdrawing it."""

from typing import TYPE_CHECKING, BinaryIO, cast

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from longmark.core.actors import Action
from longmark.foundation.fragments import fragment
from longmark.names import queries
from longmark.names.services import maps as services
from longmark.names.services.maps import MapDetails
from longmark.web.doors import PageRequest, attempt, page
from longmark.web.filters import rows_wanted, wanted
from longmark.web.forms.names import MapForm, WithdrawalForm
from longmark.web.sheets import Done, Sheet, answer, posted

if TYPE_CHECKING:
    from longmark.jobs.models import Job


@page()
def name_maps(request: PageRequest) -> HttpResponse:
    form = MapForm(request.POST or None, request.FILES or None)
    job = attempt(form, lambda: _handed_in(request, form)) if form.is_bound else None
    if job:
        return redirect("web:job", job.pk)
    found = queries.maps_page(after=wanted(request, "after") or None, limit=rows_wanted(request))
    context = {"page": found, "form": form}
    return render(request, "web/name_maps.html", context, status=422 if form.errors else 200)


def _handed_in(request: PageRequest, form: MapForm) -> "Job":
    stated = form.cleaned_data
    return services.ask_for_map(
        cast("BinaryIO", stated["file"].file),
        filename=stated["file"].name,
        details=MapDetails(
            name=stated["name"],
            edition=stated["edition"],
            source=stated["source"],
            is_for_ecosystems=stated["is_for_ecosystems"],
        ),
        actor=request.actor,
        now=timezone.now(),
    )


@page()
def name_map(request: PageRequest, pk: int) -> HttpResponse:
    one, text = queries.name_map(pk), wanted(request, "q")
    found = queries.map_rows_page(
        one, text=text, after=wanted(request, "after") or None, limit=rows_wanted(request)
    )
    context = {"map": one, "page": found, "text": text}
    return render(request, fragment(request, "web/name_map.html", "rows"), context)


@page(Action.NAME_COMPONENTS)
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    one, form = queries.name_map(pk), WithdrawalForm(posted(request))
    sheet = Sheet(
        title=_("Withdraw %(map)s") % {"map": one},
        submit=_("Withdraw the map"),
        refused=_("The map was not withdrawn:"),
        back=reverse("web:name-map", args=[pk]),
        crumbs=[(reverse("web:names"), _("Names")), (reverse("web:name-maps"), _("Maps"))],
        is_dangerous=True,
    )

    def act() -> None:
        services.withdraw_map(
            one, reason=form.cleaned_data["reason"], actor=request.actor, now=timezone.now()
        )

    said = _("It no longer holds. What was found through it is matched anew.")
    return answer(request, sheet, form, act, lambda _none: Done(sheet.back, said))
