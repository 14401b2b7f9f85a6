"""Lives: what the events of a unit say together, for questions that no row answers."""

from collections.abc import Collection
from uuid import UUID

from longmark.core.life.course import WARRANTY_KINDS, Warranty
from longmark.core.life.derivation import Life, derive
from longmark.core.life.events import (
    Event,
    Evidence,
    Kind,
    Precision,
    stated_custody,
    stated_details,
    stated_slots,
)
from longmark.fleet.models import Event as EventRow
from longmark.fleet.models import Unit

_OF_WARRANTY = (*WARRANTY_KINDS, Kind.CORRECTED)


def read_event(row: EventRow) -> Event:
    """Return what a stored event states."""
    stands_for = row.payload.get("stands_for")
    return Event(
        seq=row.seq,
        kind=Kind(row.kind),
        occurred_at=row.occurred_at,
        slots=stated_slots(row.payload),
        custody=stated_custody(row.payload),
        evidence=Evidence(row.evidence),
        precision=Precision(row.precision),
        source=row.source,
        corrects=row.corrects,
        stands_for=Kind(stands_for) if stands_for else None,
        details=stated_details(row.payload),
    )


def life_of(pk: UUID) -> Life:
    """Return the whole life of a unit. One query."""
    rows = EventRow.objects.filter(unit_id=pk).order_by("seq")
    return derive(read_event(row) for row in rows)


def warranty_of(unit: Unit) -> Warranty | None:
    """Return what is known of a unit's warranty, from the events that speak of it. One query."""
    return derive(_events(unit.pk, _OF_WARRANTY)).warranty


def _events(pk: UUID, kinds: Collection[Kind]) -> list[Event]:
    rows = EventRow.objects.filter(unit_id=pk, kind__in=list(kinds)).order_by("seq")
    return [read_event(row) for row in rows]
