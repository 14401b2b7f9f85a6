"""Where a line of versions stands on a day: supported, fixed for security only, or ended.

Days are last days: on the day itself the promise still holds. *Support* is what its makers give to
a line that they develop, *end of life* is when nobody mends it any more. Of many lines only one of
the two is known; that one decides then.
"""

from datetime import date
from enum import StrEnum


class Origin(StrEnum):
    """Where a statement on a lifespan comes from; the first one that speaks is believed."""

    STATED = "stated"
    IMPORTED = "imported"
    SHIPPED = "shipped"


class Standing(StrEnum):
    """What is known of how long something is cared for, worst first."""

    ENDED = "ended"
    SECURITY_ONLY = "security-only"
    SUPPORTED = "supported"
    UNANNOUNCED = "unannounced"
    UNKNOWN = "unknown"


def last_day(support_ends_on: date | None, end_of_life_on: date | None) -> date | None:
    """Return the last day on which anybody mends it, if that is announced."""
    return end_of_life_on or support_ends_on


def standing(support_ends_on: date | None, end_of_life_on: date | None, *, today: date) -> Standing:
    """Return where a stated lifespan stands.

    >>> standing(None, date(2023, 9, 11), today=date(2023, 9, 11))
    <Standing.SUPPORTED: 'supported'>
    >>> standing(None, date(2023, 9, 11), today=date(2023, 9, 12))
    <Standing.ENDED: 'ended'>
    """
    ends_on = last_day(support_ends_on, end_of_life_on)
    if ends_on is None:
        return Standing.UNANNOUNCED
    if ends_on < today:
        return Standing.ENDED
    if support_ends_on is not None and support_ends_on < today:
        return Standing.SECURITY_ONLY
    return Standing.SUPPORTED
