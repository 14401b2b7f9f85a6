"""Licences of what releases are made of: by licence, by category, and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet, Sum

from longmark.core.licences import LICENCES_VERSION, Category
from longmark.foundation.pages import Page, keyset_page
from longmark.sboms.models import Document, LicenceTally, Occurrence

if TYPE_CHECKING:
    from longmark.catalog.models import Release


@dataclass(frozen=True)
class LicenceUse:
    """A licence, and how often it occurs in current SBOMs; empty if none is stated."""

    licence: str
    category: str
    occurrence_count: int
    release_count: int


@dataclass(frozen=True)
class CategoryUse:
    """A category of licences, and how often one of it occurs."""

    category: str
    occurrence_count: int
    licence_count: int


def licences_in_use(
    *, release: "Release | None" = None, category: str = "", text: str = ""
) -> list[LicenceUse]:
    """Return the licences of a release, or of all, by category and most used first. One query.

    What is grouped are tallies, one for each document and licence, never occurrences.
    """
    rows = _tallies(release)
    if category:
        rows = rows.filter(category=category)
    if text:
        rows = rows.filter(licence__icontains=text.replace("\0", ""))
    grouped = rows.values("licence", "category").annotate(
        occurrences=Sum("count"), releases=Count("document__release_id", distinct=True)
    )
    found = [
        LicenceUse(row["licence"], row["category"], row["occurrences"], row["releases"])
        for row in grouped.order_by("licence", "category")
    ]
    rank = {each.value: number for number, each in enumerate(Category)}
    return sorted(found, key=lambda use: (-rank[use.category], -use.occurrence_count, use.licence))


def by_category(uses: Iterable[LicenceUse]) -> list[CategoryUse]:
    """Return the sums of each category, strictest first, of those that occur."""
    sums: dict[str, tuple[int, int]] = {}
    for use in uses:
        occurrences, licences = sums.get(use.category, (0, 0))
        sums[use.category] = (occurrences + use.occurrence_count, licences + 1)
    return [
        CategoryUse(each.value, *sums[each.value])
        for each in reversed(Category)
        if each.value in sums
    ]


def occurrences_under(
    licence: str,
    *,
    release: "Release | None" = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Occurrence]:
    """Return where a licence occurs in current SBOMs, oldest first. One query."""
    rows = Occurrence.objects.filter(licence=licence, number__gt=0, document__is_current=True)
    rows = rows.filter(document__licences_version=LICENCES_VERSION)
    if release:
        rows = rows.filter(document__release=release)
    rows = rows.select_related("component", "document__release__item")
    return keyset_page(rows, order=["id"], after=after, limit=limit)


def unread_count(release: "Release | None" = None) -> int:
    """Return how many current SBOMs wait for their licences to be read. One query."""
    rows = Document.objects.filter(Q(is_current=True, licences_version__lt=LICENCES_VERSION))
    return (rows.filter(release=release) if release else rows).count()


def _tallies(release: "Release | None") -> QuerySet[LicenceTally]:
    rows = LicenceTally.objects.filter(
        document__is_current=True, document__licences_version=LICENCES_VERSION
    )
    return rows.filter(document__release=release) if release else rows
