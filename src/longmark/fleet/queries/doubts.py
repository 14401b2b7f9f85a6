"""What is not right in the records of the fleet, counted; and rows that were refused for it."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import QuerySet, Sum

from longmark.core.vocabulary import ImportState
from longmark.fleet.models import Refusal, Unit
from longmark.fleet.queries.census import in_use, totals_in_use
from longmark.fleet.queries.units import unconfirmed, unknown_of_kind
from longmark.foundation.pages import Page, keyset_page

COUNTED_LIMIT: Final = 100_000


class Refused(StrEnum):
    """Why rows were refused, where that says something of the records themselves."""

    NEVER_BUILT = "never-built"
    TWO_PLACES = "two-places"
    FUTURE = "future"


REASONS: Final[dict[str, tuple[str, ...]]] = {
    Refused.NEVER_BUILT: (
        "No {item} with the serial number {serial} is known.",
        "No other {item} with the serial number {serial} is known.",
    ),
    Refused.TWO_PLACES: (
        "{child} sits in {host} since {since}.",
        "{child} sat in {host} from {since} to {until}.",
    ),
    Refused.FUTURE: ("{date} lies in the future.",),
}
"""The templates of the sentences, as refusals keep them."""


def unit_count_unknown(kind: str) -> int:
    """Return in how many units in use something of a kind is not known. One query."""
    counted = totals_in_use().filter(unknown_of_kind(kind)).aggregate(n=Sum("count", default=0))
    return int(counted["n"])


def unit_count_nowhere(state: str) -> int:
    """Return how many units in a state have no known operator or distributor. One query."""
    rows = in_use().filter(state=state, operator=None, distributor=None)
    return int(rows.aggregate(n=Sum("count", default=0))["n"])


def unit_count_unconfirmed(before: datetime) -> int:
    """Return how many units wait for a confirmation, up to a hundred thousand. One query."""
    rows = Unit.objects.filter(unconfirmed(before)).order_by()
    return rows[:COUNTED_LIMIT].count()


def refusal_count(why: str = "") -> int:
    """Return how many rows are refused, for one reason if named. One query."""
    return _refusals(why).order_by()[:COUNTED_LIMIT].count()


def refusals_page(*, why: str = "", after: str | None = None, limit: int = 50) -> Page[Refusal]:
    """Return refused rows of all lists, latest list first, with their lists. One query."""
    rows = _refusals(why).select_related("source")
    return keyset_page(rows, order=["-source_id", "row"], after=after, limit=limit)


def _refusals(why: str) -> "QuerySet[Refusal]":
    rows = Refusal.objects.exclude(source__state=ImportState.DISCARDED)
    return rows.filter(reason__in=REASONS[why]) if why else rows
