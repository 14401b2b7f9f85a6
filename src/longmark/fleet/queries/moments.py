"""Moments: an instant of the world, and the instant whose knowledge counts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q

from longmark.fleet.models import believed


@dataclass(frozen=True)
class Moment:
    """The end of the day asked about, and the end of the day whose knowledge counts."""

    at: datetime
    known_at: datetime | None

    def believed(self) -> Q:
        """Return the condition on intervals."""
        return believed(at=self.at, known_at=self.known_at)


def last_instant(day: date | None) -> datetime | None:
    """Return the last instant of a day, which sees all that happened on it; ``None`` is now."""
    if day is None:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, microseconds=-1)


def moment(on: date | None, known_on: date | None) -> Moment:
    """Return the moment of two days. Knowledge of a day without one asked about is of that day."""
    at = last_instant(on or known_on)
    assert at is not None
    return Moment(at, last_instant(known_on))
