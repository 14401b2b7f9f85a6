"""Connections over REST. A secret goes in and never out."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from longmark.connections.queries import connections as queries
from longmark.connections.queries import notes as note_queries
from longmark.connections.services import connections as services
from longmark.connections.services import notes as note_services
from longmark.connections.services import pulls
from longmark.connections.services.connections import Settings
from longmark.core.vocabulary import ConnectedSystem, NoteState, RunState
from longmark.fleet.queries import units as fleet
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.foundation.pages import Page

if TYPE_CHECKING:
    from longmark.connections.models import Pull
    from longmark.connections.queries.connections import ConnectionState

router = Router(tags=["Connections"])


class ConnectionChangeIn(Schema):
    address: str | None = Field(None, examples=["https://erp.example.com"])
    secret: str | None = Field(None, description="Token or API key; written, never read back.")
    user: str | None = Field(None, description="ERPNext: the API key. Odoo: the login.")
    database: str | None = Field(None, description="Of Odoo.")
    zone: str | None = Field(None, examples=["Europe/Berlin"])
    profile: str | None = Field(None, description="By which the rows are understood.")
    may_write: bool | None = Field(None, description="Whether notes are written there.")
    is_enabled: bool | None = None
    period_minutes: int | None = None


class ConnectionIn(ConnectionChangeIn):
    name: str = Field(examples=["works-erp"])
    system: ConnectedSystem


class PullIn(Schema):
    is_whole: bool = Field(False, description="All there is, not only what is new.")


class PullOut(Schema):
    id: int
    job_id: int
    state: RunState
    is_whole: bool
    actor_name: str
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    request_count: int
    size_bytes: int
    record_count: int = Field(description="Records that the system sent.")
    customer_count: int
    gone_count: int = Field(description="Units that the system has no more.")
    import_id: int | None = Field(description="The list that the rows went into.")
    created_count: int
    changed_count: int
    unchanged_count: int
    refused_count: int
    remarks: list[str] = Field(description="What a person has to look at.")
    error: str


class ConnectionOut(Schema):
    name: str
    system: ConnectedSystem
    title: str
    address: str
    user: str
    database: str
    zone: str
    profile: str
    may_write: bool
    is_enabled: bool
    period_minutes: int
    health: str = Field(description="off, waiting, fresh, stale or failing.")
    is_running: bool
    succeeded_at: datetime | None
    age_seconds: int | None
    whole_at: datetime | None = Field(description="When all was read for the last time.")
    due_at: datetime | None
    last_error: str
    gone_count: int
    waiting_notes: int
    failing_notes: int
    given_up_notes: int
    last_pull: PullOut | None


class GoneOut(Schema):
    record_id: str = Field(description="The id that it had in the system.")
    item: str
    serial: str
    gone_at: datetime


class NoteOut(Schema):
    id: int
    unit_id: UUID
    unit_name: str
    record_id: str
    text: str
    state: NoteState
    actor_name: str
    asked_at: datetime
    written_at: datetime | None
    attempt: int
    last_error: str


class UnitNoteIn(Schema):
    text: str = Field(max_length=2_000, examples=["Do not ship: CVE-2020-11899 is exploited."])


class WorkStartedOut(Schema):
    job_id: int
    href: str = Field(description="Where to look how far the work is.")


@router.get("/connections", response=PageOut[ConnectionOut], operation_id="connections_page")
def connection_list(request: HttpRequest, page: PageQuery) -> object:
    """List connections to other systems and how they fare, by name."""
    found = queries.states_page(timezone.now(), after=page.after, limit=page.limit)
    return page_out(found, _out)


@router.post("/connections", response={201: ConnectionOut}, operation_id="make_connection")
def make_connection(request: HttpRequest, body: ConnectionIn) -> object:
    """Connect to a system; it is pulled at the next pass of the worker."""
    made = services.make_connection(
        body.name, body.system, _settings(body), actor=actor_of(request), now=timezone.now()
    )
    return Status(201, _out(queries.state(made.name, timezone.now())))


@router.get("/connections/{name}", response=ConnectionOut, operation_id="connection")
def connection(request: HttpRequest, name: str) -> object:
    """Return one connection."""
    return _out(queries.state(name, timezone.now()))


@router.post("/connections/{name}/change", response=ConnectionOut, operation_id="change_connection")
def change_connection(request: HttpRequest, name: str, body: ConnectionChangeIn) -> object:
    """Change what is said, and nothing else; another address is pulled from the beginning."""
    services.change_connection(name, _settings(body), actor=actor_of(request), now=timezone.now())
    return _out(queries.state(name, timezone.now()))


@router.delete("/connections/{name}", response={204: None}, operation_id="remove_connection")
def remove_connection(request: HttpRequest, name: str) -> object:
    """Forget a connection and its secret; what was pulled stays."""
    services.remove_connection(name, actor=actor_of(request), now=timezone.now())
    return Status(204, None)


@router.post(
    "/connections/{name}/try", response={202: WorkStartedOut}, operation_id="try_connection"
)
def try_connection(request: HttpRequest, name: str) -> object:
    """Find out what answers there; the outcome of the job says it. Nothing is taken."""
    job_id = pulls.ask_for_trial(name, actor=actor_of(request), now=timezone.now())
    return Status(202, _started(job_id))


@router.post(
    "/connections/{name}/pull", response={202: WorkStartedOut}, operation_id="ask_for_pull"
)
def pull_connection(request: HttpRequest, name: str, body: PullIn) -> object:
    """Pull what is new, or all there is, now."""
    asked = pulls.ask_for_pull(
        name, is_whole=body.is_whole, actor=actor_of(request), now=timezone.now()
    )
    return Status(202, _started(asked.job_id))


@router.get("/connections/{name}/pulls", response=PageOut[PullOut], operation_id="pulls_page")
def pull_list(request: HttpRequest, name: str, page: PageQuery) -> object:
    """List the pulls of a connection, newest first."""
    found = queries.pulls_page(queries.connection(name), after=page.after, limit=page.limit)
    return page_out(found, _pull)


@router.get("/connections/{name}/gone", response=PageOut[GoneOut], operation_id="gone_page")
def gone_list(request: HttpRequest, name: str, page: PageQuery) -> object:
    """List units that the system had once and has no more, longest gone first."""
    return page_out(queries.gone_page(queries.connection(name), after=page.after, limit=page.limit))


@router.get("/connections/{name}/notes", response=PageOut[NoteOut], operation_id="unit_notes_page")
def note_list(request: HttpRequest, name: str, page: PageQuery) -> object:
    """List notes about units that are written into the system, newest first."""
    return page_out(
        note_queries.notes_page(queries.connection(name), after=page.after, limit=page.limit)
    )


@router.post("/units/{pk}/notes", response={201: PageOut[NoteOut]}, operation_id="write_note")
def write_note(request: HttpRequest, pk: UUID, body: UnitNoteIn) -> object:
    """Have a note written on a unit in every system that knows it and may be written to."""
    made = note_services.write_note(
        fleet.unit(pk), body.text, actor=actor_of(request), now=timezone.now()
    )
    return Status(201, page_out(Page(made)))


def _settings(body: ConnectionChangeIn) -> Settings:
    said = body.dict(exclude={"name", "system", "period_minutes"})
    minutes = body.period_minutes
    return Settings(**said, period=None if minutes is None else timedelta(minutes=minutes))


def _started(job_id: int) -> dict[str, object]:
    return {"job_id": job_id, "href": f"/api/v1/jobs/{job_id}"}


def _out(state: "ConnectionState") -> dict[str, object]:
    one = state.connection
    plain = (
        "name", "system", "address", "user", "database", "zone", "profile", "may_write",
        "is_enabled", "succeeded_at", "whole_at", "due_at", "last_error",
    )  # fmt: skip
    told = ("health", "is_running", "gone_count", "waiting_notes", "failing_notes",
            "given_up_notes")  # fmt: skip
    return (
        {name: getattr(one, name) for name in plain}
        | {name: getattr(state, name) for name in told}
        | {
            "title": state.system.title,
            "period_minutes": int(one.period.total_seconds()) // 60,
            "age_seconds": int(state.age.total_seconds()) if state.age is not None else None,
            "last_pull": _pull(state.last_pull) if state.last_pull else None,
        }
    )


def _pull(one: "Pull") -> dict[str, object]:
    counted = ("created_count", "changed_count", "unchanged_count", "refused_count")
    shown = {name: getattr(one, name) for name in PullOut.model_fields if hasattr(one, name)}
    return shown | {
        "import_id": one.source_id,
        **{name: getattr(one.source, name) if one.source else 0 for name in counted},
    }
