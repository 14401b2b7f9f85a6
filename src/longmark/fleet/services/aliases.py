"""Aliases: other names of a unit, with the time in which each holds. One unit at a time has it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, NotFound, Refused
from longmark.core.life.aliases import folded_alias, plausible_alias
from longmark.core.vocabulary import AliasKind
from longmark.fleet import entries
from longmark.fleet.models import Unit, UnitAlias
from longmark.ledger import services as ledger


@transaction.atomic(durable=True)
def record_alias(
    unit: Unit, *, kind: AliasKind, value: str, since: datetime, actor: Actor, now: datetime
) -> UnitAlias:
    """Record another name of a unit. An alias of kind *serial* is found by lists from now on.

    Raises:
        Invalid: no value, or one that is none of its kind, or from some day in the future.
        Refused: the unit has this alias, or another one has it in that time.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    stated = plausible_alias(kind, value)
    if since > now:
        raise Invalid("Must not lie in the future.", field="since")
    folded = folded_alias(kind, stated)
    for held in bearers(kind, [folded]).filter(_after(since)):
        refuse_if_held(unit, held)
    alias = UnitAlias(
        unit_id=unit.pk,
        number=_highest(unit.pk) + 1,
        kind=kind,
        value=stated,
        value_folded=folded,
        valid_from=since,
    )
    try:
        with transaction.atomic():
            alias.save(force_insert=True)
    except IntegrityError:
        raise Refused("Someone named this unit meanwhile. Look again.") from None
    recorded = entries.AliasRecorded(str(kind), stated)
    ledger.append(recorded, subject=unit, actor=actor, now=now)
    return alias


@transaction.atomic(durable=True)
def end_alias(
    unit: Unit, number: int, *, until: datetime, actor: Actor, now: datetime
) -> UnitAlias:
    """Let a name hold no more from an instant on; it stays on record, and is free for others.

    Raises:
        NotFound: the unit has no such alias.
        Invalid: it would end before it began, or in the future.
        Refused: it has ended already, or follows from the unit's events.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    alias = UnitAlias.objects.filter(unit_id=unit.pk, number=number).first()
    if alias is None:
        raise NotFound("{unit} has no alias {number}.", unit=unit, number=number)
    if until > now:
        raise Invalid("Must not lie in the future.", field="until")
    if until <= alias.valid_from:
        raise Invalid(
            "It holds since {since}: it cannot end before.",
            field="until",
            since=f"{alias.valid_from:%Y-%m-%d}",
        )
    if alias.kind == AliasKind.SERIAL and alias.value == unit.serial:
        raise Refused("{value} is its serial number. Book the new one instead.", value=alias.value)
    open_one = UnitAlias.objects.filter(unit_id=unit.pk, number=number, valid_to=None)
    if not open_one.update(valid_to=until):
        raise Refused("{value} has ended already.", value=alias.value)
    ended = entries.AliasEnded(str(alias.kind), alias.value, until.isoformat())
    ledger.append(ended, subject=unit, actor=actor, now=now)
    alias.valid_to = until
    return alias


def bearers(kind: AliasKind, folded: Iterable[str]) -> "QuerySet[UnitAlias]":
    """Return the aliases of a kind with these values, of whatever unit."""
    rows = UnitAlias.objects.filter(value_folded__in=list(folded), kind=kind)
    return rows.select_related("unit__item").order_by("value_folded", "valid_from", "unit_id")


def refuse_if_held(unit: Unit, held: UnitAlias) -> None:
    """Refuse a name that a unit has already in that time, or that another one has.

    A serial number is only unique within its item, and a customer's tag with that customer.
    """
    if held.unit_id == unit.pk:
        raise Refused("{unit} has the alias {value}.", unit=unit, value=held.value)
    other = held.unit
    if held.kind == AliasKind.SERIAL and other.item_id != unit.item_id:
        return
    if held.kind == AliasKind.CUSTOMER_TAG and (
        unit.operator_id is None or other.operator_id != unit.operator_id
    ):
        return
    raise Refused(
        "{value} names {item} {serial} since {since}. End it there first, or check the value.",
        field="value",
        value=held.value,
        item=other.item.name,
        serial=other.serial,
        since=f"{held.valid_from:%Y-%m-%d}",
    )


def _after(since: datetime) -> Q:
    """Return the condition that an alias holds at some time from an instant on."""
    return Q(valid_to=None) | Q(valid_to__gt=since)


def _highest(unit_id: UUID) -> int:
    rows = UnitAlias.objects.filter(unit_id=unit_id)
    highest: int = rows.aggregate(highest=Max("number"))["highest"] or 0
    return highest
