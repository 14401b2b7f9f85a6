"""Reach on a past day: at the end of that day, as known at the end of another.

Counts come from the census of the past. A fleet that was there before it has its counts, until it
is made, from the intervals that held then, in statements that climb from affected units to those
that sat in no other; who kept them, where, and whether they were in use is as it was then, too. A
list looks first into the next units in order of serial number, which is enough where much is
affected; otherwise one statement finds them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING
from uuid import UUID

from longmark.catalog import queries as catalog
from longmark.core.life.events import OUT_OF_USE, Evidence, State
from longmark.fleet.models import Unit
from longmark.fleet.queries import past_census as census
from longmark.fleet.queries import past_statements as statements
from longmark.fleet.queries.heads import ORDER
from longmark.fleet.queries.moments import Moment, moment
from longmark.fleet.queries.past_looks import Look, Looker
from longmark.fleet.queries.past_statements import AFFECTED, IN_DOUBT, Concerned, Narrowed
from longmark.fleet.queries.reach import (
    Asked,
    CountryReached,
    Kept,
    PartyReached,
    Place,
    Share,
    UnitReached,
)
from longmark.fleet.queries.spreads import PARTIES_LIMIT, Whose, whose_of
from longmark.fleet.queries.units import EVERY_UNIT, UnitFilter, with_names
from longmark.foundation.pages import Page, keyset_page, page_of
from longmark.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

STRETCH_UNITS = 1_000  # looked into together
STRETCHES_LIMIT = 20  # before all units are asked at once
ENOUGH_UNITS = 100  # found among them, these are a page, though more were asked for
FEWEST_UNITS = 10  # found in all stretches; fewer are had sooner from all units
_AS_OF = (
    "operator_id", "distributor_id", "site_id", "country", "is_operator_known",
    "is_distributor_known",
)  # fmt: skip


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


def units_reached(
    asked: Asked,
    *,
    narrowed: UnitFilter = EVERY_UNIT,
    evidence: Evidence | None = None,
    is_unknown: bool | None = None,
    is_apart: bool = False,
    on: date | None,
    known_on: date | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[UnitReached]:
    """Return the units reached on a past day, by serial number, with whose they were then.

    Ten queries a stretch, and as many again. What is asked about keepers and places is as it was
    then.
    """
    then, concerned = moment(on, known_on), concerned_by(asked)
    looker = Looker(concerned, then)
    of_then = {name: getattr(narrowed, name) for name in _AS_OF}
    which = Narrowed(**of_then, evidence=evidence, is_unknown=is_unknown, is_apart=is_apart)
    lasting = UnitFilter(
        item_ids=narrowed.item_ids,
        unknown_at=narrowed.unknown_at,
        states=narrowed.states,
        text=narrowed.text,
    )
    rows = with_names(Unit.objects.filter(lasting.condition()))
    rows = rows.exclude(item_id__in=concerned.batches)
    page = _stretched(rows, looker, which, after=after, limit=limit)
    if page is None:
        all_of_them = rows.filter(pk__in=statements.roots(concerned, then, which))
        found = keyset_page(all_of_them, order=ORDER, after=after, limit=limit)
        looks = looker.look_into(found.items)
        page = _Looked(found, looks, looker.keepers(looks))
    return _reached(page, looker)


@dataclass(frozen=True)
class _Looked:
    page: Page[Unit]
    looks: Mapping[UUID, Look]
    kept: Mapping[UUID, Kept]


def _stretched(
    rows: "QuerySet[Unit]", looker: Looker, which: Narrowed, *, after: str | None, limit: int
) -> _Looked | None:
    """Return a page from the next units in order; nothing if next to none of very many count.

    The page may be short, for there is more to come behind it.
    """
    found: list[Unit] = []
    looks: dict[UUID, Look] = {}
    kept: dict[UUID, Kept] = {}
    for _ in range(STRETCHES_LIMIT):
        ahead = keyset_page(rows, order=ORDER, after=after, limit=STRETCH_UNITS)
        found += _counting(ahead.items, looker, which, looks, kept)
        after = ahead.next
        if len(found) > limit:
            return _Looked(page_of(found[:limit], ORDER), looks, kept)
        if after is None or len(found) >= ENOUGH_UNITS:
            return _Looked(Page(found, after), looks, kept)
    return _Looked(Page(found, after), looks, kept) if len(found) >= FEWEST_UNITS else None


def _counting(
    units: Sequence[Unit],
    looker: Looker,
    which: Narrowed,
    looks: dict[UUID, Look],
    kept: dict[UUID, Kept],
) -> list[Unit]:
    """Return which of some units count; add what was found in them, and who kept them."""
    roots = looker.roots_among([unit.pk for unit in units])
    seen = looker.look_into([unit for unit in units if unit.pk in roots])
    fitting = {pk for pk, look in seen.items() if look.is_reached and _fits(look, which)}
    fitting = statements.present(fitting, looker.then)
    kept |= looker.keepers(fitting)
    states = statements.states(fitting, looker.then)
    looks |= {pk: seen[pk] for pk in fitting}
    return [
        unit
        for unit in units
        if unit.pk in fitting
        and _was_kept(kept.get(unit.pk) or Kept(), which)
        and _was_standing(states.get(unit.pk), which)
    ]


def _fits(look: Look, which: Narrowed) -> bool:
    if which.is_unknown is not None and look.is_affected is which.is_unknown:
        return False
    return which.evidence is None or which.evidence in look.levels


def _was_kept(kept: Kept, which: Narrowed) -> bool:
    asked = {
        "operator_id": which.operator_id,
        "distributor_id": which.distributor_id,
        "site_id": which.site_id,
        "country": which.country,
    }
    for name, value in asked.items():
        if value is not None and getattr(kept, name) != value:
            return False
    known = (
        (which.is_operator_known, kept.operator_id),
        (which.is_distributor_known, kept.distributor_id),
    )
    return all(is_known is None or is_known is (pk is not None) for is_known, pk in known)


def _was_standing(state: str | None, which: Narrowed) -> bool:
    if state == State.SCRAPPED:
        return False
    return which.is_apart is None or which.is_apart is (state in OUT_OF_USE)


def _reached(looked: _Looked, looker: Looker) -> Page[UnitReached]:
    shown = [looked.looks[unit.pk] for unit in looked.page.items]
    places = looker.places(shown)
    found = [
        UnitReached(
            unit,
            tuple(_places(look, places)),
            is_unknown=not look.is_affected,
            kept=looked.kept.get(unit.pk) or Kept(),
        )
        for unit, look in zip(looked.page.items, shown, strict=True)
    ]
    return Page(found, looked.page.next)


def _places(look: Look, places: Mapping[tuple[UUID, int], Place]) -> Iterator[Place]:
    """Yield what is affected in a unit, else what is in doubt, under their paths from it."""
    wanted = AFFECTED if look.is_affected else IN_DOUBT
    for unit, number, rank in look.keys:
        place = places.get((unit, number))
        if rank == wanted and place is not None:
            yield replace(place, path=f"{look.prefixes[unit]}{place.path}".rstrip("/"))


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
