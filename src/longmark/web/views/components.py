"""One component of the portfolio: its identities, where it occurs, what is wrong with it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from longmark.findings.queries import findings
from longmark.sboms import queries as sboms
from longmark.web.doors import PageRequest, page


@page()
def component(request: PageRequest, pk: UUID) -> HttpResponse:
    one = sboms.component(pk)
    context = {
        "component": one,
        "coordinates": sboms.coordinates_of(one),
        "releases": sboms.releases_with(one),
        "matches": findings.matches_page(one, limit=200).items,
    }
    return render(request, "web/component.html", context)
