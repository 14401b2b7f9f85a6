"""Parties, and their sites, as files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from longmark.fleet.queries import tallies
from longmark.parties import queries
from longmark.web.doors import PageRequest
from longmark.web.files.tables import ROWS_AT_ONCE, Column, Table, batches
from longmark.web.views import parties

if TYPE_CHECKING:
    from longmark.parties.models import Party, Site


@dataclass(frozen=True)
class _Party:
    party: "Party"
    units: int
    sold: int


def _parties(request: PageRequest) -> Iterator[_Party]:
    for found in batches(
        lambda after: parties.found_parties(request, after=after, limit=ROWS_AT_ONCE)
    ):
        ids = [party.pk for party in found]
        units, sold = tallies.units_by_operator(ids), tallies.units_by_distributor(ids)
        for party in found:
            yield _Party(party, units.get(party.pk, 0), sold.get(party.pk, 0))


def _sites(_request: PageRequest, pk: int) -> "Iterator[Site]":
    yield from queries.sites_of(queries.party(pk))


TABLES = (
    Table(
        "parties",
        "parties",
        (
            Column("name", _("Name"), lambda row: row.party.name),
            Column("kind", _("Kind"), lambda row: row.party.kind),
            Column("country", _("Country"), lambda row: row.party.country),
            Column("number", _("Number"), lambda row: row.party.number or ""),
            Column("units", _("Units")),
            Column("sold_on", _("sold on"), lambda row: row.sold),
        ),
        _parties,
    ),
    Table(
        "party",
        "parties/<int:pk>/sites",
        (
            Column("name", _("Site")),
            Column("city", _("City")),
            Column("country", _("Country")),
            Column("recorded_at", _("Registered")),
        ),
        _sites,
        filename="party-{pk}-sites",
    ),
)
