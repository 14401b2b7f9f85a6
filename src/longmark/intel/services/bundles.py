"""Bundles: asked for, made, handed in, taken in. Packing, signing and checking are the tasks' part.

A file lies in the folder of bundles until it was fetched or taken in: what it held is in the
blob store then, file by file, and the manifest with it.
"""

import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from django.conf import settings
from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, NotFound
from longmark.core.formats.advisories.bundles import Manifest, SourceNote
from longmark.core.vocabulary import BundleDirection, IntakeState
from longmark.intel import entries
from longmark.intel.models import Bundle
from longmark.jobs import queries as job_queries
from longmark.jobs import services as jobs
from longmark.ledger import services as ledger

EXPORT_JOB: Final = "intel.export-bundle"
IMPORT_JOB: Final = "intel.import-bundle"
MAX_BUNDLE_BYTES: Final = 32 << 30
MAX_KEY_BYTES: Final = 256 << 10
PIECE_BYTES: Final = 1 << 20
OLDER_LIMIT: Final = 20
LEFTOVER: Final = ".half-"
LEFT_FOR: Final = timedelta(days=1)


def file_of(bundle: Bundle) -> Path:
    """Return where the file of a bundle lies, or lay."""
    folder: Path = settings.BUNDLE_FOLDER
    return folder / f"{bundle.direction}-{bundle.pk}.zip"


def is_fetchable(bundle: Bundle) -> bool:
    """Tell whether a bundle was made here and its file is still kept."""
    is_made = bundle.direction == BundleDirection.OUT and bundle.state == IntakeState.DONE
    return is_made and file_of(bundle).exists()


def open_file(bundle: Bundle) -> BinaryIO:
    """Open the file of a bundle that was made here; the caller closes it.

    Raises:
        NotFound: it is not made, or not kept any more.
    """
    if not is_fetchable(bundle):
        raise NotFound("The file of bundle {pk} is not here. Make a new one.", pk=bundle.pk)
    return file_of(bundle).open("rb")


@transaction.atomic(durable=True)
def ask_for_export(*, since: datetime | None, actor: Actor, now: datetime) -> tuple[Bundle, int]:
    """Have what is known here packed; return the bundle and the job that makes it.

    Raises:
        Invalid: `since` lies in the future.
        NotAllowed: `actor` may not bring in advisories, and so not hand them on.
    """
    accounts.require(actor, Action.IMPORT_ADVISORIES)
    if since is not None and since > now:
        raise Invalid("Must not lie in the future.", field="since")
    _close_forsaken(actor=actor, now=now)
    bundle = Bundle.objects.create(
        direction=BundleDirection.OUT,
        state=IntakeState.RUNNING,
        since=since,
        asked_at=now,
    )
    return bundle, _enqueued(bundle, EXPORT_JOB, actor=actor, now=now)


def ask_for_import(
    file: BinaryIO, key: BinaryIO, *, filename: str, actor: Actor, now: datetime
) -> tuple[Bundle, int]:
    """Keep a bundle that came from elsewhere, and have it taken in if `key` signed it.

    Raises:
        Invalid: the file is larger than any bundle, or the key than any key.
        NotAllowed: `actor` may not bring in advisories.
    """
    accounts.require(actor, Action.IMPORT_ADVISORIES)
    certificate = key.read(MAX_KEY_BYTES + 1)
    if len(certificate) > MAX_KEY_BYTES or b"\0" in certificate:
        raise Invalid("The file of the key holds no armoured public key.", field="key")
    incoming = _kept(file, now=now)
    try:
        return _handed_in(incoming, certificate, filename=filename, actor=actor, now=now)
    finally:
        incoming.unlink(missing_ok=True)


@transaction.atomic(durable=True)
def _handed_in(
    incoming: Path, certificate: bytes, *, filename: str, actor: Actor, now: datetime
) -> tuple[Bundle, int]:
    _close_forsaken(actor=actor, now=now)
    bundle = Bundle.objects.create(
        direction=BundleDirection.IN,
        state=IntakeState.RUNNING,
        filename=filename[:300],
        certificate=certificate.decode("ascii", "replace"),
        asked_at=now,
        size_bytes=incoming.stat().st_size,
    )
    incoming.replace(file_of(bundle))
    return bundle, _enqueued(bundle, IMPORT_JOB, actor=actor, now=now)


def _enqueued(bundle: Bundle, kind: str, *, actor: Actor, now: datetime) -> int:
    bundle.job_id = jobs.enqueue(kind, {"bundle": bundle.pk}, actor=actor, now=now).pk
    bundle.save(update_fields=["job_id"])
    return bundle.job_id


def _close_forsaken(*, actor: Actor, now: datetime) -> None:
    """End bundles whose job is over: it broke down, or someone stopped it before it began."""
    for bundle in Bundle.objects.filter(state=IntakeState.RUNNING).order_by("id"):
        job = job_queries.job(bundle.job_id) if bundle.job_id else None
        if job is None or job.is_over:
            _refuse(bundle, job.outcome if job else "", actor=actor, now=now)
            forget_file(bundle)


def _kept(file: BinaryIO, *, now: datetime) -> Path:
    """Keep an upload before any transaction: it may take minutes."""
    folder: Path = settings.BUNDLE_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    forget_leftovers(now=now)
    size = 0
    with tempfile.NamedTemporaryFile(dir=folder, prefix=LEFTOVER, delete=False) as copy:
        try:
            while piece := file.read(PIECE_BYTES):
                size += len(piece)
                if size > MAX_BUNDLE_BYTES:
                    raise Invalid(
                        "The file is larger than {limit} GB.", limit=MAX_BUNDLE_BYTES >> 30
                    )
                copy.write(piece)
        except BaseException:
            Path(copy.name).unlink()
            raise
    return Path(copy.name)


@transaction.atomic(durable=True)
def end_export(
    bundle: Bundle,
    manifest: Manifest,
    packed: bytes,
    *,
    signer: str,
    certificate: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Record what a bundle holds and who signed it; its file can be fetched now.

    The files of those before may be forgotten: see `forget_older`.
    """
    bundle.certificate = certificate
    bundle.filename = f"longmark-feeds-{manifest.made_at:%Y%m%d-%H%M}.zip"
    bundle.size_bytes = file_of(bundle).stat().st_size
    bundle.left_out_count = manifest.left_out_count
    digest = _done(bundle, manifest, packed, manifest.sources, signer=signer, now=now)
    exported = entries.FeedBundleExported(
        since=_text(manifest.since),
        made_at=_text(manifest.made_at),
        signer=signer,
        manifest_digest=digest,
        member_count=bundle.member_count,
        record_count=bundle.record_count,
        left_out_count=bundle.left_out_count,
    )
    ledger.append(exported, subject=bundle, actor=actor, now=now, blobs=[digest])


@transaction.atomic(durable=True)
def end_import(
    bundle: Bundle,
    manifest: Manifest,
    packed: bytes,
    sources: Sequence[SourceNote],
    *,
    signer: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Record that all of a bundle was taken in, and how far the sources are known since."""
    digest = _done(bundle, manifest, packed, sources, signer=signer, now=now)
    imported = entries.FeedBundleImported(
        filename=bundle.filename,
        since=_text(manifest.since),
        made_at=_text(manifest.made_at),
        signer=signer,
        manifest_digest=digest,
        member_count=bundle.member_count,
        record_count=bundle.record_count,
    )
    ledger.append(imported, subject=bundle, actor=actor, now=now, blobs=[digest])


@transaction.atomic(durable=True)
def refuse(bundle: Bundle, reason: str, *, actor: Actor, now: datetime) -> None:
    """Record that a bundle was not made, or not taken in (to its end), and why."""
    _refuse(bundle, reason, actor=actor, now=now)


def forget_file(bundle: Bundle) -> None:
    """Keep the file of a bundle no longer: it was taken in, or is of no use."""
    file_of(bundle).unlink(missing_ok=True)


def forget_older(bundle: Bundle) -> None:
    """Keep the files of bundles no longer that were made here before this one."""
    older = Bundle.objects.filter(direction=BundleDirection.OUT, pk__lt=bundle.pk)
    for each in older.exclude(state=IntakeState.RUNNING).order_by("-pk")[:OLDER_LIMIT]:
        forget_file(each)


def forget_leftovers(*, now: datetime) -> None:
    """Remove what work that was killed left half done, a day later."""
    folder: Path = settings.BUNDLE_FOLDER
    for path in folder.glob(f"{LEFTOVER}*"):
        if now.timestamp() - path.stat().st_mtime > LEFT_FOR.total_seconds():
            path.unlink(missing_ok=True)


def _refuse(bundle: Bundle, reason: str, *, actor: Actor, now: datetime) -> None:
    bundle.state, bundle.note, bundle.ended_at = IntakeState.FAILED, reason, now
    bundle.save(update_fields=["state", "note", "ended_at"])
    refused = entries.FeedBundleRefused(bundle.direction, bundle.filename, reason[:2_000])
    ledger.append(refused, subject=bundle, actor=actor, now=now)


def _done(
    bundle: Bundle,
    manifest: Manifest,
    packed: bytes,
    sources: Sequence[SourceNote],
    *,
    signer: str,
    now: datetime,
) -> str:
    digest = ledger.store_blob(packed, media_type="application/json", now=now)
    bundle.state, bundle.ended_at = IntakeState.DONE, now
    bundle.made_at, bundle.since = manifest.made_at, manifest.since
    bundle.signer, bundle.manifest_digest = signer, digest
    bundle.member_count, bundle.record_count = len(manifest.members), manifest.record_count
    bundle.sources = msgspec.to_builtins(list(sources))
    bundle.save()
    return digest


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
