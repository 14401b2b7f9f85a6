"""The ledger: what was decided or changed, by whom, about what."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render

from longmark.core.actors import Action
from longmark.foundation.fragments import fragment
from longmark.ledger import queries as ledger
from longmark.web.doors import PageRequest, page
from longmark.web.filters import rows_wanted, wanted

if TYPE_CHECKING:
    from longmark.foundation.pages import Page
    from longmark.ledger.models import Entry


@page(Action.READ_LEDGER)
def entries(request: PageRequest) -> HttpResponse:
    kind, subject_id = wanted(request, "subject_kind"), wanted(request, "subject_id")
    action, after = wanted(request, "action"), wanted(request, "after")
    found = found_entries(request, after=after, limit=rows_wanted(request))
    rows = [(entry, ledger.payload_of(entry)) for entry in found.items]
    context = {"page": found, "rows": rows, "action": action}
    context |= {"subject_kind": kind, "subject_id": subject_id}
    return render(request, fragment(request, "web/ledger.html", "rows"), context)


def found_entries(request: PageRequest, *, after: str | None, limit: int) -> "Page[Entry]":
    """Return the entries of the filtered list."""
    return ledger.entries_page(
        subject_kind=wanted(request, "subject_kind"),
        subject_id=wanted(request, "subject_id"),
        action=wanted(request, "action"),
        after=after or None,
        limit=limit,
    )


@page(Action.READ_LEDGER)
def entry(request: PageRequest, pk: int) -> HttpResponse:
    one = ledger.entry(pk)
    context = {"entry": one, "payload": ledger.payload_of(one)}
    return render(request, "web/ledger_entry.html", context)
