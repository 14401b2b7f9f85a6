"""Looks into some units on a past day: what in them was affected, in doubt, or not said.

The same classes that `past_statements` gives to all roots at once, told of a few units by walking
down from them, one query a level.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from longmark.core.life.events import CustodyRole, Evidence
from longmark.fleet.models import Custody, Installation, Unit
from longmark.fleet.queries.moments import Moment
from longmark.fleet.queries.past_statements import (
    AFFECTED,
    IN_DOUBT,
    SILENT,
    UNAFFECTED,
    Concerned,
)
from longmark.fleet.queries.reach import Kept, Place

DEPTH_LIMIT = 7


@dataclass
class Look:
    """What a look into a unit found."""

    rank: int | None = None  # None: it is of no kind that is asked about
    levels: set[Evidence] = field(default_factory=set)  # of what is affected in it
    keys: list[tuple[UUID, int, int]] = field(default_factory=list)  # intervals, their classes
    prefixes: dict[UUID, str] = field(default_factory=dict)  # where the units in it sit

    @property
    def is_reached(self) -> bool:
        return self.rank not in (None, UNAFFECTED)

    @property
    def is_affected(self) -> bool:
        return self.rank == AFFECTED

    def note(self, rank: int) -> None:
        """Let the higher class count."""
        self.rank = rank if self.rank is None else max(self.rank, rank)


class _Row(NamedTuple):
    """What of an interval matters."""

    unit_id: UUID
    number: int
    slot: str
    item_id: int | None
    release_id: int | None
    child_id: UUID | None
    evidence: int


class Looker:
    """Looks for what is asked about, at one moment."""

    def __init__(self, concerned: Concerned, then: Moment) -> None:
        asked = concerned.asked
        self.then = then
        self._affected = set(asked.release_ids)
        self._doubtful = set(asked.doubtful_release_ids)
        self._known = set(concerned.known_ids)
        self._items = set(asked.unknown_item_ids)
        self._kinds = set(concerned.kinds)

    def roots_among(self, units: Collection[UUID]) -> set[UUID]:
        """Return which of these units sat in no other. One query."""
        seats = Installation.objects.filter(self.then.believed(), child_id__in=list(units))
        return set(units) - set(seats.values_list("child_id", flat=True))

    def look_into(self, units: Iterable[Unit]) -> dict[UUID, Look]:
        """Return what is in units, which are roots. One query a level."""
        found = {unit.pk: Look(prefixes={unit.pk: ""}) for unit in units}
        owners: dict[UUID, set[UUID]] = {unit.pk: {unit.pk} for unit in units}
        items = {unit.pk: unit.item_id for unit in units}
        for _ in range(DEPTH_LIMIT):
            if not owners:
                break
            owners, items = self._level(owners, items, found)
        return found

    def _level(
        self, owners: dict[UUID, set[UUID]], items: dict[UUID, int], found: dict[UUID, Look]
    ) -> tuple[dict[UUID, set[UUID]], dict[UUID, int]]:
        below: dict[UUID, set[UUID]] = defaultdict(set)
        items_below: dict[UUID, int] = {}
        stated: set[UUID] = set()
        rows = Installation.objects.filter(self._matters(), self.then.believed())
        rows = rows.filter(unit_id__in=list(owners)).order_by("unit_id", "slot", "number")
        for row in map(_Row._make, rows.values_list(*_Row._fields)):
            if row.slot == "" and row.release_id is not None:
                stated.add(row.unit_id)
            looks = [found[root] for root in owners[row.unit_id]]
            self._note_row(row, looks)
            if row.child_id is not None:
                below[row.child_id] |= owners[row.unit_id]
                items_below[row.child_id] = row.item_id or 0
        for unit, item in items.items():
            self._note_unit(item, unit in stated, [found[root] for root in owners[unit]])
        return dict(below), items_below

    def _note_row(self, row: "_Row", looks: Iterable[Look]) -> None:
        rank = self._rank(row.item_id, row.release_id, row.child_id)
        for look in looks:
            if row.child_id is not None:
                look.prefixes[row.child_id] = f"{look.prefixes[row.unit_id]}{row.slot}/"
            if rank is not None:
                look.note(rank)
            if rank in (AFFECTED, IN_DOUBT):
                look.keys.append((row.unit_id, row.number, rank))
            if rank == AFFECTED:
                look.levels.add(Evidence(row.evidence))

    def _note_unit(self, item: int, is_stated: bool, looks: Iterable[Look]) -> None:
        for look in looks:
            if item in self._items and not is_stated:
                look.note(IN_DOUBT)
            if item in self._kinds:
                look.note(SILENT)

    def _matters(self) -> Q:
        releases = self._affected | self._doubtful | self._known
        return (
            Q(child_id__isnull=False)
            | Q(release_id__in=releases)
            | Q(release_id__isnull=True, item_id__in=self._items)
            | Q(slot="", release_id__isnull=False)
        )

    def _rank(self, item: int | None, release: int | None, child: UUID | None) -> int | None:
        if release in self._affected:
            return AFFECTED
        if release in self._doubtful:
            return IN_DOUBT
        if release in self._known:
            return UNAFFECTED
        is_vague = release is None and child is None and item in self._items
        return IN_DOUBT if is_vague else None

    def places(self, looks: Collection[Look]) -> dict[tuple[UUID, int], Place]:
        """Return what is concerned, by unit and number of its interval. One query."""
        wanted = {(unit, number) for look in looks for unit, number, _ in look.keys}
        rows = Installation.objects.filter(self.then.believed(), self._matters())
        rows = rows.filter(unit_id__in=list({unit for unit, _ in wanted}))
        named = rows.select_related("item", "release__item", "parameters")
        return {
            (row.unit_id, row.number): Place(
                row.slot, row.item, row.release, Evidence(row.evidence), row.parameters
            )
            for row in named.order_by("unit_id", "slot", "number")
            if (row.unit_id, row.number) in wanted
        }

    def keepers(self, units: Collection[UUID]) -> dict[UUID, Kept]:
        """Return who kept units then. One query."""
        rows = Custody.objects.filter(self.then.believed(), unit_id__in=list(units))
        named = rows.select_related("party", "site").order_by("unit_id", "number")
        found: dict[UUID, Kept] = defaultdict(Kept)
        for row in named:
            if row.role == CustodyRole.OPERATOR:
                found[row.unit_id].operator, found[row.unit_id].site = row.party, row.site
                found[row.unit_id].country = row.country
            elif row.role == CustodyRole.DISTRIBUTOR:
                found[row.unit_id].distributor = row.party
        return found
