"""Which units hold some versions of an item, whose they are and where: now, or on a past day.

*Which units did we believe on 3 March to run firmware below 2.4 on 1 March, and where?* Units of
which it is not known which release they hold are counted apart, and so are those out of use.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from longmark.catalog import queries as catalog
from longmark.core.errors import Invalid
from longmark.core.versions.asked import sorted_by, versions_asked
from longmark.fleet.queries import past, past_lists, reach, spreads
from longmark.fleet.queries.reach import Asked, CountryReached, PartyReached, UnitReached
from longmark.fleet.queries.spreads import Whose
from longmark.fleet.queries.units import EVERY_UNIT, UnitFilter
from longmark.foundation.pages import Page, decoded, encoded

if TYPE_CHECKING:
    from longmark.catalog.models import Item, Release


@dataclass(frozen=True)
class Question:
    """Some versions of an item, and the day that is asked about, as known on another; none: now."""

    item: "Item"
    versions: str
    releases: tuple["Release", ...]
    asked: Asked
    on: date | None = None
    known_on: date | None = None

    @property
    def is_past(self) -> bool:
        """Whether it is about another day than today's state."""
        return self.on is not None or self.known_on is not None


@dataclass(frozen=True)
class Answer:
    """How many units hold them, by release, keeper and country."""

    unit_count: int
    unknown_unit_count: int
    apart: Mapping[str, int]
    by_release: Mapping[int, int]
    whose: Whose
    countries: tuple[CountryReached, ...]

    @property
    def parties(self) -> tuple[PartyReached, ...]:
        """Whose units they are, most units first; the first of them."""
        return self.whose.parties

    @property
    def apart_count(self) -> int:
        """How many units out of use hold them, or may."""
        return sum(self.apart.values())

    @property
    def customer_count(self) -> int:
        """How many operators have such a unit, or may."""
        return self.whose.customer_count

    @property
    def distributor_count(self) -> int:
        """How many distributors sold units whose operator only they may know."""
        return self.whose.distributor_count

    @property
    def country_count(self) -> int:
        """In how many countries such units are known to be."""
        return sum(1 for each in self.countries if each.country)


def question(
    item: "Item", versions: str = "", *, on: date | None = None, known_on: date | None = None
) -> Question:
    """Return what is asked: which releases lie in a range of versions. One query.

    Raises:
        Invalid: the range is none.
    """
    wanted = versions_asked(versions)
    every = {release.version: release for release in catalog.releases_of(item)}
    told = sorted_by(wanted, every)
    releases = tuple(every[version] for version in told.inside)
    doubtful = tuple(every[version].pk for version in told.unclear)
    asked = Asked(tuple(each.pk for each in releases), (item.pk,), doubtful)
    return Question(item, versions.strip(), releases, asked, on, known_on)


def answer(asked: Question) -> Answer:
    """Return how many units hold what is asked about. Four queries now, ten on a past day."""
    by_release: dict[int, int] = defaultdict(int)
    if asked.is_past:
        then = past.reach_on(asked.asked, on=asked.on, known_on=asked.known_on)
        shares, counts = then.shares, (then.unit_count, then.unknown_unit_count, then.apart)
        whose, countries = then.whose, then.countries
    else:
        now = spreads.spread(asked.asked)
        shares = now.reach.shares
        counts = now.reach.unit_count, now.reach.unknown_unit_count, now.apart
        whose, countries = now.whose, now.countries
    for share in shares:
        by_release[share.release_id] += share.unit_count
    return Answer(*counts, dict(by_release), whose, countries)


def parties_holding(
    asked: Question, *, after: str | None = None, limit: int = 50
) -> Page[PartyReached]:
    """Return whose units they are, most units first. Two queries now, nine on a past day.

    Raises:
        Invalid: ``after`` is no cursor of this list.
    """
    (behind,) = decoded(after, 1) if after else [0]
    if not isinstance(behind, int) or behind < 0:
        raise Invalid("This is not a cursor of this list; begin without one.", field="after")
    if asked.is_past:
        days = {"on": asked.on, "known_on": asked.known_on}
        whose = past.whose_on(asked.asked, **days, behind=behind, limit=limit)
    else:
        whose = spreads.whose_units(asked.asked, behind=behind, limit=limit)
    listed = list(whose.parties)
    last = behind + len(listed)
    return Page(listed, encoded([last]) if listed and last < whose.row_count else None)


def units_holding(
    asked: Question,
    *,
    narrowed: UnitFilter = EVERY_UNIT,
    is_unknown: bool | None = None,
    is_apart: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Page[UnitReached]:
    """Return the units by serial number. Four queries now, twenty at most on a past day."""
    if asked.is_past:
        return past_lists.units_reached(
            asked.asked,
            narrowed=narrowed,
            is_unknown=is_unknown,
            is_apart=is_apart,
            on=asked.on,
            known_on=asked.known_on,
            after=after,
            limit=limit,
        )
    return reach.units_reached(
        asked.asked,
        asked_for=narrowed,
        is_unknown=is_unknown,
        is_apart=is_apart,
        after=after,
        limit=limit,
    )
