"""Licences: of the portfolio or one release, by category; and the components under each."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from longmark.catalog import queries as catalog
from longmark.foundation.fragments import fragment
from longmark.sboms.queries import licences as queries
from longmark.web import exports, words
from longmark.web.doors import PageRequest, page
from longmark.web.filters import chosen, number, rows_wanted, wanted

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.sboms.models import Occurrence
    from longmark.sboms.queries.licences import LicenceUse
    from longmark.web.exports import Row

EXPORT_ROWS = 1_000


@page()
def licences(request: PageRequest) -> HttpResponse:
    release = _release(request)
    every = queries.licences_in_use(release=release)
    context = {
        "uses": _narrowed(request, every),
        "categories": queries.by_category(every),
        "category": chosen(request, "category", words.LICENCE_CATEGORIES),
        "text": wanted(request, "q"),
        "release": release,
        "unread": queries.unread_count(release),
    }
    return render(request, fragment(request, "web/licences.html", "rows"), context)


def _release(request: PageRequest) -> "Release | None":
    pk = number(request, "release")
    return catalog.release(pk) if pk is not None else None


def _narrowed(request: PageRequest, every: "list[LicenceUse]") -> "list[LicenceUse]":
    category = chosen(request, "category", words.LICENCE_CATEGORIES)
    text = wanted(request, "q").casefold()
    return [
        use
        for use in every
        if (not category or use.category == category) and text in use.licence.casefold()
    ]


@page()
def licence(request: PageRequest) -> HttpResponse:
    release, name = _release(request), wanted(request, "licence")
    found = queries.occurrences_under(
        name,
        release=release,
        after=wanted(request, "after") or None,
        limit=rows_wanted(request),
    )
    context = {"page": found, "licence": name, "release": release}
    return render(request, fragment(request, "web/licence.html", "rows"), context)


@page()
def licences_csv(request: PageRequest) -> HttpResponseBase:
    return exports.csv_response("licences", _uses_head(), _uses_rows(request))


@page()
def licences_xlsx(request: PageRequest) -> HttpResponseBase:
    return exports.xlsx_response("licences", _uses_head(), _uses_rows(request))


def _uses_head() -> list[str]:
    return [_("Licence"), _("Category"), _("Components"), _("Releases")]


def _uses_rows(request: PageRequest) -> "Iterator[Row]":
    for use in _narrowed(request, queries.licences_in_use(release=_release(request))):
        said = str(words.LICENCE_CATEGORIES[use.category])
        yield use.licence, said, use.occurrence_count, use.release_count


@page()
def licence_csv(request: PageRequest) -> HttpResponseBase:
    return exports.csv_response("components-by-licence", _head(), _rows(request))


@page()
def licence_xlsx(request: PageRequest) -> HttpResponseBase:
    return exports.xlsx_response("components-by-licence", _head(), _rows(request))


def _head() -> list[str]:
    return [
        _("Component"),
        _("Version"),
        "purl",
        _("Licence"),
        _("As stated"),
        _("Release"),
        _("Sits in"),
    ]


def _rows(request: PageRequest) -> "Iterator[Row]":
    release, name, after = _release(request), wanted(request, "licence"), None
    while True:
        found = queries.occurrences_under(name, release=release, after=after, limit=EXPORT_ROWS)
        yield from map(_row, found.items)
        after = found.next
        if after is None:
            return


def _row(occurrence: "Occurrence") -> "Row":
    component = occurrence.component
    return (
        component.name,
        component.version,
        component.purl,
        occurrence.licence,
        occurrence.licences.replace("\n", "; "),
        str(occurrence.document.release),
        " / ".join(occurrence.steps),
    )
