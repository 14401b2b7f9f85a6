"""What is in units and may not be: how many, which, and what was accepted of it.

Mismatches stand with configurations, so they are counted from the census. Only those that are in
force for some of the units that look alike, and those that were accepted, are looked for among
units: the first by the index of units that look alike, the second from the few waivers.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from longmark.core.life.events import NOT_IN_USE
from longmark.fleet.models import ConfigurationMember, Mismatch, Unit, Waiver
from longmark.fleet.queries.census import totals_in_use
from longmark.fleet.queries.heads import ORDER, heads
from longmark.fleet.queries.units import EVERY_UNIT, UnitFilter, with_names
from longmark.foundation.pages import Page, keyset_page

if TYPE_CHECKING:
    from longmark.catalog.models import Combination

NOBODY = Q(pk__in=())
NO_LOOK = UUID(int=0)  # units in other units have no configuration of their own


@dataclass(frozen=True)
class Odd:
    """One mismatch of a unit. ``present`` is what sits in the wrong places, in their order."""

    key: str
    path: str
    nearest: "Combination | None"
    present: tuple[ConfigurationMember, ...]
    waiver: Waiver | None = None


@dataclass(frozen=True)
class OddUnit:
    """A unit with what is in it and may not be."""

    unit: Unit
    mismatches: tuple[Odd, ...]


def mismatches_of(unit: Unit) -> list[Odd]:
    """Return what is in a unit and may not be, accepted or not. Three queries."""
    return list(_odd_units([unit])[0].mismatches)


def mismatched_unit_count() -> int:
    """Return how many units in use hold what they may not, and nobody accepted. Five queries."""
    looks = _looks()
    for_all = [pk for pk, rows in looks.items() if any(row.is_for_all for row in rows)]
    counted = (
        totals_in_use().filter(configuration_id__in=for_all).aggregate(n=Sum("count", default=0))
    )
    some = {pk: rows for pk, rows in looks.items() if pk not in set(for_all)}
    further = _units().filter(_in_force(some)).count() if some else 0
    return int(counted["n"]) + further - len(_all_accepted(looks))


def mismatches_page(
    *,
    asked_for: UnitFilter = EVERY_UNIT,
    after: str | None = None,
    limit: int = 50,
) -> Page[OddUnit]:
    """Return units that hold what they may not, by serial number. Eight queries.

    Units of which all was accepted are left out.
    """
    looks = _looks()
    rows = _units().filter(asked_for.condition()).filter(_in_force(looks))
    if accepted := _all_accepted(looks):
        rows = rows.exclude(pk__in=accepted)
    first = heads(rows, sorted(looks), after=after, limit=limit)
    named = with_names(Unit.objects.filter(pk__in=first))
    page = keyset_page(named, order=ORDER, after=after, limit=limit)
    return Page(_odd_units(page.items), page.next)


def waivers_page(*, after: str | None = None, limit: int = 50) -> Page[Waiver]:
    """Return what was accepted, latest first. One query."""
    rows = Waiver.objects.select_related("unit__item").filter(withdrawn_at=None)
    return keyset_page(rows, order=["-waived_at", "-unit_id", "-number"], after=after, limit=limit)


def _units() -> QuerySet[Unit]:
    return Unit.objects.exclude(state__in=NOT_IN_USE)


def _looks() -> dict[UUID, list[Mismatch]]:
    """Return the mismatches of configurations that units in use have. One query."""
    used = totals_in_use().values("configuration_id")
    rows = Mismatch.objects.filter(configuration_id__in=used)
    found: dict[UUID, list[Mismatch]] = defaultdict(list)
    for row in rows.order_by("configuration_id", "number"):
        found[row.configuration_id].append(row)
    return dict(found)


def _in_force(looks: Mapping[UUID, Sequence[Mismatch]]) -> Q:
    """Return the condition that a unit looks so, and that a mismatch is in force for it."""
    alike: dict[str, tuple[Q, list[UUID]]] = {}
    for pk, rows in looks.items():
        asked = _any_in_force(rows)
        alike.setdefault(str(asked), (asked, []))[1].append(pk)
    condition = NOBODY
    for asked, ids in alike.values():
        condition |= Q(configuration_id__in=ids) & asked
    return condition


def _any_in_force(rows: Sequence[Mismatch]) -> Q:
    """Return for which of the units that look alike a mismatch is in force; empty: for all."""
    if any(row.is_for_all for row in rows):
        return Q()
    asked = NOBODY
    for row in rows:
        asked |= _ruled(row)
    return asked


def _ruled(row: Mismatch) -> Q:
    ruled = Q()
    for place, each in enumerate(row.ruled):
        ruled = _window(each) if place == 0 else ruled | _window(each)
    for each in row.allowed:
        ruled &= ~_window(each)
    return ruled


def _window(stated: Mapping[str, str]) -> Q:
    """Return the condition that a unit was built, and is numbered, within an effectivity."""
    window = Q()
    if begin := stated.get("built_from"):
        window &= Q(built_at__gte=_midnight(begin))
    if end := stated.get("built_until"):
        window &= Q(built_at__lt=_midnight(end) + timedelta(days=1))
    if begin := stated.get("serial_from"):
        window &= Q(serial_folded__gte=begin)
    if end := stated.get("serial_until"):
        window &= Q(serial_folded__lte=end)
    return window


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)


def _is_in_force(unit: Unit, row: Mismatch) -> bool:
    if row.is_for_all:
        return True
    is_ruled = not row.ruled or any(_is_within(unit, each) for each in row.ruled)
    return is_ruled and not any(_is_within(unit, each) for each in row.allowed)


def _is_within(unit: Unit, stated: Mapping[str, str]) -> bool:
    built = unit.built_at.astimezone(UTC).date().isoformat() if unit.built_at else ""
    for name, value in (("built", built), ("serial", unit.serial_folded)):
        begin, end = stated.get(f"{name}_from", ""), stated.get(f"{name}_until", "")
        if (begin or end) and not (value and begin <= value and (not end or value <= end)):
            return False
    return True


def _all_accepted(looks: Mapping[UUID, Sequence[Mismatch]]) -> list[UUID]:
    """Return units of which every mismatch that is in force was accepted. Two queries."""
    accepted: dict[UUID, set[str]] = defaultdict(set)
    rows = Waiver.objects.filter(withdrawn_at=None).order_by("unit_id", "number")
    for unit_id, key in rows.values_list("unit_id", "key"):
        accepted[unit_id].add(key)
    if not accepted:
        return []
    return [
        unit.pk
        for unit in _units().filter(pk__in=list(accepted)).order_by("pk")
        if (odd := _keys_in_force(unit, looks.get(unit.configuration_id or NO_LOOK, ())))
        and accepted[unit.pk] >= odd
    ]


def _keys_in_force(unit: Unit, rows: Iterable[Mismatch]) -> set[str]:
    return {row.key for row in rows if _is_in_force(unit, row)}


def _odd_units(units: Sequence[Unit]) -> list[OddUnit]:
    """Join units with their mismatches, what is in the wrong places, and waivers. Three queries."""
    looks = {unit.configuration_id for unit in units if unit.configuration_id}
    rows = Mismatch.objects.filter(configuration_id__in=looks).select_related("nearest")
    by_look: dict[UUID | None, list[Mismatch]] = defaultdict(list)
    for row in rows.order_by("configuration_id", "number"):
        by_look[row.configuration_id].append(row)
    present = _present(by_look)
    waivers = _waivers(unit.pk for unit in units)
    return [
        OddUnit(
            unit,
            tuple(
                Odd(
                    row.key,
                    row.path,
                    row.nearest,
                    tuple(present[row.configuration_id, path] for path in row.wrong),
                    waivers.get((unit.pk, row.key)),
                )
                for row in by_look[unit.configuration_id]
                if _is_in_force(unit, row)
            ),
        )
        for unit in units
    ]


def _present(
    looks: Mapping[UUID | None, Collection[Mismatch]],
) -> dict[tuple[UUID, str], ConfigurationMember]:
    paths = {path for rows in looks.values() for row in rows for path in row.wrong}
    members = ConfigurationMember.objects.filter(
        configuration_id__in=[pk for pk in looks if pk], path__in=paths, release__isnull=False
    ).select_related("item", "release__item")
    ordered = members.order_by("configuration_id", "-number")
    return {(each.configuration_id, each.path): each for each in ordered}


def _waivers(unit_ids: Iterable[UUID]) -> dict[tuple[UUID, str], Waiver]:
    rows = Waiver.objects.filter(unit_id__in=list(unit_ids), withdrawn_at=None)
    return {(row.unit_id, row.key): row for row in rows.order_by("unit_id", "number")}
