"""Which units hold some versions of an item: today, or on a past day as we knew it on another."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from longmark.catalog import queries as catalog
from longmark.core.errors import Invalid
from longmark.fleet.queries import holding
from longmark.foundation.fragments import fragment
from longmark.web import countries, words
from longmark.web.doors import PageRequest, page
from longmark.web.filters import (
    UNKNOWN,
    chosen,
    day_wanted,
    number,
    party_chips,
    rows_wanted,
    unit_filter,
    wanted,
)
from longmark.web.reaches import Reach

if TYPE_CHECKING:
    from longmark.fleet.queries.holding import Question
    from longmark.fleet.queries.reach import UnitReached
    from longmark.foundation.pages import Page

DOUBT = {"affected": False, "unknown": True}
CERTAINTY = {
    "affected": gettext_lazy("Hold it"),
    "unknown": gettext_lazy("May hold it"),
    "apart": gettext_lazy("Out of use"),
}


@page()
def holdings(request: PageRequest) -> HttpResponse:
    today = timezone.localdate()
    context: dict[str, object] = {
        "today": today,
        "items": _items(),
        "chosen": number(request, "of"),
        "days": {name: wanted(request, name) or today.isoformat() for name in ("on", "known_on")},
    }
    context |= {"versions": wanted(request, "versions"), "error": ""}
    try:
        asked = asked_for(request)
    except Invalid as error:
        context["error"] = error
        return render(request, "web/holdings.html", context, status=422)
    context["asked"] = asked
    if asked is None:
        return render(request, "web/holdings.html", context)
    after, limit = wanted(request, "after") or None, rows_wanted(request)
    context["page"] = found_units(request, asked, after=after, limit=limit)
    template = fragment(request, "web/holdings.html", "units")
    if "#" not in template:
        found = holding.answer(asked)
        context |= {"reach": Reach(found), "held": _held(asked, found)}
        context |= _choices(request, Reach(found))
    context |= {"chips": party_chips(request), "text": wanted(request, "q")}
    return render(request, template, context)


def asked_for(request: PageRequest) -> "Question | None":
    """Return the question in the address, if one is asked.

    Raises:
        Invalid: a day or the range of versions is none, or a day lies in the future.
    """
    item = number(request, "of")
    if item is None:
        return None
    today = timezone.localdate()
    days = {name: day_wanted(request, name) for name in ("on", "known_on")}
    for name, day in days.items():
        if day and day > today:
            raise Invalid("{day} lies in the future.", field=name, day=day.isoformat())
    on, known_on = (None if day == today else day for day in days.values())
    if known_on and on is None:
        on = days["on"] or today
    return holding.question(
        catalog.item(item), wanted(request, "versions"), on=on, known_on=known_on
    )


def found_units(
    request: PageRequest, asked: "Question", *, after: str | None, limit: int
) -> "Page[UnitReached]":
    """Return the units that hold it, as far as the filters leave them."""
    certainty = chosen(request, "certainty", words.CERTAINTY)
    return holding.units_holding(
        asked,
        narrowed=unit_filter(request),
        is_unknown=DOUBT.get(certainty),
        is_apart=certainty == "apart",
        after=after,
        limit=limit,
    )


def _items() -> list[tuple[int, str]]:
    """Return all items that may sit in a unit, or be one."""
    return [(item.pk, item.name) for item in catalog.items_by_name().values()]


def _held(asked: "Question", found: "holding.Answer") -> list[tuple[object, int]]:
    """Return the releases in the range with how many units hold each, newest first."""
    return [(each, found.by_release.get(each.pk, 0)) for each in reversed(asked.releases)]


def _choices(request: PageRequest, reach: Reach) -> dict[str, object]:
    options = [
        (row.code or UNKNOWN, countries.name_of(row.code) or _("Country unknown"))
        for row in reach.countries
    ]
    return {
        "country_options": options,
        "certainty_options": CERTAINTY.items(),
        "chosen_country": wanted(request, "country"),
        "chosen_certainty": wanted(request, "certainty"),
    }
