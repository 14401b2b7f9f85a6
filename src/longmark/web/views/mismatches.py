"""What may go together in a unit, and units in which it does not."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from longmark.catalog import queries as catalog
from longmark.catalog.queries import combinations
from longmark.catalog.services import combinations as catalog_services
from longmark.core.actors import Action
from longmark.core.errors import NotFound
from longmark.fleet.queries import mismatches as queries
from longmark.fleet.queries import units as fleet
from longmark.fleet.services import mismatches as services
from longmark.foundation.fragments import fragment
from longmark.web import oddities
from longmark.web.doors import PageRequest, page
from longmark.web.filters import chips, item_options, rows_wanted, unit_filter, wanted
from longmark.web.forms.combinations import CombinationForm, ReasonForm
from longmark.web.sheets import Done, Sheet, answer, posted

if TYPE_CHECKING:
    from longmark.catalog.models import Combination, Item
    from longmark.fleet.models import Unit
    from longmark.fleet.queries.mismatches import Odd


@page()
def mismatches(request: PageRequest) -> HttpResponse:
    is_accepted = wanted(request, "view") == "accepted"
    after, limit = wanted(request, "after") or None, rows_wanted(request)
    context: dict[str, object] = {"is_accepted": is_accepted}
    if is_accepted:
        context["page"] = queries.waivers_page(after=after, limit=limit)
    else:
        asked = unit_filter(request)
        found = queries.mismatches_page(asked_for=asked, after=after, limit=limit)
        context |= {"page": found, "rows": oddities.told(found.items), "filters": asked}
        context |= {"item_options": item_options(), "chosen_item": wanted(request, "item")}
        context["chips"] = chips(request)
    return render(request, fragment(request, "web/mismatches.html", "rows"), context)


@page(Action.BOOK_EVENTS)
def waive(request: PageRequest, pk: UUID, key: str) -> HttpResponse:
    unit = fleet.unit(pk)
    odd = _mismatch(unit, key)
    form = ReasonForm(posted(request))
    told = oddities.oddity(odd)
    sheet = Sheet(
        title=_("Accept a mismatch of %(unit)s") % {"unit": unit.serial},
        lede=f"{told.present}: {told.said}",
        submit=_("Accept it"),
        refused=_("It was not accepted:"),
        back=_unit_page(unit),
        crumbs=[(reverse("web:mismatches"), _("Mismatches")), (_unit_page(unit), unit.serial)],
        warning=_("It holds for this unit, for as long as rule and content stay as they are."),
    )

    def act() -> object:
        reason = form.cleaned_data["reason"]
        return services.waive(unit, key, reason=reason, actor=request.actor, now=timezone.now())

    said = _("It is accepted, and counts no longer.")
    return answer(request, sheet, form, act, lambda _made: Done(_unit_page(unit), said))


@page(Action.BOOK_EVENTS)
def withdraw_waiver(request: PageRequest, pk: UUID, key: str) -> HttpResponse:
    unit = fleet.unit(pk)
    form = ReasonForm(posted(request))
    sheet = Sheet(
        title=_("Accept a mismatch of %(unit)s no longer") % {"unit": unit.serial},
        submit=_("Accept it no longer"),
        refused=_("It is still accepted:"),
        back=_unit_page(unit),
        crumbs=[(reverse("web:mismatches"), _("Mismatches")), (_unit_page(unit), unit.serial)],
        is_dangerous=True,
    )

    def act() -> None:
        reason = form.cleaned_data["reason"]
        services.withdraw_waiver(unit, key, reason=reason, actor=request.actor, now=timezone.now())

    said = _("It counts as a mismatch again, if it still is one.")
    return answer(request, sheet, form, act, lambda _made: Done(_unit_page(unit), said))


def _mismatch(unit: "Unit", key: str) -> "Odd":
    for found in queries.mismatches_of(unit):
        if found.key == key:
            return found
    raise NotFound("{unit} has no such mismatch now.", unit=unit)


@page()
def item_combinations(request: PageRequest, pk: int) -> HttpResponse:
    """Show what may go together in units of an item."""
    item = catalog.item(pk)
    with_withdrawn = wanted(request, "all") == "1"
    stated = combinations.combinations_of(item, with_withdrawn=with_withdrawn)
    context = {"item": item, "combinations": stated, "with_withdrawn": with_withdrawn}
    context["pieces"] = combinations.pieces_of(stated)
    return render(request, "web/combinations.html", context)


@page(Action.CHANGE_CATALOG)
def state_combination(request: PageRequest, pk: int) -> HttpResponse:
    item = catalog.item(pk)
    form = CombinationForm(posted(request))
    sheet = Sheet(
        title=_("State what may go together in %(item)s") % {"item": item.name},
        lede=_(
            "From the first combination on, every unit must be as one of them says. What is booked"
            " otherwise is taken, and told as a mismatch."
        ),
        submit=_("State the combination"),
        refused=_("The combination was not stated:"),
        back=_combinations_page(item),
        crumbs=_crumbs(item),
    )

    def act() -> "Combination":
        return catalog_services.state_combination(
            item,
            form.cleaned_data["name"],
            form.cleaned_data["pieces"],
            effective=form.effective(),
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            now=timezone.now(),
        )

    said = _("“%(name)s” is stated. Units are judged by it in the background.")
    return answer(
        request, sheet, form, act, lambda one: Done(_combinations_page(item), said % {"name": one})
    )


@page(Action.CHANGE_CATALOG)
def withdraw_combination(request: PageRequest, pk: int) -> HttpResponse:
    one = combinations.combination(pk)
    form = ReasonForm(posted(request))
    sheet = Sheet(
        title=_("Withdraw “%(name)s”") % {"name": one.name},
        lede=_("It stays on record, and units are judged without it."),
        submit=_("Withdraw the combination"),
        refused=_("The combination was not withdrawn:"),
        back=_combinations_page(one.item),
        crumbs=_crumbs(one.item),
        is_dangerous=True,
    )

    def act() -> None:
        catalog_services.withdraw_combination(
            one, reason=form.cleaned_data["reason"], actor=request.actor, now=timezone.now()
        )

    said = _("“%(name)s” holds no longer.") % {"name": one.name}
    return answer(request, sheet, form, act, lambda _made: Done(_combinations_page(one.item), said))


def _crumbs(item: "Item") -> list[tuple[str, str]]:
    return [
        (reverse("web:items"), _("Products and their parts")),
        (reverse("web:item", args=[item.pk]), item.name),
        (_combinations_page(item), _("Combinations")),
    ]


def _combinations_page(item: "Item") -> str:
    return reverse("web:combinations", args=[item.pk])


def _unit_page(unit: "Unit") -> str:
    return reverse("web:unit", args=[unit.pk])
