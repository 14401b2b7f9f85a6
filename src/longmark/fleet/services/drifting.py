"""Drift, kept: one row for each slot of a unit in which something was found that nobody booked."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.catalog import queries as catalog
from longmark.core.actors import Action, Actor
from longmark.core.parameters.drift import Drift
from longmark.fleet import entries
from longmark.fleet.models import ParameterDrift, ParameterSnapshot
from longmark.fleet.queries import drifting as queries
from longmark.fleet.queries.drifting import Record
from longmark.ledger import services as ledger

DEVIATIONS_KEPT: Final = 12
CHUNK_UNITS: Final = 200
LARGEST: Final = 2**63 - 1


def recount(unit_ids: Collection[UUID]) -> int:
    """Write anew what drifts in these units, and return in how many slots. In a transaction."""
    if not unit_ids:
        return 0
    rows = [row for each in queries.records(unit_ids) if (row := _row(each))]
    ParameterDrift.objects.filter(unit_id__in=list(unit_ids)).delete()
    ParameterDrift.objects.bulk_create(rows)
    return len(rows)


@transaction.atomic(durable=True)
def recount_set(item_id: int, *, actor: Actor, now: datetime) -> int:
    """Look anew at every unit in which a set was found, since what is expected of it changed.

    Raises:
        NotAllowed: the actor may not book.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    item = catalog.item(item_id)
    rows = ParameterSnapshot.objects.filter(item_id=item_id)
    units = sorted(set(rows.values_list("unit_id", flat=True)))
    drifting = 0
    for first in range(0, len(units), CHUNK_UNITS):
        drifting += recount(units[first : first + CHUNK_UNITS])
    if units:
        counted = entries.DriftRecounted(item_id, len(units), drifting)
        ledger.append(counted, subject=item, actor=actor, now=now)
    return drifting


def _row(record: Record) -> ParameterDrift | None:
    if not record.drift or record.latest is None:
        return None
    found, standing = record.drift, record.latest
    moved = found.counter
    return ParameterDrift(
        unit_id=record.unit_id,
        slot=record.slot,
        seq=standing.seq,
        found_at=standing.begins,
        item_id=record.item(standing.ends),
        deviation_count=len(found.deviations),
        deviations=_told(found),
        counter=moved.name if moved else "",
        counter_before=min(moved.before, LARGEST) if moved else None,
        counter_after=min(moved.after, LARGEST) if moved else None,
    )


def _told(found: Drift) -> list[list[str]]:
    return [
        [each.name, each.expected.value, each.expected.basis.value, each.found]
        for each in found.deviations[:DEVIATIONS_KEPT]
    ]
