"""One component of the portfolio: its identities, where it occurs, what is wrong with it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from longmark.core.identity.kinds import kind_of
from longmark.findings.queries import findings
from longmark.intel.queries.coverage import coverage
from longmark.sboms import queries as sboms
from longmark.web.doors import PageRequest, page
from longmark.web.names import names_of


@page()
def component(request: PageRequest, pk: UUID) -> HttpResponse:
    one = sboms.component(pk)
    kinds = {kind_of(each.package) for each in sboms.coordinates_of(one)}
    context = {
        "component": one,
        "names": names_of(one),
        "releases": sboms.releases_with(one),
        "matches": findings.matches_page(one, limit=200).items,
        "coverage": coverage(timezone.now()).concerning(kinds),
    }
    return render(request, "web/component.html", context)
