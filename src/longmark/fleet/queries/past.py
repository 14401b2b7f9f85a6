"""Reach on a past day, from the intervals: level by level from affected units to the roots.

The census knows only now. On a past day the installations of the affected releases that held at the
end of that day, as known at the end of the same or another day, are walked upwards until units are
found that sat in no other. What was not known then is found by what is missing: roots of a kind
that holds an item, in which nothing of that item is believed to have been.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db.models import Q

from longmark.core.life.events import CustodyRole, Evidence, Kind, State
from longmark.fleet.models import (
    ConfigurationMember,
    Custody,
    Event,
    Installation,
    Unit,
    believed,
)
from longmark.fleet.queries.contents import last_instant
from longmark.fleet.queries.reach import (
    Asked,
    CountryReached,
    PartyReached,
    Place,
    UnitReached,
)
from longmark.fleet.queries.units import EVERY_UNIT, UnitFilter, with_names
from longmark.foundation.pages import Page, keyset_page
from longmark.parties import queries as parties

if TYPE_CHECKING:
    pass

NESTING_LIMIT = 6
IDS_LIMIT = 10_000  # in one statement: SQLite takes 32,766 parameters, PostgreSQL 65,535


@dataclass(frozen=True)
class Moment:
    """The end of the day asked about, and the end of the day whose knowledge counts."""

    at: datetime | None
    known_at: datetime | None

    def believed(self) -> Q:
        """Return the condition on intervals."""
        return believed(at=self.at, known_at=self.known_at)


class Held(NamedTuple):
    """Something that sat in a unit: which release of which item, and how well that is known."""

    unit_id: UUID
    item_id: int | None
    release_id: int | None
    evidence: int


Holdings = Mapping[UUID, Sequence[Held]]


@dataclass(frozen=True)
class PastReach:
    """How far something reached on a past day."""

    holding: Holdings
    unknown_ids: frozenset[UUID]
    parties: tuple[PartyReached, ...]
    countries: tuple[CountryReached, ...]

    @property
    def unit_count(self) -> int:
        """How many units held an affected release."""
        return len(self.holding)

    @property
    def unknown_unit_count(self) -> int:
        """How many units may have held one."""
        return len(self.unknown_ids)

    @property
    def shares(self) -> Iterator[tuple[int, Evidence]]:
        """Each release in each unit, once, at its best evidence."""
        for rows in self.holding.values():
            best: dict[int, int] = {}
            for row in rows:
                if row.release_id is not None:
                    best[row.release_id] = max(row.evidence, best.get(row.release_id, 0))
            yield from ((release, Evidence(level)) for release, level in best.items())


def moment(on: date | None, known_on: date | None) -> Moment:
    """Return the moment of two days. Knowledge of a day without one asked about is of that day."""
    return Moment(last_instant(on or known_on), last_instant(known_on))


def reach_on(asked: Asked, *, on: date | None, known_on: date | None = None) -> PastReach:
    """Return how far releases reached at the end of a day, as known at the end of another.

    Costs what there are intervals of the items concerned: a query for each level of units in
    units, by ten thousand units each.
    """
    then = moment(on, known_on)
    holding, unknown = _roots(asked, then)
    keepers = _keepers({*holding, *unknown}, then)
    return PastReach(
        holding,
        frozenset(unknown),
        tuple(_by_party(holding, unknown, keepers)),
        tuple(_by_country(holding, unknown, keepers)),
    )


def units_reached(
    asked: Asked,
    *,
    narrowed: UnitFilter = EVERY_UNIT,
    evidence: Evidence | None = None,
    is_unknown: bool | None = None,
    on: date | None,
    known_on: date | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[UnitReached]:
    """Return the units reached on a past day, by serial number, with whose they are now."""
    then = moment(on, known_on)
    holding, unknown = _roots(asked, then)
    if evidence is not None:
        unknown = {}
        holding = {
            pk: rows
            for pk, rows in holding.items()
            if any(row.evidence == evidence for row in rows)
        }
    concerned = {**({} if is_unknown is False else unknown), **({} if is_unknown else holding)}
    rows = with_names(Unit.objects.filter(_any_of(concerned), narrowed.condition()))
    page = keyset_page(rows, order=["serial_folded", "id"], after=after, limit=limit)
    places = _places(asked, [held for unit in page.items for held in concerned[unit.pk]], then)
    found = [
        UnitReached(
            unit,
            tuple(place for held in concerned[unit.pk] for place in places[held.unit_id]),
            is_unknown=unit.pk not in holding,
        )
        for unit in page.items
    ]
    return Page(found, page.next)


def _places(asked: Asked, shown: Iterable[Held], then: Moment) -> dict[UUID, list[Place]]:
    """Return the places concerned in the units that are shown, by the unit they are in."""
    found: dict[UUID, list[Place]] = defaultdict(list)
    holders = {held.unit_id for held in shown}
    rows = Installation.objects.filter(
        _concerned(asked), then.believed(), unit_id__in=holders
    ).select_related("item", "release__item", "parameters")
    for row in rows.order_by("unit_id", "slot", "number"):
        place = Place(row.slot, row.item, row.release, Evidence(row.evidence), row.parameters)
        found[row.unit_id].append(place)
    return found


def _any_of(ids: Collection[UUID]) -> Q:
    condition = Q(pk__in=[])
    for some in _chunks(ids):
        condition |= Q(pk__in=some)
    return condition


def _concerned(asked: Asked) -> Q:
    return (
        Q(release_id__in=asked.release_ids)
        | Q(release_id__in=asked.doubtful_release_ids)
        | Q(release__isnull=True, item_id__in=asked.unknown_item_ids)
    )


def _roots(asked: Asked, then: Moment) -> tuple[Holdings, Holdings]:
    """Return the roots that held something affected, and those not known to have held nothing."""
    anything = _concerned(asked) | Q(item_id__in=asked.unknown_item_ids)
    rows = Installation.objects.filter(anything, then.believed()).order_by("unit_id", "number")
    columns = ("unit_id", "item_id", "release_id", "evidence")
    held = [Held(*row) for row in rows.values_list(*columns).iterator(chunk_size=IDS_LIMIT)]
    there = _there(asked, then)
    roots = _roots_of({*there, *(row.unit_id for row in held)}, then)
    gone = _scrapped({*roots.values()}, then)
    affected, doubtful = set(asked.release_ids), set(asked.doubtful_release_ids)
    holding: dict[UUID, list[Held]] = defaultdict(list)
    unknown: dict[UUID, list[Held]] = defaultdict(list)
    known: set[UUID] = set()
    for row in held:
        root = roots[row.unit_id]
        known.add(root)
        if row.release_id in affected:
            holding[root].append(row)
        elif row.release_id is None or row.release_id in doubtful:
            unknown[root].append(row)
    silent = {pk for pk in there if roots[pk] == pk} - known
    for pk in silent:
        unknown.setdefault(pk, [])
    return (
        {pk: rows for pk, rows in holding.items() if pk not in gone},
        {pk: rows for pk, rows in unknown.items() if pk not in gone and pk not in holding},
    )


def _roots_of(units: Collection[UUID], then: Moment) -> dict[UUID, UUID]:
    roots = {pk: pk for pk in units}
    level = set(units)
    for _ in range(NESTING_LIMIT):
        hosts = _hosts_of(level, then)
        if not hosts:
            break
        roots = {pk: hosts.get(root, root) for pk, root in roots.items()}
        level = set(hosts.values())
    return roots


def _there(asked: Asked, then: Moment) -> set[UUID]:
    """Return the units that were there, of the kinds that are known to hold an item asked about."""
    members = ConfigurationMember.objects.filter(item_id__in=asked.unknown_item_ids)
    kinds = members.exclude(path="").values("configuration__item_id").distinct()
    there = Unit.objects.filter(item_id__in=kinds, built_at__lte=then.at)
    if then.known_at is not None:
        there = there.filter(recorded_at__lte=then.known_at)
    return set(there.order_by("id").values_list("id", flat=True).iterator(chunk_size=IDS_LIMIT))


def _hosts_of(children: Collection[UUID], then: Moment) -> dict[UUID, UUID]:
    hosts: dict[UUID, UUID] = {}
    for some in _chunks(children):
        rows = Installation.objects.filter(then.believed(), child_id__in=some)
        pairs = rows.order_by("child_id").values_list("child_id", "unit_id")
        hosts.update((child, host) for child, host in pairs if child)
    return hosts


def _scrapped(units: Collection[UUID], then: Moment) -> set[UUID]:
    """Return which units were scrapped by then; few ever are, so they are looked for first."""
    rows = Event.objects.filter(kind=Kind.SCRAPPED, occurred_at__lte=then.at)
    rows = rows.filter(unit__state=State.SCRAPPED)
    if then.known_at is not None:
        rows = rows.filter(recorded_at__lte=then.known_at)
    return set(units) & set(rows.order_by("unit_id").values_list("unit_id", flat=True))


@dataclass
class _Keepers:
    operator_id: int | None = None
    distributor_id: int | None = None
    country: str = ""


def _keepers(units: Collection[UUID], then: Moment) -> defaultdict[UUID, _Keepers]:
    found: defaultdict[UUID, _Keepers] = defaultdict(_Keepers)
    for some in _chunks(units):
        rows = Custody.objects.filter(then.believed(), unit_id__in=some).order_by("unit_id")
        for unit, role, party, country in rows.values_list(
            "unit_id", "role", "party_id", "country"
        ):
            keepers = found[unit]
            if role == CustodyRole.OPERATOR:
                keepers.operator_id, keepers.country = party, country or keepers.country
            elif role == CustodyRole.DISTRIBUTOR:
                keepers.distributor_id = party
                keepers.country = keepers.country or country
    return found


def _by_party(
    holding: Collection[UUID], unknown: Collection[UUID], keepers: defaultdict[UUID, _Keepers]
) -> list[PartyReached]:
    def key(pk: UUID) -> tuple[int | None, int | None]:
        each = keepers[pk]
        return each.operator_id, None if each.operator_id else each.distributor_id

    affected, doubtful = Counter(map(key, holding)), Counter(map(key, unknown))
    names = parties.parties_by_id({pk for pair in {*affected, *doubtful} for pk in pair if pk})
    found = [
        PartyReached(
            names.get(own or 0), names.get(sold or 0), affected[own, sold], doubtful[own, sold]
        )
        for own, sold in {*affected, *doubtful}
    ]
    return sorted(found, key=attrgetter("order"))


def _by_country(
    holding: Collection[UUID], unknown: Collection[UUID], keepers: defaultdict[UUID, _Keepers]
) -> list[CountryReached]:
    affected = Counter(keepers[pk].country for pk in holding)
    doubtful = Counter(keepers[pk].country for pk in unknown)
    found = [
        CountryReached(country, affected[country], doubtful[country])
        for country in {*affected, *doubtful}
    ]
    return sorted(
        found, key=lambda each: (-each.unit_count, -each.unknown_unit_count, each.country)
    )


def _chunks(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    rest = iter(sorted(ids))
    while some := list(islice(rest, IDS_LIMIT)):
        yield some
