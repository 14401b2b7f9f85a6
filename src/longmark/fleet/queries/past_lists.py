"""Lists of units on a past day, by serial number, with whose they were then.

A list looks first into the next units in order, which is enough where much is affected. Else it
takes, from the census of the past, how reached units looked then, and the first units in order
that ever looked so. A fleet of which the census is not made yet asks all units at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from longmark.core.life.events import OUT_OF_USE, CustodyRole, Evidence, State
from longmark.fleet.models import Custody, Unit
from longmark.fleet.queries import past_census as census
from longmark.fleet.queries import past_statements as statements
from longmark.fleet.queries.heads import ORDER
from longmark.fleet.queries.moments import moment
from longmark.fleet.queries.past import concerned_by
from longmark.fleet.queries.past_heads import cursor_behind, heads
from longmark.fleet.queries.past_looks import Look, Looker
from longmark.fleet.queries.past_statements import AFFECTED, IN_DOUBT, Concerned, Narrowed
from longmark.fleet.queries.reach import Asked, Kept, Place, UnitReached
from longmark.fleet.queries.units import EVERY_UNIT, UnitFilter, with_names
from longmark.foundation.pages import Page, keyset_page, page_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

NEAR_UNITS = (200, 800)  # looked into one after the other before looks are asked
HEAD_UNITS = 100  # of those that ever looked so, looked into together
HEADS_LIMIT = 10  # before a page may be short
STRETCH_UNITS = 1_000  # looked into together, where looks cannot be asked
STRETCHES_LIMIT = 20  # before all units are asked at once
ENOUGH_UNITS = 100  # found among them, these are a page, though more were asked for
FEWEST_UNITS = 10  # found in all stretches; fewer are had sooner from all units
_AS_OF = (
    "operator_id", "distributor_id", "site_id", "country", "is_operator_known",
    "is_distributor_known",
)  # fmt: skip


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

    Ten queries for each time that some are looked into, and as many again; most often that is once
    or twice. What is asked about keepers and places is as it was then.
    """
    then, concerned = moment(on, known_on), concerned_by(asked)
    of_then = {name: getattr(narrowed, name) for name in _AS_OF}
    which = Narrowed(**of_then, evidence=evidence, is_unknown=is_unknown, is_apart=is_apart)
    rows = _rows(concerned, narrowed, which)
    search = _Search(rows, Looker(concerned, then), which, after=after, limit=limit)
    if census.is_whole():
        _search_looks(search, concerned)
        return search.page()
    if not _search_stretches(search):
        all_of_them = rows.filter(pk__in=statements.roots(concerned, then, which))
        page = keyset_page(all_of_them, order=ORDER, after=after, limit=limit)
        search.take(page)
    return search.page()


def _rows(concerned: Concerned, narrowed: UnitFilter, which: Narrowed) -> "QuerySet[Unit]":
    """Return the units that may count: by what does not change, and who ever kept them."""
    lasting = UnitFilter(
        item_ids=narrowed.item_ids,
        unknown_at=narrowed.unknown_at,
        states=narrowed.states,
        text=narrowed.text,
    )
    rows = with_names(Unit.objects.filter(lasting.condition()))
    rows = rows.exclude(item_id__in=concerned.batches)
    keepers = {
        CustodyRole.OPERATOR: which.operator_id, CustodyRole.DISTRIBUTOR: which.distributor_id,
    }  # fmt: skip
    for role, party in keepers.items():
        if party is not None:
            kept = Custody.objects.filter(party_id=party, role=role)
            rows = rows.filter(pk__in=kept.values("unit_id"))
    return rows


class _Search:
    """Looks into units in order until a page is full; what counts is kept with what was seen."""

    def __init__(
        self,
        rows: "QuerySet[Unit]",
        looker: Looker,
        which: Narrowed,
        *,
        after: str | None,
        limit: int,
    ) -> None:
        self.rows = rows
        self.which = which
        self.looker = looker
        self.after = after
        self.found: list[Unit] = []
        self._limit = limit
        self._looks: dict[UUID, Look] = {}
        self._kept: dict[UUID, Kept] = {}

    @property
    def is_over(self) -> bool:
        """Whether there is a page, or nothing more to look into."""
        enough = min(self._limit + 1, ENOUGH_UNITS)
        return self.after is None or len(self.found) >= enough

    def look_ahead(self, count: int) -> None:
        """Look into the next units, whatever they are."""
        ahead = keyset_page(self.rows, order=ORDER, after=self.after, limit=count)
        self.look_into(ahead.items)
        self.after = ahead.next

    def look_into(self, units: Sequence[Unit]) -> None:
        """Look into units, and keep those that count."""
        roots = self.looker.roots_among([unit.pk for unit in units])
        seen = self.looker.look_into([unit for unit in units if unit.pk in roots])
        fitting = {pk for pk, look in seen.items() if look.is_reached and _fits(look, self.which)}
        fitting = statements.present(fitting, self.looker.then)
        self._note(fitting, seen)
        states = statements.states(fitting, self.looker.then)
        self.found += [
            unit
            for unit in units
            if unit.pk in fitting
            and _was_kept(self._kept.get(unit.pk) or Kept(), self.which)
            and _was_standing(states.get(unit.pk), self.which)
        ]

    def take(self, page: Page[Unit]) -> None:
        """Take a page of units of which it is known that they count."""
        self.found, self.after = page.items, page.next
        seen = self.looker.look_into(page.items)
        self._note(set(seen), seen)

    def _note(self, units: set[UUID], seen: Mapping[UUID, Look]) -> None:
        self._kept |= self.looker.keepers(units)
        self._looks |= {pk: seen[pk] for pk in units}

    def page(self) -> Page[UnitReached]:
        """Return what was found as a page. It may be short, for there is more to come behind it."""
        page = Page(self.found, self.after)
        if len(self.found) > self._limit:
            page = page_of(self.found[: self._limit], ORDER)
        shown = [self._looks[unit.pk] for unit in page.items]
        places = self.looker.places(shown)
        reached = [
            UnitReached(
                unit,
                tuple(_places(look, places)),
                is_unknown=not look.is_affected,
                kept=self._kept.get(unit.pk) or Kept(),
            )
            for unit, look in zip(page.items, shown, strict=True)
        ]
        return Page(reached, page.next)


def _search_looks(search: _Search, concerned: Concerned) -> None:
    """Search the next units, and then those that ever looked as reached ones looked then."""
    for count in NEAR_UNITS:
        search.look_ahead(count)
        if search.is_over:
            return
    looks = census.looks(concerned, search.looker.then, search.which)
    for _ in range(HEADS_LIMIT):
        some = heads(looks, after=search.after, limit=HEAD_UNITS)
        units = search.rows.filter(pk__in=[head.unit for head in some])
        search.look_into(list(units.order_by(*ORDER)))
        search.after = cursor_behind(some[-1]) if len(some) == HEAD_UNITS else None
        if search.is_over:
            return


def _search_stretches(search: _Search) -> bool:
    """Search stretch by stretch; tell whether that did, and not next to none of very many count."""
    for _ in range(STRETCHES_LIMIT):
        search.look_ahead(STRETCH_UNITS)
        if search.is_over:
            return True
    return len(search.found) >= FEWEST_UNITS


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


def _places(look: Look, places: Mapping[tuple[UUID, int], Place]) -> Iterator[Place]:
    """Yield what is affected in a unit, else what is in doubt, under their paths from it."""
    wanted = AFFECTED if look.is_affected else IN_DOUBT
    for unit, number, rank in look.keys:
        place = places.get((unit, number))
        if rank == wanted and place is not None:
            yield replace(place, path=f"{look.prefixes[unit]}{place.path}".rstrip("/"))
