"""Snapshots of parameters, drift, and which value held when: what pages, API and lists show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

from django.db.models import Q

from longmark.catalog import queries as catalog
from longmark.core.errors import NotFound
from longmark.core.parameters.definitions import Definition
from longmark.core.parameters.differences import Difference, differences, natural
from longmark.core.parameters.drift import Basis, Drift, Expected
from longmark.core.parameters.histories import Held, SaidBy, Saying, histories
from longmark.core.parameters.secrets import is_digest
from longmark.fleet.models import ParameterDrift, ParameterSnapshot
from longmark.fleet.queries.contents import Content, contents
from longmark.fleet.queries.drifting import Record, Standing, records
from longmark.fleet.queries.units import UnitFilter
from longmark.foundation.pages import Page, keyset_page
from longmark.ledger import queries as ledger

if TYPE_CHECKING:
    from longmark.fleet.models import Unit

PARAMETERS = "parameters"
COUNTED_LIMIT = 10_000


@dataclass(frozen=True)
class PlaceNow:
    """A slot with parameters in a unit, or in a unit inside of it, and all that is known of it."""

    path: str
    carrier: "Unit"
    record: Record

    item_name: str | None

    @property
    def drift(self) -> Drift:
        """What nobody booked."""
        return self.record.drift


@dataclass(frozen=True)
class ValueNow:
    """One parameter of a slot: what was found last, what is expected, what it is."""

    name: str
    standing: Standing | None
    expected: Expected | None
    definition: Definition | None
    deviates: bool
    is_as_delivered: bool = False  # a secret that nobody changed

    @property
    def is_secret(self) -> bool:
        """Whether only a digest of its value is known."""
        return is_digest(self.found or (self.expected.value if self.expected else ""))

    @property
    def found(self) -> str | None:
        """The value that was found last."""
        return self.standing.values[self.name] if self.standing else None


@dataclass(frozen=True)
class DriftFilter:
    """Which drifts a list shows; what is not stated is not asked for."""

    item_id: int | None = None  # the set
    unit_item_id: int | None = None
    operator_id: int | None = None
    country: str | None = None
    by: str = ""  # values, counter
    text: str = ""

    def condition(self) -> Q:
        """Return the filter as a condition on drifts."""
        asked = Q()
        if self.item_id is not None:
            asked &= Q(item_id=self.item_id)
        if self.by == "values":
            asked &= Q(deviation_count__gt=0)
        elif self.by == "counter":
            asked &= Q(counter_after__isnull=False)
        units = UnitFilter(
            item_ids=(self.unit_item_id,) if self.unit_item_id is not None else (),
            operator_id=self.operator_id,
            country=self.country,
            text=self.text,
        )
        for name, value in _flat(units.condition()):
            asked &= Q(**{f"unit__{name}": value})
        return asked


def _flat(condition: Q) -> Iterable[tuple[str, object]]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _flat(child)
        elif isinstance(child, tuple):
            yield child


EVERY_DRIFT = DriftFilter()


def places_now(unit: "Unit") -> list[PlaceNow]:
    """Return the slots of a unit, at any depth, of whose parameters anything is known.

    Two queries a level, three for all of them, and four for each release of a set.
    """
    inside = [each for content in contents(unit) for each in content.flat()]
    carriers = {unit.pk: ("", unit)}
    carriers |= {each.child.pk: (f"{each.path}/", each.child) for each in inside if each.child}
    slots = [
        (each.installation.unit_id, each.installation.slot)
        for each in inside
        if _has_parameters(each)
    ]
    found = records(set(carriers), slots=slots)
    items = catalog.items_by_id({pk for each in found if (pk := each.item_now) is not None})
    places = []
    for each in found:
        above, carrier = carriers[each.unit_id]
        item = items.get(each.item_now or 0)
        places.append(PlaceNow(above + each.slot, carrier, each, item.name if item else None))
    return sorted(places, key=lambda place: place.path)


def carriers_in(unit: "Unit") -> list[UUID]:
    """Return a unit and the units inside of it. Two queries a level."""
    inside = [each for content in contents(unit) for each in content.flat()]
    return [unit.pk, *(each.child.pk for each in inside if each.child)]


def _has_parameters(content: Content) -> bool:
    row = content.installation
    is_called_so = row.slot.rpartition("/")[2] == PARAMETERS
    return not row.is_empty and (is_called_so or row.parameters_id is not None)


def values_now(record: Record, now: datetime) -> list[ValueNow]:
    """Return every parameter of a slot of which a value is known, in natural order."""
    booked, definitions = record.booked_values(now), record.definitions(now)
    occupant = dict(record.occupant(now).values)
    released = record.sets.released(record.occupant(now).release)
    looks = {each.seq: record.known(each) for each in record.last_found.values()}
    deviating = {each.name for each in record.drift.deviations}
    rows = []
    for name in sorted(record.values.keys() | booked.keys(), key=natural):
        standing = record.last_found.get(name)
        expected = looks[standing.seq].expected(name) if standing else None
        if name in booked and name not in deviating:
            basis = Basis.BOOKED if name in occupant else Basis.RELEASED
            expected = Expected(booked[name], basis)
        known = definitions.get(name)
        value = standing.values[name] if standing else ""
        usual = {released.get(name), known.default if known else ""}
        is_usual = is_digest(value) and value in usual
        rows.append(ValueNow(name, standing, expected, known, name in deviating, is_usual))
    return rows


def snapshots_page(
    unit_ids: Iterable[UUID], *, after: str | None = None, limit: int = 50
) -> Page[ParameterSnapshot]:
    """Return the snapshots of some units, latest first. One query."""
    rows = ParameterSnapshot.objects.filter(unit_id__in=list(unit_ids))
    rows = rows.select_related("item", "parameters")
    order = ["-occurred_at", "-number", "unit_id"]
    return keyset_page(rows, order=order, after=after, limit=limit)


def snapshot(unit: "Unit", number: int) -> ParameterSnapshot:
    """Return one snapshot of a unit. One query.

    Raises:
        NotFound: the unit has none with this number.
    """
    rows = ParameterSnapshot.objects.filter(unit_id=unit.pk, number=number)
    found = rows.select_related("item", "parameters").first()
    if found is None:
        raise NotFound("{unit} has no snapshot {number}.", unit=unit, number=number)
    return found


def open_file(known: ParameterSnapshot) -> BinaryIO:
    """Open the file that is kept of a snapshot; the caller closes it."""
    return ledger.open_blob(known.blob)


def record_of(unit: "Unit", slot: str) -> Record:
    """Return what is on record of one slot of a unit."""
    found = records([unit.pk], slots=[(unit.pk, slot)])
    return next(each for each in found if each.slot == slot)


def difference(
    record: Record, number: int, *, against: int | None = None, is_released: bool = False
) -> list[Difference]:
    """Return how a snapshot differs from another one of the slot, from the released set, or from
    what was booked by then.

    Raises:
        NotFound: one of them does not count, or there is none.
    """
    standing = _counting(record, number)
    if against is not None:
        before = _counting(record, against).values
    elif is_released:
        before = record.sets.released(record.occupant(standing.ends).release)
    else:
        before = record.booked_values(standing.ends)
    return differences(before, standing.values, record.definitions(standing.ends))


def _counting(record: Record, number: int) -> Standing:
    for each in record.found:
        if each.snapshot and each.snapshot.number == number:
            return each
    raise NotFound("No snapshot {number} counts in this place.", number=number)


def histories_of(record: Record, now: datetime) -> dict[str, tuple[Held, ...]]:
    """Return which value of each parameter of a slot held when, from all that was ever said."""
    return histories(_sayings(record), record.definitions(now))


def _sayings(record: Record) -> list[Saying]:
    sayings: list[Saying] = []
    release: int | None = None
    for installed in record.life.installations:
        occupant = installed.content
        if installed.place != record.slot or occupant is None or occupant.release == release:
            continue
        release = occupant.release
        values = record.sets.released(release)
        sayings.append(Saying(installed.valid_from, SaidBy.RELEASED, values, installed.evidence))
    for event in record.booked:
        stated = event.slots.get(record.slot)
        if stated and stated.values:
            said = (SaidBy.BOOKED, dict(stated.values), event.evidence, event.seq)
            sayings.append(Saying(event.occurred_at, *said))
    for each in record.found:
        sayings.append(Saying(each.begins, SaidBy.FOUND, each.values, each.evidence, each.seq))
    return sayings


def drift_page(
    asked: DriftFilter = EVERY_DRIFT, *, after: str | None = None, limit: int = 50
) -> Page[ParameterDrift]:
    """Return units that differ from what was booked, found last first. One query."""
    rows = ParameterDrift.objects.filter(asked.condition()).select_related(
        "unit__item", "unit__operator", "unit__site", "unit__distributor", "item"
    )
    return keyset_page(rows, order=["-found_at", "unit_id", "slot"], after=after, limit=limit)


def drift_count() -> int:
    """Return how many slots of units drift; above ten thousand it says that. One query."""
    return ParameterDrift.objects.order_by()[:COUNTED_LIMIT].count()


def drifts_of(unit_ids: Iterable[UUID]) -> list[ParameterDrift]:
    """Return the drifts of some units. One query."""
    rows = ParameterDrift.objects.filter(unit_id__in=list(unit_ids))
    return list(rows.order_by("unit_id", "slot"))
