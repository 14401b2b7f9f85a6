"""Units: one, a page of them, found by a word; and what happened to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from longmark.catalog import queries as catalog
from longmark.core.errors import NotFound
from longmark.core.life.aliases import folded_as_mac
from longmark.core.life.events import Evidence, Kind
from longmark.core.life.identity import folded_serial, shape
from longmark.core.vocabulary import AliasKind
from longmark.fleet.models import ConfigurationMember, Event, Unit, UnitAlias
from longmark.foundation.pages import Page, keyset_page

if TYPE_CHECKING:
    from longmark.catalog.models import Item
    from longmark.parties.models import Party

FOUND_LIMIT_ROWS = 20
SHAPES_LIMIT_ROWS = 200
SOFTWARE_KINDS = (
    Kind.SOFTWARE_CHANGED,
    Kind.SOFTWARE_CONFIRMED,
    Kind.SOFTWARE_OBSERVED,
    Kind.SOFTWARE_ROLLED_BACK,
)
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True)
class Doubts:
    """What a list asks about what is not known well enough of units."""

    unknown_kind: str = ""  # not known which release of an item of this kind is inside
    unconfirmed_before: datetime | None = None  # software changed on someone's word, before then

    def condition(self) -> Q:
        """Return the doubts as a condition on units."""
        asked = Q()
        if self.unknown_kind:
            asked &= unknown_of_kind(self.unknown_kind)
        if self.unconfirmed_before is not None:
            asked &= unconfirmed(self.unconfirmed_before)
        return asked


NO_DOUBTS = Doubts()


@dataclass(frozen=True)
class UnitFilter:
    """Which units a list shows; what is not stated is not asked for."""

    item_ids: tuple[int, ...] = ()
    ids: tuple[UUID, ...] = ()
    operator_id: int | None = None
    distributor_id: int | None = None
    site_id: int | None = None
    country: str | None = None  # empty: not known
    is_operator_known: bool | None = None
    is_distributor_known: bool | None = None
    unknown_at: str | None = None  # a path of which it is not known which release sits there
    states: tuple[str, ...] = ()
    text: str = ""
    roots_only: bool = False
    doubts: Doubts = NO_DOUBTS

    def condition(self) -> Q:
        """Return the filter as a condition on units."""
        asked = Q()
        if self.item_ids:
            asked &= Q(item_id__in=self.item_ids)
        if self.ids:
            asked &= Q(pk__in=self.ids)
        if self.roots_only:
            asked &= Q(host_id=None)
        if self.states:
            asked &= Q(state__in=self.states)
        if self.text:
            asked &= serial_begins(self.text)
        for column in ("operator_id", "distributor_id", "site_id", "country"):
            if (value := getattr(self, column)) is not None:
                asked &= Q(**{column: value})
        return asked & self._knowledge() & self.doubts.condition()

    def _knowledge(self) -> Q:
        """Return what is asked about what is known, and what is not."""
        asked = Q()
        if self.is_operator_known is not None:
            asked &= Q(operator__isnull=not self.is_operator_known)
        if self.is_distributor_known is not None:
            asked &= Q(distributor__isnull=not self.is_distributor_known)
        if self.unknown_at is not None:
            unknown = ConfigurationMember.objects.filter(path=self.unknown_at, release=None)
            asked &= Q(configuration_id__in=unknown.values("configuration_id"))
        return asked


EVERY_UNIT = UnitFilter()


def unknown_of_kind(kind: str) -> Q:
    """Return the condition that it is not known which release of an item of this kind is there."""
    members = ConfigurationMember.objects.filter(release=None, item__kind=kind)
    return Q(configuration_id__in=members.values("configuration_id"))


def unconfirmed(before: datetime) -> Q:
    """Return the condition that software was changed before an instant on someone's word alone,
    and that nothing better has been said of the unit's software since.
    """
    changed = Event.objects.filter(
        kind=Kind.SOFTWARE_CHANGED, evidence__lt=Evidence.REPORTED, occurred_at__lt=before
    )
    since = Event.objects.filter(
        unit_id=OuterRef("unit_id"),
        kind__in=SOFTWARE_KINDS,
        occurred_at__gte=OuterRef("occurred_at"),
    ).filter(Q(evidence__gte=Evidence.REPORTED) | Q(occurred_at__gt=OuterRef("occurred_at")))
    corrected = Event.objects.filter(unit_id=OuterRef("unit_id"), corrects=OuterRef("seq"))
    waiting = changed.filter(~Exists(since), ~Exists(corrected))
    return Q(pk__in=waiting.values("unit_id"))


def serial_begins(text: str) -> Q:
    """Return the condition that a serial number begins with ``text``: a range of the index."""
    begin = folded_serial(text)
    return Q(serial_folded__gte=begin, serial_folded__lt=begin + LAST_CHARACTER)


def alias_begins(text: str) -> Q:
    """Return the condition that an alias begins with ``text``, or with these digits of a MAC."""
    begins = [folded_serial(text)]
    if digits := folded_as_mac(text):
        begins.append(digits)
    condition = Q()
    for begin in begins:
        condition |= Q(value_folded__gte=begin, value_folded__lt=begin + LAST_CHARACTER)
    return condition


def with_names(rows: "QuerySet[Unit]") -> "QuerySet[Unit]":
    """Load with each unit what lists show of it."""
    return rows.select_related("item", "operator", "site", "distributor")


def unit(pk: UUID) -> Unit:
    """Return one unit with its item and keepers. One query.

    Raises:
        NotFound: there is none with this id.
    """
    found = with_names(Unit.objects.filter(pk=pk)).first()
    if found is None:
        raise NotFound("There is no unit {pk}.", pk=pk)
    return found


def unit_of(item: "Item", serial: str) -> Unit:
    """Return the unit of an item with this serial number, present or former. Two queries.

    Raises:
        NotFound: there is none.
    """
    folded = folded_serial(serial)
    own = with_names(Unit.objects.filter(item=item, serial_folded=folded))
    found = own.order_by("discriminator").first()
    if found is None:
        renamed = UnitAlias.objects.filter(value_folded=folded, unit__item=item)
        found = with_names(
            Unit.objects.filter(pk__in=renamed.values("unit_id")).order_by("id")
        ).first()
    if found is None:
        raise NotFound("There is no {item} with serial {serial}.", item=item, serial=serial)
    return found


def unit_called(item: "Item", text: str) -> Unit:
    """Return the unit that a text names: a serial number of ``item``, or ``TG-300 200-77``.

    Raises:
        NotFound: there is none.
    """
    name, _, serial = text.strip().rpartition(" ")
    other = catalog.items_by_name().get(name.strip()) if name else None
    return unit_of(other or item, serial if other else text)


def units_by_id(ids: Iterable[UUID]) -> dict[UUID, Unit]:
    """Return units with their names, by id. One query."""
    return {each.pk: each for each in with_names(Unit.objects.filter(pk__in=list(ids)))}


def units_page(
    asked: UnitFilter = EVERY_UNIT, *, after: str | None = None, limit: int = 50
) -> Page[Unit]:
    """Return units by serial number. One query."""
    rows = with_names(Unit.objects.filter(asked.condition()))
    return keyset_page(rows, order=["serial_folded", "id"], after=after, limit=limit)


def find_units(text: str) -> list[Unit]:
    """Return up to twenty units by the begin of a serial number or an alias. Two queries."""
    if not text.strip():
        return []
    rows = with_names(Unit.objects.filter(serial_begins(text)))
    found = list(rows.order_by("serial_folded", "id")[:FOUND_LIMIT_ROWS])
    aliases = UnitAlias.objects.filter(alias_begins(text))
    ids = aliases.order_by("value_folded").values_list("unit_id", flat=True)[:FOUND_LIMIT_ROWS]
    named = with_names(Unit.objects.filter(pk__in=list(ids)).order_by("serial_folded", "id"))
    known = {each.pk for each in found}
    return [*found, *(each for each in named if each.pk not in known)][:FOUND_LIMIT_ROWS]


def events_page(unit: Unit, *, after: str | None = None, limit: int = 50) -> Page[Event]:
    """Return a unit's events, latest first. One query."""
    rows = Event.objects.filter(unit_id=unit.pk)
    return keyset_page(rows, order=["-occurred_at", "-seq"], after=after, limit=limit)


def event(unit: Unit, seq: int) -> Event:
    """Return one of a unit's events. One query.

    Raises:
        NotFound: the unit has no such event.
    """
    found = Event.objects.filter(unit_id=unit.pk, seq=seq).first()
    if found is None:
        raise NotFound("{unit} has no event {seq}.", unit=unit, seq=seq)
    return found


def aliases_of(unit: Unit) -> list[UnitAlias]:
    """Return a unit's other names, oldest first. One query."""
    return list(UnitAlias.objects.filter(unit_id=unit.pk).order_by("valid_from", "number"))


def alias(unit: Unit, number: int) -> UnitAlias:
    """Return one of a unit's other names. One query.

    Raises:
        NotFound: there is none with this number.
    """
    found = UnitAlias.objects.filter(unit_id=unit.pk, number=number).first()
    if found is None:
        raise NotFound("{unit} has no alias {number}.", unit=unit, number=number)
    return found


def units_called(
    text: str, *, kind: AliasKind | None = None, on: datetime | None = None
) -> list[tuple[Unit, UnitAlias]]:
    """Return up to twenty units that have, or had at an instant, an alias. Two queries.

    The alias is told in full, however it is written; without an instant, it holds now.
    """
    folded = {folded_serial(text), folded_as_mac(text)} - {""}
    holds = Q(valid_to=None) if on is None else Q(valid_from__lte=on)
    if on is not None:
        holds &= Q(valid_to=None) | Q(valid_to__gt=on)
    rows = UnitAlias.objects.filter(holds, value_folded__in=folded)
    if kind is not None:
        rows = rows.filter(kind=kind)
    found = list(rows.order_by("value_folded", "unit_id", "number")[:FOUND_LIMIT_ROWS])
    units = units_by_id({each.unit_id for each in found})
    return [(units[each.unit_id], each) for each in found if each.unit_id in units]


def units_of(party: "Party", *, after: str | None = None, limit: int = 50) -> Page[Unit]:
    """Return units that a party operates, by serial number. One query."""
    return units_page(UnitFilter(operator_id=party.pk), after=after, limit=limit)


def corrected_seqs(unit: Unit) -> frozenset[int]:
    """Return the numbers of events that a later one replaces. One query."""
    rows = Event.objects.filter(unit_id=unit.pk, corrects__isnull=False)
    return frozenset(seq for seq in rows.values_list("corrects", flat=True) if seq is not None)


def roots_composed_of(item_ids: Iterable[int], *, behind: UUID | None, limit: int) -> list[UUID]:
    """Return units that are, or hold, something of these items and sit in none, by id. One query.

    Their configurations depend on the slots of these items.
    """
    holding = ConfigurationMember.objects.filter(item_id__in=list(item_ids))
    rows = Unit.objects.filter(configuration_id__in=holding.values("configuration_id"))
    if behind is not None:
        rows = rows.filter(pk__gt=behind)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def serial_shapes(item_id: int) -> frozenset[str]:
    """Return the shapes of some of the serial numbers that an item has. One query."""
    rows = Unit.objects.filter(item_id=item_id).order_by("serial_folded", "id")
    return frozenset(map(shape, rows.values_list("serial_folded", flat=True)[:SHAPES_LIMIT_ROWS]))
