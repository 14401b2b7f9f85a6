"""Imports: a list is kept and looked at first, then taken, in chunks that survive a kill.

The file is in the blob store before it is read. Looking at it writes nothing but what would happen.
Taking it writes each chunk in one transaction with the number of its last row, so that whoever goes
on after a kill begins behind it; one entry in the ledger closes the whole. A file dropped twice
changes nothing the second time, since every event that is known already counts as unchanged.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.db.models import F

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Refused
from longmark.core.life.outcomes import Outcome, packed
from longmark.core.vocabulary import ImportState
from longmark.fleet import entries
from longmark.fleet.models import Import, Refusal, Transcript
from longmark.fleet.queries import imports as queries
from longmark.fleet.services import conflicts
from longmark.fleet.services.catalogue import whole_catalogue
from longmark.fleet.services.lists import Heard, RefusedRow, opened
from longmark.fleet.services.looks import Advance, looked_at, understood, unwatched
from longmark.fleet.services.naming import record_names
from longmark.fleet.services.plans import RECOGNISE, Plan, plan_of
from longmark.fleet.services.settlement import Settlement
from longmark.fleet.services.workspace import Workspace
from longmark.foundation import bulk
from longmark.ledger import services as ledger

APPLY_IMPORT = "fleet.apply-import"  # the kind of job that takes a list
FILENAME_LIMIT_CHARACTERS = 200
SERIAL_SHOWN_CHARACTERS = 80
REFUSALS_CHUNK_ROWS = 1_000


def stage_import(
    file: BinaryIO,
    *,
    filename: str,
    plan: Plan = RECOGNISE,
    is_all_or_nothing: bool = False,
    advance: Advance = unwatched,
    actor: Actor,
    now: datetime,
) -> Import:
    """Keep a list and say what taking it would do; nothing else is written.

    Raises:
        Invalid: it is no list of units; the file is kept all the same.
    """
    accounts.require(actor, Action.IMPORT_UNITS)
    digest = ledger.store_blob_file(file, media_type="application/octet-stream", now=now)
    return stage_blob(
        digest,
        filename=filename,
        plan=plan,
        is_all_or_nothing=is_all_or_nothing,
        advance=advance,
        actor=actor,
        now=now,
    )


def stage_blob(
    digest: str,
    *,
    filename: str,
    plan: Plan = RECOGNISE,
    is_all_or_nothing: bool = False,
    advance: Advance = unwatched,
    actor: Actor,
    now: datetime,
) -> Import:
    """Say what taking a list would do that is in the blob store already.

    Raises:
        NotFound: there is no such blob.
        Invalid: it is no list of units.
    """
    accounts.require(actor, Action.IMPORT_UNITS)
    look = looked_at(digest, plan, advance=advance, now=now)
    with transaction.atomic(durable=True):
        staged = Import.objects.create(
            filename=filename[-FILENAME_LIMIT_CHARACTERS:],
            digest=digest,
            is_all_or_nothing=is_all_or_nothing,
            preview=look.preview,
            actor_name=actor.name,
            staged_at=now,
            **look.understood,
            **look.counts,
        )
        keep_refusals(staged, look.refused)
        entry = entries.ImportStaged(
            staged.filename, digest, staged.row_count, staged.refused_count
        )
        ledger.append(entry, subject=staged, actor=actor, now=now, blobs=[digest])
    return staged


def take_list(
    file: BinaryIO,
    *,
    filename: str,
    plan: Plan = RECOGNISE,
    advance: Advance = unwatched,
    actor: Actor,
    now: datetime,
) -> Import:
    """Keep a list and take it at once, for systems that send lists and look at none.

    Half the work of staging and applying; rows that cannot be taken are kept all the same.

    Raises:
        Invalid: it is no list of units; the file is kept, and nothing else.
    """
    waiting = keep_list(file, filename=filename, plan=plan, actor=actor, now=now)
    return apply_import(waiting, advance=advance, actor=actor, now=now)


def keep_list(
    file: BinaryIO, *, filename: str, plan: Plan = RECOGNISE, actor: Actor, now: datetime
) -> Import:
    """Keep a list that is to be taken without a look at it; its columns are understood.

    Raises:
        Invalid: it is no list of units; the file is kept, and nothing else.
    """
    accounts.require(actor, Action.IMPORT_UNITS)
    digest = ledger.store_blob_file(file, media_type="application/octet-stream", now=now)
    with opened(digest, whole_catalogue(), plan) as units:
        how_understood = understood(units, plan)
    return Import.objects.create(
        filename=filename[-FILENAME_LIMIT_CHARACTERS:],
        digest=digest,
        actor_name=actor.name,
        staged_at=now,
        **how_understood,
    )


def apply_import(
    staged: Import, *, advance: Advance = unwatched, actor: Actor, now: datetime
) -> Import:
    """Take a staged list, or go on where taking it was interrupted.

    Raises:
        Refused: it was taken or thrown away before; someone else is taking it; or rows are
            refused and it was to be all or nothing (nothing is written then).
    """
    accounts.require(actor, Action.IMPORT_UNITS)
    if staged.is_all_or_nothing:
        return apply_import_whole(staged, advance=advance, actor=actor, now=now)
    begun = _begin(staged, ImportState.APPLYING)
    _take(begun, staged.row_count, advance, actor=actor, now=now)
    return queries.import_(begun.pk)


@transaction.atomic(durable=True)
def apply_import_whole(
    staged: Import, *, advance: Advance = unwatched, actor: Actor, now: datetime
) -> Import:
    """Take a staged list if every row can be taken, in one transaction; else nothing of it.

    Raises:
        Refused: a row is refused, now or since it was looked at; or it is not staged any more.
    """
    accounts.require(actor, Action.IMPORT_UNITS)
    Import.objects.filter(pk=staged.pk, state=ImportState.STAGED).update(is_all_or_nothing=True)
    begun = _begin(staged, ImportState.STAGED)
    _take(begun, staged.row_count, advance, actor=actor, now=now)
    return queries.import_(begun.pk)


@transaction.atomic(durable=True)
def discard_import(staged: Import, *, actor: Actor, now: datetime) -> None:
    """Throw away a list that was only looked at; its file stays in the blob store.

    Raises:
        Refused: it was taken, or is being taken.
    """
    accounts.require(actor, Action.IMPORT_UNITS)
    waiting = Import.objects.filter(pk=staged.pk, state=ImportState.STAGED)
    if not waiting.update(state=ImportState.DISCARDED):
        raise Refused("{filename} is not waiting any more.", filename=staged.filename)
    discarded = entries.ImportDiscarded(staged.filename, staged.digest)
    ledger.append(discarded, subject=staged, actor=actor, now=now)


@transaction.atomic
def _begin(staged: Import, state: ImportState) -> Import:
    """Let the counts begin at none: taking counts anew, since things may have changed."""
    row = Import.objects.select_for_update().get(pk=staged.pk)
    if row.state == ImportState.APPLYING:
        return row
    if row.state != ImportState.STAGED:
        raise Refused("{filename} was {state} already.", filename=row.filename, state=row.state)
    if row.is_all_or_nothing and row.refused_count:
        raise Refused(
            "{count} rows of {filename} are refused, and it was to be all or nothing.",
            count=row.refused_count,
            filename=row.filename,
        )
    Refusal.objects.filter(source=row).delete()
    Transcript.objects.filter(source=row).delete()
    none = dict.fromkeys(queries.COUNTS, 0)
    Import.objects.filter(pk=row.pk).update(state=state, last_row=0, manifest="", **none)
    return queries.import_(row.pk)


def _take(begun: Import, total: int, advance: Advance, *, actor: Actor, now: datetime) -> None:
    catalogue = whole_catalogue()
    settlement = Settlement(actor_name=actor.name, now=now)
    done, last_row, manifest = begun.row_count, begun.last_row, begun.manifest
    with opened(begun.digest, catalogue, plan_of(begun)) as units, bulk.seldom_checkpointed():
        for rows in units.chunks(behind=last_row):
            with bulk.collector_paused(), transaction.atomic():
                workspace, heard = units.take(rows, actor=actor, now=now)
                _settle(settlement, workspace, begun, heard)
                record_names(heard.told)
                conflicts.keep_claims(begun, heard.contested, actor=actor, now=now)
                manifest = heard.manifest(manifest)
                _note(begun, heard, behind=last_row, to=rows[-1].number, manifest=manifest, now=now)
            last_row = rows[-1].number
            done += heard.rows
            advance(done, max(total, done))
    _finish(begun, actor=actor, now=now)


def _settle(settlement: Settlement, workspace: Workspace, begun: Import, heard: Heard) -> None:
    if begun.is_all_or_nothing and heard.refused:
        first = heard.refused[0]
        raise Refused(
            "Row {row} of {filename} is refused, and it was to be all or nothing: {reason}",
            row=first.number,
            filename=begun.filename,
            reason=str(first.error),
        )
    try:
        settlement.settle(workspace)
    except IntegrityError:
        raise Refused("Someone booked on units of this list meanwhile. Go on with it.") from None


def _note(
    begun: Import, heard: Heard, *, behind: int, to: int, manifest: str, now: datetime
) -> None:
    """Count a chunk, if nobody else has taken it."""
    counted = {name: F(name) + number for name, number in heard.counts(now=now).items()}
    waiting = Import.objects.filter(pk=begun.pk, last_row=behind)
    if not waiting.update(last_row=to, manifest=manifest, **counted):
        raise Refused("Someone else is taking {filename}.", filename=begun.filename)
    keep_refusals(begun, heard.refused)
    _keep_outcomes(begun, heard.outcomes())


@transaction.atomic
def _finish(begun: Import, *, actor: Actor, now: datetime) -> None:
    Import.objects.filter(pk=begun.pk).update(state=ImportState.APPLIED, applied_at=now)
    row = queries.import_(begun.pk)
    applied = entries.ImportApplied(
        row.filename,
        row.digest,
        row.manifest,
        row.row_count,
        row.created_count,
        row.changed_count,
        row.unchanged_count,
        row.refused_count,
        row.event_count,
        row.contested_count,
    )
    ledger.append(applied, subject=row, actor=actor, now=now, blobs=[row.digest])


def _keep_outcomes(source: Import, outcomes: Sequence[Outcome]) -> None:
    if outcomes:
        Transcript.objects.create(
            source=source,
            first_row=outcomes[0].row,
            last_row=outcomes[-1].row,
            content=packed(outcomes),
        )


def keep_refusals(
    source: Import, refused: Sequence[RefusedRow], *, is_of_undo: bool = False
) -> None:
    """Keep which rows cannot be taken, and why; part of the transaction that counts them."""
    Refusal.objects.bulk_create(
        [
            Refusal(
                source=source,
                row=row.number,
                column=row.error.field or "",
                serial=row.serial[:SERIAL_SHOWN_CHARACTERS],
                reason=row.error.message,
                mend=row.error.mend,
                values={name: str(value) for name, value in row.error.values.items()},
                is_of_undo=is_of_undo,
            )
            for row in refused
        ],
        batch_size=REFUSALS_CHUNK_ROWS,
    )
