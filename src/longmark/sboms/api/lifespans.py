"""Lifespans over REST: what is said of them, and the components that are past or near their end."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from longmark.catalog import queries as catalog
from longmark.core.lifespans import Origin, Standing
from longmark.core.matching import Subject
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.foundation.uploads import upload_schema, uploaded
from longmark.sboms import queries as sboms
from longmark.sboms.queries import lifespans as queries
from longmark.sboms.queries.lifespans import Asked, Due, View
from longmark.sboms.services import lifespans as services

if TYPE_CHECKING:
    from longmark.sboms.models import Lifespan

router = Router(tags=["SBOMs"])
LIST_UPLOAD = upload_schema(
    "CSV, XLSX or JSON with product, cycle, eol and support, as it is or as a part of a form."
)


class LifespanIn(Schema):
    product: str = Field(
        max_length=200,
        description="A name of the alias table, a purl, CPE name, repository or distribution.",
        examples=["openssl"],
    )
    versions: str = Field(
        "",
        max_length=200,
        description="A branch, = one version, or >= 1.0 < 2.0. Empty: all.",
        examples=["1.1.1"],
    )
    support_ends_on: date | None = Field(None, description="Last day of its makers' support.")
    end_of_life_on: date | None = Field(None, description="Last day on which anybody mends it.")
    said_by: str = Field(examples=["OpenSSL project"])
    source: str = Field("", description="Where that can be read.")
    note: str = ""


class LifespanWithdrawalIn(Schema):
    reason: str = Field(examples=["The contract was not renewed."])


class LifespanOut(Schema):
    id: int
    package: str = Field(examples=["cpe:openssl:openssl"])
    product: str = Field(examples=["openssl"])
    versions: str = Field(examples=["1.1.1"])
    support_ends_on: date | None
    end_of_life_on: date | None
    ends_on: date | None = Field(description="What decides; null: no end is announced.")
    standing: Standing
    said_by: str
    source: str
    note: str
    origin: Origin
    author_name: str
    noted_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawal_reason: str


class LifespanRefusalOut(Schema):
    place: str
    reason: str


class LifespanListOut(Schema):
    id: int
    filename: str
    digest: str = Field(description="SHA-256 of the file.")
    row_count: int
    added_count: int
    withdrawn_count: int
    refused_count: int
    refusals: list[LifespanRefusalOut] = Field(description="The first ones, at most 1,000.")
    author_name: str
    recorded_at: datetime


class SupportedOut(Schema):
    item: str
    ends_on: date


class DueOut(Schema):
    component_id: UUID
    component: str
    version: str
    purl: str
    standing: Standing
    ends_on: date | None
    lifespan: LifespanOut | None = Field(description="What is believed; null: nothing is known.")
    release_ids: list[int]
    supported: SupportedOut | None = Field(
        description="The support period that ends last among the products it may be part of."
    )
    ends_before_support: bool


class CheckedLifespanOut(Schema):
    component: str
    version: str
    standing: Standing
    ends_on: date
    said_by: str
    source: str


class AskedIn(Schema):
    view: View = Field(
        View.PAST,
        description="past their end; support: ends ahead, before a product's support does; soon:"
        " within some days; known; unknown.",
    )
    days: int = Field(queries.SOON_DAYS, ge=0, le=36_500, description="What soon means.")
    release: int | None = None
    item: int | None = Field(None, description="A product: what it may be made of.")
    text: str = Field("", max_length=200)


@router.get("/lifespans", response=PageOut[LifespanOut], operation_id="lifespans_page")
def lifespans_page(
    request: HttpRequest,
    page: PageQuery,
    text: str = "",
    origin: Origin | None = None,
    edition: int | None = None,
    with_withdrawn: bool = False,
) -> object:
    """List what is said of lifespans, by package and versions; ``edition`` is a list's number."""
    found = queries.lifespans_page(
        text=text,
        origin=origin or "",
        edition=queries.list_taken(edition) if edition is not None else None,
        with_withdrawn=with_withdrawn,
        after=page.after,
        limit=page.limit,
    )
    return page_out(found, lifespan_out)


@router.post("/lifespans", response={201: LifespanOut}, operation_id="add_lifespan")
def add_lifespan(request: HttpRequest, body: LifespanIn) -> object:
    """State how long a line of versions is supported, and when its life ends."""
    said = services.LifespanSaid(**body.dict())
    row = services.add_lifespan(said, actor=actor_of(request), now=timezone.now())
    return Status(201, lifespan_out(row))


@router.post(
    "/lifespans/lists",
    response={201: LifespanListOut},
    operation_id="import_lifespans",
    openapi_extra=LIST_UPLOAD,
)
def import_lifespans(
    request: HttpRequest, filename: str = "", product: str = "", by: str = ""
) -> object:
    """Take in a list of lifespans; ``product`` and ``by`` count for rows that name none."""
    file, name = uploaded(request)
    taken = services.import_lifespans(
        file.read(services.FILE_LIMIT_BYTES + 1),
        filename=filename or name,
        product=product,
        by=by,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, taken)


@router.get("/lifespans/lists/{pk}", response=LifespanListOut, operation_id="list_taken")
def list_taken(request: HttpRequest, pk: int) -> object:
    """Return a list that was taken in, with what was refused of it."""
    return queries.list_taken(pk)


@router.get("/lifespans/components", response=PageOut[DueOut], operation_id="due_page")
def due_page(request: HttpRequest, asked: Annotated[AskedIn, Query()], page: PageQuery) -> object:
    """List components by their end: those past it, near it, or of which none is known."""
    found = queries.due_page(
        Asked(asked.view, asked.days, _releases(asked), asked.text),
        today=timezone.localdate(),
        after=page.after,
        limit=page.limit,
    )
    return page_out(found, _due_out)


def _releases(asked: AskedIn) -> set[int] | None:
    if asked.release is not None:
        return {catalog.release(asked.release).pk}
    if asked.item is not None:
        return catalog.release_ids_in(catalog.item(asked.item))
    return None


@router.get("/lifespans/{pk}", response=LifespanOut, operation_id="lifespan")
def lifespan(request: HttpRequest, pk: int) -> object:
    """Return one statement, withdrawn or not."""
    return lifespan_out(queries.lifespan(pk))


@router.post("/lifespans/{pk}/withdrawal", response=LifespanOut, operation_id="withdraw_lifespan")
def withdraw_lifespan(request: HttpRequest, pk: int, body: LifespanWithdrawalIn) -> object:
    """Let a statement no longer hold; the next one that speaks is believed."""
    row = queries.lifespan(pk)
    services.withdraw_lifespan(row, reason=body.reason, actor=actor_of(request), now=timezone.now())
    return lifespan_out(row)


@router.get("/components/{pk}/lifespans", response=list[LifespanOut], operation_id="lifespans_of")
def lifespans_of(request: HttpRequest, pk: UUID) -> object:
    """List what is said of a component's lifespan, what is believed first."""
    return [lifespan_out(each) for each in queries.lifespans_of(sboms.component(pk))]


def lifespan_out(row: "Lifespan") -> dict[str, Any]:
    """Return a statement as it is answered, with where it stands today."""
    columns = (name for name in LifespanOut.model_fields if name not in ("product", "standing"))
    return {name: getattr(row, name) for name in columns} | {
        "product": row.line.product,
        "standing": queries.standing_of(row, today=timezone.localdate()),
    }


def _due_out(one: Due) -> dict[str, Any]:
    component, supported = one.component, one.supported
    return {
        "component_id": component.pk,
        "component": component.name,
        "version": component.version,
        "purl": component.purl,
        "standing": one.standing,
        "ends_on": one.ends_on,
        "lifespan": lifespan_out(one.lifespan) if one.lifespan else None,
        "release_ids": list(one.release_ids),
        "supported": {"item": supported.item.name, "ends_on": supported.ends_on}
        if supported
        else None,
        "ends_before_support": one.ends_before_support,
    }


def checked_lifespans(subjects: Sequence[Subject]) -> list[dict[str, Any]]:
    """Return the components whose end is announced, what ended first first."""
    today = timezone.localdate()
    found = zip(subjects, queries.believed([each.coordinates for each in subjects]), strict=True)
    shown = [
        {
            "component": subject.name,
            "version": subject.version or "",
            "standing": queries.standing_of(row, today=today),
            "ends_on": row.ends_on,
            "said_by": row.said_by,
            "source": row.source,
        }
        for subject, row in found
        if row and row.ends_on
    ]
    return sorted(shown, key=lambda each: (each["ends_on"], each["component"]))
