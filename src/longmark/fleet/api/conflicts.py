"""Conflicts over REST: who claims what of which unit, and what was decided."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from longmark.core.life.events import Evidence, Kind
from longmark.core.vocabulary import ConflictState
from longmark.fleet.queries import conflicts as queries
from longmark.fleet.services import conflicts
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out

router = Router(tags=["Fleet"])


class ConflictsIn(Schema):
    state: ConflictState | None = Field(None, description="Absent: all.")


class ClaimOut(Schema):
    kind: Kind
    occurred_at: datetime
    precision: str
    evidence: str = Field(examples=["declared"])
    source: str
    says: dict[str, Any] = Field(description="Slots and custody as stated, by id.")
    actor_name: str
    recorded_at: datetime


class ConflictOut(Schema):
    unit_id: UUID
    item: str
    serial: str
    number: int = Field(description="Counts the conflicts of a unit.")
    about: str = Field(examples=["operator"], description="In what the claims differ.")
    state: ConflictState
    seq: int = Field(description="The event that is believed.")
    believed: ClaimOut | None
    claim: ClaimOut
    filename: str
    row: int
    reason: str
    decided_by: str
    decided_at: datetime | None


class DecisionIn(Schema):
    decision: ConflictState = Field(
        description="`kept`: what is believed stays. `replaced`: the claim is true instead, and "
        "the event is corrected. `both`: the unit moved on, and the claim is booked as a transfer."
    )
    reason: str = Field(max_length=2_000, examples=["Asked the customer, who has it."])


@router.get("/conflicts", response=PageOut[ConflictOut], operation_id="conflicts_page")
def conflicts_page(
    request: HttpRequest, page: PageQuery, asked: Annotated[ConflictsIn, Query()]
) -> object:
    """List claims that contradict what is believed, newest first."""
    found = queries.conflicts_page(state=asked.state, after=page.after, limit=page.limit)
    believed = queries.believed_events(found.items)
    return page_out(found, lambda row: _out(row, believed.get((row.unit_id, row.seq))))


@router.post(
    "/units/{pk}/conflicts/{number}/decision",
    response=ConflictOut,
    operation_id="decide_conflict",
)
def decide_conflict(request: HttpRequest, pk: UUID, number: int, body: DecisionIn) -> object:
    """Say which of two claims is true."""
    decided = conflicts.decide_conflict(
        pk,
        number,
        decision=body.decision,
        reason=body.reason,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return _out(decided, queries.believed_events([decided]).get((pk, decided.seq)))


def _out(row: Any, believed: Any) -> Mapping[str, object]:
    own = ("number", "about", "state", "seq", "filename", "row", "reason", "decided_by",
           "decided_at")  # fmt: skip
    return {
        **{name: getattr(row, name) for name in own},
        "unit_id": row.unit_id,
        "item": row.unit.item.name,
        "serial": row.unit.serial,
        "believed": believed and _claim(believed, believed.recorded_at),
        "claim": _claim(row, row.raised_at),
    }


def _claim(row: Any, recorded_at: datetime) -> Mapping[str, object]:
    own = ("kind", "occurred_at", "precision", "source", "actor_name")
    return {
        **{name: getattr(row, name) for name in own},
        "evidence": Evidence(row.evidence).word,
        "says": row.payload,
        "recorded_at": recorded_at,
    }
