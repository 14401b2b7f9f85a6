"""The ledger: what was decided or changed, by whom, about what."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render

from longmark.core.actors import Action
from longmark.foundation.fragments import fragment
from longmark.ledger import queries as ledger
from longmark.web.doors import PageRequest, page
from longmark.web.filters import rows_wanted, wanted
from longmark.web.subjects import Subject, subject_names

if TYPE_CHECKING:
    from longmark.foundation.pages import Page
    from longmark.ledger.models import Entry


@page(Action.READ_LEDGER)
def entries(request: PageRequest) -> HttpResponse:
    kind, subject_id = wanted(request, "subject_kind"), wanted(request, "subject_id")
    action, after = wanted(request, "action"), wanted(request, "after")
    found = found_entries(request, after=after, limit=rows_wanted(request))
    names = subject_names(found.items)
    rows = [(one, ledger.payload_of(one), names.get(_subject(one), "")) for one in found.items]
    context = {"page": found, "rows": rows, "action": action}
    context |= {"subject_kind": kind, "subject_id": subject_id}
    context["subject"] = next(iter(names.values()), "") if subject_id else ""
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
    context["subject"] = subject_names([one]).get(_subject(one), "")
    return render(request, "web/ledger_entry.html", context)


def _subject(one: "Entry") -> Subject:
    return one.subject_kind, one.subject_id
