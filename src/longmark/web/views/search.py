"""One box for everything: results in groups, best first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as told
from django.utils.translation import gettext_lazy as _

from longmark.catalog import queries as catalog
from longmark.fleet.queries import links as scanned
from longmark.fleet.queries import units as fleet
from longmark.foundation.fragments import fragment
from longmark.intel.queries import vulnerabilities as intel
from longmark.parties import queries as parties
from longmark.sboms import queries as sboms
from longmark.web.countries import name_of
from longmark.web.doors import PageRequest, page
from longmark.web.filters import wanted

PALETTE_ROWS = 5
LIMIT_ROWS = 20
SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    """One result: where it leads, what it is called, what helps to tell it apart."""

    href: str
    text: str
    note: str
    is_mono: bool = False


@dataclass(frozen=True)
class Group:
    """Results of one kind."""

    title: str | Promise
    hits: Sequence[Hit]

    @property
    def told(self) -> str:
        """How many there are: a search stops at twenty of a kind."""
        count = len(self.hits)
        return str(count) if count < LIMIT_ROWS else told("the first %(count)s") % {"count": count}


@page()
def search(request: PageRequest) -> HttpResponse:
    text = wanted(request, "q")
    groups = _found(text) if len(text) >= SHORTEST else []
    hits = [hit for group in groups for hit in group.hits]
    if len(hits) == 1 and not request.htmx:
        return redirect(hits[0].href)
    context = {"groups": groups, "text": text, "shortest": SHORTEST, "rows": PALETTE_ROWS}
    return render(request, fragment(request, "web/search.html", "palette"), context)


def _found(text: str) -> list[Group]:
    """Return what bears this text. Nine queries at most, each bounded."""
    searches: Iterable[tuple[str | Promise, Callable[[str], Iterable[Any]], Callable[[Any], Hit]]]
    searches = (
        (_("Units"), _units, _unit),
        (_("Vulnerabilities"), intel.find_vulnerabilities, _vulnerability),
        (_("Customers and other parties"), parties.find_parties, _party),
        (_("Products and their parts"), catalog.find_items, _item),
        (_("Components"), sboms.find_components, _component),
    )
    groups = [Group(title, [hit(row) for row in find(text)]) for title, find, hit in searches]
    return [group for group in groups if group.hits]


def _units(text: str) -> Iterable[Any]:
    """Return units by their numbers, or the one that a scanned identification link names."""
    return scanned.units_scanned(text) if "://" in text else fleet.find_units(text)


def _unit(row: Any) -> Hit:
    keeper = row.operator or row.distributor
    note = f"{row.item.name}, {keeper.name}" if keeper else row.item.name
    return Hit(reverse("web:unit", args=[row.pk]), row.serial, note, is_mono=True)


def _vulnerability(row: Any) -> Hit:
    return Hit(reverse("web:vulnerability", args=[row.name]), row.name, row.title)


def _party(row: Any) -> Hit:
    note = name_of(row.country) if row.country else ""
    return Hit(reverse("web:party", args=[row.pk]), row.name, note)


def _item(row: Any) -> Hit:
    return Hit(reverse("web:item", args=[row.pk]), row.name, row.title)


def _component(row: Any) -> Hit:
    return Hit(reverse("web:component", args=[row.pk]), str(row), row.purl)
