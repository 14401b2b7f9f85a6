"""What a reader asked for in the address of a list: filters, order, rows."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from longmark.catalog import queries as catalog
from longmark.core.errors import Invalid
from longmark.core.life.events import IN_USE, Evidence
from longmark.fleet.queries.units import Doubts, UnitFilter
from longmark.impact.queries.reaching import TODAY, Day
from longmark.parties import queries as parties
from longmark.precision.queries import confirmed_before
from longmark.web import countries, words
from longmark.web.words import Words

ROWS = (25, 100, 500)
"""How many rows a list may show at once."""

TEXT_LIMIT = 200

ITEM_KINDS: Words = {
    "product": _("Products"),
    "hardware": _("Hardware"),
    "firmware": _("Firmware"),
    "software": _("Software"),
    "parameters": _("Parameter sets"),
}

SOFTWARE_KINDS = ("firmware", "software")
"""Of these an SBOM is expected."""

PARTY_KINDS: Words = {
    "customer": _("Customers"),
    "distributor": _("Distributors"),
    "supplier": _("Suppliers"),
    "importer": _("Importers"),
    "manufacturer": _("Manufacturers"),
    "authority": _("Authorities"),
}

JOB_STATES: Words = {
    "waiting": _("Waiting"),
    "running": _("Running"),
    "done": _("Done"),
    "failed": _("Failed"),
    "cancelled": _("Stopped"),
}


UNKNOWN = "unknown"

KEEPER_KNOWN: Words = {
    "operator": _("operator known"),
    "distributor": _("known to a distributor only"),
    UNKNOWN: _("operator unknown"),
}

VIEWS: Words = {
    "exploited": _("Exploited"),
    "affected": _("Affected"),
    "unknown": _("Cannot be judged"),
}

RATINGS: Words = {
    "critical": _("Critical"),
    "high": _("High"),
    "medium": _("Medium"),
    "low": _("Low"),
}


@dataclass(frozen=True)
class Chip:
    """A filter that is set and has no field of its own; a click takes it away."""

    name: str
    value: str
    without: str


def wanted(request: HttpRequest, name: str) -> str:
    """Return a filter as text; empty when it is not set."""
    return request.GET.get(name, "").strip()[:TEXT_LIMIT]


def chosen(request: HttpRequest, name: str, choices: Container[str]) -> str:
    """Return a filter that must be one of some codes; empty when it is none of them."""
    code = wanted(request, name)
    return code if code in choices else ""


def number(request: HttpRequest, name: str) -> int | None:
    """Return a filter that is a whole number."""
    text = wanted(request, name)
    return int(text) if text.isascii() and text.isdecimal() else None


def day_wanted(request: HttpRequest, name: str) -> date | None:
    """Return a day in the address.

    Raises:
        Invalid: there is no such day.
    """
    text = wanted(request, name)
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if text and day is None:
        raise Invalid("{day} is not a day.", field=name, day=text)
    return day


def day_asked(request: HttpRequest) -> Day:
    """Return the day that is asked about; the knowledge of that day counts if so asked."""
    on = day_wanted(request, "on")
    if on is None or on >= timezone.localdate():
        return TODAY
    return Day(on, on if wanted(request, "known") == "then" else None)


def evidence_wanted(request: HttpRequest) -> Evidence | None:
    """Return the evidence level that a list is narrowed to."""
    word = chosen(request, "evidence", words.EVIDENCE_STRENGTH)
    return Evidence.of_word(word) if word else None


def rows_wanted(request: HttpRequest) -> int:
    """Return how many rows to show at once."""
    asked = number(request, "rows")
    return asked if asked in ROWS and asked else ROWS[0]


def unit_filter(request: HttpRequest) -> UnitFilter:
    """Return which units are asked for."""
    item, state = number(request, "item"), chosen(request, "state", words.UNIT_STATES)
    country, keeper = wanted(request, "country"), chosen(request, "keeper", KEEPER_KNOWN)
    in_use = tuple(each for each in words.UNIT_STATES if each in IN_USE)
    is_in_use = wanted(request, "use") == "1"
    return UnitFilter(
        item_ids=(item,) if item else (),
        operator_id=number(request, "customer"),
        distributor_id=number(request, "distributor"),
        site_id=number(request, "site"),
        country="" if country == UNKNOWN else country if country in countries.NAMES else None,
        is_operator_known=keeper == "operator" if keeper else None,
        is_distributor_known=keeper == "distributor" if keeper not in ("", "operator") else None,
        unknown_at=wanted(request, "unknown") or None,
        states=(state,) if state else in_use if is_in_use else (),
        roots_only=is_in_use,
        text=wanted(request, "q"),
        doubts=_doubts(request),
    )


def _doubts(request: HttpRequest) -> Doubts:
    """Return the doubts that a list of units is about, if any."""
    is_unconfirmed = wanted(request, "unconfirmed") == "1"
    return Doubts(
        unknown_kind=chosen(request, "unknown_kind", ITEM_KINDS),
        unconfirmed_before=confirmed_before(timezone.now()) if is_unconfirmed else None,
    )


def item_options() -> list[tuple[int, str]]:
    """Return the items of which units can exist."""
    items = catalog.items_by_name().values()
    return [(item.pk, item.name) for item in items if catalog.is_hardware(item)]


def chips(request: HttpRequest) -> list[Chip]:
    """Return the filters of a list of units that have no field of their own."""
    return [*party_chips(request), *_chips_of_contents(request)]


def party_chips(request: HttpRequest) -> list[Chip]:
    """Return the filters on parties as chips, with their names."""
    said = {"customer": _("Customer"), "distributor": _("Distributor")}
    ids = {name: pk for name in said if (pk := number(request, name)) is not None}
    named = parties.parties_by_id(ids.values()) if ids else {}
    found = [
        Chip(str(said[name]), str(named.get(pk, pk)), without(request, name))
        for name, pk in ids.items()
    ]
    if keeper := chosen(request, "keeper", KEEPER_KNOWN):
        text = str(KEEPER_KNOWN[keeper])
        found.append(Chip(str(_("Only")), text, without(request, "keeper")))
    return found


def _chips_of_contents(request: HttpRequest) -> list[Chip]:
    release_id = number(request, "release")
    found = []
    if release_id is not None:
        release = catalog.release(release_id)
        found.append(Chip(str(_("Contains")), str(release), without(request, "release")))
    if path := wanted(request, "unknown"):
        found.append(Chip(str(_("Not known what is in")), path, without(request, "unknown")))
    if kind := chosen(request, "unknown_kind", ITEM_KINDS):
        text = str(ITEM_KINDS[kind])
        found.append(Chip(str(_("Not known which")), text, without(request, "unknown_kind")))
    if wanted(request, "unconfirmed") == "1":
        text = str(_("software changed on someone's word, not confirmed in thirty days"))
        found.append(Chip(str(_("Only")), text, without(request, "unconfirmed")))
    if wanted(request, "use") == "1":
        text = str(_("in use, in no other unit"))
        found.append(Chip(str(_("Only")), text, without(request, "use")))
    return found


def without(request: HttpRequest, name: str) -> str:
    """Return the address of the list without one filter."""
    query = request.GET.copy()
    query.pop(name, None)
    query.pop("after", None)
    return f"?{query.urlencode()}"
