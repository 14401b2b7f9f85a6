"""Reach on a past day: at the end of that day, as known at the end of another.

Counts come from the census of the past. A fleet that was there before it has its counts, until it
is made, from the intervals that held then, in statements that climb from affected units to those
that sat in no other; who kept them, where, and whether they were in use is as it was then, too.
Lists of units are in ``past_lists``.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter

from longmark.catalog import queries as catalog
from longmark.core.life.events import Evidence
from longmark.fleet.queries import past_census as census
from longmark.fleet.queries import past_statements as statements
from longmark.fleet.queries.moments import Moment, moment
from longmark.fleet.queries.past_statements import AFFECTED, Concerned
from longmark.fleet.queries.reach import (
    Asked,
    CountryReached,
    PartyReached,
    Share,
)
from longmark.fleet.queries.spreads import PARTIES_LIMIT, Whose, whose_of
from longmark.parties import queries as parties


@dataclass(frozen=True)
class PastReach:
    """How far something reached on a past day; units out of use are counted apart, by state."""

    unit_count: int
    unknown_unit_count: int
    apart: Mapping[str, int]
    whose: Whose
    countries: tuple[CountryReached, ...]
    shares: tuple[Share, ...]

    @property
    def parties(self) -> tuple[PartyReached, ...]:
        """Whose units were reached, most units first; the first of them."""
        return self.whose.parties


def concerned_by(asked: Asked) -> Concerned:
    """Return what is asked about, with what the catalog says of it. Six queries at most."""
    items, batches = set(asked.unknown_item_ids), tuple(sorted(catalog.batch_item_ids()))
    if not items:
        return Concerned(asked, batches=batches)
    known = {pk for each in catalog.release_ids_of_items(items).values() for pk in each}
    kinds = tuple(sorted(_kinds_with(items)))
    return Concerned(asked, tuple(sorted(known)), kinds, batches)


def _kinds_with(items: set[int]) -> set[int]:
    """Return the items whose units must hold one of these items, at any depth."""
    plans = catalog.every_slot()
    must = {
        item: {fit.item_id for plan in found if not plan.slot.is_optional for fit in plan.fits}
        for item, found in plans.items()
    }
    kinds: set[int] = set()
    wanted = set(items)
    while wanted:
        wanted = {item for item, inside in must.items() if inside & wanted} - kinds
        kinds |= wanted
    return kinds


def reach_on(asked: Asked, *, on: date | None, known_on: date | None = None) -> PastReach:
    """Return how far releases reached at the end of a day, as known at the end of another.

    Ten queries at most, none over units once the census of the past is whole.
    """
    then, concerned = moment(on, known_on), concerned_by(asked)
    read = counted_days if census.is_whole() else counted_intervals
    return read(concerned, then)


def whose_on(
    asked: Asked,
    *,
    on: date | None,
    known_on: date | None = None,
    behind: int = 0,
    limit: int = PARTIES_LIMIT,
) -> Whose:
    """Return whose units were reached, from a place in the list on. Nine queries at most."""
    then, concerned = moment(on, known_on), concerned_by(asked)
    if census.is_whole():
        return census.whose(concerned, then, behind=behind, limit=limit)
    every = counted_intervals(concerned, then, limit=None).whose
    return replace(every, parties=every.parties[behind : behind + limit])


def counted_days(concerned: Concerned, then: Moment) -> PastReach:
    """Return how far something reached from the census of the past. Three queries."""
    apart: Counter[str] = Counter()
    by_country: dict[str, Counter[bool]] = defaultdict(Counter)
    shares = []
    for release, level, country, state, rank, units in census.totals(concerned, then):
        if release:
            shares.append(Share(release, Evidence(level), int(units)))
        elif state:
            apart[state] += int(units)
        else:
            by_country[country][rank == AFFECTED] += int(units)
    total = sum(by_country.values(), Counter())
    return PastReach(
        total[True],
        total[False],
        dict(apart),
        census.whose(concerned, then, behind=0, limit=PARTIES_LIMIT),
        tuple(_countries(by_country)),
        tuple(shares),
    )


def counted_intervals(
    concerned: Concerned, then: Moment, limit: int | None = PARTIES_LIMIT
) -> PastReach:
    """Return the same from the intervals of all units; of the parties the first. Three queries."""
    apart: Counter[str] = Counter()
    by_party: dict[tuple[int | None, int | None], Counter[bool]] = defaultdict(Counter)
    by_country: dict[str, Counter[bool]] = defaultdict(Counter)
    for operator, distributor, country, state, affected, doubtful in statements.counts(
        concerned, then
    ):
        if state:
            apart[state] += affected + doubtful
            continue
        counted = Counter({True: affected, False: doubtful})
        by_party[operator, None if operator else distributor] += counted
        by_country[country] += counted
    total = sum(by_country.values(), Counter())
    whose = whose_of(tuple(_parties(by_party)))
    return PastReach(
        total[True],
        total[False],
        dict(apart),
        replace(whose, parties=whose.parties[:limit]),
        tuple(_countries(by_country)),
        tuple(
            Share(release, Evidence(level), count)
            for release, level, count in statements.shares(concerned, then)
        ),
    )


def _parties(
    counted: Mapping[tuple[int | None, int | None], Counter[bool]],
) -> list[PartyReached]:
    names = parties.parties_by_id({pk for pair in counted for pk in pair if pk})
    found = [
        PartyReached(names.get(own or 0), names.get(sold or 0), counts[True], counts[False])
        for (own, sold), counts in counted.items()
    ]
    return sorted(found, key=attrgetter("order"))


def _countries(counted: Mapping[str, Counter[bool]]) -> list[CountryReached]:
    found = [
        CountryReached(country, counts[True], counts[False]) for country, counts in counted.items()
    ]
    return sorted(
        found, key=lambda each: (-each.unit_count, -each.unknown_unit_count, each.country)
    )
