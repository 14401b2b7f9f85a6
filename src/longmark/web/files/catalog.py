"""Items and releases as files, and what may go together in their units."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from longmark.catalog import queries as catalog
from longmark.catalog.queries import combinations
from longmark.findings.queries import findings, listing
from longmark.fleet.queries import reach, tallies
from longmark.sboms import queries as sboms
from longmark.web import oddities, words
from longmark.web.doors import PageRequest
from longmark.web.files.tables import ROWS_AT_ONCE, Column, Table, batches
from longmark.web.filters import wanted
from longmark.web.views import products, releases

if TYPE_CHECKING:
    from longmark.catalog.models import Combination, Item, Release, SupportPeriod
    from longmark.findings.models import Finding
    from longmark.findings.queries.findings import FindingCounts


@dataclass(frozen=True)
class _Item:
    item: "Item"
    releases: int
    units: int
    period: "SupportPeriod | None"


def _items(request: PageRequest) -> Iterator[_Item]:
    for found in batches(
        lambda after: products.found_items(request, after=after, limit=ROWS_AT_ONCE)
    ):
        ids = [item.pk for item in found]
        periods, released = catalog.support_periods(ids), catalog.release_ids_of_items(ids)
        units = tallies.units_by_item(ids)
        for item in found:
            count = len(released.get(item.pk, ()))
            yield _Item(item, count, units.get(item.pk, 0), periods.get(item.pk))


@dataclass(frozen=True)
class _Release:
    """A release; what nobody has judged, for want of an SBOM, is left open."""

    release: "Release"
    judged: "FindingCounts | None"
    units: int

    @property
    def affected(self) -> int | None:
        """How many findings affect it."""
        return self.judged.affected if self.judged else None

    @property
    def unknown(self) -> int | None:
        """How many findings cannot be judged."""
        return self.judged.unknown if self.judged else None


def _releases(request: PageRequest) -> Iterator[_Release]:
    page = releases.found_releases(request, releases.item_asked(request))
    for found in batches(lambda after: page(after, ROWS_AT_ONCE)):
        ids = [release.pk for release in found]
        counts, documents = findings.finding_counts(ids), sboms.documents_by_release(ids)
        units = reach.releases_in_use({release.item_id for release in found})
        for release in found:
            judged = counts[release.pk] if documents.get(release.pk) else None
            yield _Release(release, judged, units.get(release.pk, 0))


@dataclass(frozen=True)
class _Combination:
    combination: "Combination"
    pieces: str


def _combinations(request: PageRequest, pk: int) -> Iterator[_Combination]:
    with_withdrawn = wanted(request, "all") == "1"
    stated = combinations.combinations_of(catalog.item(pk), with_withdrawn=with_withdrawn)
    pieces = combinations.pieces_of(stated)
    for each in stated:
        told = (_piece(piece) for piece in pieces[each.pk])
        yield _Combination(each, "; ".join(told))


def _piece(piece: "combinations.PlacedSpan") -> str:
    place = f"{piece.path}: " if piece.path else ""
    return f"{place}{piece.item.name} {oddities.span_text(piece.span)}"


@dataclass(frozen=True)
class _Finding:
    finding: "Finding"
    parts: str


def _findings(request: PageRequest, pk: int) -> Iterator[_Finding]:
    one = catalog.release(pk)
    for found in batches(
        lambda after: releases.found_findings(request, one, after=after, limit=ROWS_AT_ONCE)
    ):
        ids = [finding.vulnerability_id for finding in found]
        parts = listing.components_by_vulnerability(one, ids)
        for finding in found:
            yield _Finding(finding, ", ".join(map(str, parts.get(finding.vulnerability_id, ()))))


def _exploited(row: _Finding) -> date | None:
    return row.finding.vulnerability.exploited_on


TABLES = (
    Table(
        "items",
        "items",
        (
            Column("name", _("Name"), lambda row: row.item.name),
            Column("title", _("Title"), lambda row: row.item.title),
            Column("kind", _("Kind"), lambda row: row.item.kind),
            Column("identified_by", _("Identified by"), lambda row: row.item.identified_by),
            Column("releases", _("Releases")),
            Column("units", _("Units")),
            Column(
                "supported_until",
                _("Supported until"),
                lambda row: row.period.ends_on if row.period else None,
            ),
        ),
        _items,
    ),
    Table(
        "releases",
        "releases",
        (
            Column("item", _("Item"), lambda row: row.release.item.name),
            Column("version", _("Version"), lambda row: row.release.version),
            Column("status", _("Status"), lambda row: row.release.status),
            Column("released_on", _("Released"), lambda row: row.release.released_on),
            Column("affected", _("Affected")),
            Column("unknown", _("Unknown")),
            Column("units", _("Units")),
        ),
        _releases,
    ),
    Table(
        "release",
        "releases/<int:pk>/findings",
        (
            Column("vulnerability", _("Vulnerability"), lambda row: row.finding.vulnerability.name),
            Column("title", _("Title"), lambda row: row.finding.vulnerability.title),
            Column("score", _("Severity"), lambda row: row.finding.vulnerability.severity_score),
            Column("rating", _("Rating"), lambda row: row.finding.vulnerability.severity_rating),
            Column("exploited_on", _("Exploited"), _exploited),
            Column("components", _("Component"), lambda row: row.parts),
            Column("state", _("State"), lambda row: row.finding.verdict),
            Column("confidence", _("Confidence"), lambda row: row.finding.confidence),
            Column(
                "settled_by",
                _("Settled"),
                lambda row: words.RULES.get(row.finding.rule, row.finding.rule),
            ),
            Column("since", _("Since"), lambda row: row.finding.first_seen_at),
        ),
        _findings,
        filename="release-{pk}-findings",
    ),
    Table(
        "combinations",
        "items/<int:pk>/combinations",
        (
            Column("name", _("Name"), lambda row: row.combination.name),
            Column("pieces", _("What may go together")),
            Column("built_from", _("Built from"), lambda row: row.combination.built_from),
            Column("built_until", _("Built until"), lambda row: row.combination.built_until),
            Column("serial_from", _("Serial from"), lambda row: row.combination.serial_from),
            Column("serial_until", _("Serial until"), lambda row: row.combination.serial_until),
            Column("reason", _("Reason"), lambda row: row.combination.reason),
            Column("by", _("By"), lambda row: row.combination.author_name),
            Column("stated_at", _("Stated"), lambda row: row.combination.recorded_at),
            Column("withdrawn_at", _("Withdrawn"), lambda row: row.combination.withdrawn_at),
        ),
        _combinations,
        filename="item-{pk}-combinations",
    ),
)
