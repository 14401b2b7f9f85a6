"""The stage of the demo world: the day, the dice, who is there, and what is to be done when.

Every module of the demo plans deeds; all deeds are then done in the order of their instants, so
that the ledger tells the history as it went.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from longmark.core.actors import SYSTEM, Actor

if TYPE_CHECKING:
    from longmark.catalog.models import Item, Release
    from longmark.parties.models import Party

SEED = 20_200_616  # the day on which Ripple20 became known
HISTORY_DAYS = 2240

Deed = Callable[[datetime], None]


@dataclass
class Stage:
    """What the modules of the demo share. ``units`` is the number of drives."""

    now: datetime
    units: int
    rng: random.Random = field(
        default_factory=lambda: random.Random(SEED)  # noqa: S311  # dice, not a secret
    )
    people: dict[str, Actor] = field(default_factory=dict)
    items: "dict[str, Item]" = field(default_factory=dict)
    releases: "dict[tuple[str, str], Release]" = field(default_factory=dict)
    parties: "dict[str, Party]" = field(default_factory=dict)
    deeds: list[tuple[datetime, int, Deed]] = field(default_factory=list)

    def instant(self, days_ago: int, hour: int = 9, minute: int = 0) -> datetime:
        """Return a time of day some days ago, never later than now."""
        day = self.now - timedelta(days=days_ago)
        return min(day.replace(hour=hour, minute=minute, second=0, microsecond=0), self.now)

    def day(self, days_ago: int) -> date:
        """Return the calendar day some days ago."""
        return (self.now - timedelta(days=days_ago)).date()

    def opening(self, day: date) -> datetime:
        """Return nine o'clock of a day, never later than now."""
        return min(datetime.combine(day, time(9), self.now.tzinfo), self.now)

    def plan(self, at: datetime, deed: Deed) -> None:
        """Plan what is to be done at an instant; of two at the same, the first planned is first."""
        self.deeds.append((at, len(self.deeds), deed))

    def play(self, report: Callable[[str], None]) -> None:
        """Do all that is planned, in order, and tell each year that begins."""
        year = 0
        for at, _number, deed in sorted(self.deeds, key=lambda each: each[:2]):
            if at.year != year:
                year = at.year
                report(_("{year} …").format(year=year))
            deed(at)
        self.deeds.clear()

    def actor(self, name: str) -> Actor:
        """Return someone of the company; whoever is not there yet is Longmark itself."""
        return self.people.get(name, SYSTEM)
