"""Mapping: a person says which column of a list is which; the list is looked at anew."""

from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, NotFound, Refused
from longmark.core.formats.sheets.mapping import ColumnMap
from longmark.core.vocabulary import ImportState
from longmark.fleet import entries
from longmark.fleet.models import Import, ImportProfile, Refusal
from longmark.fleet.queries import imports as queries
from longmark.fleet.services.imports import FILENAME_LIMIT_CHARACTERS, keep_refusals, stage_blob
from longmark.fleet.services.looks import Advance, looked_at, sampled, unwatched
from longmark.fleet.services.plans import RECOGNISE, Plan, how_as_json, used_headers, zone_of
from longmark.jobs import services as jobs
from longmark.ledger import queries as blobs
from longmark.ledger import services as ledger

LOOK_AT_IMPORT = "fleet.look-at-import"  # the kind of job that looks at a long list
AT_ONCE_LIMIT_BYTES = 2_000_000
NAME_LIMIT_CHARACTERS = 120
BEFORE_TAKING = (ImportState.UNMAPPED, ImportState.READING, ImportState.STAGED)


def receive_list(
    file: BinaryIO, *, filename: str, plan: Plan = RECOGNISE, actor: Actor, now: datetime
) -> Import:
    """Keep a list and look at it, if it says what its columns are; else it waits to be told.

    A long list is looked at by a job.

    Raises:
        Invalid: it is no table; the file is kept all the same.
    """
    accounts.require(actor, Action.IMPORT_UNITS)
    digest = ledger.store_blob_file(file, media_type="application/octet-stream", now=now)
    size_bytes = file.tell()
    if size_bytes <= AT_ONCE_LIMIT_BYTES:
        try:
            return stage_blob(digest, filename=filename, plan=plan, actor=actor, now=now)
        except Invalid as error:
            if error.field != "header" or not _has_columns(digest, plan):
                raise
    received = _received(digest, filename, plan, actor=actor, now=now)
    if size_bytes > AT_ONCE_LIMIT_BYTES:
        _look_later(received, actor=actor, now=now)
    return queries.import_(received.pk)


def _has_columns(digest: str, plan: Plan) -> bool:
    """Whether there is something to say of a file: a single column is a text, and no table."""
    sheet, _, _ = sampled(digest, plan)
    return sum(bool(column["stated"]) for column in sheet["columns"]) > 1


@transaction.atomic(durable=True)
def _received(digest: str, filename: str, plan: Plan, *, actor: Actor, now: datetime) -> Import:
    sheet, column_map, profile = sampled(digest, plan)
    received = Import.objects.create(
        filename=filename[-FILENAME_LIMIT_CHARACTERS:],
        digest=digest,
        sheet=sheet,
        how=how_as_json(plan.how),
        column_map=column_map.as_json(),
        profile=profile,
        state=ImportState.UNMAPPED,
        actor_name=actor.name,
        staged_at=now,
    )
    entry = entries.ImportReceived(received.filename, digest)
    ledger.append(entry, subject=received, actor=actor, now=now, blobs=[digest])
    return received


def map_import(
    source: Import,
    plan: Plan,
    *,
    advance: Advance = unwatched,
    actor: Actor,
    now: datetime,
) -> Import:
    """Look at a list anew that was not taken yet, as it is now said to be read and understood.

    Raises:
        Refused: it was taken or thrown away.
        Invalid: it cannot be read so, or a column is missing still.
    """
    accounts.require(actor, Action.IMPORT_UNITS)
    _require_untaken(source)
    if plan.column_map is not None:
        zone_of(plan.column_map)
    look = looked_at(source.digest, plan, advance=advance, now=now)
    with transaction.atomic(durable=True):
        none = dict.fromkeys(queries.COUNTS, 0)
        changed = Import.objects.filter(pk=source.pk, state__in=BEFORE_TAKING).update(
            state=ImportState.STAGED,
            preview=look.preview,
            **look.understood,
            **(none | dict(look.counts)),
        )
        if not changed:
            raise Refused("{filename} is not waiting any more.", filename=source.filename)
        Refusal.objects.filter(source=source).delete()
        keep_refusals(source, look.refused)
        row = queries.import_(source.pk)
        entry = entries.ImportMapped(
            row.filename,
            row.digest,
            row.how,
            row.column_map,
            row.profile,
            row.row_count,
            row.refused_count,
        )
        ledger.append(entry, subject=row, actor=actor, now=now, blobs=[row.digest])
    return row


def map_import_or_ask(source: Import, plan: Plan, *, actor: Actor, now: datetime) -> Import:
    """Look at a list anew, or ask for it if the list is long.

    Raises:
        Refused, Invalid: as `map_import`.
    """
    accounts.require(actor, Action.IMPORT_UNITS)
    _require_untaken(source)
    if blobs.blob(source.digest).size_bytes <= AT_ONCE_LIMIT_BYTES:
        return map_import(source, plan, actor=actor, now=now)
    sheet, column_map, profile = sampled(source.digest, plan)
    zone_of(column_map)
    Import.objects.filter(pk=source.pk, state__in=BEFORE_TAKING).update(
        sheet=sheet,
        how=how_as_json(plan.how),
        column_map=column_map.as_json(),
        profile=profile,
    )
    _look_later(source, actor=actor, now=now)
    return queries.import_(source.pk)


def _look_later(source: Import, *, actor: Actor, now: datetime) -> None:
    with transaction.atomic(durable=True):
        Import.objects.filter(pk=source.pk).update(state=ImportState.READING)
        jobs.enqueue(LOOK_AT_IMPORT, {"import_id": source.pk}, actor=actor, now=now)


def _require_untaken(source: Import) -> None:
    if source.state not in BEFORE_TAKING:
        raise Refused("{filename} is not waiting any more.", filename=source.filename)


def mark_unmapped(source: Import) -> None:
    """Let a list wait for a person again that could not be looked at."""
    Import.objects.filter(pk=source.pk, state=ImportState.READING).update(
        state=ImportState.UNMAPPED
    )


@transaction.atomic(durable=True)
def save_profile(
    name: str,
    plan: Plan,
    *,
    headers: Sequence[str],
    is_taken_unasked: bool = False,
    actor: Actor,
    now: datetime,
) -> ImportProfile:
    """Remember under a name how lists with these headers are understood; it replaces one so named.

    Raises:
        Invalid: no name, no map, or a map that uses none of the headers.
    """
    accounts.require(actor, Action.IMPORT_UNITS)
    stated = name.strip()
    if not stated or len(stated) > NAME_LIMIT_CHARACTERS:
        raise Invalid("A profile needs a name of at most {limit} characters.", field="name",
                      limit=NAME_LIMIT_CHARACTERS)  # fmt: skip
    column_map = plan.column_map or ColumnMap()
    used = used_headers(headers, column_map)
    if not used:
        raise Invalid("The profile uses none of the columns.", field="columns")
    zone_of(column_map)
    profile, _ = ImportProfile.objects.update_or_create(
        name=stated,
        defaults={
            "headers": used,
            "how": how_as_json(plan.how),
            "column_map": column_map.as_json(),
            "is_taken_unasked": is_taken_unasked,
            "actor_name": actor.name,
            "saved_at": now,
        },
    )
    saved = entries.ProfileSaved(stated, profile.how, profile.column_map, is_taken_unasked)
    ledger.append(saved, subject=profile, actor=actor, now=now)
    return profile


@transaction.atomic(durable=True)
def forget_profile(pk: int, *, actor: Actor, now: datetime) -> None:
    """Forget a profile; lists that were understood by it keep what they were.

    Raises:
        NotFound: there is none with this number.
    """
    accounts.require(actor, Action.IMPORT_UNITS)
    profile = ImportProfile.objects.filter(pk=pk).first()
    if profile is None:
        raise NotFound("There is no profile {pk}.", pk=pk)
    ledger.append(entries.ProfileForgotten(profile.name), subject=profile, actor=actor, now=now)
    profile.delete()
