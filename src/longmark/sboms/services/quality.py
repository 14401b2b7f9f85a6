"""Keeping reports on SBOMs, and asking suppliers to complete theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import orjson
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Awaited, Invalid, Refused
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
from longmark.jobs import services as jobs
from longmark.jobs.services import Outcome, Progress
from longmark.ledger import services as ledger
from longmark.sboms import entries, queries
from longmark.sboms.models import Document, KeptReport, SupplierRequest
from longmark.sboms.queries import judging

NAME_LENGTH = 200
JUDGE_JOB: Final = "sboms.judge-document"
JUDGED_LIMIT_COMPONENTS: Final = 20_000
JUDGED_LIMIT_BYTES: Final = 32 << 20


@dataclass(frozen=True)
class Draft:
    """What a request is to say beside what the report says."""

    sender: str
    supplier: str
    contact: str
    due_on: date | None
    language: str
    profile: str


def report_on(document: Document, *, actor: Actor, now: datetime) -> QualityReport:
    """Return how good a document is; a large one is judged by a job.

    Raises:
        Awaited: a job judges it.
        Refused: it is larger than is judged.
        NotFound: the bytes are gone.
    """
    kept = judging.kept_report(document)
    if kept is not None:
        return kept
    refuse_larger(document)
    if document.size_bytes > settings.READ_AT_ONCE_BYTES:
        arguments = {"document_id": document.pk}
        raise Awaited(jobs.enqueue_unless_asked(JUDGE_JOB, arguments, actor=actor, now=now).pk)
    return judge(document, now=now)


def is_judged(document: Document) -> bool:
    """Tell whether a document is small enough to be judged."""
    is_short = document.size_bytes <= JUDGED_LIMIT_BYTES
    return is_short and document.component_count <= JUDGED_LIMIT_COMPONENTS


def refuse_larger(document: Document) -> None:
    """Refuse to judge a document whose every place would take more memory than there is.

    Raises:
        Refused: it is larger than is judged.
    """
    if not is_judged(document):
        raise Refused(
            "The quality of SBOMs is judged up to {components} components and {size} MB;"
            " {document} is larger. Split it by product part.",
            components=f"{JUDGED_LIMIT_COMPONENTS:,}",
            size=JUDGED_LIMIT_BYTES >> 20,
            document=document,
        )


def judge_kept(arguments: Mapping[str, Any], progress: Progress) -> Outcome:
    """Judge the SBOM ``document_id``, for whoever waits for the report."""
    document = queries.document(int(arguments["document_id"]))
    refuse_larger(document)
    progress.advance(0, 1, _("Its quality is judged."))
    judge(document, now=progress.now)
    progress.advance(1, 1)
    said = _("{file} is judged.").format(file=document.filename or document)
    return Outcome(said, {"judged_id": document.pk})


def judge(document: Document, *, now: datetime) -> QualityReport:
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
