"""Customers, distributors and the other parties: who they are, where, whom to tell."""

from django.http import HttpResponse
from django.shortcuts import render

from longmark.foundation.fragments import fragment
from longmark.parties import queries as parties_
from longmark.web.doors import PageRequest, page
from longmark.web.filters import PARTY_KINDS, chosen, rows_wanted, wanted


@page()
def parties(request: PageRequest) -> HttpResponse:
    kind, text = chosen(request, "kind", PARTY_KINDS), wanted(request, "q")
    after = wanted(request, "after") or None
    found = parties_.parties_page(kind=kind, text=text, after=after, limit=rows_wanted(request))
    context = {"page": found, "kind": kind, "kinds": PARTY_KINDS, "text": text}
    return render(request, fragment(request, "web/parties.html", "rows"), context)


@page()
def party(request: PageRequest, pk: int) -> HttpResponse:
    one = parties_.party(pk)
    context = {
        "party": one,
        "sites": parties_.sites_of(one),
        "contacts": parties_.contacts_of(one),
    }
    return render(request, "web/party.html", context)
