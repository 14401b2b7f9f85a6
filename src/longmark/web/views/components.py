"""One component of the portfolio: its identities, where it is used, what is wrong with it."""

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from longmark.catalog import queries as catalog
from longmark.core.identity import Provenance
from longmark.core.identity.kinds import kind_of
from longmark.findings.queries import findings
from longmark.foundation.fragments import fragment
from longmark.impact.queries import reaching
from longmark.impact.queries.subjects import subject_of_one
from longmark.intel.queries.coverage import coverage
from longmark.sboms import queries as sboms
from longmark.sboms.queries import lifespans
from longmark.web import reached
from longmark.web.doors import PageRequest, page
from longmark.web.filters import rows_wanted, wanted
from longmark.web.names import names_of
from longmark.web.reaches import Reach
from longmark.web.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from longmark.catalog.models import Item
    from longmark.sboms.models import Component, Coordinate, Occurrence

SILENT_SHOWN = 20
CERTAINTY: Words = {
    "affected": gettext_lazy("Contain it"),
    "unknown": gettext_lazy("May contain it"),
    "apart": gettext_lazy("Out of use"),
}


@dataclass(frozen=True)
class Used:
    """A place in a document where a component stands, and the products that may hold it."""

    occurrence: "Occurrence"
    products: "tuple[Item, ...]"


@page()
def component(request: PageRequest, pk: UUID) -> HttpResponse:
    one = sboms.component(pk)
    subject = subject_of_one(one)
    context: dict[str, object] = {"component": one}
    context["page"] = reached.units(
        request, subject, after=wanted(request, "after") or None, limit=rows_wanted(request)
    )
    template = fragment(request, "web/component.html", "units")
    if "#" not in template:
        reach = Reach(reaching.impact_of(subject))
        coordinates = sboms.coordinates_of(one)
        kinds = {kind_of(each.package) for each in coordinates}
        context |= {"reach": reach, "certainty_options": CERTAINTY.items()}
        silent = (row.release for row in reach.releases if row.state == "unknown")
        context["silent"] = list(islice(silent, SILENT_SHOWN))
        context |= reached.choices(request, reach)
        context |= _used(request, one) | _lifespans(one, coordinates)
        context |= {
            "names": names_of(one),
            "matches": findings.matches_page(one, limit=200).items,
            "coverage": coverage(timezone.now()).concerning(kinds),
        }
    return render(request, template, context)


def _used(request: PageRequest, one: "Component") -> dict[str, object]:
    """Return where current SBOMs name it, with the products that may hold it. Four queries."""
    found = sboms.occurrences_of(one, after=wanted(request, "place") or None)
    held = catalog.products_of_releases()
    ids = {each.document.release_id: held[each.document.release_id] for each in found.items}
    items = catalog.items_by_id({pk for some in ids.values() for pk in some})
    rows = [
        Used(each, tuple(items[pk] for pk in sorted(ids[each.document.release_id])))
        for each in found.items
    ]
    return {"used": rows, "next_place": found.next, "later_place": wanted(request, "place")}


def _lifespans(one: "Component", coordinates: "Sequence[Coordinate]") -> dict[str, object]:
    """Return what is said of its lifespan, and how a form about it is filled in. Three queries."""
    trusted = (each for each in coordinates if each.provenance != Provenance.GUESSED)
    package = next((each.package for each in trusted), "")
    query = QueryDict(mutable=True)
    if package:
        query["product"] = package
    if package and one.is_version_known:
        query["versions"] = f"= {one.version}"
    return {"lifespans": lifespans.lifespans_of(one), "lifespan_query": query.urlencode()}
