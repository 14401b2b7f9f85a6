"""What is in a unit, now or on a past day, as known now or on a past day; and its drawing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from longmark.fleet.models import Custody, Installation, Unit, believed, known
from longmark.fleet.queries.moments import last_instant
from longmark.fleet.queries.units import units_by_id

NESTING_LIMIT = 6


@dataclass(frozen=True)
class Content:
    """What sits at a path of a unit; with what sits in it, if it is a unit itself.

    ``installation.is_empty`` says that the slot is known to be empty.
    """

    path: str
    installation: Installation
    child: Unit | None
    inside: tuple["Content", ...]

    def flat(self) -> Iterable["Content"]:
        """Yield this and everything in it, in order of path."""
        yield self
        for each in self.inside:
            yield from each.flat()


@dataclass(frozen=True)
class Lifeline:
    """One slot over time: the intervals of the drawing, oldest first."""

    slot: str
    intervals: tuple[Installation, ...]


def contents(
    unit: Unit, on: date | None = None, known_on: date | None = None
) -> tuple[Content, ...]:
    """Return what was in a unit at the end of a day, as known at the end of another; now if none.

    Two queries for the unit and two for each level of units in it.
    """
    at, known_at = last_instant(on), last_instant(known_on)
    rows: dict[UUID, list[Installation]] = {}
    children: dict[UUID, Unit] = {}
    level = {unit.pk}
    for _ in range(NESTING_LIMIT):
        rows |= _installed_in(level, at, known_at)
        inside = {row.child_id for pk in level for row in rows.get(pk, ()) if row.child_id}
        level = inside - rows.keys()
        if not level:
            break
        children |= units_by_id(level)
    return _nested(unit.pk, "", rows, children, 0)


def _installed_in(
    units: Iterable[UUID], at: datetime | None, known_at: datetime | None
) -> dict[UUID, list[Installation]]:
    found: dict[UUID, list[Installation]] = defaultdict(list)
    rows = Installation.objects.filter(believed(at=at, known_at=known_at), unit_id__in=list(units))
    rows = rows.select_related("item", "release__item", "parameters")
    for row in rows.order_by("unit_id", "slot", "number"):
        found[row.unit_id].append(row)
    return dict(found)


def _nested(
    unit: UUID,
    above: str,
    rows: dict[UUID, list[Installation]],
    children: dict[UUID, Unit],
    depth: int,
) -> tuple[Content, ...]:
    found = []
    for row in rows.get(unit, ()):
        path = f"{above}/{row.slot}".strip("/") if row.slot else above
        child = children.get(row.child_id) if row.child_id else None
        inside: tuple[Content, ...] = ()
        if child is not None and depth < NESTING_LIMIT:
            inside = _nested(child.pk, path, rows, children, depth + 1)
        found.append(Content(path, row, child, inside))
    return tuple(found)


def host_path(unit: Unit) -> list[Unit]:
    """Return the units around a unit, the one it sits in first. One query a level."""
    found: list[Unit] = []
    host_id = unit.host_id
    while host_id is not None and len(found) < NESTING_LIMIT:
        host = units_by_id([host_id])[host_id]
        found.append(host)
        host_id = host.host_id
    return found


def lifelines(unit: Unit, known_on: date | None = None) -> list[Lifeline]:
    """Return every slot's intervals over the unit's whole life, by slot. One query."""
    return lifelines_of([unit.pk], known_on).get(unit.pk, [])


def lifelines_of(
    unit_ids: Iterable[UUID], known_on: date | None = None
) -> dict[UUID, list[Lifeline]]:
    """Return every slot's intervals of several units, such as those in a unit. One query."""
    rows = Installation.objects.filter(
        known(last_instant(known_on)), unit_id__in=list(unit_ids)
    ).select_related("item", "release__item", "parameters")
    by_slot: dict[UUID, dict[str, list[Installation]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.order_by("unit_id", "slot", "valid_from", "number"):
        by_slot[row.unit_id][row.slot].append(row)
    return {
        unit_id: [Lifeline(slot, tuple(found)) for slot, found in slots.items()]
        for unit_id, slots in by_slot.items()
    }


def seats_of(unit: Unit) -> list[Installation]:
    """Return where a unit sat over its life, with those units, latest first. One query."""
    rows = Installation.objects.filter(child_id=unit.pk, known_to=None).select_related("unit__item")
    return list(rows.order_by("-valid_from", "unit_id", "number"))


def custody_of(unit: Unit) -> list[Custody]:
    """Return who kept a unit over its life, oldest first. One query."""
    rows = Custody.objects.filter(unit_id=unit.pk, known_to=None).select_related("party", "site")
    return list(rows.order_by("valid_from", "number"))
