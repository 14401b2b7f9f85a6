"""Customers, distributors and the other parties: who they are, where, whom to tell."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render

from longmark.findings.queries.listing import Narrowing
from longmark.fleet.queries import tallies
from longmark.foundation.fragments import fragment
from longmark.impact.queries.desk import worst_first
from longmark.parties import queries as parties_
from longmark.web.concerns import ConcernRow, scale_of, worst_rows
from longmark.web.doors import PageRequest, page
from longmark.web.filters import PARTY_KINDS, chosen, rows_wanted, wanted

if TYPE_CHECKING:
    from longmark.foundation.pages import Page
    from longmark.parties.models import Party

WORST_SHOWN = 15


@page()
def parties(request: PageRequest) -> HttpResponse:
    kind, text = chosen(request, "kind", PARTY_KINDS), wanted(request, "q")
    found = found_parties(request, after=wanted(request, "after"), limit=rows_wanted(request))
    context = {"page": found, "kind": kind, "kinds": PARTY_KINDS, "text": text}
    ids = [party.pk for party in found.items]
    context["units"] = tallies.units_by_operator(ids)
    context["sold"] = tallies.units_by_distributor(ids)
    return render(request, fragment(request, "web/parties.html", "rows"), context)


def found_parties(request: PageRequest, *, after: str | None, limit: int) -> "Page[Party]":
    """Return the parties of the filtered list."""
    kind, text = chosen(request, "kind", PARTY_KINDS), wanted(request, "q")
    return parties_.parties_page(kind=kind, text=text, after=after or None, limit=limit)


@page()
def party(request: PageRequest, pk: int) -> HttpResponse:
    one = parties_.party(pk)
    context = {
        "party": one,
        "sites": parties_.sites_of(one),
        "contacts": parties_.contacts_of(one),
        "units": tallies.units_by_operator([pk]).get(pk, 0),
        "sold": tallies.units_by_distributor([pk]).get(pk, 0),
    }
    rows = _exposure(one)
    context |= {"rows": rows, "scale": scale_of(rows)}
    return render(request, "web/party.html", context)


def _exposure(one: "Party") -> list[ConcernRow]:
    """Return the worst of what a party's units are open to, counting theirs alone."""
    narrowing = Narrowing(release_ids=tallies.release_ids_at(one.pk))
    return worst_rows(worst_first(narrowing, operator_id=one.pk, limit=WORST_SHOWN).items)
