"""Aliases: other names of a unit, and serial numbers that were corrected."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.core.life.identity import folded_serial
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
        Invalid: no value, or one that holds from some day in the future.
        Refused: the unit has this alias.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    stated = value.strip()
    if not stated:
        raise Invalid("Must not be empty.", field="value")
    if since > now:
        raise Invalid("Must not lie in the future.", field="since")
    rows = UnitAlias.objects.filter(unit_id=unit.pk)
    if rows.filter(kind=kind, value_folded=folded_serial(stated), valid_to=None).exists():
        raise Refused("{unit} has the alias {value}.", unit=unit, value=stated)
    highest: int = rows.aggregate(highest=Max("number"))["highest"] or 0
    alias = UnitAlias(
        unit_id=unit.pk,
        number=highest + 1,
        kind=kind,
        value=stated,
        value_folded=folded_serial(stated),
        valid_from=since,
    )
    alias.save(force_insert=True)
    recorded = entries.AliasRecorded(str(kind), stated)
    ledger.append(recorded, subject=unit, actor=actor, now=now)
    return alias
