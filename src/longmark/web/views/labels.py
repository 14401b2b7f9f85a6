"""Labels of units, ready to print."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from longmark.core.formats.labels import drawing
from longmark.core.formats.labels.papers import PAPERS, USUAL, Paper
from longmark.fleet.queries import links as scanned
from longmark.fleet.services.links import links
from longmark.foundation.pages import Page
from longmark.web.doors import PageRequest, page
from longmark.web.filters import chips, chosen, item_options, number, unit_filter, wanted
from longmark.web.views.units import found_units

if TYPE_CHECKING:
    from longmark.fleet.models import Unit
    from longmark.web.words import Words

LABELS_SHOWN = 240
SERIALS_LIMIT = 120
"""How many serial numbers may be typed; more are better filtered, or asked for over the API."""

PAPER_NAMES: "Words" = {
    "a4-21": _("A4, 21 of 63.5 × 38.1 mm (L7160)"),
    "a4-24": _("A4, 24 of 70 × 37 mm (3474)"),
    "a4-48": _("A4, 48 of 45.7 × 21.2 mm (L4778)"),
    "a4-65": _("A4, 65 of 38.1 × 21.2 mm (L7651)"),
    "50x30": _("Roll, 50 × 30 mm"),
    "57x32": _("Roll, 57 × 32 mm"),
    "62x29": _("Roll, 62 × 29 mm"),
    "100x50": _("Roll, 100 × 50 mm"),
}


@dataclass(frozen=True)
class Chosen:
    """The units whose labels are shown, and what was typed that names none, or several."""

    page: "Page[Unit]"
    missing: tuple[str, ...] = ()


@page()
def labels(request: PageRequest) -> HttpResponse:
    paper = PAPERS[chosen(request, "paper", PAPERS) or USUAL]
    skip = min(number(request, "skip") or 0, paper.label_count - 1)
    typed = request.GET.get("serials", "").split()[: SERIALS_LIMIT + 1]
    found = _typed(typed[:SERIALS_LIMIT]) if typed else _filtered(request)
    context = {
        "paper": paper,
        "paper_options": PAPER_NAMES.items(),
        "skip": skip,
        "typed": "\n".join(typed),
        "found": found,
        "limit": SERIALS_LIMIT,
        "is_too_long": len(typed) > SERIALS_LIMIT,
        "page": found.page,
        "sheets": _sheets(found.page.items, paper, skip),
        "chips": chips(request),
        "item_options": item_options(),
        "chosen_item": wanted(request, "item"),
        "is_asked": bool(request.GET),
    }
    return render(request, "web/labels.html", context)


def _filtered(request: PageRequest) -> Chosen:
    """Return the units that the filters of the list name; all units are never meant."""
    asked = unit_filter(request)
    one = wanted(request, "unit")
    if one:
        asked = replace(asked, ids=_ids(one))
    if not request.GET or (one and not asked.ids):
        return Chosen(Page([], None))
    after = wanted(request, "after") or None
    return Chosen(found_units(request, asked, after=after, limit=LABELS_SHOWN))


def _ids(text: str) -> tuple[UUID, ...]:
    try:
        return (UUID(text),)
    except ValueError:
        return ()


def _typed(serials: list[str]) -> Chosen:
    """Return the units that were typed or scanned, in that order. Three queries each."""
    found, missing = [], []
    for serial in serials:
        named = scanned.units_scanned(serial)
        found += named
        if not named:
            missing.append(serial)
    return Chosen(Page(found, None), tuple(missing))


def _sheets(units: "list[Unit]", paper: Paper, skip: int) -> list[SafeString]:
    if not units:
        return []
    maker = links(now=timezone.now())
    drawn = drawing.sheets(paper, [maker.label(unit) for unit in units], skip=skip)
    return [SafeString(each) for each in drawn]  # its texts are escaped where they are drawn
