"""Parties and releases as files: what their lists show, with the same filters, all rows."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from longmark.catalog import queries as catalog
from longmark.findings.queries import findings
from longmark.fleet.queries import reach, tallies
from longmark.foundation.pages import Page
from longmark.parties import queries as parties
from longmark.precision.queries import unjudged_release_ids
from longmark.sboms import queries as sboms
from longmark.web import exports
from longmark.web.doors import PageRequest, page
from longmark.web.filters import ITEM_KINDS, PARTY_KINDS, chosen, number, wanted

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.findings.queries.findings import FindingCounts
    from longmark.parties.models import Party
    from longmark.web.exports import Row

EXPORT_ROWS = 500


@page()
def parties_csv(request: PageRequest) -> HttpResponseBase:
    return exports.csv_response("parties", _party_head(), _party_rows(request))


@page()
def parties_xlsx(request: PageRequest) -> HttpResponseBase:
    return exports.xlsx_response("parties", _party_head(), _party_rows(request))


@page()
def releases_csv(request: PageRequest) -> HttpResponseBase:
    return exports.csv_response("releases", _release_head(), _release_rows(request))


@page()
def releases_xlsx(request: PageRequest) -> HttpResponseBase:
    return exports.xlsx_response("releases", _release_head(), _release_rows(request))


def _party_head() -> list[str]:
    return [_("Name"), _("Kind"), _("Country"), _("Number"), _("Units"), _("sold on")]


def _party_rows(request: PageRequest) -> "Iterator[Row]":
    kind, text = chosen(request, "kind", PARTY_KINDS), wanted(request, "q")
    for found in _pages(
        lambda after: parties.parties_page(kind=kind, text=text, after=after, limit=EXPORT_ROWS)
    ):
        ids = [party.pk for party in found]
        units, sold = tallies.units_by_operator(ids), tallies.units_by_distributor(ids)
        for party in found:
            yield _party(party, units.get(party.pk, 0), sold.get(party.pk, 0))


def _party(party: "Party", units: int, sold: int) -> "Row":
    return [party.name, party.kind, party.country, party.number or "", units, sold]


def _release_head() -> list[str]:
    return [_("Item"), _("Version"), _("Status"), _("Released"), _("Affected"), _("Unknown"),
            _("Units")]  # fmt: skip


def _release_rows(request: PageRequest) -> "Iterator[Row]":
    kind, text = chosen(request, "kind", ITEM_KINDS), wanted(request, "q")
    pk = number(request, "item")
    item = catalog.item(pk) if pk is not None else None
    ids = unjudged_release_ids() if wanted(request, "sbom") == "none" else None
    for found in _pages(
        lambda after: catalog.releases_page(
            kinds=[kind] if kind else (), item=item, ids=ids, text=text, after=after,
            limit=EXPORT_ROWS,
        )
    ):  # fmt: skip
        pks = [release.pk for release in found]
        counts, documents = findings.finding_counts(pks), sboms.documents_by_release(pks)
        units = reach.releases_in_use({release.item_id for release in found})
        for release in found:
            judged = counts[release.pk] if documents.get(release.pk) else None
            yield _release(release, judged, units.get(release.pk, 0))


def _release(release: "Release", counts: "FindingCounts | None", units: int) -> "Row":
    """What nobody has judged, for want of an SBOM, is left open."""
    affected, unknown = (counts.affected, counts.unknown) if counts else (None, None)
    return [release.item.name, release.version, release.status, release.released_on,
            affected, unknown, units]  # fmt: skip


def _pages(page_after: "Callable[[str | None], Page[Any]]") -> Iterator[list[Any]]:
    after: str | None = None
    while True:
        found = page_after(after)
        yield found.items
        after = found.next
        if after is None:
            return
