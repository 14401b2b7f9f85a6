"""The technician's page: scan or type, see the unit, book in three taps, network or not."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from longmark.accounts import queries as accounts
from longmark.core.actors import Action
from longmark.findings.queries import findings
from longmark.fleet.queries import contents as inside
from longmark.fleet.queries import links as scanned
from longmark.fleet.queries import photos as pictures
from longmark.fleet.queries import units as fleet
from longmark.fleet.services import booking, photos
from longmark.fleet.services.photos import Caption
from longmark.web.doors import PageRequest, attempt, page
from longmark.web.exposure import exploited_in, exposure_rows
from longmark.web.filters import wanted
from longmark.web.forms.phones import PhoneForm, PhotoForm
from longmark.web.phones import phone_acts
from longmark.web.seats import mark_exploited, releases_in, seats_of

if TYPE_CHECKING:
    from longmark.fleet.models import Photo, Unit

PHOTOS_SHOWN = 12
WORKER = "longmark/phone-worker.js"


@page()
def start(request: PageRequest) -> HttpResponse:
    """Show what was scanned, or where to scan."""
    text = wanted(request, "text")
    found = scanned.units_scanned(text) if text else []
    if len(found) == 1:
        return redirect("web:phone-unit", pk=found[0].pk)
    near = fleet.find_units(text) if text and not found else []
    context = {"text": text, "found": found or near, "is_near": bool(near), "host": _host(text)}
    return render(request, "web/phone.html", context)


def _host(text: str) -> str:
    """Return whose address a scanned link is, nothing for a number."""
    try:
        link = urlsplit(text)
    except ValueError:
        return ""
    return (link.hostname or "") if link.scheme in ("http", "https") else ""


@page()
def unit(request: PageRequest, pk: UUID) -> HttpResponse:
    return _unit(request, fleet.unit(pk))


@require_POST
@page(Action.BOOK_EVENTS)
def book(request: PageRequest, pk: UUID) -> HttpResponse:
    """Book what the form of a browser without script says."""
    one, form = fleet.unit(pk), PhoneForm(request.POST)
    attempt(
        form,
        lambda: booking.book_words(one, form.said(), actor=request.actor, now=timezone.now()),
    )
    if form.errors:
        return _unit(request, one, form)
    messages.success(request, _("Booked."))
    return redirect("web:phone-unit", pk=pk)


@require_POST
@page(Action.BOOK_EVENTS)
def photo(request: PageRequest, pk: UUID) -> HttpResponse:
    """Keep the photo that the form of a browser without script brings."""
    one, form = fleet.unit(pk), PhotoForm(request.POST, request.FILES)
    attempt(form, lambda: _keep(one, form, request))
    if form.errors:
        return _unit(request, one, form)
    messages.success(request, _("The photo is kept."))
    return redirect("web:phone-unit", pk=pk)


def _keep(one: "Unit", form: PhotoForm, request: PageRequest) -> "Photo":
    stated = form.cleaned_data
    caption = Caption(timezone.localdate(), stated["note"])
    return photos.add_photo(
        one, stated["file"].file, caption, actor=request.actor, now=timezone.now()
    )


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Return the script that keeps pages for when there is no network; it rules this folder."""
    path = finders.find(WORKER)
    assert isinstance(path, str), "the file is part of the program"
    response = HttpResponse(Path(path).read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _unit(
    request: PageRequest, one: "Unit", form: PhoneForm | PhotoForm | None = None
) -> HttpResponse:
    seats = seats_of(one, inside.contents(one))
    found = findings.vulnerabilities_of_releases(releases_in(seats))
    mark_exploited(seats, exploited_in(found))
    may_book = accounts.may(request.actor, Action.BOOK_EVENTS)
    context = {
        "unit": one,
        "seats": seats,
        "acts": phone_acts(one, seats) if may_book else (),
        "may_book": may_book,
        "worst": next((row for row in exposure_rows(found) if row.verdict == "affected"), None),
        "today": timezone.localdate(),
        "form": form,
        "photos": pictures.photos_page(one, limit=PHOTOS_SHOWN),
    }
    return render(request, "web/phone_unit.html", context, status=422 if form else 200)
