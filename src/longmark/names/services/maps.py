"""Name maps: tables from purls to CPE names, taken in whole as named editions, and withdrawn.

The file is kept first. It is read outside of any transaction, and what it says becomes one edition
in one transaction; an earlier edition of the same name no longer holds from then on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Final

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.core.formats.advisories import archives
from longmark.core.formats.advisories.archives import Member
from longmark.core.formats.name_maps import ENDINGS, Pair, pairs
from longmark.core.identity.maps import MapRow, map_row, usable
from longmark.foundation.bulk import collector_paused, insert_rows
from longmark.jobs import services as jobs
from longmark.jobs.services import Progress
from longmark.ledger import queries as blobs
from longmark.ledger import services as ledger
from longmark.names import entries, queries
from longmark.names.models import NameMap, NameMapRow
from longmark.names.services.rules import read_reason

if TYPE_CHECKING:
    from longmark.jobs.models import Job

IMPORT_JOB: Final = "names.import-map"
NAME_LENGTH: Final = 100
SOURCE_LENGTH: Final = 500
REFUSALS_KEPT: Final = 1_000
REFUSAL_LENGTH: Final = 500
REPORT_EVERY_MEMBERS: Final = 2_000
COLUMNS: Final = ("map_id", "stated", "package", "is_used")


@dataclass(frozen=True)
class MapDetails:
    """What a map is called, and how it is to be used."""

    name: str
    edition: str = ""
    source: str = ""
    is_for_ecosystems: bool = False


@dataclass
class _Read:
    """What a file says."""

    rows: dict[MapRow, bool]
    refusals: list[dict[str, str]]
    refused_count: int


def ask_for_map(
    file: BinaryIO, *, filename: str, details: MapDetails, actor: Actor, now: datetime
) -> "Job":
    """Keep an uploaded table and enqueue the work of taking it in.

    Raises:
        Invalid: it has no name, or is larger than may be kept.
        NotAllowed: the actor may not name components.
    """
    accounts.require(actor, Action.NAME_COMPONENTS)
    details = _checked(details)
    digest = ledger.store_blob_file(file, media_type="application/octet-stream", now=now)
    arguments = {
        "digest": digest,
        "filename": filename[:250],
        "name": details.name,
        "edition": details.edition,
        "source": details.source,
        "is_for_ecosystems": details.is_for_ecosystems,
    }
    return jobs.enqueue(IMPORT_JOB, arguments, actor=actor, now=now)


def _checked(details: MapDetails) -> MapDetails:
    name, edition = details.name.strip(), details.edition.strip()
    source = details.source.replace("\0", "").strip()
    if not name or not (name + edition).isprintable():
        raise Invalid("Give the map a name, as in purl2cpe.", field="name")
    for field, text, limit in (
        ("name", name, NAME_LENGTH),
        ("edition", edition, NAME_LENGTH),
        ("source", source, SOURCE_LENGTH),
    ):
        if len(text) > limit:
            raise Invalid("At most {limit} characters.", field=field, limit=limit)
    return MapDetails(name, edition, source, details.is_for_ecosystems)


def import_map(
    digest: str,
    *,
    filename: str,
    details: MapDetails,
    actor: Actor,
    now: datetime,
    progress: Progress | None = None,
) -> NameMap:
    """Take in a table that lies in the blob store; the same again answers with what is there.

    Raises:
        Invalid: it holds no pair that can be taken, or is broken; nothing is taken then.
        NotAllowed: the actor may not name components.
    """
    accounts.require(actor, Action.NAME_COMPONENTS)
    details = _checked(details)
    with blobs.open_blob(digest) as file, collector_paused():
        read = _read(_reported(archives.members(file, wanted=ENDINGS), progress), details)
    if not read.rows:
        why = f" {read.refusals[0]['place']}: {read.refusals[0]['reason']}" if read.refusals else ""
        raise Invalid("{filename} joins no purl with a CPE name.{why}", filename=filename, why=why)
    return _record(digest, filename, details, read, actor=actor, now=now)


def _reported(members: Iterator[Member], progress: Progress | None) -> Iterator[Member]:
    for number, member in enumerate(members, start=1):
        yield member
        if progress and number % REPORT_EVERY_MEMBERS == 0:
            progress.advance(number)


def _read(members: Iterator[Member], details: MapDetails) -> _Read:
    rows: dict[MapRow, None] = {}
    refusals: list[dict[str, str]] = []
    refused_count = 0
    for found in pairs(members):
        try:
            if isinstance(found, Pair):
                rows[map_row(found.purl, found.cpe)] = None
                continue
            reason = found.reason
        except Invalid as invalid:
            reason = str(invalid)
        refused_count += 1
        if len(refusals) < REFUSALS_KEPT:
            refusals.append({"place": _shown(found.place), "reason": _shown(reason)})
    used = usable(rows, is_for_ecosystems=details.is_for_ecosystems)
    return _Read(dict(used), refusals, refused_count)


def _shown(text: str) -> str:
    """Return text of a file as it may be stored: whatever cannot be shown is marked."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text[:REFUSAL_LENGTH])


@transaction.atomic(durable=True)
def _record(
    digest: str,
    filename: str,
    details: MapDetails,
    read: _Read,
    *,
    actor: Actor,
    now: datetime,
) -> NameMap:
    queries.take_turn()
    earlier = NameMap.objects.filter(name=details.name, withdrawn_at=None).first()
    if earlier and _is_same(earlier, digest, details):
        return earlier
    if earlier:
        _leave(earlier, f"Edition {details.edition or digest[:12]} took its place.", actor, now)
    found = NameMap.objects.create(
        name=details.name,
        edition=details.edition,
        digest=digest,
        filename=filename[:250],
        source=details.source,
        is_for_ecosystems=details.is_for_ecosystems,
        row_count=len(read.rows),
        used_count=sum(read.rows.values()),
        refused_count=read.refused_count,
        refusals=read.refusals,
        author_name=actor.name[:200],
        recorded_at=now,
    )
    rows = ((found.pk, row.stated, row.package, used) for row, used in sorted(read.rows.items()))
    insert_rows(NameMapRow, COLUMNS, rows)
    imported = entries.NameMapImported(
        name=found.name,
        edition=found.edition,
        digest=digest,
        row_count=found.row_count,
        used_count=found.used_count,
        refused_count=found.refused_count,
        supersedes_id=earlier.pk if earlier else None,
    )
    ledger.append(imported, subject=found, actor=actor, now=now, blobs=[digest])
    return found


def _is_same(found: NameMap, digest: str, details: MapDetails) -> bool:
    stated = (digest, details.edition, details.is_for_ecosystems)
    return (found.digest, found.edition, found.is_for_ecosystems) == stated


@transaction.atomic(durable=True)
def withdraw_map(found: NameMap, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let a map no longer hold; it stays as history.

    Raises:
        Invalid: no reason is given.
        Refused: it was withdrawn already.
        NotAllowed: the actor may not name components.
    """
    accounts.require(actor, Action.NAME_COMPONENTS)
    reason = read_reason(reason)
    queries.take_turn()
    if not _leave(found, reason, actor, now):
        raise Refused("Map {map} was withdrawn already.", map=found)
    withdrawn = entries.NameMapWithdrawn(found.name, found.edition, reason)
    ledger.append(withdrawn, subject=found, actor=actor, now=now)


def _leave(found: NameMap, reason: str, actor: Actor, now: datetime) -> bool:
    changed = NameMap.objects.filter(pk=found.pk, withdrawn_at=None).update(
        withdrawn_at=now, withdrawn_by=actor.name[:200], withdrawal_reason=reason
    )
    found.withdrawn_at, found.withdrawn_by, found.withdrawal_reason = now, actor.name, reason
    return bool(changed)
