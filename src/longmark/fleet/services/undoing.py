"""Undoing: all that a list brought is taken back by correcting events, but what others rest upon.

The transcript of the import names every event. From the last row to the first, each event is
withdrawn by an event of its own (*undone*), so that what was believed before stays on record. A row
is taken back wholly or not at all: if something that was told later rests on it, it stays, with the
reason. What was undone may be imported again. The parties, sites and other names that the list
brought stay.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.core.life.derivation import counted
from longmark.core.life.events import CORRECTIONS, THE_UNIT_ITSELF, Event, Kind
from longmark.core.life.outcomes import Outcome, unpacked
from longmark.core.vocabulary import ImportState
from longmark.fleet import entries
from longmark.fleet.models import Import, Refusal, Transcript
from longmark.fleet.queries import imports as queries
from longmark.fleet.services.catalogue import Catalogue, whole_catalogue
from longmark.fleet.services.imports import keep_refusals
from longmark.fleet.services.lists import RefusedRow
from longmark.fleet.services.looks import Advance, unwatched
from longmark.fleet.services.rules import RowRefused
from longmark.fleet.services.settlement import Settlement
from longmark.fleet.services.statements import BRINGS_UNITS
from longmark.fleet.services.withdrawing import withdraw
from longmark.fleet.services.workspace import Dossier, Workspace
from longmark.foundation import bulk
from longmark.ledger import services as ledger

UNDO_IMPORT = "fleet.undo-import"  # the kind of job that takes a list back
SHOWN_ROWS = 50
TAKEN = (ImportState.APPLIED, ImportState.UNDONE)

_BEGINS = BRINGS_UNITS | {Kind.INSTALLED}
_RESTS_ON: Mapping[Kind, frozenset[Kind]] = {
    Kind.RETURNED: frozenset({Kind.RMA_CLOSED, Kind.REPAIRED}),
    Kind.WARRANTY_STARTED: frozenset({Kind.WARRANTY_EXTENDED, Kind.WARRANTY_VOIDED}),
    Kind.IDENTITY_CHANGED: frozenset({Kind.IDENTITY_CHANGED}),
}
_COMPLETES = frozenset({Kind.PARAMETERS_CHANGED})


@dataclass
class Undone:
    """What taking a list back did, or would do."""

    row_count: int = 0
    event_count: int = 0
    units: set[UUID] = field(default_factory=set)
    kept: list[RefusedRow] = field(default_factory=list)

    @property
    def kept_count(self) -> int:
        return len(self.kept)

    @property
    def unit_count(self) -> int:
        return len(self.units)


def undo_effect(source: Import, *, now: datetime) -> Undone:
    """Say what taking a list back would do; nothing is written.

    Raises:
        Refused: it was not taken.
    """
    _require_taken(source)
    catalogue, whole = whole_catalogue(), Undone()
    for transcript in _backwards(source):
        _, undone = _taken_back(unpacked(bytes(transcript.content)), catalogue, now=now)
        whole.row_count += undone.row_count
        whole.event_count += undone.event_count
        whole.units |= undone.units
        whole.kept += undone.kept
    return whole


def undo_import(
    source: Import, *, reason: str, advance: Advance = unwatched, actor: Actor, now: datetime
) -> Import:
    """Take back what a list brought, or go on where that was interrupted.

    Rows that others rest upon stay; once those are gone, it can be undone again.

    Raises:
        Invalid: no reason was given.
        Refused: it was not taken, or someone else undoes it.
    """
    accounts.require(actor, Action.IMPORT_UNITS)
    if not reason.strip():
        raise Invalid("Say why the list is taken back.", field="reason")
    begun = _begin(source)
    catalogue = whole_catalogue()
    settlement = Settlement(actor_name=actor.name, now=now)
    done = 0
    with bulk.seldom_checkpointed():
        for transcript in _backwards(begun):
            with bulk.collector_paused(), transaction.atomic():
                outcomes = unpacked(bytes(transcript.content))
                workspace, undone = _taken_back(outcomes, catalogue, now=now)
                _settle(settlement, workspace)
                _note(begun, undone, before=transcript.first_row)
            done += len(outcomes)
            advance(done, max(begun.row_count, done))
    return _finish(begun, reason, actor=actor, now=now)


@transaction.atomic
def _begin(source: Import) -> Import:
    row = Import.objects.select_for_update().get(pk=source.pk)
    if row.state == ImportState.UNDOING:
        return row
    _require_taken(row)
    Refusal.objects.filter(source=row, is_of_undo=True).delete()
    beyond = row.last_row + 1
    Import.objects.filter(pk=row.pk).update(
        state=ImportState.UNDOING,
        undone_count=0,
        undone_event_count=0,
        kept_count=0,
        last_row=beyond,
    )
    return queries.import_(row.pk)


def _require_taken(source: Import) -> None:
    if source.state not in TAKEN:
        raise Refused("{filename} was not taken.", filename=source.filename)
    if not Transcript.objects.filter(source=source).exists():
        raise Refused(
            "Nobody wrote down which events {filename} brought: it is of an earlier version.",
            filename=source.filename,
        )


def _backwards(source: Import) -> Iterator[Transcript]:
    """Yield the transcripts that are not undone yet, the last first."""
    rows = Transcript.objects.filter(source=source).order_by("-first_row")
    if source.state == ImportState.UNDOING:
        rows = rows.filter(first_row__lt=source.last_row)
    yield from rows.iterator(chunk_size=1)


def _taken_back(
    outcomes: Sequence[Outcome], catalogue: Catalogue, *, now: datetime
) -> tuple[Workspace, Undone]:
    workspace, undone = Workspace(catalogue, now=now), Undone()
    workspace.open_ids({unit for outcome in outcomes for unit, _ in outcome.events})
    for outcome in reversed(outcomes):
        try:
            with workspace.all_or_nothing():
                count = sum(
                    _withdraw(workspace, unit, seq) for unit, seq in reversed(outcome.events)
                )
        except RowRefused as error:
            serial = workspace.dossiers[outcome.events[0][0]].serial
            undone.kept.append(RefusedRow(outcome.row, serial, error))
            continue
        undone.row_count += bool(count)
        undone.event_count += count
        if count:
            undone.units.update(unit for unit, _ in outcome.events)
    return workspace, undone


def _withdraw(workspace: Workspace, unit: UUID, seq: int) -> bool:
    """Withdraw one event, unless it was corrected or withdrawn before."""
    dossier = workspace.dossiers[unit]
    if any(event.corrects == seq for event in dossier.events):
        return False
    wrong = next(event for event in dossier.events if event.seq == seq)
    if wrong.kind in CORRECTIONS:
        raise RowRefused(
            "It took back an event that was told in error.",
            mend="If that event is true, correct the correction on the page of the unit.",
            field="declared wrong",
        )
    _check_nothing_rests_on(dossier, wrong)
    withdraw(workspace, dossier, wrong, Kind.UNDONE)
    return True


def _check_nothing_rests_on(dossier: Dossier, wrong: Event) -> None:
    rest = [event for event in counted(dossier.events) if event.seq != wrong.seq]
    dependent = next((event for event in rest if _rests_on(event, wrong)), None)
    if dependent is None and rest and not any(event.kind in _BEGINS for event in rest):
        dependent = rest[0]
    if dependent is None:
        return
    raise RowRefused(
        "{kind} on {date} rests on it.",
        mend="Withdraw that event first if it is wrong as well, then undo again.",
        field="event",
        kind=dependent.kind.value,
        date=f"{dependent.occurred_at:%Y-%m-%d}",
    )


def _rests_on(event: Event, wrong: Event) -> bool:
    """Whether an event that was told later says something only because of an earlier one."""
    if event.seq < wrong.seq:
        return False
    if event.kind in _RESTS_ON.get(wrong.kind, ()):
        return True
    return any(_is_within(place, slot, event.kind) for slot in wrong.slots for place in event.slots)


def _is_within(place: str, slot: str, kind: Kind) -> bool:
    if slot == THE_UNIT_ITSELF:
        return False
    return place.startswith(slot + "/") or (place == slot and kind in _COMPLETES)


def _settle(settlement: Settlement, workspace: Workspace) -> None:
    try:
        settlement.settle(workspace)
    except IntegrityError:
        raise Refused("Someone booked on units of this list meanwhile. Go on with it.") from None


def _note(begun: Import, undone: Undone, *, before: int) -> None:
    waiting = Import.objects.filter(pk=begun.pk, state=ImportState.UNDOING, last_row__gt=before)
    if not waiting.update(
        last_row=before,
        undone_count=F("undone_count") + undone.row_count,
        undone_event_count=F("undone_event_count") + undone.event_count,
        kept_count=F("kept_count") + undone.kept_count,
    ):
        raise Refused("Someone else takes {filename} back.", filename=begun.filename)
    keep_refusals(begun, undone.kept, is_of_undo=True)


@transaction.atomic
def _finish(begun: Import, reason: str, *, actor: Actor, now: datetime) -> Import:
    highest = Transcript.objects.filter(source=begun).order_by("-last_row").first()
    Import.objects.filter(pk=begun.pk).update(
        state=ImportState.UNDONE, undone_at=now, last_row=highest.last_row if highest else 0
    )
    row = queries.import_(begun.pk)
    undone = entries.ImportUndone(
        row.filename,
        row.digest,
        reason.strip(),
        row.undone_count,
        row.undone_event_count,
        row.kept_count,
    )
    ledger.append(undone, subject=row, actor=actor, now=now, blobs=[row.digest])
    return row
