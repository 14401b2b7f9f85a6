"""Changes to the SBOMs of releases: add, replace, withdraw.

The bytes are kept first, before anything looks into them, so that nothing handed over is
lost, whatever becomes of it. Then the document is read, outside of any transaction, and
what it says is recorded in one transaction, or not at all.
"""

import threading
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.core.formats.sboms import SbomDocument, SbomInvalid, read_sbom_file
from longmark.core.licences import LICENCES_VERSION
from longmark.foundation.bulk import collector_paused
from longmark.ledger import queries as blobs
from longmark.ledger import services as ledger
from longmark.sboms import entries, queries
from longmark.sboms.models import Document
from longmark.sboms.services.components import record_components
from longmark.sboms.services.hardware import HARDWARE_VERSION

if TYPE_CHECKING:
    from longmark.catalog.models import Release

LABEL_LENGTH = 100
FILENAME_LENGTH = 250
_ALONE = threading.Lock()
"""One document at a time is read in a process, however many threads it has."""


@dataclass(frozen=True)
class Kept:
    """Bytes that were handed over as an SBOM; they are in the blob store.

    ``is_by_job``: what reads them takes the facts in them and matches them too.
    """

    digest: str
    filename: str = ""
    label: str = ""
    is_by_job: bool = False


@dataclass(frozen=True)
class _Offer:
    """Kept bytes as an SBOM of a release."""

    release: "Release"
    kept: Kept


def add_document(
    release: "Release",
    content: bytes,
    *,
    filename: str = "",
    label: str = "",
    actor: Actor,
    now: datetime,
) -> Document:
    """Add an SBOM to those that a release has.

    The same bytes for the same release answer with the document that is there; if that was
    superseded or withdrawn, it speaks for the release again.

    Raises:
        SbomInvalid: the bytes cannot be taken; they are kept, and the refusal is recorded.
        Invalid: the label is too long.
    """
    accounts.require(actor, Action.ADD_SBOM, release)
    kept = _kept(content, filename=filename, label=label, now=now)
    return add_kept_document(release, kept, actor=actor, now=now)


def add_kept_document(release: "Release", kept: Kept, *, actor: Actor, now: datetime) -> Document:
    """Add an SBOM that is in the blob store to those that a release has; see ``add_document``.

    Raises:
        SbomInvalid: the bytes cannot be taken; the refusal is recorded.
    """
    accounts.require(actor, Action.ADD_SBOM, release)
    offer = _Offer(release, kept)
    with _ALONE, collector_paused():
        sbom = _read(offer, actor=actor, now=now)
        return _record(offer, sbom, actor=actor, now=now)


def replace_document(
    document: Document, content: bytes, *, filename: str = "", actor: Actor, now: datetime
) -> Document:
    """Put a newer SBOM in the place of one; the old one stays as history.

    Replacing a document by its own bytes changes nothing and answers with it.

    Raises:
        SbomInvalid: the bytes cannot be taken; they are kept, and the refusal is recorded.
        Refused: the document is not current any more.
    """
    accounts.require(actor, Action.ADD_SBOM, document)
    kept = _kept(content, filename=filename, label=document.label, now=now)
    return replace_by_kept(document, kept, actor=actor, now=now)


def replace_by_kept(document: Document, kept: Kept, *, actor: Actor, now: datetime) -> Document:
    """Put an SBOM that is in the blob store in the place of one; see ``replace_document``.

    Raises:
        SbomInvalid: the bytes cannot be taken; the refusal is recorded.
        Refused: the document is not current any more.
    """
    accounts.require(actor, Action.ADD_SBOM, document)
    offer = _Offer(document.release, replace(kept, label=document.label))
    with _ALONE, collector_paused():
        sbom = _read(offer, actor=actor, now=now)
        return _record_instead(document, offer, sbom, actor=actor, now=now)


def renew_by_kept(release: "Release", kept: Kept, *, actor: Actor, now: datetime) -> Document:
    """Add an SBOM that is in the blob store, in the place of the newest with its label if any.

    Raises:
        SbomInvalid: the bytes cannot be taken; the refusal is recorded.
    """
    before = [each for each in queries.documents_of(release) if each.label == kept.label]
    if before:
        return replace_by_kept(before[-1], kept, actor=actor, now=now)
    return add_kept_document(release, kept, actor=actor, now=now)


@transaction.atomic(durable=True)
def withdraw_document(document: Document, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let an SBOM no longer speak for its release; it stays as history.

    Raises:
        Invalid: no reason is given.
        Refused: the document is not current any more.
    """
    accounts.require(actor, Action.ADD_SBOM, document)
    if not reason.strip():
        raise Invalid("Say why the SBOM is withdrawn.", field="reason")
    _leave_current(document, withdrawn_at=now)
    withdrawn = entries.SbomWithdrawn(document.release_id, document.digest, reason.strip())
    ledger.append(withdrawn, subject=document, actor=actor, now=now, blobs=[document.digest])


def _kept(content: bytes, *, filename: str, label: str, now: datetime) -> Kept:
    """Keep the bytes, whatever they are."""
    filename, label = named(filename, label)
    digest = ledger.store_blob(content, media_type="application/octet-stream", now=now)
    return Kept(digest, filename, label)


def named(filename: str, label: str) -> tuple[str, str]:
    """Return the name of a file and a label as they are kept.

    Raises:
        Invalid: the label is too long.
    """
    if len(label) > LABEL_LENGTH:
        raise Invalid("At most {limit} characters.", field="label", limit=LABEL_LENGTH)
    return filename.replace("\0", "")[-FILENAME_LENGTH:], label.replace("\0", "")


def _read(offer: _Offer, *, actor: Actor, now: datetime) -> SbomDocument | None:
    """Return what the bytes say, or ``None`` if the release has them and they were read once.

    A refusal is recorded and raised.
    """
    kept = offer.kept
    if queries.document_of(offer.release, kept.digest):
        return None
    try:
        with blobs.open_blob(kept.digest) as file:
            return read_sbom_file(file, filename=kept.filename)
    except SbomInvalid as error:
        _record_refusal(offer, error, actor=actor, now=now)
        raise


@transaction.atomic(durable=True)
def _record_refusal(offer: _Offer, error: SbomInvalid, *, actor: Actor, now: datetime) -> None:
    problems = [str(problem) for problem in error.problems]
    kept = offer.kept
    refused = entries.SbomRefused(kept.digest, kept.filename, str(error), problems)
    ledger.append(refused, subject=offer.release, actor=actor, now=now, blobs=[kept.digest])


@transaction.atomic(durable=True)
def _record(offer: _Offer, sbom: SbomDocument | None, *, actor: Actor, now: datetime) -> Document:
    return _current(offer, sbom, actor=actor, now=now)


@transaction.atomic(durable=True)
def _record_instead(
    replaced: Document,
    offer: _Offer,
    sbom: SbomDocument | None,
    *,
    actor: Actor,
    now: datetime,
) -> Document:
    if offer.kept.digest == replaced.digest:
        return _still_current(replaced)
    document = _current(offer, sbom, actor=actor, now=now)
    _leave_current(replaced, superseded_by=document)
    superseded = entries.SbomSuperseded(replaced.release_id, replaced.digest, document.pk)
    ledger.append(superseded, subject=replaced, actor=actor, now=now, blobs=[document.digest])
    return document


def _still_current(document: Document) -> Document:
    found = queries.document(document.pk)
    if not found.is_current:
        raise _stale(document)
    return found


def _stale(document: Document) -> Refused:
    return Refused("{document} is not current any more; reload the page.", document=document)


def _current(offer: _Offer, sbom: SbomDocument | None, *, actor: Actor, now: datetime) -> Document:
    """Return the document of these bytes, added or reinstated if it is not current."""
    document = queries.document_of(offer.release, offer.kept.digest)
    if document is None:
        assert sbom is not None, "documents are never deleted"
        return _added(offer, sbom, actor=actor, now=now)
    if not document.is_current:
        _reinstate(document, actor=actor, now=now)
    return document


def _reinstate(document: Document, *, actor: Actor, now: datetime) -> None:
    document.is_current, document.withdrawn_at, document.superseded_by = True, None, None
    document.save(update_fields=["is_current", "withdrawn_at", "superseded_by"])
    reinstated = entries.SbomReinstated(document.release_id, document.digest)
    ledger.append(reinstated, subject=document, actor=actor, now=now, blobs=[document.digest])


def _leave_current(
    document: Document,
    *,
    withdrawn_at: datetime | None = None,
    superseded_by: Document | None = None,
) -> None:
    changed = Document.objects.filter(pk=document.pk, is_current=True).update(
        is_current=False, withdrawn_at=withdrawn_at, superseded_by=superseded_by
    )
    if not changed:
        raise _stale(document)
    document.is_current = False
    document.withdrawn_at, document.superseded_by = withdrawn_at, superseded_by


def _added(offer: _Offer, sbom: SbomDocument, *, actor: Actor, now: datetime) -> Document:
    document = _document(offer, sbom, now)
    try:
        with transaction.atomic():
            document.save(force_insert=True)
    except IntegrityError:  # another process added the same bytes in the meantime
        found = queries.document_of(offer.release, offer.kept.digest)
        assert found is not None
        return found
    first_seen = record_components(document, sbom)
    added = entries.SbomAdded(
        release_id=offer.release.pk,
        digest=document.digest,
        filename=document.filename,
        format=document.format,
        spec_version=document.spec_version,
        component_count=document.component_count,
        first_seen_count=first_seen,
        defect_count=len(document.defects),
        is_by_job=offer.kept.is_by_job,
    )
    ledger.append(added, subject=document, actor=actor, now=now, blobs=[document.digest])
    return document


def _document(offer: _Offer, sbom: SbomDocument, now: datetime) -> Document:
    kept = offer.kept
    blob = blobs.blob(kept.digest)
    return Document(
        release=offer.release,
        digest=kept.digest,
        sha512=blob.sha512,
        size_bytes=blob.size_bytes,
        format=sbom.format,
        spec_version=sbom.spec_version,
        encoding=sbom.encoding,
        media_type=sbom.media_type,
        filename=kept.filename,
        label=kept.label,
        serial=sbom.serial,
        name=sbom.name,
        version=sbom.version,
        created_at=sbom.created_at,
        recorded_at=now,
        licences_version=LICENCES_VERSION,
        hardware_version=HARDWARE_VERSION,
        component_count=len(sbom.components),
        dependency_count=len(sbom.dependencies),
        defects=[asdict(defect) for defect in sbom.defects],
    )
