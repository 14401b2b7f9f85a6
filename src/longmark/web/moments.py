"""How an instant is said on a desk: *today 09:00*, *3 Mar 2025*, *in 22 h 18 min*."""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONG_DAYS = 60


def day_text(value: date) -> str:
    """Return a calendar day as *24 Nov 2026*, in the reader's time zone."""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return date_format(local, "j M Y")


def rough_day_text(value: date, precision: str) -> str:
    """Return a day as exactly as it is known: *24 Nov 2026*, *Nov 2026*, *2026*.

    A month and a year are written as their first instant, wherever the reader is.
    """
    rough = {"month": "M Y", "year": "Y"}.get(precision)
    return date_format(value, rough) if rough else day_text(value)


def moment_text(value: datetime, *, now: datetime) -> str:
    """Return an instant with as much as is needed to place it: the nearer, the finer."""
    local, today = timezone.localtime(value), timezone.localtime(now)
    clock = date_format(local, "H:i")
    distance = (local.date() - today.date()).days
    if distance == 0:
        return _("today %(clock)s") % {"clock": clock}
    if distance == -1:
        return _("yesterday %(clock)s") % {"clock": clock}
    if distance == 1:
        return _("tomorrow %(clock)s") % {"clock": clock}
    if abs(distance) < 7:
        return date_format(local, "D j M H:i")
    return date_format(local, "j M H:i" if local.year == today.year else "j M Y")


def lasting_text(since: datetime, *, now: datetime) -> str:
    """Return how long something has lasted, in full days, or in months."""
    days = (timezone.localtime(now).date() - timezone.localtime(since).date()).days
    if days < 1:
        return _("less than a day")
    if days < LONG_DAYS:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    return timesince(since, now, depth=1)


def age_text(value: datetime, *, now: datetime) -> str:
    """Return how long ago an instant was, in its largest unit."""
    age = now - value
    if age < HOUR:
        minutes = max(int(age.total_seconds() // 60), 0)
        return _("%(count)s min ago") % {"count": minutes} if minutes else _("just now")
    if age < DAY:
        return _("%(count)s h ago") % {"count": int(age // HOUR)}
    days = age.days
    return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}
