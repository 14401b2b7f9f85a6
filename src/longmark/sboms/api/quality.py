"""Quality of SBOMs and requests to suppliers over REST."""

from datetime import date, datetime
from itertools import islice
from typing import Any, Literal

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from longmark.core.errors import Invalid
from longmark.core.formats.sboms.quality import (
    Letter,
    QualityReport,
    lacks,
    markdown,
    plain,
    plain_lack,
)
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, ReadingOut, page_out
from longmark.foundation.pages import Page
from longmark.sboms import queries as sboms
from longmark.sboms.queries import judging as queries
from longmark.sboms.services import quality as services

router = Router(tags=["SBOMs"])
LACKS_LISTED = 20


class LackOut(Schema):
    path: str = Field(examples=["/components/3"])
    name: str
    version: str
    state: str = Field(description="absent, unknown, withheld or invalid.")


class RuleOut(Schema):
    id: str = Field(examples=["tr2.c.hash"])
    title: str
    level: str = Field(examples=["must"])
    on: str = Field(description="What owes it: document, primary, direct, components, …")
    section: str
    is_judged: bool
    is_open: bool = Field(description="No document can show it by itself.")
    missing: str
    member: str = Field(description="What to write below the place.")
    example: str
    moves_to: str = Field(description="The format to move to first, if this one cannot say it.")
    owed_count: int
    met_count: int
    stated_count: int
    unknown_count: int
    withheld_count: int
    lack_count: int
    lacks: list[LackOut] = Field(description="The first of them.")


class ProfileOut(Schema):
    id: str = Field(examples=["bsi-2.1.0"])
    title: str
    source: str
    version: str
    standing: str
    score: int = Field(description="0 to 100; see formula.")
    passes: bool
    must_count: int
    must_met_count: int
    rules: list[RuleOut]


class QualityReportOut(Schema):
    data_version: str
    subject: str
    format: str
    spec_version: str
    encoding: str
    tool: str
    component_count: int
    formula: str
    profiles: list[ProfileOut]


class SupplierRequestIn(Schema):
    supplier: str = Field(examples=["Fieldlink Systems Oy"])
    sender: str = ""
    contact: str = ""
    due_on: date | None = None
    language: str = "en"
    profile: str = "project-recommended"


class SupplierRequestOut(Schema):
    id: int
    document_id: int
    number: str = Field(examples=["SR-2026-0001"])
    supplier: str
    contact: str
    language: str
    profile: str
    score: int
    demand_count: int
    due_on: date | None
    digest: str = Field(description="SHA-256 of the letter as it was sent.")
    sent_at: datetime


@router.get(
    "/sboms/{pk}/quality",
    response={200: QualityReportOut, 202: ReadingOut},
    operation_id="report_on",
)
def report_on(request: HttpRequest, pk: int, profile: str = "") -> object:
    """Judge an SBOM by the lists of requirements, or by one.

    One of more than 1 MB is judged by a job, which the answer 202 names; ask again when that is
    over.
    """
    report = _report(request, pk)
    if profile:
        found = queries.profile_of(report, profile)
        report = QualityReport(**{**_members(report), "profiles": (found,)})
    return plain(report, lack_limit=LACKS_LISTED)


@router.get(
    "/sboms/{pk}/quality/lacks",
    response={200: PageOut[LackOut], 202: ReadingOut},
    operation_id="quality_lacks",
)
def quality_lacks(
    request: HttpRequest, pk: int, profile: str, rule: str, page: PageQuery
) -> object:
    """List every place of an SBOM that lacks what one rule asks for."""
    report = _report(request, pk)
    found = queries.rule_of(queries.profile_of(report, profile), rule)
    behind = number_of(page.after)
    rows = list(islice(lacks(report, found, after=behind), page.limit + 1))
    shown = rows[: page.limit]
    following = str(shown[-1].number) if len(rows) > page.limit else None
    return page_out(Page(shown, following), plain_lack)


@router.post("/sboms/{pk}/supplier-request-draft", operation_id="drafted")
def drafted(
    request: HttpRequest,
    pk: int,
    body: SupplierRequestIn,
    form: Literal["json", "markdown"] = "json",
) -> HttpResponse:
    """Return the request to the supplier that an SBOM gives rise to; nothing is recorded."""
    document = sboms.document(pk)
    draft = services.Draft(**body.dict())
    letter, listed = services.drafted(document, draft, _report(request, pk))
    return _letter(letter, listed, form)


@router.post(
    "/sboms/{pk}/supplier-requests",
    response={201: SupplierRequestOut, 202: ReadingOut},
    operation_id="record_request",
)
def record_request(request: HttpRequest, pk: int, body: SupplierRequestIn) -> object:
    """Record that the supplier was asked, and keep what was sent."""
    draft = services.Draft(**body.dict())
    sent = services.record_request(
        sboms.document(pk), draft, _report(request, pk), actor=actor_of(request), now=timezone.now()
    )
    return Status(201, sent)


@router.get(
    "/supplier-requests", response=PageOut[SupplierRequestOut], operation_id="requests_page"
)
def requests_page(request: HttpRequest, page: PageQuery) -> object:
    """List requests to suppliers, newest first."""
    return page_out(queries.requests_page(after=page.after, limit=page.limit))


def number_of(after: str | None) -> int:
    """Return behind which number of component a page begins.

    Raises:
        Invalid: the cursor was not made for this list.
    """
    if after is None:
        return -1
    if not (after.isascii() and after.isdecimal() and len(after) <= 9):
        raise Invalid("This is not a cursor of this list; begin without one.", field="after")
    return int(after)


def _report(request: HttpRequest, pk: int) -> QualityReport:
    return services.report_on(sboms.document(pk), actor=actor_of(request), now=timezone.now())


def _members(report: QualityReport) -> dict[str, Any]:
    return {name: getattr(report, name) for name in report.__struct_fields__}


def _letter(letter: Letter, listed: dict[str, object], form: str) -> HttpResponse:
    if form == "markdown":
        return HttpResponse(markdown(letter), content_type="text/markdown; charset=utf-8")
    return HttpResponse(orjson.dumps(listed), content_type="application/json")
