"""RMAs: open, receive, diagnose, repair and close the return of a unit.

That an RMA is open or closed, and what was done, is told by events of the unit, which these
services book; the steps between are kept with the RMA. Each asks ``core.life.returns`` whether it
may be, and done twice it changes nothing the second time.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.core.life import returns
from longmark.core.life.details import REASON_LIMIT_CHARACTERS, RMA_LIMIT_CHARACTERS
from longmark.core.life.events import Kind
from longmark.core.life.identity import folded_serial
from longmark.core.life.returns import Hold, RmaDecision, RmaStep
from longmark.fleet import entries
from longmark.fleet.models import Rma, Unit
from longmark.fleet.queries import rmas as queries
from longmark.fleet.services import booking, endings
from longmark.fleet.services.endings import Ending, Telling
from longmark.ledger import services as ledger
from longmark.ledger.entries import EntryPayload

DIAGNOSIS_LIMIT_CHARACTERS = 10_000
NAMED_BY_SERIAL = 6  # characters at its end


@dataclass(frozen=True)
class Diagnosis:
    """What was found, and what is to be done about it."""

    text: str
    decision: RmaDecision


@transaction.atomic(durable=True)
def open_rma(
    unit: Unit, *, on: date, number: str = "", reason: str = "", actor: Actor, now: datetime
) -> Rma:
    """Open an RMA: the unit is with us, or on its way. Without a number it is given one.

    Raises:
        Refused: another one is open for the unit, or the event contradicts what is known.
        Invalid: the number or the reason is too long, or the day lies in the future.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    stated = number.strip()
    _lock(unit)
    _check_length("RMA number", stated, RMA_LIMIT_CHARACTERS, "number")
    for known in queries.rmas_of(unit):
        if known.is_open and known.number == stated:
            return known
        if known.is_open:
            raise Refused(
                "{unit} has the open RMA {number}; close it first.", unit=unit, number=known.number
            )
        if known.number == stated:
            raise Refused(
                "The RMA {number} is closed; open another one.", number=stated, field="number"
            )
    name = stated or _next_number(unit, on)
    telling = Telling(unit, on, name, _reason(reason))
    booking.book_together([telling.event(Kind.RETURNED)], actor=actor, now=now)
    opened = entries.RmaOpened(name, on.isoformat(), reason.strip())
    ledger.append(opened, subject=unit, actor=actor, now=now)
    return queries.rma(unit, name)


@transaction.atomic(durable=True)
def receive_rma(
    unit: Unit, number: str, *, on: date, worker: str = "", actor: Actor, now: datetime
) -> Rma:
    """Say that the unit has arrived.

    Raises:
        NotFound: the unit has no such RMA.
        Refused: it is closed, or further than that.
        Invalid: the day lies in the future, or before it was opened.
    """
    row = _open_row(unit, number, actor)
    if row.step == RmaStep.RECEIVED:
        return row
    _check_day(row, on, now)
    who = worker.strip() or row.worker_name
    received = entries.RmaReceived(row.number, on.isoformat(), who)
    changes = {"received_on": on, "worker_name": who}
    return _step(row, RmaStep.RECEIVED, changes, received, actor=actor, now=now)


@transaction.atomic(durable=True)
def diagnose_rma(
    unit: Unit,
    number: str,
    diagnosis: Diagnosis,
    *,
    on: date,
    worker: str = "",
    actor: Actor,
    now: datetime,
) -> Rma:
    """Say what was found and what is to be done. It may be said anew, also from the repair.

    Raises:
        NotFound: the unit has no such RMA.
        Refused: it is closed, or the unit has not arrived.
        Invalid: nothing is said, or too much; or the day cannot be.
    """
    row, text = _open_row(unit, number, actor), diagnosis.text.strip()
    if not text:
        raise Invalid("Say what was found.", field="diagnosis")
    _check_length("diagnosis", text, DIAGNOSIS_LIMIT_CHARACTERS, "diagnosis")
    _check_day(row, on, now)
    who = worker.strip() or row.worker_name
    changes = {
        "diagnosed_on": on,
        "diagnosis": text,
        "decision": diagnosis.decision.value,
        "worker_name": who,
    }
    is_same = all(getattr(row, name) == value for name, value in changes.items())
    if row.step == RmaStep.DIAGNOSED and is_same:
        return row
    diagnosed = entries.RmaDiagnosed(
        row.number, on.isoformat(), text, diagnosis.decision.value, who
    )
    return _step(row, RmaStep.DIAGNOSED, changes, diagnosed, actor=actor, now=now)


@transaction.atomic(durable=True)
def begin_repair(
    unit: Unit, number: str, *, on: date, worker: str = "", actor: Actor, now: datetime
) -> Rma:
    """Say that the repair has begun.

    Raises:
        NotFound: the unit has no such RMA.
        Refused: it is closed, or was not diagnosed.
        Invalid: the day cannot be.
    """
    row = _open_row(unit, number, actor)
    if row.step == RmaStep.IN_REPAIR:
        return row
    _check_day(row, on, now)
    who = worker.strip() or row.worker_name
    begun = entries.RmaRepairBegun(row.number, on.isoformat(), who)
    changes = {"repair_began_on": on, "worker_name": who}
    return _step(row, RmaStep.IN_REPAIR, changes, begun, actor=actor, now=now)


@transaction.atomic(durable=True)
def close_rma(
    unit: Unit, number: str, ending: Ending, *, holds: list[Hold], actor: Actor, now: datetime
) -> Rma:
    """Close an RMA: repaired, replaced, sent back unrepaired, or scrapped.

    ``holds`` is what speaks against the unit that goes out (``impact.queries.holds`` knows it);
    with any, it is closed only with a reason in ``ending.override``. A unit that takes the place
    of this one inherits what ``endings`` says.

    Raises:
        NotFound: the unit has no such RMA.
        Refused: not from this step, held, or the events contradict what is known.
        Invalid: the day cannot be, or a replacement is missing, or named where none is.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    _lock(*filter(None, [unit, ending.replacement]))
    row = queries.rma(unit, number)
    if not row.is_open:
        if row.outcome == ending.outcome and ending.replacement_id == row.replacement_id:
            return row
        raise Refused("The RMA {number} is closed already.", number=number)
    at = RmaStep(row.step)
    returns.check_end(at, ending.outcome)
    _check_day(row, ending.on, now)
    _check_length("reason", ending.override.strip(), REASON_LIMIT_CHARACTERS, "override")
    _reason(ending.reason)
    against = list(holds) if returns.goes_out(at, ending.outcome) else []
    returns.check_holds(against, ending.override)
    told = endings.told(row, ending)
    booking.book_together(told.statements, actor=actor, now=now)
    override = ending.override.strip() if against else ""
    _rows(row).update(checked_at=now, override=override)
    _append_closed(row, ending, against, told.inherited, actor=actor, now=now)
    return queries.rma(unit, number)


def _append_closed(
    row: Rma,
    ending: Ending,
    holds: list[Hold],
    inherited: list[str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    taker = ending.replacement
    closed = entries.RmaClosed(
        row.number,
        ending.on.isoformat(),
        ending.outcome.value,
        ending.reason.strip(),
        str(taker.pk) if taker else "",
        [asdict(hold) for hold in holds],
        ending.override.strip() if holds else "",
    )
    ledger.append(closed, subject=row.unit, actor=actor, now=now)
    if taker is not None:
        replaced = entries.UnitReplaced(str(row.unit_id), row.number, inherited)
        ledger.append(replaced, subject=taker, actor=actor, now=now)


def _step(
    row: Rma,
    to: RmaStep,
    changes: dict[str, Any],
    entry: EntryPayload,
    *,
    actor: Actor,
    now: datetime,
) -> Rma:
    returns.check_step(RmaStep(row.step), to)
    _rows(row).update(step=to.value, **changes)
    ledger.append(entry, subject=row.unit, actor=actor, now=now)
    return queries.rma(row.unit, row.number)


def _open_row(unit: Unit, number: str, actor: Actor) -> Rma:
    accounts.require(actor, Action.BOOK_EVENTS)
    _lock(unit)
    row = queries.rma(unit, number)
    if not row.is_open:
        raise Refused("The RMA {number} is closed already.", number=number)
    return row


def _lock(*units: Unit) -> None:
    """Let nobody else change these units meanwhile; imports and bookings lock them, too."""
    ids = [unit.pk for unit in units]
    list(Unit.objects.filter(pk__in=ids).order_by("pk").select_for_update().values_list("pk"))


def _rows(row: Rma) -> Any:
    return Rma.objects.filter(unit_id=row.unit_id, number=row.number)


def _check_day(row: Rma, on: date, now: datetime) -> None:
    if on > now.date():
        raise Invalid("This day lies in the future.", field="on")
    if on < row.opened_at.date():
        raise Invalid(
            "The RMA was opened on {opened} only.", field="on", opened=f"{row.opened_at:%Y-%m-%d}"
        )


def _check_length(what: str, text: str, limit: int, field: str) -> None:
    if len(text) > limit:
        raise Invalid(
            "The {what} has {length} characters; {limit} is the most.",
            field=field,
            what=what,
            length=len(text),
            limit=limit,
        )


def _reason(text: str) -> str:
    _check_length("reason", text.strip(), REASON_LIMIT_CHARACTERS, "reason")
    return text.strip()


def _next_number(unit: Unit, on: date) -> str:
    """Return a number that tells what it is of: the day, and the end of the serial number.

    Made from the unit alone, so that no counter is shared between units.
    """
    end = folded_serial(unit.serial)[-NAMED_BY_SERIAL:].lstrip("-")
    first = f"R{on:%y%m%d}-{end}"
    taken = {row.number for row in Rma.objects.filter(unit_id=unit.pk, number__startswith=first)}
    return next(
        name
        for name in (first, *(f"{first}-{count}" for count in range(2, len(taken) + 3)))
        if name not in taken
    )
