"""The ledger: what was decided or changed, by whom, about what."""

from django.http import HttpResponse
from django.shortcuts import render

from longmark.core.actors import Action
from longmark.foundation.fragments import fragment
from longmark.ledger import queries as ledger
from longmark.web.doors import PageRequest, page
from longmark.web.filters import wanted


@page(Action.READ_LEDGER)
def entries(request: PageRequest) -> HttpResponse:
    names = ("subject_kind", "subject_id", "action")
    filters = {name: wanted(request, name) for name in names}
    found = ledger.entries_page(**filters, after=wanted(request, "after") or None)
    rows = [(entry, ledger.payload_of(entry)) for entry in found.items]
    context = {"page": found, "rows": rows, **filters}
    return render(request, fragment(request, "web/ledger.html", "rows"), context)


@page(Action.READ_LEDGER)
def entry(request: PageRequest, pk: int) -> HttpResponse:
    one = ledger.entry(pk)
    context = {"entry": one, "payload": ledger.payload_of(one)}
    return render(request, "web/ledger_entry.html", context)
