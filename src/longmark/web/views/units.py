"""Units: the list, and one unit on any day of its life."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from longmark.accounts import queries as accounts
from longmark.core.actors import Action
from longmark.core.life.events import OUT_OF_USE
from longmark.findings.queries import findings
from longmark.fleet.queries import contents as inside
from longmark.fleet.queries import photos as pictures
from longmark.fleet.queries import reach, rmas, snapshots
from longmark.fleet.queries import units as fleet
from longmark.fleet.queries.lives import warranty_of
from longmark.fleet.queries.mismatches import mismatches_of
from longmark.fleet.queries.reach import Asked
from longmark.fleet.queries.units import UnitFilter
from longmark.fleet.services.links import links
from longmark.foundation.fragments import fragment
from longmark.foundation.pages import Page
from longmark.intel.queries.coverage import coverage
from longmark.web import countries, lives, words
from longmark.web.acts import acts_of
from longmark.web.doors import PageRequest, page
from longmark.web.exposure import exploited_in, exposure_rows
from longmark.web.filters import (
    UNKNOWN,
    chips,
    day_wanted,
    item_options,
    number,
    rows_wanted,
    unit_filter,
    wanted,
)
from longmark.web.oddities import told_of
from longmark.web.passports import is_public
from longmark.web.rmas import promised
from longmark.web.seats import children_in, mark_exploited, releases_in, seats_of, unknown_in

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from longmark.fleet.models import Unit
    from longmark.web.seats import Seat

FINDINGS_SHOWN = 10
PHOTOS_SHOWN = 12


@page()
def units(request: PageRequest) -> HttpResponse:
    asked = unit_filter(request)
    after = wanted(request, "after") or None
    context = {
        "page": found_units(request, asked, after=after, limit=rows_wanted(request)),
        "filters": asked,
        "item_options": item_options(),
        "country_options": [(UNKNOWN, _("Country unknown")), *countries.choices()],
        "state_options": words.UNIT_STATES.items(),
        "chosen_item": wanted(request, "item"),
        "chosen_state": wanted(request, "state"),
        "chosen_country": wanted(request, "country"),
        "chips": chips(request),
    }
    return render(request, fragment(request, "web/units.html", "rows"), context)


def found_units(
    request: PageRequest, asked: UnitFilter, *, after: str | None, limit: int
) -> "Page[Unit]":
    """Return the units of a list; those with a release are found through what they contain."""
    release_id = number(request, "release")
    if release_id is None:
        listed = fleet.units_page(asked, after=after, limit=limit)
        if not listed.items and asked.text and after is None:
            return Page([one for one, _alias in fleet.units_called(asked.text)])
        return listed
    held, is_apart = (
        Asked((release_id,)),
        bool(asked.states) and OUT_OF_USE.issuperset(asked.states),
    )
    found = reach.units_reached(held, asked_for=asked, is_apart=is_apart, after=after, limit=limit)
    return Page([each.unit for each in found.items], found.next)


@page()
def unit(request: PageRequest, pk: UUID) -> HttpResponse:
    one, now = fleet.unit(pk), timezone.now()
    on = day_wanted(request, "on") or now.date()
    as_known_then = wanted(request, "known") == "then"
    seats = seats_of(one, inside.contents(one, on, on if as_known_then else None))
    context = {"unit": one, "now": now, "on": on, "contents": seats}
    context |= {"as_known_then": as_known_then, "is_today": on == now.date()}
    name = fragment(request, "web/unit.html", "contents")
    if "#" not in name:
        today = seats if on == now.date() else seats_of(one, inside.contents(one))
        context |= _life(request, one)
        context |= _exposure(today, seats, is_whole=wanted(request, "findings") == "all")
        context["coverage"] = coverage(now)
        context["drifts"] = snapshots.drifts_of([one.pk, *children_in(today)])
        context["oddities"] = told_of(mismatches_of(one))
        context |= _returns(one, now)
        may_book = accounts.may(request.actor, Action.BOOK_EVENTS)
        context |= {"may_book": may_book, "acts": _usual(one, today) if may_book else ()}
    return render(request, name, context)


def _returns(one: "Unit", now: datetime) -> dict[str, object]:
    """Return its RMAs, those in which it took another one's place, and its warranty."""
    return {
        "rmas": rmas.rmas_of(one),
        "brought": rmas.rmas_that_brought(one),
        "warranty": promised(warranty_of(one), now),
    }


def _usual(one: "Unit", today: "list[Seat]") -> "list[tuple[str, str | Promise]]":
    return acts_of(one, today, only_usual=True)


def _exposure(today: "list[Seat]", shown: "list[Seat]", *, is_whole: bool) -> dict[str, object]:
    """Return the findings for what is inside today, and mark the slots that carry the worst."""
    found = findings.vulnerabilities_of_releases(releases_in(today))
    mark_exploited(shown, exploited_in(found))
    rows = exposure_rows(found)
    return {
        "findings": rows if is_whole else rows[:FINDINGS_SHOWN],
        "finding_count": len(rows),
        "unjudged": unknown_in(today),
    }


def _life(request: PageRequest, one: "Unit") -> dict[str, object]:
    """Return what the page shows around the contents: drawing, events, keepers."""
    now = timezone.now()
    maker = links(now=now)
    custody, lifelines = inside.custody_of(one), inside.lifelines(one)
    lanes = lives.lanes_of(one, lifelines, custody, now=now)
    events = fleet.events_page(
        one, after=wanted(request, "after") or None, limit=rows_wanted(request)
    )
    facts = lives.facts_of(one, events.items, fleet.corrected_seqs(one))
    return {
        "lanes": lanes,
        "first": lives.beginning(one, lanes),
        "life_sentence": lives.sentence(one, lanes),
        "events": Page(facts, events.next),
        "jumps": lives.jumps(facts),
        "custody": custody,
        "aliases": fleet.aliases_of(one),
        "photos": pictures.photos_page(one, limit=PHOTOS_SHOWN),
        "link": maker.of(one.pk),
        "token": maker.token_of(one.pk),
        "hosts": inside.host_path(one),
        "is_public": is_public(one),
    }
