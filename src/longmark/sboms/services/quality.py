"""Keeping reports on SBOMs, and asking suppliers to complete theirs."""

from dataclasses import dataclass
from datetime import date, datetime

import orjson
from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.core.formats.sboms.quality import (
    LANGUAGES,
    Letter,
    Original,
    Parties,
    ProfileReport,
    QualityReport,
    letter,
    markdown,
    plain_letter,
    summary,
)
from longmark.ledger import services as ledger
from longmark.sboms import entries
from longmark.sboms.models import Document, KeptReport, SupplierRequest
from longmark.sboms.queries import judging

NAME_LENGTH = 200


@dataclass(frozen=True)
class Draft:
    """What a request is to say beside what the report says."""

    sender: str
    supplier: str
    contact: str
    due_on: date | None
    language: str
    profile: str


def report_on(document: Document, *, now: datetime) -> QualityReport:
    """Return how good a document is, and keep the report for whoever asks next.

    What is kept is derived from bytes and rules alone; so it is no change that the ledger
    tells of, and whoever may read the document may cause it.

    Raises:
        NotFound: the bytes are gone.
    """
    kept = judging.kept_report(document)
    if kept is not None:
        return kept
    report = judging.fresh_report(document)
    KeptReport.objects.update_or_create(
        digest=document.digest,
        defaults={
            "data_version": report.data_version,
            "summary": summary(report),
            "content": judging.packed(report),
            "made_at": now,
        },
    )
    return report


def drafted(
    document: Document, draft: Draft, report: QualityReport, *, number: str = ""
) -> tuple[Letter, dict[str, object]]:
    """Return the letter that a draft gives, and the list for programs; nothing is written.

    Raises:
        NotFound: there is no such profile.
    """
    found, original, parties = _parts(document, draft, report, number)
    listed = plain_letter(report, found, original, parties)
    return letter(report, found, original, parties), dict(listed)


def _parts(
    document: Document, draft: Draft, report: QualityReport, number: str
) -> tuple[ProfileReport, Original, Parties]:
    return (
        judging.profile_of(report, draft.profile),
        Original(document.filename or str(document), document.digest),
        Parties(
            number=number or f"SBOM-{document.pk}",
            sender=draft.sender,
            supplier=draft.supplier,
            contact=draft.contact,
            due_on=draft.due_on,
            language=draft.language,
        ),
    )


@transaction.atomic(durable=True)
def record_request(
    document: Document, draft: Draft, report: QualityReport, *, actor: Actor, now: datetime
) -> SupplierRequest:
    """Record that a supplier was asked to complete a document; keep what was sent.

    Raises:
        Invalid: the supplier is not named, or the day lies in the past.
        Refused: nothing is missing by this list.
    """
    accounts.require(actor, Action.ADD_SBOM, document)
    _check(draft, now)
    number = f"SR-{now.year}-{judging.request_count(now.year) + 1:04}"
    written, listed = drafted(document, draft, report, number=number)
    if not written.demands:
        raise Refused("Nothing is missing in {document} by this list.", document=document)
    text = markdown(written).encode()
    request = SupplierRequest.objects.create(
        document=document,
        number=number,
        supplier=draft.supplier,
        contact=draft.contact,
        language=draft.language,
        profile=draft.profile,
        score=judging.profile_of(report, draft.profile).score,
        demand_count=len(written.demands),
        due_on=draft.due_on,
        digest=ledger.store_blob(text, media_type="text/markdown", now=now),
        list_digest=ledger.store_blob(orjson.dumps(listed), media_type="application/json", now=now),
        sent_at=now,
    )
    sent = entries.SupplierRequestSent(
        document_id=document.pk,
        number=number,
        supplier=draft.supplier,
        profile=draft.profile,
        score=request.score,
        demand_count=request.demand_count,
        due_on=draft.due_on.isoformat() if draft.due_on else None,
    )
    blobs = [document.digest, request.digest, request.list_digest]
    ledger.append(sent, subject=request, actor=actor, now=now, blobs=blobs)
    return request


def _check(draft: Draft, now: datetime) -> None:
    for field, value in (("supplier", draft.supplier), ("contact", draft.contact)):
        if len(value) > NAME_LENGTH:
            raise Invalid("At most {limit} characters.", field=field, limit=NAME_LENGTH)
    if not draft.supplier.strip():
        raise Invalid("Say whom to ask.", field="supplier")
    if draft.language not in LANGUAGES:
        raise Invalid("There are letters in {known}.", field="language", known=", ".join(LANGUAGES))
    if draft.due_on and draft.due_on < now.date():
        raise Invalid("Must not lie in the past.", field="due_on")
