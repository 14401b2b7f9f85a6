"""Files of advisories and signals, taken in piece by piece.

The file is kept in the blob store before it is read. Reading is streaming: a batch of records is
one transaction together with the counters of the intake, so work that was cut off resumes where it
stopped, and taking the same file again changes nothing. What cannot be read is kept as a refusal
with its reason. One ledger entry stands for the whole file.
"""

import hashlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from django.db import transaction
from django.utils.translation import gettext as _

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid
from longmark.core.formats.advisories import archives, batches, detection, misplaced
from longmark.core.formats.advisories.archives import Member
from longmark.core.formats.advisories.batches import Reading
from longmark.core.formats.advisories.detection import Format
from longmark.core.vocabulary import IntakeState, RefusalKind
from longmark.foundation.bulk import collector_paused, seldom_checkpointed
from longmark.intel import entries
from longmark.intel.models import Change, FeedRun, Intake, Refusal
from longmark.intel.services import changes, reading, records, signals
from longmark.intel.services import euvd as euvd_services
from longmark.intel.services.records import Outcome, Received
from longmark.jobs import services as jobs
from longmark.jobs.services import Progress
from longmark.ledger import queries as blobs
from longmark.ledger import services as ledger

IMPORT_JOB: Final = "intel.import-advisory-file"
MAX_REFUSALS: Final = 10_000  # per intake; beyond that the file is not what it seems

if TYPE_CHECKING:
    from longmark.jobs.models import Job

_SUFFIXES: Final = frozenset((".json", ".zip", ".xz", ".gz", ".tar", ".tgz", ".bz2"))


def import_file(
    path: Path, *, filename: str = "", actor: Actor, now: datetime, progress: Progress | None = None
) -> Intake:
    """Take in a file, or a folder of OSV, NVD, CVE or CSAF records.

    Raises:
        Invalid: it is of no format known here, or broken beyond reading; what was read stays.
        NotAllowed: `actor` may not import advisories.
    """
    accounts.require(actor, Action.IMPORT_ADVISORIES)
    name = filename or path.name
    if path.is_dir():
        found = _folder_format(path)
        intake = _begun(name, _folder_digest(path), found, actor=actor, now=now)
        members = islice(_folder_members(path, found), intake.read_count, None)
        read = batches.read_batches(members, found)
        return _finish(intake, read, progress, actor=actor, now=now)
    with path.open("rb") as file:
        digest = ledger.store_blob_file(file, media_type="application/octet-stream", now=now)
    return import_blob(digest, filename=name, actor=actor, now=now, progress=progress)


def ask_for_import(file: BinaryIO, *, filename: str, actor: Actor, now: datetime) -> "Job":
    """Keep an uploaded file and enqueue the work of taking it in.

    Raises:
        Invalid: the file is larger than may be kept.
        NotAllowed: `actor` may not import advisories.
    """
    accounts.require(actor, Action.IMPORT_ADVISORIES)
    digest = ledger.store_blob_file(file, media_type="application/octet-stream", now=now)
    arguments = {"digest": digest, "filename": filename or digest[:12]}
    return jobs.enqueue(IMPORT_JOB, arguments, actor=actor, now=now)


def import_blob(
    digest: str,
    *,
    filename: str,
    expected: Format | None = None,
    run: FeedRun | None = None,
    actor: Actor,
    now: datetime,
    progress: Progress | None = None,
) -> Intake:
    """Take in a file that is in the blob store already.

    `expected` is what a feed knows it to be: then every record is read as that, and one that is
    not is refused by itself. `run` is the run of the feed that brought it.

    Raises:
        Invalid: it is of no format known here, or broken beyond reading; what was read stays.
        NotAllowed: `actor` may not import advisories.
    """
    accounts.require(actor, Action.IMPORT_ADVISORIES)
    with blobs.open_blob(digest) as file:
        found = expected or _recognised(file, filename)
        intake = _begun(filename, digest, found, run=run, actor=actor, now=now)
        if found in batches.READERS:
            read = reading.readings(blobs.blob_path(digest), found, skip=intake.read_count)
            return _finish(intake, read, progress, actor=actor, now=now)
        with _failing(intake, now=now):
            _take_signals(file, found, intake, progress, now=now)
        return ended(intake, actor=actor, now=now)


def _recognised(file: BinaryIO, filename: str) -> Format:
    """Return what a file is by its content; what belongs elsewhere is told where."""
    found = detection.detect_any(archives.heads(file))
    if found is None:
        raise Invalid(
            "{filename} holds no OSV, NVD, CVE, CSAF, KEV, EPSS or EUVD document. {place}",
            filename=filename,
            place=misplaced.proper_place(archives.heads(file)),
        )
    return found


@transaction.atomic(durable=True)
def quarantine(
    digest: str,
    *,
    filename: str,
    expected: Format,
    refusals: Sequence[tuple[str, str]],
    run: FeedRun | None,
    actor: Actor,
    now: datetime,
) -> Intake:
    """Keep documents that may not be taken in (a wrong hash, a bad signature), with the reasons.

    `digest` is that of the file in the blob store that holds them as they came.
    """
    intake = Intake.objects.create(
        filename=filename[:300],
        digest=digest,
        format=expected.value,
        state=IntakeState.DONE,
        started_at=now,
        ended_at=now,
        actor_name=actor.name,
        run=run,
        read_count=len(refusals),
        refused_count=len(refusals),
    )
    Refusal.objects.bulk_create(
        Refusal(intake=intake, place=place[:300], reason=reason) for place, reason in refusals
    )
    kept = entries.AdvisoriesImported(
        filename=intake.filename,
        format=intake.format,
        edition="",
        manifest_digest=digest,
        added_count=0,
        changed_count=0,
        unchanged_count=0,
        refused_count=len(refusals),
        vulnerability_count=0,
    )
    ledger.append(kept, subject=intake, actor=actor, now=now, blobs=[digest])
    return intake


def _take_signals(
    file: BinaryIO, found: Format, intake: Intake, progress: Progress | None, *, now: datetime
) -> None:
    """Take in a file that holds no advisories."""
    if found is Format.KEV:
        signals.take_kev(file, intake, progress, now=now)
    elif found is Format.EPSS:
        signals.take_epss(file, intake, progress)
    else:
        euvd_services.take_ids(file, intake, progress, now=now)


def _begun(
    filename: str,
    digest: str,
    found: Format,
    *,
    run: FeedRun | None = None,
    actor: Actor,
    now: datetime,
) -> Intake:
    """Return the intake of a file that was cut off, or a new one."""
    with transaction.atomic(durable=True):
        running = Intake.objects.filter(
            digest=digest, state=IntakeState.RUNNING, format=found.value
        )
        return running.order_by("-id").first() or Intake.objects.create(
            filename=filename[:300],
            digest=digest,
            format=found.value,
            started_at=now,
            actor_name=actor.name,
            run=run,
        )


def _finish(
    intake: Intake,
    read: Generator[list[Reading]],
    progress: Progress | None,
    *,
    actor: Actor,
    now: datetime,
) -> Intake:
    with _failing(intake, now=now), seldom_checkpointed(), closing(read):
        while batch := _next(read):
            with collector_paused():
                _take_batch(intake, batch)
            _refuse_nonsense(intake)
            if progress:
                progress.advance(intake.read_count, note=intake.filename)
    return ended(intake, actor=actor, now=now)


def _next(read: Generator[list[Reading]]) -> list[Reading]:
    with collector_paused():
        return next(read, [])


def _refuse_nonsense(intake: Intake) -> None:
    if intake.refused_count > MAX_REFUSALS:
        raise Invalid(
            "More than {limit} records cannot be read; that is no honest file.", limit=MAX_REFUSALS
        )


def _take_batch(intake: Intake, batch: list[Reading]) -> None:
    received = [Received(one, one.record) for one in batch if one.record]
    refusals = [
        Refusal(intake=intake, place=one.place[:300], reason=one.problem)
        for one in batch
        if not one.record
    ]
    with transaction.atomic(durable=True):
        changes.take_turn()
        if intake.format == Format.EUVD:
            euvd_services.note_exploitation([one.record for one in received])
        outcome = records.apply(received, intake=intake)
        refusals += [_kept_apart(intake, *edge) for edge in outcome.kept_apart]
        Refusal.objects.bulk_create(refusals)
        changes.note_changes(intake, outcome.vulnerabilities)
        _count(intake, outcome, received, read=len(batch))


def _kept_apart(intake: Intake, left: str, right: str) -> Refusal:
    return Refusal(
        intake=intake,
        kind=RefusalKind.LINK,
        place=f"{left} = {right}"[:300],
        reason=_(
            "This alias would join two CVE ids, which are two vulnerabilities. It is left out."
        ),
    )


def _count(intake: Intake, outcome: Outcome, received: list[Received], *, read: int) -> None:
    newest = max((one.record.modified for one in received), default=None)
    if newest and (intake.newest_at is None or newest > intake.newest_at):
        intake.newest_at = newest
    intake.read_count += read
    intake.added_count += outcome.added
    intake.changed_count += outcome.changed
    intake.unchanged_count += outcome.unchanged
    intake.refused_count += read - len(received)
    intake.save(
        update_fields=[
            "newest_at", "read_count", "added_count", "changed_count", "unchanged_count",
            "refused_count",
        ]
    )  # fmt: skip


def _folder_files(folder: Path) -> list[Path]:
    files = (path for path in folder.rglob("*") if path.suffix in _SUFFIXES)
    return sorted(path for path in files if path.is_file() and not path.is_symlink())


def _folder_members(folder: Path, found: Format) -> Iterator[Member]:
    for path in _folder_files(folder):
        with path.open("rb") as file:
            for member in batches.documents(file, found):
                place = "/".join(filter(None, (str(path.relative_to(folder)), member.name)))
                yield Member(place, member.content, member.problem)


def _folder_format(folder: Path) -> Format:
    for path in _folder_files(folder):
        with path.open("rb") as file:
            found = detection.detect_any(archives.heads(file))
        if found in batches.READERS:
            return found
    raise Invalid("{folder} holds no OSV, NVD, CVE or CSAF records.", folder=folder.name)


def _folder_digest(folder: Path) -> str:
    """Return the digest of the manifest: every file's path and content, in order."""
    manifest = hashlib.sha256()
    for path in _folder_files(folder):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        manifest.update(f"{path.relative_to(folder)}\t{digest}\n".encode())
    return manifest.hexdigest()


@contextmanager
def _failing(intake: Intake, *, now: datetime) -> Iterator[None]:
    """Mark the intake as failed when its file cannot be read on; it can be taken in again."""
    try:
        yield
    except Invalid as invalid:
        Intake.objects.filter(pk=intake.pk).update(
            state=IntakeState.FAILED, ended_at=now, note=str(invalid)
        )
        raise


@transaction.atomic(durable=True)
def ended(intake: Intake, *, actor: Actor, now: datetime) -> Intake:
    """Note that an intake has come to its end, and tell what it changed."""
    intake.state = IntakeState.DONE
    intake.ended_at = now
    intake.vulnerability_count = Change.objects.filter(intake=intake).count()
    intake.save(update_fields=["state", "ended_at", "vulnerability_count"])
    imported = entries.AdvisoriesImported(
        filename=intake.filename,
        format=intake.format,
        edition=intake.edition,
        manifest_digest=intake.digest,
        added_count=intake.added_count,
        changed_count=intake.changed_count,
        unchanged_count=intake.unchanged_count,
        refused_count=intake.refused_count,
        vulnerability_count=intake.vulnerability_count,
    )
    is_kept = bool(intake.digest) and blobs.blob_path(intake.digest).exists()
    kept = [intake.digest] if is_kept else []
    ledger.append(imported, subject=intake, actor=actor, now=now, blobs=kept)
    return intake
