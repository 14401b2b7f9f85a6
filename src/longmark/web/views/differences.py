"""What changed between two releases, or two documents: components, licences, findings."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render

from longmark.catalog import queries as catalog
from longmark.core.errors import Invalid
from longmark.core.formats.sboms.difference import Aspect, Difference, Kind
from longmark.findings.queries.changes import findings_between
from longmark.foundation.fragments import fragment
from longmark.foundation.pages import Page
from longmark.sboms import queries as sboms
from longmark.sboms.queries.differences import difference_of
from longmark.web import words
from longmark.web.doors import PageRequest, page
from longmark.web.filters import chosen, number, rows_wanted, wanted

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.core.formats.sboms.difference import Change

TABS = (*Kind, *Aspect)


@page()
def releases(request: PageRequest, pk: int) -> HttpResponse:
    after = catalog.release(pk)
    before = earlier(request, after)
    found = difference_of(before, after)
    context = _context(request, found) | {"after": after, "before": before}
    context["others"] = [each for each in catalog.releases_of(after.item) if each.pk != pk][::-1]
    context["findings"] = findings_between(before, after)
    return render(request, fragment(request, "web/difference.html", "rows"), context)


def earlier(request: PageRequest, after: "Release") -> "Release":
    """Return the release to compare with: the one asked for, else the one before.

    Raises:
        Invalid: it is not of the same item, or there is none before.
    """
    asked = number(request, "against")
    if asked is not None:
        return catalog.release(asked)
    earlier = [each for each in catalog.releases_of(after.item) if each.pk != after.pk]
    older = [each for each in earlier if each.version_key < after.version_key]
    found = older[-1] if older else next(iter(earlier), None)
    if found is None:
        raise Invalid("{release} is the only release of its item.", release=after)
    return found


@page()
def documents(request: PageRequest, pk: int, against: int) -> HttpResponse:
    after, before = sboms.document(pk), sboms.document(against)
    context = _context(request, difference_of(before, after)) | {"after": after, "before": before}
    context["document"] = after
    return render(request, fragment(request, "web/difference.html", "rows"), context)


def _context(request: PageRequest, found: Difference) -> dict[str, object]:
    only, text = chosen(request, "only", TABS), wanted(request, "q")
    tabs = [(code.value, words.CHANGES[code], _count(found, code)) for code in TABS]
    return {
        "found": found,
        "page": _paged(request, narrowed(request, found)),
        "tabs": [tab for tab in tabs if tab[2]],
        "only": only,
        "text": text,
    }


def narrowed(request: PageRequest, found: Difference) -> "list[Change]":
    """Return the changes that the filters leave."""
    return found.narrowed(chosen(request, "only", TABS), wanted(request, "q"))


def _count(found: Difference, code: Kind | Aspect) -> int:
    return found.count(code) if isinstance(code, Kind) else found.aspect_count(code)


def _paged(request: PageRequest, changes: "list[Change]") -> "Page[Change]":
    start, limit = number(request, "after") or 0, rows_wanted(request)
    following = str(start + limit) if start + limit < len(changes) else None
    return Page(changes[start : start + limit], following)
