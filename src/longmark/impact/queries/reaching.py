"""How far a subject reaches: counts from the census, lists by key, and the same on a past day."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from longmark.core.errors import Invalid
from longmark.core.life.events import Evidence
from longmark.fleet.queries import past, past_lists, reach, spreads
from longmark.fleet.queries.reach import CountryReached, PartyReached, UnitReached
from longmark.fleet.queries.spreads import Whose
from longmark.fleet.queries.units import EVERY_UNIT, UnitFilter
from longmark.foundation.pages import Page, decoded, encoded

if TYPE_CHECKING:
    from longmark.impact.queries.subjects import ReleaseConcerned, Subject


@dataclass(frozen=True)
class Day:
    """The day that is asked about, and the day whose knowledge counts; none means now."""

    on: date | None = None
    known_on: date | None = None

    @property
    def is_past(self) -> bool:
        """Whether the question is about another day than today's state."""
        return self.on is not None or self.known_on is not None


TODAY = Day()


@dataclass(frozen=True)
class ReleaseReached:
    """A release with the units that hold it, by how well that is known."""

    concerned: "ReleaseConcerned"
    by_evidence: Mapping[Evidence, int]

    @property
    def unit_count(self) -> int:
        """How many units hold it."""
        return sum(self.by_evidence.values())


@dataclass(frozen=True)
class Impact:
    """The answer to the first line of the drill.

    Units are distinct roots in use; unknown ones are counted apart, and so are those out of use
    (decommissioned, replaced, lost), by state.
    """

    subject: "Subject"
    unit_count: int
    unknown_unit_count: int
    releases: tuple[ReleaseReached, ...]
    whose: Whose
    countries: tuple[CountryReached, ...]
    apart: Mapping[str, int]

    @property
    def apart_count(self) -> int:
        """How many units out of use are or may be affected."""
        return sum(self.apart.values())

    @property
    def parties(self) -> tuple[PartyReached, ...]:
        """Whose units are reached, most units first; the first of them."""
        return self.whose.parties

    @property
    def customer_count(self) -> int:
        """How many operators have a unit that is affected or may be."""
        return self.whose.customer_count

    @property
    def distributor_count(self) -> int:
        """How many distributors sold units whose operator only they may know."""
        return self.whose.distributor_count

    @property
    def country_count(self) -> int:
        """In how many countries such units are known to be."""
        return sum(1 for each in self.countries if each.country)


def impact_of(subject: "Subject", day: Day = TODAY) -> Impact:
    """Return how far a subject reaches. Four queries now, ten on a past day."""
    if day.is_past:
        return _past_impact(subject, day)
    spread = spreads.spread(subject.asked)
    counted = spread.reach
    by_release: dict[int, dict[Evidence, int]] = defaultdict(dict)
    for share in counted.shares:
        by_release[share.release_id][share.evidence] = share.unit_count
    return Impact(
        subject=subject,
        unit_count=counted.unit_count,
        unknown_unit_count=counted.unknown_unit_count,
        releases=tuple(ReleaseReached(one, by_release[one.release.pk]) for one in subject.releases),
        whose=spread.whose,
        countries=spread.countries,
        apart=spread.apart,
    )


def units_reached(
    subject: "Subject",
    *,
    narrowed: UnitFilter = EVERY_UNIT,
    release_id: int | None = None,
    evidence: Evidence | None = None,
    is_unknown: bool | None = None,
    is_apart: bool = False,
    day: Day = TODAY,
    after: str | None = None,
    limit: int = 50,
) -> Page[UnitReached]:
    """Return the units that a subject reaches, by serial number.

    Four queries now, twenty at most on a past day.
    """
    asked = subject.asked
    if release_id is not None:
        asked = asked.narrowed_to(release_id)
    if day.is_past:
        return past_lists.units_reached(
            asked,
            narrowed=narrowed,
            evidence=evidence,
            is_unknown=is_unknown,
            is_apart=is_apart,
            on=day.on,
            known_on=day.known_on,
            after=after,
            limit=limit,
        )
    return reach.units_reached(
        asked,
        asked_for=narrowed,
        evidence=evidence,
        is_unknown=is_unknown,
        is_apart=is_apart,
        after=after,
        limit=limit,
    )


def parties_reached(
    subject: "Subject", day: Day = TODAY, *, after: str | None = None, limit: int = 50
) -> Page[PartyReached]:
    """Return whose units a subject reaches, most units first. Two queries now.

    Raises:
        Invalid: ``after`` is no cursor of this list.
    """
    (behind,) = decoded(after, 1) if after else [0]
    if not isinstance(behind, int) or behind < 0:
        raise Invalid("This is not a cursor of this list; begin without one.", field="after")
    if day.is_past:
        days = {"on": day.on, "known_on": day.known_on}
        whose = past.whose_on(subject.asked, **days, behind=behind, limit=limit)
    else:
        whose = spreads.whose_units(subject.asked, behind=behind, limit=limit)
    listed = list(whose.parties)
    last = behind + len(listed)
    return Page(listed, encoded([last]) if listed and last < whose.row_count else None)


def _past_impact(subject: "Subject", day: Day) -> Impact:
    found = past.reach_on(subject.asked, on=day.on, known_on=day.known_on)
    by_release: dict[int, dict[Evidence, int]] = defaultdict(dict)
    for share in found.shares:
        by_release[share.release_id][share.evidence] = share.unit_count
    return Impact(
        subject=subject,
        unit_count=found.unit_count,
        unknown_unit_count=found.unknown_unit_count,
        releases=tuple(ReleaseReached(one, by_release[one.release.pk]) for one in subject.releases),
        whose=found.whose,
        countries=found.countries,
        apart=found.apart,
    )
