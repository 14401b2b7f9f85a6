"""Sources of advisories: how old, how complete, what was taken in from files."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from longmark.accounts import queries as accounts
from longmark.core.actors import Action
from longmark.intel.queries import intakes
from longmark.web.doors import PageRequest, page
from longmark.web.filters import wanted


@page()
def feeds(request: PageRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "sources": intakes.sources_state(now),
        "page": intakes.intakes_page(after=wanted(request, "after") or None),
        "may_manage": accounts.may(request.actor, Action.MANAGE_ACCOUNTS),
    }
    return render(request, "web/feeds.html", context)


@page()
def intake(request: PageRequest, pk: int) -> HttpResponse:
    one = intakes.intake(pk)
    refusals = intakes.refusals_page(one, after=wanted(request, "after") or None)
    return render(request, "web/intake.html", {"intake": one, "page": refusals})
