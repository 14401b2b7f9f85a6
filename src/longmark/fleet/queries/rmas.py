"""RMAs: lists of them by age, one with what happened in it, and how many wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from longmark.core.errors import NotFound
from longmark.core.life.identity import folded_serial
from longmark.fleet.models import Event, Installation, Rma, Unit
from longmark.fleet.queries.units import LAST_CHARACTER, serial_begins
from longmark.foundation.pages import Page, keyset_page

AGES_DAYS = (7, 30, 90)
"""Where the ages of open RMAs are parted."""

HAPPENED_LIMIT_ROWS = 500


@dataclass(frozen=True)
class RmaFilter:
    """Which RMAs a list shows; what is not stated is not asked for."""

    is_open: bool | None = True
    item_ids: tuple[int, ...] = ()
    operator_id: int | None = None
    step: str = ""
    outcome: str = ""
    is_unchecked: bool = False
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    text: str = ""

    def condition(self) -> Q:
        """Return the filter as a condition on RMAs."""
        asked = Q(is_told=True)
        if self.is_open is not None:
            asked &= Q(closed_at__isnull=self.is_open)
        if self.item_ids:
            asked &= Q(item_id__in=self.item_ids)
        if self.operator_id is not None:
            asked &= Q(unit__operator_id=self.operator_id)
        for column in ("step", "outcome"):
            if value := getattr(self, column):
                asked &= Q(**{column: value})
        if self.is_unchecked:
            asked &= Q(closed_at__isnull=False, checked_at=None)
        return asked & self._when() & self._named()

    def _when(self) -> Q:
        asked = Q()
        if self.opened_from is not None:
            asked &= Q(opened_at__gte=self.opened_from)
        if self.opened_before is not None:
            asked &= Q(opened_at__lt=self.opened_before)
        return asked

    def _named(self) -> Q:
        """Return the condition that its number or its unit's serial number begins so."""
        if not self.text.strip():
            return Q()
        begin = folded_serial(self.text)
        numbered = Q(number_folded__gte=begin, number_folded__lt=begin + LAST_CHARACTER)
        units = Unit.objects.filter(serial_begins(self.text))
        return numbered | Q(unit_id__in=units.values("pk"))


OPEN = RmaFilter()


@dataclass(frozen=True)
class Waiting:
    """How many open RMAs of an item there are at a step; ``by_age`` from youngest to oldest."""

    item_id: int
    item_name: str
    step: str
    count: int
    by_age: tuple[int, ...]


@dataclass(frozen=True)
class Happened:
    """What happened to a unit and to what sits in it while an RMA was open."""

    events: tuple[Event, ...]
    units: dict[UUID, Unit]
    corrected: frozenset[tuple[UUID, int]]
    is_all: bool


def rmas_page(asked: RmaFilter = OPEN, *, after: str | None = None, limit: int = 50) -> Page[Rma]:
    """Return RMAs: open ones oldest first, else newest first. One query."""
    rows = with_names(Rma.objects.filter(asked.condition()))
    columns = ["opened_at", "unit_id", "number"]
    order = columns if asked.is_open else [f"-{column}" for column in columns]
    return keyset_page(rows, order=order, after=after, limit=limit)


def with_names(rows: "QuerySet[Rma]") -> "QuerySet[Rma]":
    """Load with each RMA what lists show of it."""
    return rows.select_related("unit__item", "unit__operator", "unit__site", "unit__distributor")


def rma(unit: Unit, number: str) -> Rma:
    """Return one RMA of a unit. One query.

    Raises:
        NotFound: the unit has none of this number.
    """
    rows = Rma.objects.filter(unit_id=unit.pk, number=number, is_told=True)
    found = with_names(rows).first()
    if found is None:
        raise NotFound("{unit} has no RMA {number}.", unit=unit, number=number)
    return found


def rmas_of(unit: Unit) -> list[Rma]:
    """Return a unit's RMAs, newest first. One query."""
    rows = with_names(Rma.objects.filter(unit_id=unit.pk, is_told=True))
    return list(rows.order_by("-opened_at", "number"))


def rmas_that_brought(unit: Unit) -> list[Rma]:
    """Return the RMAs in which this unit took the place of another, newest first. One query."""
    rows = with_names(Rma.objects.filter(replacement_id=unit.pk, is_told=True))
    return list(rows.order_by("-opened_at", "unit_id", "number"))


def waiting(now: datetime) -> list[Waiting]:
    """Return how many RMAs are open, by item and step, most first. One query."""
    bounds = [None, *(now - timedelta(days=days) for days in AGES_DAYS), None]
    ages = {
        f"age_{place}": Count("number", filter=_between(bounds[place + 1], bounds[place]))
        for place in range(len(bounds) - 1)
    }
    grouped = Rma.objects.filter(OPEN.condition()).values("item_id", "item__name", "step")
    counted = grouped.annotate(total=Count("number"), **ages)
    rows = counted.order_by("-total", "item__name", "step")
    return [
        Waiting(item_id, name, step, total, tuple(by_age))
        for item_id, name, step, total, *by_age in rows.values_list(
            "item_id", "item__name", "step", "total", *ages
        )
    ]


def _between(first: datetime | None, before: datetime | None) -> Q:
    asked = Q()
    if first is not None:
        asked &= Q(opened_at__gte=first)
    if before is not None:
        asked &= Q(opened_at__lt=before)
    return asked


def happened_in(one: Rma) -> Happened:
    """Return what happened while an RMA was open, to the unit and to units in it. Four queries.

    Latest first, five hundred of them at most; what was swapped out is among the units, too.
    """
    until = one.closed_at
    seated = Installation.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=one.opened_at),
        unit_id=one.unit_id,
        child_id__isnull=False,
        known_to=None,
    )
    if until is not None:
        seated = seated.filter(valid_from__lte=until)
    inside = {pk for pk in seated.values_list("child_id", flat=True) if pk}
    ids = {one.unit_id, *inside}
    rows = Event.objects.filter(unit_id__in=ids, occurred_at__gte=one.opened_at)
    if until is not None:
        rows = rows.filter(occurred_at__lte=until)
    ordered = rows.order_by("-occurred_at", "unit_id", "-seq")
    found = list(ordered[: HAPPENED_LIMIT_ROWS + 1])
    named = Unit.objects.filter(pk__in=inside).select_related("item")
    units = {one.unit_id: one.unit, **{each.pk: each for each in named}}
    replaced = Event.objects.filter(unit_id__in=ids, corrects__isnull=False)
    corrected = {(pk, seq) for pk, seq in replaced.values_list("unit_id", "corrects") if seq}
    is_all = len(found) <= HAPPENED_LIMIT_ROWS
    return Happened(tuple(found[:HAPPENED_LIMIT_ROWS]), units, frozenset(corrected), is_all)


def open_rma_of(unit: Unit) -> Rma | None:
    """Return the RMA that is open for a unit, the latest of several. One query."""
    return next(iter(open_rmas_of(unit)), None)


def open_rmas_of(unit: Unit) -> list[Rma]:
    """Return the RMAs that are open for a unit, newest first; lists may open several. One query."""
    return [each for each in rmas_of(unit) if each.is_open]
