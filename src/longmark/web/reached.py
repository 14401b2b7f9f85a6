"""The units that a vulnerability or a component reaches, narrowed as a reader asks for."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from longmark.impact.queries import reaching
from longmark.impact.queries.reaching import TODAY
from longmark.web import countries, words
from longmark.web.doors import PageRequest
from longmark.web.filters import (
    UNKNOWN,
    evidence_wanted,
    number,
    party_chips,
    unit_filter,
    wanted,
)
from longmark.web.reaches import Reach

if TYPE_CHECKING:
    from longmark.fleet.queries.reach import UnitReached
    from longmark.foundation.pages import Page
    from longmark.impact.queries.reaching import Day
    from longmark.impact.queries.subjects import Subject

CERTAINTY = {"affected": False, "unknown": True}


def units(
    request: PageRequest,
    subject: "Subject",
    day: "Day" = TODAY,
    *,
    after: str | None,
    limit: int,
) -> "Page[UnitReached]":
    """Return the units reached, by serial number, as the filters in the address ask for."""
    return reaching.units_reached(
        subject,
        narrowed=unit_filter(request),
        release_id=number(request, "release"),
        evidence=evidence_wanted(request),
        is_unknown=CERTAINTY.get(wanted(request, "certainty")),
        is_apart=wanted(request, "certainty") == "apart",
        day=day,
        after=after,
        limit=limit,
    )


def choices(request: PageRequest, reach: Reach) -> dict[str, object]:
    """Return the filters of the units: what can be chosen, and what is."""
    return {
        "release_options": [(row.release.pk, str(row.release)) for row in reach.releases],
        "country_options": [
            (row.code or UNKNOWN, countries.name_of(row.code) or _("Country unknown"))
            for row in reach.countries
        ],
        "evidence_options": [(code, words.EVIDENCE[code]) for code in words.EVIDENCE_STRENGTH],
        "chosen_release": wanted(request, "release"),
        "chosen_country": wanted(request, "country"),
        "chosen_evidence": wanted(request, "evidence"),
        "chosen_certainty": wanted(request, "certainty"),
        "text": wanted(request, "q"),
        "chips": party_chips(request),
    }
