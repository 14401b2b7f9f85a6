"""Booking: what happened to units, one event or many; and corrections."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from msgspec.structs import replace

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, NotFound, Refused
from longmark.core.life.events import Event, Kind, Precision, payload
from longmark.fleet import entries
from longmark.fleet.models import Event as EventRow
from longmark.fleet.models import Unit
from longmark.fleet.queries import units as queries
from longmark.fleet.queries.lives import read_event
from longmark.fleet.services import rules
from longmark.fleet.services.catalogue import Catalogue, whole_catalogue
from longmark.fleet.services.settlement import Settlement
from longmark.fleet.services.spoken import Said, spoken
from longmark.fleet.services.statements import BRINGS_UNITS, Statement, Told, own_event, tell
from longmark.fleet.services.workspace import Identity, Workspace
from longmark.ledger import services as ledger


@transaction.atomic(durable=True)
def book_event(statement: Statement, *, actor: Actor, now: datetime) -> Unit:
    """Book one event on a unit that is known. The same event again changes nothing.

    Raises:
        NotFound: no such unit is known.
        Refused: it contradicts what is known of the unit, or someone booked on it meanwhile.
        Invalid: it cannot be.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    return _book(statement, whole_catalogue(), actor=actor, now=now)


@transaction.atomic(durable=True)
def book_words(unit: Unit, said: Said, *, actor: Actor, now: datetime) -> Unit:
    """Book one event that is stated in the words of a list: one row, without the file.

    Raises:
        Invalid: something in it cannot be read; ``field`` names the word.
        Refused: it contradicts what is known of the unit.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    catalogue = whole_catalogue()
    statement = spoken(unit, said, catalogue, actor=actor, now=now)
    return _book(statement, catalogue, actor=actor, now=now)


def _book(statement: Statement, catalogue: Catalogue, *, actor: Actor, now: datetime) -> Unit:
    (told,) = _book_each([statement], catalogue, actor=actor, now=now)
    return queries.unit(told.dossier.id)


@transaction.atomic(savepoint=False)
def book_together(statements: Sequence[Statement], *, actor: Actor, now: datetime) -> None:
    """Book what makes up one act of another service, in its transaction: all of it, or nothing.

    Raises:
        NotFound, Refused, Invalid: as `book_event`; the message is about the one not taken.
    """
    assert connection.in_atomic_block, "book_together() belongs into the transaction of the act"
    accounts.require(actor, Action.BOOK_EVENTS)
    _book_each(statements, whole_catalogue(), actor=actor, now=now)


def _book_each(
    statements: Sequence[Statement], catalogue: Catalogue, *, actor: Actor, now: datetime
) -> list[Told]:
    """Book events in the order given, with an entry in the ledger for each."""
    workspace = Workspace(catalogue, now=now)
    workspace.open(identity for each in statements for identity in each.identities())
    told = []
    for statement in statements:
        if workspace.dossier(statement.unit) is None:
            raise NotFound(
                "No {item} with the serial number {serial} is known.",
                item=statement.unit.item_name,
                serial=statement.unit.serial,
            )
        told.append(tell(workspace, statement))
    _settle(workspace, actor=actor, now=now)
    for dossier in workspace.dossiers.values():
        for event in dossier.added:
            ledger.append(_booked(event), subject=Unit(pk=dossier.id), actor=actor, now=now)
    return told


@transaction.atomic(durable=True)
def book_events(statements: Sequence[Statement], *, actor: Actor, now: datetime) -> int:
    """Book many events, all or none, with one entry in the ledger; return how many were new.

    Raises:
        Refused, Invalid: one of them cannot be taken; the message is about that one.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    workspace = Workspace(whole_catalogue(), now=now)
    workspace.open(identity for each in statements for identity in each.identities())
    told = [tell(workspace, statement) for statement in statements]
    count = sum(each.event_count for each in told)
    _settle(workspace, actor=actor, now=now)
    if count:
        units = {each.dossier.id for each in told if each.event_count}
        booked = entries.EventsBooked(count, len(units), manifest(told))
        subject = Unit(pk=told[0].dossier.id)
        ledger.append(booked, subject=subject, actor=actor, now=now)
    return count


@transaction.atomic(durable=True)
def register_units(statements: Sequence[Statement], *, actor: Actor, now: datetime) -> list[UUID]:
    """Register units with the event that brought them, and the units inside of them.

    Returns the ids in the order given; a unit that is known already keeps its id.

    Raises:
        Refused, Invalid: one of them cannot be taken; nothing is written then.
    """
    accounts.require(actor, Action.IMPORT_UNITS)
    for statement in statements:
        if statement.kind not in BRINGS_UNITS:
            raise Invalid("A unit is not registered as {kind}.", kind=statement.kind, field="event")
    workspace = Workspace(whole_catalogue(), now=now)
    workspace.open(identity for each in statements for identity in each.identities())
    told = [tell(workspace, statement) for statement in statements]
    settled = _settle(workspace, actor=actor, now=now)
    if settled:
        registered = entries.UnitsRegistered(settled, manifest(told))
        ledger.append(registered, subject=Unit(pk=told[0].dossier.id), actor=actor, now=now)
    return [each.dossier.id for each in told]


@transaction.atomic(durable=True)
def correct_event(
    unit: Unit, seq: int, *, replacement: Event | None, reason: str, actor: Actor, now: datetime
) -> Unit:
    """Put another event in place of one, or withdraw it; what was believed before stays on record.

    ``replacement`` has the kind, the instant and the facts that are true; its ``seq`` is ignored.

    Raises:
        NotFound: the unit has no such event.
        Invalid: no reason was given.
        Refused: it is corrected already, or the replacement contradicts what is known.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    return put_right(unit, seq, replacement, reason, actor=actor, now=now)


@transaction.atomic(durable=True)
def correct_with_words(
    unit: Unit, seq: int, *, said: Said, reason: str, actor: Actor, now: datetime
) -> Unit:
    """Put an event that is stated in the words of a list in place of another one.

    Raises:
        NotFound, Invalid, Refused: as `correct_event` and `book_words`.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    statement = spoken(unit, said, whole_catalogue(), actor=actor, now=now)
    named = statement.children.items()
    children = [child for path, child in named if not statement.left(path)]
    return put_right(unit, seq, own_event(statement), reason, children, actor=actor, now=now)


@transaction.atomic
def put_right(
    unit: Unit,
    seq: int,
    replacement: Event | None,
    reason: str,
    children: Iterable[Identity] = (),
    *,
    actor: Actor,
    now: datetime,
) -> Unit:
    """Correct an event; part of the transaction of whoever calls.

    Raises:
        NotFound, Invalid, Refused: as `correct_event`.
    """
    if not reason.strip():
        raise Invalid("Say why the event is wrong.", field="reason")
    workspace = Workspace(whole_catalogue(), now=now)
    workspace.open_ids([unit.pk, *_named_by(replacement)])
    born = [workspace.register(each) for each in children if workspace.dossier(each) is None]
    dossier = workspace.dossiers[unit.pk]
    wrong = next((event for event in dossier.events if event.seq == seq), None)
    if wrong is None:
        raise NotFound("{unit} has no event {seq}.", unit=unit, seq=seq)
    if any(event.corrects == seq for event in dossier.events):
        raise Refused("Event {seq} is corrected already; correct the correction.", seq=seq)
    draft = _correction(unit, wrong, replacement, now=now)
    _check_taker(workspace, draft)
    rules.book(workspace, dossier, draft)
    for child in born:
        rules.book(workspace, child, _beginning(draft))
    _settle(workspace, actor=actor, now=now)
    for child in born:
        ledger.append(_booked(child.added[0]), subject=Unit(pk=child.id), actor=actor, now=now)
    stands_for = draft.stands_for.value if draft.stands_for else None
    added = dossier.added[-1].seq
    corrected = entries.EventCorrected(added, seq, stands_for, reason.strip(), payload(draft))
    ledger.append(corrected, subject=unit, actor=actor, now=now)
    return queries.unit(unit.pk)


@transaction.atomic
def add_event(unit: Unit, draft: Event, *, actor: Actor, now: datetime) -> None:
    """Book an event on a unit that is known; part of the transaction of whoever calls.

    Raises:
        Refused: it contradicts what is known.
    """
    workspace = Workspace(whole_catalogue(), now=now)
    workspace.open_ids([unit.pk, *_named_by(draft)])
    dossier = workspace.dossiers[unit.pk]
    if rules.book(workspace, dossier, draft):
        _settle(workspace, actor=actor, now=now)
        ledger.append(_booked(dossier.added[-1]), subject=unit, actor=actor, now=now)


def event_of(unit: Unit, seq: int) -> Event:
    """Return what an event states, to be corrected.

    Raises:
        NotFound: the unit has no such event.
    """
    row = EventRow.objects.filter(unit_id=unit.pk, seq=seq).first()
    if row is None:
        raise NotFound("{unit} has no event {seq}.", unit=unit, seq=seq)
    return read_event(row)


def manifest(told: Iterable[Told]) -> str:
    """Return the digest of which units were told how many events, in order."""
    digest = hashlib.sha256()
    for each in told:
        digest.update(f"{each.dossier.id} {each.is_new:d} {each.event_count}\n".encode())
    return digest.hexdigest()


def _settle(workspace: Workspace, *, actor: Actor, now: datetime) -> int:
    try:
        with transaction.atomic():
            return Settlement(actor_name=actor.name, now=now).settle(workspace).unit_count
    except IntegrityError:
        raise Refused("Someone booked on this unit meanwhile. Try again.") from None


def _check_taker(workspace: Workspace, draft: Event) -> None:
    taker = draft.details.replaced_by
    if taker is not None and taker not in workspace.dossiers:
        raise Refused("The unit that took its place is not known. Register it first.")


def _correction(unit: Unit, wrong: Event, replacement: Event | None, *, now: datetime) -> Event:
    if replacement is None:
        return Event(0, Kind.CORRECTED, wrong.occurred_at, corrects=wrong.seq, source=wrong.source)
    former = (wrong.details.former or unit.serial) if replacement.details.serial else ""
    return Event(
        seq=0,
        kind=Kind.CORRECTED,
        occurred_at=now if replacement.precision is Precision.UNKNOWN else replacement.occurred_at,
        slots=replacement.slots,
        custody=replacement.custody,
        evidence=replacement.evidence,
        precision=replacement.precision,
        source=replacement.source,
        corrects=wrong.seq,
        stands_for=replacement.kind,
        details=replace(replacement.details, former=former),
    )


def _beginning(draft: Event) -> Event:
    """Return the first that is known of a unit that a correction names."""
    return Event(
        seq=0,
        kind=Kind.INSTALLED,
        occurred_at=draft.occurred_at,
        evidence=draft.evidence,
        precision=draft.precision,
        source=draft.source,
    )


def _named_by(event: Event | None) -> list[UUID]:
    """Return the units that an event names: those in slots, and the one in its unit's place."""
    if event is None:
        return []
    children = [each.child for each in event.slots.values() if each and each.child]
    taker = event.details.replaced_by
    return [*children, taker] if taker else children


def _booked(event: Event) -> entries.EventBooked:
    return entries.EventBooked(
        event.kind.value,
        event.seq,
        event.occurred_at.isoformat(),
        event.source,
        event.evidence.word,
        payload(event),
    )
