"""Changes to the facts of releases: add, replace, withdraw; and to set aside what they settle.

The bytes are kept first, before anything looks into them. Findings follow afterwards, as after any
change: nothing here touches them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.core.formats.facts import Facts, FactsInvalid, facts_in_sbom, read_facts_file
from longmark.core.formats.sboms.reading import content_of
from longmark.findings import entries
from longmark.findings.models import FactDocument, Finding, SetAside
from longmark.findings.queries import facts as queries
from longmark.ledger import queries as blobs
from longmark.ledger import services as ledger
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.sboms.models import Document

FILENAME_LENGTH: Final = 250
DEFECTS_KEPT: Final = 100
ANY_BYTES: Final = "application/octet-stream"


@dataclass(frozen=True)
class _Offer:
    """Bytes that were handed over as facts of a release; they are in the blob store."""

    release: "Release"
    size_bytes: int
    digest: str
    filename: str
    sbom: "Document | None" = None


def add_facts(
    release: "Release", content: bytes, *, filename: str = "", actor: Actor, now: datetime
) -> FactDocument:
    """Add a file of facts to those that a release has.

    The same bytes for the same release answer with the document that is there; if that was
    superseded or withdrawn, it counts again.

    Raises:
        FactsInvalid: the bytes cannot be taken; they are kept, and the refusal is recorded.
        NotAllowed: the actor may not hand over facts.
    """
    accounts.require(actor, Action.ADD_SBOM, release)
    digest = ledger.store_blob(content, media_type=ANY_BYTES, now=now)
    return add_kept_facts(release, digest, filename=filename, actor=actor, now=now)


def add_kept_facts(
    release: "Release", digest: str, *, filename: str = "", actor: Actor, now: datetime
) -> FactDocument:
    """Add a file of facts that is in the blob store to those that a release has.

    Raises:
        FactsInvalid: the bytes cannot be taken; the refusal is recorded.
        NotAllowed: the actor may not hand over facts.
    """
    accounts.require(actor, Action.ADD_SBOM, release)
    offer = _offered(release, digest, filename)
    facts = _read(offer, actor=actor, now=now)
    return _record(offer, facts, actor=actor, now=now)


def replace_facts(
    document: FactDocument, content: bytes, *, filename: str = "", actor: Actor, now: datetime
) -> FactDocument:
    """Put a newer file of facts in the place of one; the old one stays as history.

    Replacing a document by its own bytes changes nothing and answers with it.

    Raises:
        FactsInvalid: the bytes cannot be taken; they are kept, and the refusal is recorded.
        Refused: the document is not current any more, or is a part of an SBOM.
        NotAllowed: the actor may not hand over facts.
    """
    accounts.require(actor, Action.ADD_SBOM, document)
    _refuse_part(document)
    digest = ledger.store_blob(content, media_type=ANY_BYTES, now=now)
    return replace_by_kept_facts(document, digest, filename=filename, actor=actor, now=now)


def replace_by_kept_facts(
    document: FactDocument, digest: str, *, filename: str = "", actor: Actor, now: datetime
) -> FactDocument:
    """Put a file of facts that is in the blob store in the place of one.

    Raises:
        FactsInvalid: the bytes cannot be taken; the refusal is recorded.
        Refused: the document is not current any more, or is a part of an SBOM.
        NotAllowed: the actor may not hand over facts.
    """
    accounts.require(actor, Action.ADD_SBOM, document)
    _refuse_part(document)
    offer = _offered(document.release, digest, filename)
    if offer.digest == document.digest and document.is_current:
        return document
    facts = _read(offer, actor=actor, now=now)
    return _record_instead(document, offer, facts, actor=actor, now=now)


@transaction.atomic(durable=True)
def withdraw_facts(document: FactDocument, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let a file of facts no longer count for its release; it stays as history.

    Raises:
        Invalid: no reason is given.
        Refused: the document is not current any more, or is a part of an SBOM.
        NotAllowed: the actor may not hand over facts.
    """
    accounts.require(actor, Action.ADD_SBOM, document)
    _refuse_part(document)
    if not reason.strip():
        raise Invalid("Say why the facts are withdrawn.", field="reason")
    _leave_current(document, withdrawn_at=now)
    withdrawn = entries.FactsWithdrawn(document.release_id, document.digest, reason.strip())
    ledger.append(withdrawn, subject=document, actor=actor, now=now, blobs=[document.digest])


def take_facts_of(sbom: "Document", *, actor: Actor, now: datetime) -> FactDocument | None:
    """Take the facts that an SBOM holds beside its components; ``None`` if it holds none.

    They count as long as the SBOM does. Taken once, they are not read again.

    Raises:
        NotAllowed: the actor may not hand over facts.
    """
    accounts.require(actor, Action.ADD_SBOM, sbom)
    known = FactDocument.objects.filter(sbom=sbom).first()  # one at most, by constraint
    if known is not None:
        return known
    with sboms.open_original(sbom) as file:
        facts = facts_in_sbom(content_of(file)[0])
    if facts is None:
        return None
    offer = _Offer(sbom.release, sbom.size_bytes, sbom.digest, sbom.filename, sbom)
    return _record(offer, facts, actor=actor, now=now)


@transaction.atomic(durable=True)
def set_aside(finding: Finding, *, reason: str, actor: Actor, now: datetime) -> SetAside:
    """Let what facts settle not count for a finding, until that is undone.

    Raises:
        Invalid: no reason is given.
        Refused: it is set aside already.
        NotAllowed: the actor may not judge findings.
    """
    accounts.require(actor, Action.MATCH, finding)
    if not reason.strip():
        raise Invalid("Say why the facts are set aside.", field="reason")
    row = SetAside(
        release_id=finding.release_id,
        vulnerability_id=finding.vulnerability_id,
        reason=reason.strip(),
        actor_name=actor.name[:200],
        recorded_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused("The facts are set aside already; reload the page.") from None
    noted = entries.SettlementSetAside(
        finding.release_id, finding.vulnerability.name, reason.strip()
    )
    ledger.append(noted, subject=finding, actor=actor, now=now)
    return row


@transaction.atomic(durable=True)
def restore(finding: Finding, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let what facts settle count for a finding again.

    Raises:
        Invalid: no reason is given.
        Refused: nothing is set aside.
        NotAllowed: the actor may not judge findings.
    """
    accounts.require(actor, Action.MATCH, finding)
    if not reason.strip():
        raise Invalid("Say why the facts count again.", field="reason")
    row = queries.setting_aside_of(finding)
    changed = row and SetAside.objects.filter(pk=row.pk, undone_at=None).update(undone_at=now)
    if not changed:
        raise Refused("Nothing is set aside here; reload the page.")
    restored = entries.SettlementRestored(
        finding.release_id, finding.vulnerability.name, reason.strip()
    )
    ledger.append(restored, subject=finding, actor=actor, now=now)


def _offered(release: "Release", digest: str, filename: str) -> _Offer:
    name = filename.replace("\0", "")[-FILENAME_LENGTH:]
    return _Offer(release, blobs.blob(digest).size_bytes, digest, name)


def _read(offer: _Offer, *, actor: Actor, now: datetime) -> Facts | None:
    """Return what the bytes say, or ``None`` if the release has them and they were read once.

    A refusal is recorded and raised.
    """
    if queries.fact_document_of(offer.release, offer.digest):
        return None
    try:
        with blobs.open_blob(offer.digest) as file:
            return read_facts_file(file, filename=offer.filename)
    except FactsInvalid as error:
        _record_refusal(offer, error, actor=actor, now=now)
        raise


@transaction.atomic(durable=True)
def _record_refusal(offer: _Offer, error: FactsInvalid, *, actor: Actor, now: datetime) -> None:
    refused = entries.FactsRefused(offer.digest, offer.filename, str(error))
    ledger.append(refused, subject=offer.release, actor=actor, now=now, blobs=[offer.digest])


@transaction.atomic(durable=True)
def _record(offer: _Offer, facts: Facts | None, *, actor: Actor, now: datetime) -> FactDocument:
    return _current(offer, facts, actor=actor, now=now)


@transaction.atomic(durable=True)
def _record_instead(
    replaced: FactDocument, offer: _Offer, facts: Facts | None, *, actor: Actor, now: datetime
) -> FactDocument:
    document = _current(offer, facts, actor=actor, now=now)
    _leave_current(replaced, superseded_by=document)
    superseded = entries.FactsSuperseded(replaced.release_id, replaced.digest, document.pk)
    ledger.append(superseded, subject=replaced, actor=actor, now=now, blobs=[offer.digest])
    return document


def _current(offer: _Offer, facts: Facts | None, *, actor: Actor, now: datetime) -> FactDocument:
    """Return the document of these bytes, added or reinstated if it is not current."""
    if facts is not None:
        return _added(offer, facts, actor=actor, now=now)
    document = queries.fact_document_of(offer.release, offer.digest)
    assert document is not None, "documents are never deleted"
    if not document.is_current:
        document.is_current, document.withdrawn_at, document.superseded_by = True, None, None
        document.save(update_fields=["is_current", "withdrawn_at", "superseded_by"])
        reinstated = entries.FactsReinstated(document.release_id, document.digest)
        ledger.append(reinstated, subject=document, actor=actor, now=now, blobs=[document.digest])
    return document


def _added(offer: _Offer, facts: Facts, *, actor: Actor, now: datetime) -> FactDocument:
    document = _document(offer, facts, now)
    try:
        with transaction.atomic():
            document.save(force_insert=True)
    except IntegrityError:  # another process added the same bytes in the meantime
        rows = FactDocument.objects.filter(release=offer.release, digest=offer.digest)
        return rows.get(sbom=offer.sbom)
    added = entries.FactsAdded(
        release_id=offer.release.pk,
        digest=offer.digest,
        filename=offer.filename,
        kind=document.kind,
        fact_count=document.fact_count,
        sbom_id=offer.sbom.pk if offer.sbom else None,
    )
    ledger.append(added, subject=document, actor=actor, now=now, blobs=[offer.digest])
    return document


def _document(offer: _Offer, facts: Facts, now: datetime) -> FactDocument:
    return FactDocument(
        release=offer.release,
        sbom=offer.sbom,
        digest=offer.digest,
        size_bytes=offer.size_bytes,
        kind=facts.kind,
        filename=offer.filename,
        tool=facts.tool,
        made_at=facts.made_at,
        fact_count=facts.count,
        defects=list(facts.defects[:DEFECTS_KEPT]),
        content=queries.packed(facts),
        recorded_at=now,
    )


def _refuse_part(document: FactDocument) -> None:
    if document.sbom_id is not None:
        raise Refused(
            "{document} is a part of an SBOM, and counts as long as that does.", document=document
        )


def _leave_current(
    document: FactDocument,
    *,
    withdrawn_at: datetime | None = None,
    superseded_by: FactDocument | None = None,
) -> None:
    changed = FactDocument.objects.filter(pk=document.pk, is_current=True).update(
        is_current=False, withdrawn_at=withdrawn_at, superseded_by=superseded_by
    )
    if not changed:
        raise Refused("{document} is not current any more; reload the page.", document=document)
    document.is_current = False
    document.withdrawn_at, document.superseded_by = withdrawn_at, superseded_by
