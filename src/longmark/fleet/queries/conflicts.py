"""Conflicts: claims that contradict what is believed, and the events that they contradict."""

from collections.abc import Sequence
from uuid import UUID

from longmark.core.errors import NotFound
from longmark.core.vocabulary import ConflictState
from longmark.fleet.models import Conflict, Event
from longmark.foundation.pages import Page, keyset_page

ORDER = ("-raised_at", "unit_id", "number")
COUNT_LIMIT = 1_000


def conflicts_page(
    *, state: ConflictState | None = ConflictState.OPEN, after: str | None = None, limit: int = 50
) -> Page[Conflict]:
    """Return conflicts in a state, or all, newest first, with their units. One query."""
    rows = Conflict.objects.select_related("unit__item")
    if state is not None:
        rows = rows.filter(state=state)
    return keyset_page(rows, order=list(ORDER), after=after, limit=limit)


def open_count() -> int:
    """Return how many conflicts wait for a person; counting ends at a thousand. One query."""
    rows = Conflict.objects.filter(state=ConflictState.OPEN).order_by(*ORDER)
    return rows[:COUNT_LIMIT].count()


def conflict(unit_id: UUID, number: int) -> Conflict:
    """Return one conflict with its unit.

    Raises:
        NotFound: there is none.
    """
    rows = Conflict.objects.select_related("unit__item")
    found = rows.filter(unit_id=unit_id, number=number).first()
    if found is None:
        raise NotFound("There is no conflict {number} of this unit.", number=number)
    return found


def claim(conflict: Conflict) -> Event:
    """Return what is claimed as the event that it would be; it is not one of the unit's."""
    return Event(
        unit_id=conflict.unit_id,
        seq=0,
        kind=conflict.kind,
        occurred_at=conflict.occurred_at,
        precision=conflict.precision,
        recorded_at=conflict.raised_at,
        source=conflict.source,
        evidence=conflict.evidence,
        payload=conflict.payload,
        actor_name=conflict.actor_name,
    )


def believed_events(conflicts: Sequence[Conflict]) -> dict[tuple[UUID, int], Event]:
    """Return the events that are contradicted, by unit and number. One query."""
    rows = Event.objects.filter(
        unit_id__in={each.unit_id for each in conflicts}, seq__in={each.seq for each in conflicts}
    )
    return {(row.unit_id, row.seq): row for row in rows.order_by("unit_id", "seq")}
