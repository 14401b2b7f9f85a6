"""Licences: of the portfolio or one release, by category; and the components under each."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render

from longmark.catalog import queries as catalog
from longmark.foundation.fragments import fragment
from longmark.sboms.queries import licences as queries
from longmark.web import words
from longmark.web.doors import PageRequest, page
from longmark.web.filters import chosen, number, rows_wanted, wanted

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.sboms.queries.licences import LicenceUse


@page()
def licences(request: PageRequest) -> HttpResponse:
    release = release_asked(request)
    every = queries.licences_in_use(release=release)
    context = {
        "uses": narrowed(request, every),
        "categories": queries.by_category(every),
        "category": chosen(request, "category", words.LICENCE_CATEGORIES),
        "text": wanted(request, "q"),
        "release": release,
        "unread": queries.unread_count(release),
    }
    return render(request, fragment(request, "web/licences.html", "rows"), context)


def release_asked(request: PageRequest) -> "Release | None":
    """Return the release whose licences are asked for, if one is."""
    pk = number(request, "release")
    return catalog.release(pk) if pk is not None else None


def narrowed(request: PageRequest, every: "list[LicenceUse]") -> "list[LicenceUse]":
    """Return the licences that the filters leave."""
    category = chosen(request, "category", words.LICENCE_CATEGORIES)
    text = wanted(request, "q").casefold()
    return [
        use
        for use in every
        if (not category or use.category == category) and text in use.licence.casefold()
    ]


@page()
def licence(request: PageRequest) -> HttpResponse:
    release, name = release_asked(request), wanted(request, "licence")
    found = queries.occurrences_under(
        name,
        release=release,
        after=wanted(request, "after") or None,
        limit=rows_wanted(request),
    )
    context = {"page": found, "licence": name, "release": release}
    return render(request, fragment(request, "web/licence.html", "rows"), context)
