"""Labels of units, ready to print."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from longmark.core.errors import Invalid, NotFound
from longmark.core.formats.labels import drawing
from longmark.core.formats.labels.papers import PAPERS, USUAL, Paper
from longmark.core.formats.labels.pdf import labels_pdf
from longmark.core.formats.labels.zpl import RESOLUTIONS, USUAL_DPI, labels_zpl
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
AT_ONCE = 1_000
"""So many are in one file."""

ZPL_TYPE = "text/plain; charset=utf-8"
SERIALS_LIMIT = 120
"""How many serial numbers may be typed; more are better filtered, or asked for over the API."""

PAPER_NAMES: "Words" = {
    "a4-14": _("A4, 14 of 99.1 × 38.1 mm (L7163)"),
    "a4-21": _("A4, 21 of 63.5 × 38.1 mm (L7160)"),
    "a4-24": _("A4, 24 of 70 × 37 mm (3474)"),
    "a4-27": _("A4, 27 of 63.5 × 29.6 mm (L4773, L6011)"),
    "a4-48": _("A4, 48 of 45.7 × 21.2 mm (L4778)"),
    "a4-65": _("A4, 65 of 38.1 × 21.2 mm (L7651)"),
    "letter-10": _("Letter, 10 of 4 × 2 in (5163)"),
    "letter-20": _("Letter, 20 of 4 × 1 in (5161)"),
    "letter-30": _("Letter, 30 of 2 ⅝ × 1 in (5160)"),
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
    paper, skip = _paper(request)
    typed = _serials(request)
    after = wanted(request, "after") or None
    found = _typed(typed[:SERIALS_LIMIT]) if typed else _filtered(request, LABELS_SHOWN, after)
    is_all_shown = not (found.page.next or after)
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
        "resolutions": RESOLUTIONS,
        "is_for_one_file": is_all_shown or _filtered(request, AT_ONCE).page.next is None,
        "at_once": AT_ONCE,
    }
    return render(request, "web/labels.html", context)


@page()
def labels_file(request: PageRequest, ending: str) -> HttpResponse:
    """Hand out the labels of all units that are asked for: as PDF, or for label printers."""
    paper, skip = _paper(request)
    typed = _serials(request)
    found = _typed(typed[:SERIALS_LIMIT]) if typed else _filtered(request, AT_ONCE)
    if found.page.next:
        raise Invalid(
            "There are more than {limit} of these units: narrow the list, or use the command"
            " line: longmark labels.",
            limit=AT_ONCE,
        )
    if not found.page.items:
        raise NotFound("No unit fits; nothing is printed.")
    maker = links(now=timezone.now())
    drawn = [maker.label(unit) for unit in found.page.items]
    if ending == "zpl":
        dpi = number(request, "dpi") or USUAL_DPI
        answer = HttpResponse("".join(labels_zpl(paper, drawn, dpi=dpi)), content_type=ZPL_TYPE)
    else:
        answer = HttpResponse(labels_pdf(paper, drawn, skip=skip), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="labels-{paper.name}.{ending}"'
    return answer


def _paper(request: PageRequest) -> tuple[Paper, int]:
    """Return the paper that is asked for, and how many places of it are used up."""
    paper = PAPERS[chosen(request, "paper", PAPERS) or USUAL]
    return paper, min(number(request, "skip") or 0, paper.label_count - 1)


def _serials(request: PageRequest) -> list[str]:
    return request.GET.get("serials", "").split()[: SERIALS_LIMIT + 1]


def _filtered(request: PageRequest, limit: int, after: str | None = None) -> Chosen:
    """Return the units that the filters of the list name; all units are never meant."""
    asked = unit_filter(request)
    one = wanted(request, "unit")
    if one:
        asked = replace(asked, ids=_ids(one))
    if not request.GET or (one and not asked.ids):
        return Chosen(Page([], None))
    return Chosen(found_units(request, asked, after=after, limit=limit))


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
