"""Booking from the browser: what happened to a unit, and what was booked wrongly."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from longmark.core.actors import Action
from longmark.core.errors import LongmarkError, NotFound, Refused
from longmark.core.life.events import State
from longmark.fleet.queries import contents as inside
from longmark.fleet.queries import units as fleet
from longmark.fleet.queries.rmas import open_rmas_of
from longmark.fleet.services import booking
from longmark.parties import queries as parties
from longmark.web import lives, words
from longmark.web.acts import ACTS, Act, acts_of
from longmark.web.doors import PageRequest, page
from longmark.web.filters import wanted
from longmark.web.forms.booking import (
    EventForm,
    ParametersForm,
    SoftwareForm,
    SwapForm,
)
from longmark.web.forms.corrections import CorrectionForm, WithdrawalForm
from longmark.web.forms.keeping import KeeperForm, MoveForm
from longmark.web.places import Place, in_words, itself, places_of, seat_at
from longmark.web.seats import seats_of
from longmark.web.sheets import Done, Sheet, answer, posted

if TYPE_CHECKING:
    from longmark.fleet.models import Rma, Unit

R = TypeVar("R")

SUGGESTED = 300


@page(Action.BOOK_EVENTS)
def acts(request: PageRequest, pk: UUID) -> HttpResponse:
    """Show all that can be booked on a unit."""
    unit = fleet.unit(pk)
    offered = acts_of(unit, seats_of(unit, inside.contents(unit)))
    context = {"unit": unit, "acts": offered, "crumbs": _crumbs(unit), "lede": _named(unit)}
    return render(request, "web/book_act.html", context)


@page(Action.BOOK_EVENTS)
def book(request: PageRequest, pk: UUID, act: str) -> HttpResponse:
    unit, chosen = fleet.unit(pk), ACTS.get(act)
    if chosen is None:
        raise NotFound(_('Nothing is booked as "{act}".'), act=act)
    if act == "rma-close" and (waiting := open_rmas_of(unit)):
        return _close_rma(request, unit, waiting)
    if chosen.of is None:
        return _book(request, unit, chosen, None)
    path = wanted(request, "slot")
    places = places_of(unit, seats_of(unit, inside.contents(unit)), opened=path)
    able = {place.path: place for place in places.values() if chosen.of(place)}
    if not able:
        raise Refused(_("{unit} has no slot for this."), unit=unit)
    if path not in able and len(able) > 1:
        context = {"unit": unit, "act": chosen, "places": able.values(), "crumbs": _crumbs(unit)}
        return render(request, "web/book_slot.html", context)
    place = able.get(path) or next(iter(able.values()))
    below = [one for one in places.values() if one.path.startswith(f"{place.path}/")]
    return _book(request, unit, chosen, place, below)


def _close_rma(request: PageRequest, unit: "Unit", waiting: Sequence["Rma"]) -> HttpResponse:
    """Lead to the RMA that is closed; of several, ask which."""
    if len(waiting) == 1:
        return redirect("web:rma-step", unit.pk, "close", waiting[0].number)
    context = {"unit": unit, "rmas": waiting, "crumbs": _crumbs(unit)}
    return render(request, "web/book_rma.html", context)


def _book(
    request: PageRequest,
    unit: "Unit",
    act: Act,
    place: Place | None,
    below: Sequence[Place] = (),
) -> HttpResponse:
    now = timezone.now()
    form = act.form(posted(request), today=now.date(), evidence=act.evidence)
    if place and isinstance(form, SwapForm):
        form.swap(place, below)
    elif place and isinstance(form, SoftwareForm | ParametersForm):
        form.change(place)
    if isinstance(form, MoveForm):
        form.fields["kind"].initial = "shipped" if unit.state == State.BUILT else "transferred"
    sheet = Sheet(
        title=str(act.title),
        lede=_named(unit),
        submit=str(act.submit),
        refused=_("Nothing was booked:"),
        back=_page(unit),
        crumbs=_crumbs(unit),
        warning=str(act.warning),
        is_dangerous=bool(act.warning),
        template="web/book.html",
        more={"place": place, "below": below, **_suggestions(unit, form)},
    )

    def booked() -> str:
        said, told = form.said(form.event(act.event)), _told(unit, act, form, place)
        booking.book_words(unit, said, actor=request.actor, now=now)
        return told

    return answer(
        request,
        sheet,
        form,
        lambda: _at_its_field(form, booked),
        lambda told: Done(_page(unit), told),
    )


def _at_its_field(form: EventForm, act: Callable[[], R]) -> R:
    """Let a refusal that names a column of lists point at the field that holds it."""
    try:
        return act()
    except LongmarkError as error:
        error.field = form.columns.get(error.field or "")
        raise


def _told(unit: "Unit", act: Act, form: EventForm, place: Place | None) -> str:
    """Return what is booked, what comes out by what is known of that day, and how late it is."""
    told = form.told()
    # Where a form asks what happened, that is told, and not what the button said.
    is_asked = "kind" in form.fields and not place
    what = words.EVENTS[form.event(act.event)] if is_asked else act.word
    stated = {"unit": unit.serial, "what": str(what), "told": told}
    said = _("%(unit)s: %(what)s, %(told)s.") if told else _("%(unit)s: %(what)s.")
    parts = [said % stated]
    on = form.cleaned_data["on"]
    if place and place.is_hardware:
        before = seat_at(place.path, seats_of(unit, inside.contents(unit, on)))
        if before and before.item and not before.is_empty:
            parts.append(_("%(out)s came out.") % {"out": in_words(before)})
    carrier = carrier_of(place, unit, on) if place else None
    if carrier:
        parts.append(_("It stands among the events of %(unit)s.") % {"unit": carrier.serial})
    days = (form.today - on).days
    if days >= lives.LATE.days:
        late = ngettext("Booked %(days)s day late.", "Booked %(days)s days late.", days)
        parts.append(late % {"days": days})
    return " ".join(parts)


def carrier_of(place: Place, unit: "Unit", on: date) -> "Unit | None":
    """Return the unit inside of this one that had the place on a day: firmware is of its board."""
    seats, above = seats_of(unit, inside.contents(unit, on)), place.path
    while above := above.rpartition("/")[0]:
        seat = seat_at(above, seats)
        if seat and seat.child:
            return seat.child
    return None


def _suggestions(unit: "Unit", form: EventForm) -> dict[str, object]:
    """Return names to choose from while typing. Three queries."""
    if not isinstance(form, KeeperForm) or "customer" not in form.fields:
        return {}
    return {
        "customers": parties.parties_page(kind="customer", limit=SUGGESTED).items,
        "distributors": parties.parties_page(kind="distributor", limit=SUGGESTED).items,
        "sites": parties.sites_of(unit.operator) if unit.operator else (),
    }


@page(Action.BOOK_EVENTS)
def correct(request: PageRequest, pk: UUID, seq: int) -> HttpResponse:
    """Put what is true in place of an event."""
    unit, now = fleet.unit(pk), timezone.now()
    wrong = booking.event_of(unit, seq)
    places = {"": itself(unit), **places_of(unit)}
    form = CorrectionForm(posted(request), wrong, places, today=now.date())
    sheet = Sheet(
        title=_("Correct an event"),
        lede=_named(unit),
        submit=_("Book the correction"),
        refused=_("Nothing was corrected:"),
        back=f"{_page(unit)}#event-{seq}",
        crumbs=_crumbs(unit),
        template="web/book.html",
        more={"fact": _fact(unit, seq), **_suggestions(unit, form)},
    )

    def corrected() -> "Unit":
        said = form.said(form.event(""))
        reason = form.cleaned_data["reason"]
        return booking.correct_with_words(
            unit, seq, said=said, reason=reason, actor=request.actor, now=now
        )

    told = _("The event was corrected. What was believed before stays on record.")
    return answer(
        request,
        sheet,
        form,
        lambda: _at_its_field(form, corrected),
        lambda _unit: Done(f"{_page(unit)}#events", told),
    )


@page(Action.BOOK_EVENTS)
def withdraw(request: PageRequest, pk: UUID, seq: int) -> HttpResponse:
    """Say that an event never happened."""
    unit = fleet.unit(pk)
    form = WithdrawalForm(posted(request))
    sheet = Sheet(
        title=_("Withdraw an event"),
        lede=_named(unit),
        submit=_("Withdraw the event"),
        refused=_("Nothing was withdrawn:"),
        back=f"{_page(unit)}#event-{seq}",
        crumbs=_crumbs(unit),
        warning=_(
            "The unit counts from now on as if this had never happened; on record stays that it"
            " was believed, until when, and why it was withdrawn."
        ),
        is_dangerous=True,
        template="web/book.html",
        more={"fact": _fact(unit, seq)},
    )

    def withdrawn() -> "Unit":
        reason = form.cleaned_data["reason"]
        return booking.correct_event(
            unit, seq, replacement=None, reason=reason, actor=request.actor, now=timezone.now()
        )

    told = _("The event was withdrawn. That it was believed stays on record.")
    return answer(
        request, sheet, form, withdrawn, lambda _unit: Done(f"{_page(unit)}#events", told)
    )


def _fact(unit: "Unit", seq: int) -> lives.Fact:
    """Return an event as the page of the unit tells it."""
    return lives.facts_of(unit, [fleet.event(unit, seq)])[0]


def _named(unit: "Unit") -> str:
    keeper = unit.site or unit.operator or unit.distributor
    return ", ".join(str(part) for part in (unit.serial, unit.item.name, keeper) if part)


def _page(unit: "Unit") -> str:
    return reverse("web:unit", args=[unit.pk])


def _crumbs(unit: "Unit") -> list[tuple[str, str]]:
    return [(reverse("web:units"), _("Units")), (_page(unit), unit.serial)]
