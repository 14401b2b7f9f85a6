"""Whose units a vulnerability reaches, all of them, and whom to tell there."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render

from longmark.foundation.pages import Page
from longmark.impact.queries import reaching
from longmark.impact.queries.subjects import subject_of_vulnerability
from longmark.intel.queries import vulnerabilities as intel
from longmark.parties import queries as parties
from longmark.web.doors import PageRequest, page
from longmark.web.filters import day_asked, rows_wanted, wanted
from longmark.web.reaches import PartyRow, party_row

if TYPE_CHECKING:
    from longmark.parties.models import Contact


@dataclass(frozen=True)
class CustomerRow:
    """Who has units, and whom to tell."""

    reached: PartyRow
    contacts: "tuple[Contact, ...]"


@page()
def customers(request: PageRequest, name: str) -> HttpResponse:
    found = found_customers(
        request, name, after=wanted(request, "after") or None, limit=rows_wanted(request)
    )
    context = {"v": intel.vulnerability(name), "day": day_asked(request), "page": found}
    return render(request, "web/customers.html", context)


def found_customers(
    request: PageRequest, name: str, *, after: str | None, limit: int
) -> Page[CustomerRow]:
    """Return whose units are reached on the day that is asked about, most units first."""
    subject = subject_of_vulnerability(intel.vulnerability(name))
    found = reaching.parties_reached(subject, day_asked(request), after=after, limit=limit)
    rows = [party_row(each) for each in found.items]
    contacts = parties.contacts_by_party(row.party.pk for row in rows if row.party)
    return Page(
        [CustomerRow(row, tuple(contacts[row.party.pk]) if row.party else ()) for row in rows],
        found.next,
    )
