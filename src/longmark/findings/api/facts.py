"""Facts of releases over REST, what they settle, and setting that aside."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from longmark.catalog import queries as catalog
from longmark.core.facts import Rule
from longmark.core.formats.facts import FactKind
from longmark.findings.queries import facts as queries
from longmark.findings.queries import findings, settled
from longmark.findings.services import facts as services
from longmark.findings.services import handing_in
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, ReadingOut, page_out, reading
from longmark.foundation.uploads import is_large, upload_schema, uploaded

if TYPE_CHECKING:
    from longmark.findings.models import FactDocument

router = Router(tags=["Facts"])

UPLOAD = upload_schema(
    "A file of facts about a build: cve-check, VEX, Buildroot, a kernel's .config, lists of"
    " compiled files, as it is or as a part of a form."
)


class FactDocumentOut(Schema):
    id: int
    release_id: int
    sbom_id: int | None = Field(description="The SBOM that holds these facts, if one does.")
    digest: str = Field(description="SHA-256 of the bytes, which are kept as they came.")
    size_bytes: int
    kind: FactKind
    filename: str
    tool: str
    made_at: datetime | None
    fact_count: int = Field(description="Statements, files or options, by kind.")
    defects: list[str] = Field(description="Oddities that did not keep it from being taken.")
    recorded_at: datetime
    is_current: bool = Field(description="Whether it counts for the release now.")
    withdrawn_at: datetime | None
    superseded_by_id: int | None

    @staticmethod
    def resolve_is_current(document: Any) -> bool:
        return queries.is_in_effect(document)


class FactWithdrawalIn(Schema):
    reason: str = Field(examples=["Made from the wrong build."])


class JudgementIn(Schema):
    reason: str = Field(examples=["The module is loaded from another package."])


class SettingAsideOut(Schema):
    reason: str
    actor_name: str
    recorded_at: datetime


class RuleCountOut(Schema):
    rule: Rule
    count: int
    exploited: int = Field(description="Of those, known to be exploited.")


class SettledOut(Schema):
    total: int = Field(description="Findings that are open or settled by facts.")
    settled: int
    exploited: int = Field(description="Settled, and known to be exploited.")
    by_rule: list[RuleCountOut]


@router.post(
    "/releases/{pk}/facts",
    response={200: FactDocumentOut, 201: FactDocumentOut, 202: ReadingOut},
    operation_id="add_facts",
    openapi_extra=UPLOAD,
)
def add_facts(request: HttpRequest, pk: int, filename: str = "") -> object:
    """Add a file of facts to a release. The same bytes again answer 200 with what is there.

    One of more than 1 MB is kept and read by a job, which the answer 202 names.
    """
    file, name = uploaded(request)
    release, actor, now = catalog.release(pk), actor_of(request), timezone.now()
    name = filename or name
    if is_large(file):
        job = handing_in.ask_for_facts(release, file, filename=name, actor=actor, now=now)
        return Status(202, reading(job.pk))
    document = services.add_facts(release, file.read(), filename=name, actor=actor, now=now)
    return _answered(document, now)


@router.get(
    "/releases/{pk}/facts", response=PageOut[FactDocumentOut], operation_id="fact_documents_page"
)
def fact_documents_page(request: HttpRequest, pk: int, page: PageQuery) -> object:
    """List all files of facts that a release ever had, newest first."""
    found = queries.fact_documents_page(catalog.release(pk), after=page.after, limit=page.limit)
    return page_out(found)


@router.get("/releases/{pk}/settled", response=SettledOut, operation_id="settled_counts")
def settled_counts(request: HttpRequest, pk: int) -> object:
    """Say how many findings of a release are settled by facts, and by which rules."""
    return settled.settled_counts(catalog.release(pk))


@router.get("/facts/{pk}", response=FactDocumentOut, operation_id="fact_document")
def fact_document(request: HttpRequest, pk: int) -> object:
    """Return one file's description."""
    return queries.fact_document(pk)


@router.get("/facts/{pk}/original", operation_id="open_facts")
def open_facts(request: HttpRequest, pk: int) -> FileResponse:
    """Return the file byte for byte as it came."""
    found = queries.fact_document(pk)
    return FileResponse(
        queries.open_original(found),
        as_attachment=True,
        filename=found.filename or f"facts-{found.pk}",
        content_type="application/octet-stream",
    )


@router.post(
    "/facts/{pk}/replacement",
    response={200: FactDocumentOut, 201: FactDocumentOut, 202: ReadingOut},
    operation_id="replace_facts",
    openapi_extra=UPLOAD,
)
def replace_facts(request: HttpRequest, pk: int, filename: str = "") -> object:
    """Put a newer file in the place of one, which stays as history.

    One of more than 1 MB is kept and read by a job, which the answer 202 names.
    """
    file, name = uploaded(request)
    replaced, actor, now = queries.fact_document(pk), actor_of(request), timezone.now()
    name = filename or name
    if is_large(file):
        job = handing_in.ask_to_replace_facts(replaced, file, filename=name, actor=actor, now=now)
        return Status(202, reading(job.pk))
    newer = services.replace_facts(replaced, file.read(), filename=name, actor=actor, now=now)
    return _answered(newer, now)


@router.post("/facts/{pk}/withdrawal", response=FactDocumentOut, operation_id="withdraw_facts")
def withdraw_facts(request: HttpRequest, pk: int, body: FactWithdrawalIn) -> object:
    """Let a file no longer count for its release; it stays as history, findings open again."""
    found = queries.fact_document(pk)
    services.withdraw_facts(found, reason=body.reason, actor=actor_of(request), now=timezone.now())
    return found


@router.post("/findings/{pk}/setting-aside", response=SettingAsideOut, operation_id="set_aside")
def set_aside(request: HttpRequest, pk: int, body: JudgementIn) -> object:
    """Let what facts settle not count for this finding, until that is undone."""
    found = findings.finding(pk)
    return services.set_aside(
        found, reason=body.reason, actor=actor_of(request), now=timezone.now()
    )


@router.post("/findings/{pk}/restoration", response={204: None}, operation_id="restore")
def restore(request: HttpRequest, pk: int, body: JudgementIn) -> object:
    """Let what facts settle count for this finding again."""
    found = findings.finding(pk)
    services.restore(found, reason=body.reason, actor=actor_of(request), now=timezone.now())
    return Status(204, None)


def _answered(document: "FactDocument", now: datetime) -> object:
    return Status(201 if document.recorded_at == now else 200, document)
