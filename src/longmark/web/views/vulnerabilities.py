"""Vulnerabilities: the list worst first, and one with its reasons, its reach and its units."""

from collections import defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from longmark.findings.queries import findings, settled
from longmark.findings.queries.listing import Narrowing, concern_count, concerns_page
from longmark.foundation.fragments import fragment
from longmark.foundation.pages import Page
from longmark.impact.queries import reaching
from longmark.impact.queries.desk import worst_first
from longmark.impact.queries.subjects import subject_of_vulnerability
from longmark.intel.queries import vulnerabilities as intel
from longmark.intel.queries.coverage import coverage
from longmark.web import explanations, reached, words
from longmark.web.concerns import ConcernRow, rows_of, scale_of, worst_rows
from longmark.web.doors import PageRequest, page
from longmark.web.filters import RATINGS, VIEWS, chosen, day_asked, rows_wanted, wanted
from longmark.web.reaches import Reach

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.intel.models import Vulnerability

SETTLED_SHOWN = 50


@page()
def vulnerabilities(request: PageRequest) -> HttpResponse:
    found = found_rows(request, after=wanted(request, "after"), limit=rows_wanted(request))
    rows = found.items
    context: dict[str, object] = {"page": found, "rows": rows, "scale": scale_of(rows)}
    context |= {"only": chosen(request, "only", VIEWS), "views": VIEWS}
    context |= {"text": wanted(request, "q"), "rating": chosen(request, "rating", RATINGS)}
    context |= {"rating_options": RATINGS.items(), "orders": words.ORDERS}
    context |= {"sort": _order(request), "total": concern_count(_narrowing(request))}
    template = fragment(request, "web/vulnerabilities.html", "rows")
    if "#" not in template:
        context["coverage"] = coverage(timezone.now())
    return render(request, template, context)


def found_rows(request: PageRequest, *, after: str | None, limit: int) -> Page[ConcernRow]:
    """Return the vulnerabilities of the filtered list with their reach, in its order."""
    narrowing, order = _narrowing(request), _order(request)
    if order == "worst":
        worst = worst_first(narrowing, after=after, limit=limit)
        return Page(worst_rows(worst.items), worst.next)
    found = concerns_page(narrowing, order=order, after=after or None, limit=limit)
    return Page(rows_of(found.items), found.next)


def _narrowing(request: PageRequest) -> Narrowing:
    view = chosen(request, "only", VIEWS)
    return Narrowing(
        text=wanted(request, "q"),
        rating=chosen(request, "rating", RATINGS),
        verdict=view if view in ("affected", "unknown") else "",
        is_exploited=view == "exploited",
    )


def _order(request: PageRequest) -> str:
    return chosen(request, "sort", words.ORDERS) or "worst"


@page()
def vulnerability(request: PageRequest, name: str) -> HttpResponse:
    one, day = intel.vulnerability(name), day_asked(request)
    subject = subject_of_vulnerability(one)
    after, limit = wanted(request, "after") or None, rows_wanted(request)
    context: dict[str, object] = {"v": one, "day": day, "today": timezone.localdate()}
    context["page"] = reached.units(request, subject, day, after=after, limit=limit)
    template = fragment(request, "web/vulnerability.html", "units")
    if "#" not in template:
        reach = Reach(reaching.impact_of(subject, day))
        context |= {"reach": reach, "explanations": _explained(one, reach)}
        context["coverage"] = coverage(timezone.now())
        context["certainty_options"] = words.CERTAINTY.items()
        context |= reached.choices(request, reach) | _weakness(one) | _settled(one)
    return render(request, template, context)


def _weakness(one: "Vulnerability") -> dict[str, object]:
    """Return what the rail shows: who says what of the weakness itself. Three queries."""
    aliases, advisories = intel.aliases_of(one), intel.advisories_of(one)
    return {
        "aliases": [alias for alias in aliases if alias != one.name],
        "advisories": advisories,
        "severities": [(each, intel.severities_of(each)) for each in advisories],
        "signals": intel.exploitation_of(one),
    }


def _settled(one: "Vulnerability") -> dict[str, object]:
    """Return the releases in which facts of the build settle it, and how. Three queries."""
    found = settled.findings_settled(one, limit=SETTLED_SHOWN)
    said = settled.said_of(found.items)
    rows = [(each, settled.leading(said[each.pk], each.rule)) for each in found.items]
    return {"settled": rows, "has_more_settled": found.next is not None}


def _explained(one: "Vulnerability", reach: Reach) -> list["explanations.Explained"]:
    counts = {row.release.pk: row.unit_count for row in reach.releases}
    carriers: dict[UUID, list[Release]] = defaultdict(list)
    for each in reach.reached:
        for component in each.concerned.components:
            carriers[component.pk].append(each.concerned.release)
    known = explanations.Carriers(carriers, counts)
    return explanations.explained(findings.components_matched(one), known)
