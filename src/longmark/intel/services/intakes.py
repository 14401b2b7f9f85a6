"""Files of advisories and signals, taken in piece by piece.

The file is kept in the blob store before it is read. Reading is streaming: a batch of records is
one transaction together with the counters of the intake, so work that was cut off resumes where it
stopped, and taking the same file again changes nothing. What cannot be read is kept as a refusal
with its reason. One ledger entry stands for the whole file.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from django.db import transaction
from django.utils.translation import gettext as _

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid
from longmark.core.formats.advisories import archives, csaf, cve5, detection, euvd, nvd, osv
from longmark.core.formats.advisories.archives import Member
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.reading import RecordInvalid
from longmark.core.formats.advisories.records import AdvisoryRecord
from longmark.core.vocabulary import IntakeState, RefusalKind
from longmark.foundation.bulk import collector_paused
from longmark.intel import entries
from longmark.intel.models import Change, FeedRun, Intake, Refusal
from longmark.intel.services import changes, records, signals
from longmark.intel.services import euvd as euvd_services
from longmark.intel.services.records import Outcome, Received
from longmark.jobs import services as jobs
from longmark.jobs.services import Progress
from longmark.ledger import queries as blobs
from longmark.ledger import services as ledger

IMPORT_JOB: Final = "intel.import-advisory-file"
BATCH_RECORDS: Final = 1_000
BATCH_BYTES: Final = 32 * 2**20  # of genuine feeds a thousand records fill a third of it
MAX_REFUSALS: Final = 10_000  # per intake; beyond that the file is not what it seems

if TYPE_CHECKING:
    from longmark.jobs.models import Job

_SUFFIXES: Final = frozenset((".json", ".zip", ".xz", ".gz", ".tar", ".tgz", ".bz2"))
_READERS: Final[dict[Format, Callable[[bytes], AdvisoryRecord]]] = {
    Format.OSV: osv.read,
    Format.NVD: nvd.read,
    Format.CVE: cve5.read,
    Format.CSAF: csaf.read,
    Format.EUVD: euvd.read,
}
_LISTS_OF_CHANGES: Final = frozenset(("delta.json", "deltaLog.json", "recent_activities.json"))
"""What lies beside the records in the archive of the CVE list."""


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
        members = _folder_members(path, found)
        return _finish(intake, members, found, progress, actor=actor, now=now)
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
        found = expected or detection.detect_any(archives.heads(file))
        if found is None:
            raise Invalid(
                "{filename} holds no OSV, NVD, CVE, CSAF, KEV, EPSS or EUVD document.",
                filename=filename,
            )
        intake = _begun(filename, digest, found, run=run, actor=actor, now=now)
        if found in _READERS:
            return _finish(intake, _members(file, found), found, progress, actor=actor, now=now)
        with _failing(intake, now=now):
            _take_signals(file, found, intake, progress, now=now)
        return _ended(intake, actor=actor, now=now)


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
    members: Iterable[Member],
    found: Format,
    progress: Progress | None,
    *,
    actor: Actor,
    now: datetime,
) -> Intake:
    with _failing(intake, now=now):
        waiting = islice(iter(members), intake.read_count, None)
        read = _READERS[found]
        while batch := _batch(waiting):
            with collector_paused():
                _take_batch(intake, batch, read)
            _refuse_nonsense(intake)
            if progress:
                progress.advance(intake.read_count, note=intake.filename)
    return _ended(intake, actor=actor, now=now)


def _batch(waiting: Iterator[Member]) -> list[Member]:
    """Return the next records, as many as make one transaction or as fill the memory for it."""
    batch, size = [], 0
    for member in waiting:
        batch.append(member)
        size += len(member.content)
        if len(batch) >= BATCH_RECORDS or size >= BATCH_BYTES:
            break
    return batch


def _refuse_nonsense(intake: Intake) -> None:
    if intake.refused_count > MAX_REFUSALS:
        raise Invalid(
            "More than {limit} records cannot be read; that is no honest file.", limit=MAX_REFUSALS
        )


def _take_batch(
    intake: Intake, batch: list[Member], read: Callable[[bytes], AdvisoryRecord]
) -> None:
    received, refusals = [], []
    for member in batch:
        try:
            if member.problem:
                raise RecordInvalid("{problem}", problem=member.problem)
            received.append(Received(member.name, member.content, read(member.content)))
        except Invalid as invalid:
            refusals.append(Refusal(intake=intake, place=member.name[:300], reason=str(invalid)))
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


def _members(file: BinaryIO, found: Format) -> Iterator[Member]:
    """Yield the records of a file; an NVD feed is cut into entries, an archive has documents."""
    if found is Format.EUVD:
        return _euvd_members(file)
    is_feed = found is Format.NVD and not archives.is_archive(file)
    members = archives.entries(file) if is_feed else archives.members(file)
    return (
        one
        for one in members
        if not one.name.lower().endswith(".csv")
        and one.name.rpartition("/")[2] not in _LISTS_OF_CHANGES
    )


def _euvd_members(file: BinaryIO) -> Iterator[Member]:
    """Yield the records of EUVD's answers; what is no answer is refused by itself."""
    for member in archives.members(file):
        if member.problem:
            yield member
            continue
        try:
            for place, content in euvd.documents(member.content):
                yield Member(member.name + place, content)
        except Invalid as invalid:
            yield Member(member.name, b"", str(invalid))


def _folder_files(folder: Path) -> list[Path]:
    files = (path for path in folder.rglob("*") if path.suffix in _SUFFIXES)
    return sorted(path for path in files if path.is_file() and not path.is_symlink())


def _folder_members(folder: Path, found: Format) -> Iterator[Member]:
    for path in _folder_files(folder):
        with path.open("rb") as file:
            for member in _members(file, found):
                place = "/".join(filter(None, (str(path.relative_to(folder)), member.name)))
                yield Member(place, member.content, member.problem)


def _folder_format(folder: Path) -> Format:
    for path in _folder_files(folder):
        with path.open("rb") as file:
            found = detection.detect_any(archives.heads(file))
        if found in _READERS:
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
def _ended(intake: Intake, *, actor: Actor, now: datetime) -> Intake:
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
    kept = [intake.digest] if blobs.blob_path(intake.digest).exists() else []
    ledger.append(imported, subject=intake, actor=actor, now=now, blobs=kept)
    return intake
