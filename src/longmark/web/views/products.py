"""Products and the other items, and what their units are made of."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from longmark.catalog import queries as catalog
from longmark.catalog.queries import parameters
from longmark.core.vocabulary import ItemKind
from longmark.findings.queries import findings
from longmark.fleet.queries import reach, tallies
from longmark.foundation.fragments import fragment
from longmark.sboms import queries as sboms
from longmark.sboms.queries import lifespans
from longmark.web.doors import PageRequest, page
from longmark.web.filters import ITEM_KINDS, SOFTWARE_KINDS, chosen, rows_wanted, wanted

if TYPE_CHECKING:
    from longmark.catalog.models import Item
    from longmark.foundation.pages import Page


@page()
def items(request: PageRequest) -> HttpResponse:
    kind = chosen(request, "kind", ITEM_KINDS)
    found = found_items(request, after=wanted(request, "after"), limit=rows_wanted(request))
    periods = catalog.support_periods(item.pk for item in found.items)
    releases = catalog.release_ids_of_items(item.pk for item in found.items)
    context = {"page": found, "periods": periods, "releases": releases, "kind": kind}
    context |= {"kinds": ITEM_KINDS, "text": wanted(request, "q")}
    context["units"] = tallies.units_by_item(item.pk for item in found.items)
    return render(request, fragment(request, "web/items.html", "rows"), context)


def found_items(request: PageRequest, *, after: str | None, limit: int) -> "Page[Item]":
    """Return the items of the filtered list."""
    kind = chosen(request, "kind", ITEM_KINDS)
    return catalog.items_page(
        kinds=[kind] if kind else (), text=wanted(request, "q"), after=after or None, limit=limit
    )


@page()
def item(request: PageRequest, pk: int) -> HttpResponse:
    one = catalog.item(pk)
    releases = catalog.releases_of(one)[::-1]
    context = {
        "item": one,
        "numbers": catalog.numbers_of(one),
        "releases": releases,
        "units": reach.releases_in_use([one.pk]),
        "documents": sboms.documents_by_release([release.pk for release in releases]),
        "software_kinds": SOFTWARE_KINDS,
        "findings": findings.finding_counts([release.pk for release in releases]),
        "reach": reach.census_of(one) if catalog.is_hardware(one) else None,
        "slots": catalog.slots_of(one),
        "period": catalog.support_period(one),
        "ends": _ends(one),
        "passport": catalog.passport(one),
    }
    if one.kind == ItemKind.PARAMETERS:
        context["parameter_count"] = parameters.definition_count(one)
        context["value_counts"] = parameters.value_counts(release.pk for release in releases)
    return render(request, "web/item.html", context)


def _ends(one: "Item") -> lifespans.Counts | None:
    """Return how long others care for what an item may be made of; nothing without an SBOM."""
    ids = catalog.release_ids_in(one)
    if not sboms.release_ids_with_sbom(ids):
        return None
    return lifespans.counts_of(ids, today=timezone.localdate())
