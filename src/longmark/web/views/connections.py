"""Connections to systems of stock: how they fare, what each pull brought, what is told them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from longmark.accounts import queries as accounts
from longmark.catalog import queries as catalog
from longmark.connections.queries import connections as queries
from longmark.connections.queries import notes as note_queries
from longmark.connections.services import connections as services
from longmark.connections.services import notes as note_services
from longmark.connections.services import pulls
from longmark.core.actors import Action
from longmark.core.errors import NotFound
from longmark.core.vocabulary import ConnectedSystem
from longmark.fleet.queries import units
from longmark.web.doors import PageRequest, page
from longmark.web.filters import wanted
from longmark.web.forms.connections import ConnectionForm, NoteForm, SettingsForm
from longmark.web.sheets import Done, Sheet, answer, posted

if TYPE_CHECKING:
    from longmark.connections.models import Connection


@page()
def connections(request: PageRequest) -> HttpResponse:
    only_failing = wanted(request, "health") == "failing"
    found = queries.states_page(
        timezone.now(), only_failing=only_failing, after=wanted(request, "after") or None
    )
    context = {
        "page": found,
        "only_failing": only_failing,
        "may_manage": _may_manage_people(request),
    }
    return render(request, "web/connections.html", context)


@page()
def connection(request: PageRequest, name: str) -> HttpResponse:
    state = queries.state(name, timezone.now())
    context = {
        "state": state,
        "page": queries.pulls_page(state.connection, after=wanted(request, "after") or None),
    }
    return render(request, "web/connection.html", context)


@page()
def gone(request: PageRequest, name: str) -> HttpResponse:
    one = queries.connection(name)
    found = queries.gone_page(one, after=wanted(request, "after") or None)
    return render(request, "web/connection_gone.html", {"connection": one, "page": found})


@page()
def notes(request: PageRequest, name: str) -> HttpResponse:
    one = queries.connection(name)
    found = note_queries.notes_page(one, after=wanted(request, "after") or None)
    return render(request, "web/connection_notes.html", {"connection": one, "page": found})


@page()
def all_gone(request: PageRequest) -> HttpResponse:
    found = queries.gone_page(after=wanted(request, "after") or None)
    return render(request, "web/connection_gone.html", {"page": found})


@page()
def unwritten(request: PageRequest) -> HttpResponse:
    found = note_queries.unwritten_page(after=wanted(request, "after") or None)
    return render(request, "web/connection_notes.html", {"page": found})


@page(Action.MANAGE_CONNECTIONS)
def make(request: PageRequest) -> HttpResponse:
    form = ConnectionForm(posted(request))
    sheet = Sheet(
        title=_("Connect to a system"),
        lede=_("Units, customers and movements are pulled from it, again and again."),
        submit=_("Connect"),
        refused=_("It was not connected:"),
        back=reverse("web:connections"),
        crumbs=[(reverse("web:connections"), _("Connections"))],
    )

    def act() -> "Connection":
        stated = form.cleaned_data
        system = ConnectedSystem(stated["system"])
        return services.make_connection(
            stated["name"], system, form.settings(), actor=request.actor, now=timezone.now()
        )

    return answer(request, sheet, form, act, _to_page(_("Connected. Try it, or pull now.")))


@page(Action.MANAGE_CONNECTIONS)
def change(request: PageRequest, name: str) -> HttpResponse:
    form = SettingsForm.of(queries.connection(name), posted(request))
    sheet = Sheet(
        title=_("Change %(name)s") % {"name": name},
        submit=_("Keep"),
        refused=_("It was not changed:"),
        back=reverse("web:connection", args=[name]),
        crumbs=_crumbs(name),
        lede=_("Another address, database or user is pulled from the beginning."),
    )

    def act() -> "Connection":
        return services.change_connection(
            name, form.settings(), actor=request.actor, now=timezone.now()
        )

    return answer(request, sheet, form, act, _to_page(_("Changed.")))


@page(Action.MANAGE_CONNECTIONS)
def remove(request: PageRequest, name: str) -> HttpResponse:
    queries.connection(name)
    sheet = Sheet(
        title=_("Remove %(name)s") % {"name": name},
        submit=_("Remove the connection"),
        refused=_("It was not removed:"),
        back=reverse("web:connection", args=[name]),
        crumbs=_crumbs(name),
        warning=_("Its key and its notes that wait are forgotten. What was pulled stays."),
        is_dangerous=True,
    )

    def act() -> None:
        services.remove_connection(name, actor=request.actor, now=timezone.now())

    def done(made: None) -> Done:
        return Done(reverse("web:connections"), _("Removed."))

    return answer(request, sheet, forms.Form(posted(request)), act, done)


@page(Action.BOOK_EVENTS)
def write_note(request: PageRequest, name: str) -> HttpResponse:
    """Write a note on a unit, in every system that knows it."""
    queries.connection(name)
    form = NoteForm(posted(request))
    sheet = Sheet(
        title=_("Write a note on a unit"),
        submit=_("Write the note"),
        refused=_("The note is not written:"),
        back=reverse("web:connection-notes", args=[name]),
        crumbs=_crumbs(name),
        lede=_("Every system that knows the unit and may be written to is told, once."),
    )

    def act() -> int:
        stated = form.cleaned_data
        unit = units.unit_of(catalog.item_named(stated["item"]), stated["serial"])
        made = note_services.write_note(
            unit, stated["text"], actor=request.actor, now=timezone.now()
        )
        return len(made)

    def done(count: int) -> Done:
        told = _("It is written within a minute, in as many systems: %(count)s.")
        return Done(reverse("web:connection-notes", args=[name]), told % {"count": count})

    return answer(request, sheet, form, act, done)


@require_POST
@page()
def act(request: PageRequest, name: str, act: str) -> HttpResponse:
    """Have a connection pulled, or tried out; the page of the job says what came of it."""
    actor, now = request.actor, timezone.now()
    if act == "try":
        return redirect("web:job", pulls.ask_for_trial(name, actor=actor, now=now))
    if act not in ("pull", "pull-whole"):
        raise NotFound("A connection cannot be told to {act}.", act=act)
    asked = pulls.ask_for_pull(name, is_whole=act == "pull-whole", actor=actor, now=now)
    messages.success(request, _("It is being pulled."))
    return redirect("web:job", asked.job_id)


def _to_page(told: str) -> Callable[["Connection"], Done]:
    return lambda one: Done(reverse("web:connection", args=[one.name]), told)


def _crumbs(name: str) -> list[tuple[str, str]]:
    return [
        (reverse("web:connections"), _("Connections")),
        (reverse("web:connection", args=[name]), name),
    ]


def _may_manage_people(request: PageRequest) -> bool:
    return accounts.may(request.actor, Action.MANAGE_ACCOUNTS)
