"""Notes: what systems are told about a unit, each once.

A note is a row before it is written anywhere, and its mark is the same whenever the same is said
of the same unit; so asking twice makes one note. Whoever writes it claims it first, and looks
whether it stands there before writing: a write whose answer was lost is not done twice.
"""

from datetime import datetime, timedelta
from hashlib import blake2s
from typing import TYPE_CHECKING, Final

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.connections import entries
from longmark.connections.models import UnitNote
from longmark.connections.queries import notes as queries
from longmark.core.actors import SYSTEM, Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.core.vocabulary import NoteState
from longmark.jobs import queries as jobs
from longmark.jobs import services as jobs_services
from longmark.ledger import services as ledger

if TYPE_CHECKING:
    from longmark.fleet.models import Unit

WRITE_JOB: Final = "connections.write-notes"
TEXT_LIMIT_CHARACTERS: Final = 2_000
RETRY_FIRST: Final = timedelta(minutes=10)
RETRY_LONGEST: Final = timedelta(hours=12)
ATTEMPTS: Final = 12  # over three days


@transaction.atomic(durable=True)
def write_note(unit: "Unit", text: str, *, actor: Actor, now: datetime) -> list[UnitNote]:
    """Have a person's note written wherever the unit is known.

    Raises:
        Invalid: nothing is said, or too much.
        NotAllowed: `actor` may not book events.
        Refused: no system that may be written to knows the unit.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    said = text.strip()
    if not said or len(said) > TEXT_LIMIT_CHARACTERS:
        raise Invalid(
            "Say something, in at most {limit} characters.", field="text",
            limit=TEXT_LIMIT_CHARACTERS,
        )  # fmt: skip
    made = _asked(unit, said, about=f"note {said}", actor=actor, now=now)
    if not made:
        raise Refused("No system that may be written to knows {unit}.", unit=unit)
    return made


@transaction.atomic(durable=True)
def tell_of(unit: "Unit", text: str, *, about: str, actor: Actor, now: datetime) -> int:
    """Have it written what happened to a unit, and return in how many systems.

    ``about`` names the occasion: what is said of it twice is written once.
    """
    said = text[:TEXT_LIMIT_CHARACTERS]
    return len(_asked(unit, said, about=about, actor=actor, now=now))


def _asked(unit: "Unit", text: str, *, about: str, actor: Actor, now: datetime) -> list[UnitNote]:
    mark = blake2s(f"{unit.pk} {about}".encode(), digest_size=8).hexdigest()
    notes = []
    for record in queries.records_to_tell(unit):
        note, is_new = UnitNote.objects.get_or_create(
            connection=record.connection,
            record_id=record.record_id,
            mark=mark,
            defaults={
                "about_id": unit.pk,
                "unit_name": f"{unit.item.name} {unit.serial}",
                "text": text,
                "actor_name": actor.name,
                "asked_at": now,
                "due_at": now,
            },
        )
        if is_new:
            asked = entries.NoteAsked(
                record.connection.name, str(unit.pk), record.record_id, mark, text
            )
            ledger.append(asked, subject=note, actor=actor, now=now)
        notes.append(note)
    return notes


def ask_for_due(*, now: datetime) -> None:
    """Ask for notes that are due to be written, unless that is asked for. Up to two queries."""
    if queries.waiting(now, limit=1) and not jobs.is_asked(WRITE_JOB):
        with transaction.atomic(durable=True):
            jobs_services.enqueue(WRITE_JOB, {}, actor=SYSTEM, now=now)


@transaction.atomic(durable=True)
def claim(note: UnitNote, *, now: datetime) -> bool:
    """Take a note to write it; false if another has taken it meanwhile."""
    delay = min(RETRY_LONGEST, RETRY_FIRST * 2**note.attempt)
    mine = UnitNote.objects.filter(pk=note.pk, state=NoteState.WAITING, attempt=note.attempt)
    is_mine = mine.update(attempt=note.attempt + 1, due_at=now + delay) == 1
    note.attempt += 1
    return is_mine


@transaction.atomic(durable=True)
def mark_written(note: UnitNote, *, actor: Actor, now: datetime) -> None:
    """Record that a note stands in the system."""
    UnitNote.objects.filter(pk=note.pk).update(
        state=NoteState.WRITTEN, written_at=now, last_error=""
    )
    written = entries.NoteWritten(
        note.connection.name, str(note.about_id), note.record_id, note.mark
    )
    ledger.append(written, subject=note, actor=actor, now=now)


@transaction.atomic(durable=True)
def mark_failed(note: UnitNote, reason: str, *, actor: Actor, now: datetime) -> None:
    """Record why a note is not written; it is tried again, but not for ever."""
    if note.attempt >= ATTEMPTS:
        _give_up(note, reason, actor=actor, now=now)
        return
    UnitNote.objects.filter(pk=note.pk).update(last_error=reason)


@transaction.atomic(durable=True)
def give_up(note: UnitNote, reason: str, *, actor: Actor, now: datetime) -> None:
    """Record that a note never will be written, and why."""
    _give_up(note, reason, actor=actor, now=now)


def _give_up(note: UnitNote, reason: str, *, actor: Actor, now: datetime) -> None:
    UnitNote.objects.filter(pk=note.pk).update(state=NoteState.GIVEN_UP, last_error=reason)
    given_up = entries.NoteGivenUp(note.connection.name, str(note.about_id), note.mark, reason)
    ledger.append(given_up, subject=note, actor=actor, now=now)
