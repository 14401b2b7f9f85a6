"""EPCIS 2.0 over REST: events captured, and events told."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Header, Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from longmark.core.errors import Invalid, NotFound
from longmark.core.formats.epcis.writing import answer
from longmark.core.vocabulary import ImportState
from longmark.fleet.queries import epcis as queries
from longmark.fleet.queries import imports as lists
from longmark.fleet.queries import units
from longmark.fleet.queries.epcis import Asked
from longmark.fleet.services import epcis, imports
from longmark.foundation.actors import actor_of
from longmark.foundation.uploads import upload_schema, uploaded
from longmark.jobs import services as jobs

router = Router(tags=["EPCIS"])

AT_ONCE_LIMIT_ROWS = 5_000
ERRORS_SHOWN = 100
EPCS_LIMIT = 50
UPLOAD = upload_schema("An EPCIS 2.0 document in JSON, as it is or as a part of a form.")


class ErrorBehaviour(StrEnum):
    ROLLBACK = "rollback"
    PROCEED = "proceed"


class CaptureErrorOut(Schema):
    type: str
    title: str
    detail: str
    row: int = Field(description="The row of the import; its remark says which event it is.")


class CaptureOut(Schema):
    model_config = ConfigDict(populate_by_name=True)

    capture_id: str = Field(alias="captureID", description="The number of the import.")
    created_at: datetime = Field(alias="createdAt")
    finished_at: datetime | None = Field(alias="finishedAt")
    running: bool
    success: bool
    behaviour: ErrorBehaviour = Field(alias="captureErrorBehaviour")
    errors: list[CaptureErrorOut] = Field(description="The first hundred.")


class WhenIn(Schema):
    since: datetime | None = Field(None, alias="GE_eventTime")
    before: datetime | None = Field(None, alias="LT_eventTime")
    recorded_since: datetime | None = Field(None, alias="GE_recordTime")
    recorded_before: datetime | None = Field(None, alias="LT_recordTime")

    def asked(self, unit_ids: tuple[UUID, ...] | None) -> Asked:
        return Asked(unit_ids, self.since, self.before, self.recorded_since, self.recorded_before)


class EventsIn(WhenIn):
    match_epc: list[str] = Field(
        default_factory=list,
        alias="MATCH_epc",
        description="URIs of units: Digital Link, sgtin or urn:longmark:unit.",
    )


class EpcisPageIn(Schema):
    per_page: int = Field(30, alias="perPage", ge=1, le=500, description="About how many events.")
    token: str | None = Field(None, alias="nextPageToken", description="Of the page before.")


@router.post(
    "/epcis/capture",
    response={202: CaptureOut},
    operation_id="capture_epcis",
    openapi_extra=UPLOAD,
    by_alias=True,
)
def capture_epcis(
    request: HttpRequest,
    response: HttpResponse,
    behaviour: Annotated[
        ErrorBehaviour,
        Header(
            alias="GS1-Capture-Error-Behaviour",
            description="`rollback`: all events or none; `proceed`: those that can be taken.",
        ),
    ] = ErrorBehaviour.ROLLBACK,
    filename: str = "",
) -> object:
    """Take events in: at once if they are few, else as a job. The same events again change nothing.

    The document is an import: look at it, and at what it refuses, under `imports/{captureID}`.
    """
    file, stated = uploaded(request)
    actor, now = actor_of(request), timezone.now()
    kept = epcis.capture(
        file,
        filename=filename or stated or "epcis.jsonld",
        is_all_or_nothing=behaviour is ErrorBehaviour.ROLLBACK,
        actor=actor,
        now=now,
    )
    if kept.state == ImportState.STAGED and kept.row_count <= AT_ONCE_LIMIT_ROWS:
        kept = imports.apply_import(kept, actor=actor, now=now)
    elif kept.state == ImportState.STAGED:
        jobs.enqueue(imports.APPLY_IMPORT, {"import_id": kept.pk}, actor=actor, now=now)
    response["Location"] = f"/api/v1/epcis/capture/{kept.pk}"
    return Status(202, _capture(kept))


@router.get("/epcis/capture/{pk}", response=CaptureOut, operation_id="epcis_capture", by_alias=True)
def epcis_capture(request: HttpRequest, pk: int) -> object:
    """Return how far a capture is, and what of it was refused."""
    return _capture(lists.import_(pk))


@router.get("/epcis/events", response=dict[str, Any], operation_id="epcis_events")
def epcis_events(
    request: HttpRequest,
    response: HttpResponse,
    page: Annotated[EpcisPageIn, Query()],
    asked: Annotated[EventsIn, Query()],
) -> object:
    """Return events of units as an EPCIS query document, by unit and in the order of arrival.

    The header `Link` names the next page; a page may be short, and is the last without one.
    """
    if len(asked.match_epc) > EPCS_LIMIT:
        raise Invalid("Ask about at most {limit} units at once.", field="MATCH_epc",
                      limit=EPCS_LIMIT)  # fmt: skip
    ids = queries.unit_ids_of(asked.match_epc) if asked.match_epc else None
    return _page(request, response, asked.asked(ids), page)


@router.get(
    "/epcis/epcs/{path:epc}/events", response=dict[str, Any], operation_id="epcis_events_of_epc"
)
def epcis_events_of_epc(
    request: HttpRequest,
    response: HttpResponse,
    epc: str,
    page: Annotated[EpcisPageIn, Query()],
    asked: Annotated[WhenIn, Query()],
) -> object:
    """Return what happened to the unit that a URI names: a Digital Link, sgtin or longmark:unit.

    The URI stands in the path percent-encoded.
    """
    ids = queries.unit_ids_of([epc])
    if not ids:
        raise NotFound("No unit is known as {epc}.", epc=epc[:200])
    return _page(request, response, asked.asked(ids), page)


@router.get("/units/{pk}/epcis", response=dict[str, Any], operation_id="epcis_events_of")
def epcis_events_of(
    request: HttpRequest,
    response: HttpResponse,
    pk: UUID,
    page: Annotated[EpcisPageIn, Query()],
    asked: Annotated[WhenIn, Query()],
) -> object:
    """Return what happened to one unit as an EPCIS query document."""
    return _page(request, response, asked.asked((units.unit(pk).pk,)), page)


def _page(
    request: HttpRequest, response: HttpResponse, asked: Asked, page: EpcisPageIn
) -> Mapping[str, Any]:
    found = queries.epcis_page(asked, after=page.token, limit=page.per_page)
    response["GS1-EPCIS-Version"] = "2.0"
    if found.next is not None:
        stated = request.GET.copy()
        stated["nextPageToken"] = found.next
        pairs = [(name, text) for name, texts in stated.lists() for text in texts]
        response["Link"] = f'<{request.path}?{urlencode(pairs)}>; rel="next"'
    return answer(found.items, now=timezone.now())


def _capture(source: Any) -> Mapping[str, Any]:
    is_over = source.state in (ImportState.APPLIED, ImportState.DISCARDED)
    refused = lists.refusals_page(source, limit=ERRORS_SHOWN).items if source.refused_count else []
    whole = ErrorBehaviour.ROLLBACK if source.is_all_or_nothing else ErrorBehaviour.PROCEED
    return {
        "captureID": str(source.pk),
        "createdAt": source.staged_at,
        "finishedAt": source.applied_at,
        "running": not is_over,
        "success": source.state == ImportState.APPLIED and not source.refused_count,
        "captureErrorBehaviour": whole,
        "errors": [
            {
                "type": "about:blank",
                "title": "Refused",
                "detail": f"{row.why} {row.what_to_do}".strip(),
                "row": row.row,
            }
            for row in refused
        ],
    }
