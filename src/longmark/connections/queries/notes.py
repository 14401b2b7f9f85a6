"""Reads of notes: which systems know a unit, what waits to be written, what was."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from longmark.catalog import queries as catalog
from longmark.connections.models import Connection, SourceUnit, UnitNote
from longmark.core.life.identity import folded_serial
from longmark.core.vocabulary import NoteState
from longmark.foundation.pages import Page, keyset_page

if TYPE_CHECKING:
    from longmark.fleet.models import Unit

_UNWRITTEN: Final = Q(state=NoteState.GIVEN_UP) | Q(state=NoteState.WAITING, attempt__gt=0)


def notes_page(
    connection: Connection, *, after: str | None = None, limit: int = 50
) -> Page[UnitNote]:
    """Return notes for a system, newest first. One query."""
    rows = UnitNote.objects.filter(connection=connection)
    return keyset_page(rows, order=["-id"], after=after, limit=limit)


def unwritten_page(*, after: str | None = None, limit: int = 50) -> Page[UnitNote]:
    """Return notes that failed and are tried again, or were given up, newest first. One query."""
    rows = UnitNote.objects.filter(_UNWRITTEN).select_related("connection")
    return keyset_page(rows, order=["-id"], after=after, limit=limit)


def records_to_tell(unit: "Unit") -> list[SourceUnit]:
    """Return the records of a unit in systems that may be written to. Two queries.

    A system knows a unit by its serial number and the name or a number of its item; records that
    are gone are passed over.
    """
    item = unit.item
    names = {item.name, *(each.number for each in catalog.numbers_of(item))}
    rows = SourceUnit.objects.filter(
        serial_folded=folded_serial(unit.serial),
        item__in=names,
        gone_at=None,
        connection__may_write=True,
        connection__is_enabled=True,
    )
    return list(rows.select_related("connection").order_by("connection__name", "record_id"))


def waiting(now: datetime, *, limit: int = 200) -> list[UnitNote]:
    """Return notes that are to be written now, the longest due first. One query."""
    rows = UnitNote.objects.filter(
        state=NoteState.WAITING,
        due_at__lte=now,
        connection__may_write=True,
        connection__is_enabled=True,
    )
    return list(rows.select_related("connection").order_by("due_at", "id")[:limit])


def unwritten_count() -> int:
    """Return how many notes failed and are tried again, or were given up. One query."""
    return UnitNote.objects.filter(_UNWRITTEN).count()
