"""RMAs over REST. What holds a unit joins findings and fleet, so they are put together here."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from longmark.core.life.returns import RmaDecision, RmaOutcome, RmaStep
from longmark.fleet.api.units import NamedOut, UnitNamedOut
from longmark.fleet.queries import rmas as queries
from longmark.fleet.queries import units
from longmark.fleet.queries.lives import warranty_of
from longmark.fleet.queries.rmas import RmaFilter
from longmark.fleet.services import rmas as services
from longmark.fleet.services.endings import Ending
from longmark.fleet.services.rmas import Diagnosis
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.impact.queries.holds import Danger, gate_of

router = Router(tags=["Fleet"])


class RmaOut(Schema):
    number: str = Field(examples=["R261124-05110"])
    unit: UnitNamedOut
    operator: NamedOut | None
    is_open: bool
    step: RmaStep = Field(description="How far the work has come, or had when it was closed.")
    outcome: RmaOutcome | None = Field(description="What its events say was done.")
    opened_at: datetime
    closed_at: datetime | None
    received_on: date | None
    diagnosed_on: date | None
    repair_began_on: date | None
    diagnosis: str
    decision: RmaDecision | None
    worker: str
    replacement_id: UUID | None
    override: str = Field(description="Why it was closed although something held it.")
    is_closed_unchecked: bool = Field(description="An event closed it; nobody asked what held it.")


class DangerOut(Schema):
    path: str = Field(examples=["control-board/main-firmware"])
    release: str = Field(description="The one open to it, or that would be if it sat there.")
    is_release_known: bool
    vulnerability: str = Field(examples=["CVE-2020-11899"])
    is_affected: bool = Field(description="False: it cannot be told whether it is.")
    fixed_by: str | None = Field(examples=["tg200-fw 2.4.0"])


class GateOut(Schema):
    is_held: bool
    holding: list[DangerOut]
    remaining: list[DangerOut] = Field(description="Exploited, but without a fix or not certain.")
    unjudged: list[str] = Field(description="Slots of which nobody can tell.")


class WarrantyOut(Schema):
    started_at: datetime
    until: date | None
    voided_at: datetime | None
    holds: bool
    days_left: int | None = Field(description="The balance; absent: no end is known.")


class RmasIn(Schema):
    is_open: bool | None = Field(None, description="Absent: both.")
    item_id: int | None = None
    operator_id: int | None = None
    step: RmaStep | None = None
    outcome: RmaOutcome | None = None
    is_unchecked: bool = False
    older_than_days: int | None = Field(None, ge=0, le=36_500)
    text: str = Field("", description="Begin of an RMA number or a serial number.")

    def asked(self, now: datetime) -> RmaFilter:
        days = self.older_than_days
        return RmaFilter(
            is_open=self.is_open,
            item_ids=(self.item_id,) if self.item_id is not None else (),
            operator_id=self.operator_id,
            step=self.step.value if self.step else "",
            outcome=self.outcome.value if self.outcome else "",
            is_unchecked=self.is_unchecked,
            opened_before=now - timedelta(days=days) if days is not None else None,
            text=self.text,
        )


class NumberIn(Schema):
    number: str = Field(description="Of the RMA; one without goes by the day it was opened.")


class RmaOpenIn(Schema):
    on: date
    number: str = Field("", description="Empty: it is given one.")
    reason: str = ""


class RmaStepIn(Schema):
    on: date
    worker: str = Field("", max_length=200)


class RmaDiagnosisIn(RmaStepIn):
    diagnosis: str
    decision: RmaDecision


class RmaClosingIn(Schema):
    on: date
    outcome: RmaOutcome
    reason: str = ""
    replacement_id: UUID | None = Field(None, description="Needed if it was replaced.")
    override: str = Field("", description="Why it goes out although something holds it.")


NumberQuery = Annotated[NumberIn, Query()]


@router.get("/rmas", response=PageOut[RmaOut], operation_id="rmas_page")
def rmas_page(request: HttpRequest, page: PageQuery, asked: Annotated[RmasIn, Query()]) -> object:
    """List RMAs: open ones oldest first if only these are asked for, else newest first."""
    found = queries.rmas_page(asked.asked(timezone.now()), after=page.after, limit=page.limit)
    return page_out(found, _rma)


@router.get("/units/{pk}/rmas", response=list[RmaOut], operation_id="rmas_of")
def rmas_of(request: HttpRequest, pk: UUID) -> object:
    """List a unit's RMAs, newest first."""
    return [_rma(each) for each in queries.rmas_of(units.unit(pk))]


@router.get("/units/{pk}/rma", response=RmaOut, operation_id="rma")
def rma(request: HttpRequest, pk: UUID, named: NumberQuery) -> object:
    """Return one RMA of a unit."""
    return _rma(queries.rma(units.unit(pk), named.number))


@router.get("/units/{pk}/gate", response=GateOut, operation_id="gate_of")
def gate(request: HttpRequest, pk: UUID) -> object:
    """Tell what speaks against handing a unit out now: exploited weaknesses, and their fixes."""
    found = gate_of(units.unit(pk))
    return {
        "is_held": bool(found.holding),
        "holding": [_danger(each) for each in found.holding],
        "remaining": [_danger(each) for each in found.remaining],
        "unjudged": list(found.unjudged),
    }


@router.get("/units/{pk}/warranty", response=WarrantyOut | None, operation_id="warranty_of")
def warranty(request: HttpRequest, pk: UUID) -> object:
    """Return a unit's warranty and its balance; null if nothing is told of one."""
    found, today = warranty_of(units.unit(pk)), timezone.now().date()
    if found is None:
        return None
    left = found.balance(today)
    return {
        "started_at": found.started_at,
        "until": found.until,
        "voided_at": found.voided_at,
        "holds": found.holds_on(today),
        "days_left": left.days if left is not None else None,
    }


@router.post("/units/{pk}/rmas", response={201: RmaOut}, operation_id="open_rma")
def open_rma(request: HttpRequest, pk: UUID, body: RmaOpenIn) -> object:
    """Open an RMA: the unit comes back. The same number again changes nothing while it is open."""
    opened = services.open_rma(
        units.unit(pk),
        on=body.on,
        number=body.number,
        reason=body.reason,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, _rma(opened))


@router.post("/units/{pk}/rma/receipt", response=RmaOut, operation_id="receive_rma")
def receive_rma(request: HttpRequest, pk: UUID, named: NumberQuery, body: RmaStepIn) -> object:
    """Say that the unit has arrived."""
    said = {"on": body.on, "worker": body.worker, **_by(request)}
    return _rma(services.receive_rma(units.unit(pk), named.number, **said))


@router.post("/units/{pk}/rma/diagnosis", response=RmaOut, operation_id="diagnose_rma")
def diagnose_rma(
    request: HttpRequest, pk: UUID, named: NumberQuery, body: RmaDiagnosisIn
) -> object:
    """Say what was found, and what is to be done."""
    found = Diagnosis(body.diagnosis, body.decision)
    said = {"on": body.on, "worker": body.worker, **_by(request)}
    return _rma(services.diagnose_rma(units.unit(pk), named.number, found, **said))


@router.post("/units/{pk}/rma/repair", response=RmaOut, operation_id="begin_repair")
def begin_repair(request: HttpRequest, pk: UUID, named: NumberQuery, body: RmaStepIn) -> object:
    """Say that the repair has begun."""
    said = {"on": body.on, "worker": body.worker, **_by(request)}
    return _rma(services.begin_repair(units.unit(pk), named.number, **said))


@router.post("/units/{pk}/rma/closing", response=RmaOut, operation_id="close_rma")
def close_rma(request: HttpRequest, pk: UUID, named: NumberQuery, body: RmaClosingIn) -> object:
    """Close an RMA. What goes out must not be held (see `gate`), unless `override` says why."""
    unit = units.unit(pk)
    taker = units.unit(body.replacement_id) if body.replacement_id else None
    ending = Ending(body.outcome, body.on, body.reason, taker, body.override)
    holds = gate_of(taker or unit).holds
    closed = services.close_rma(unit, named.number, ending, holds=holds, **_by(request))
    return _rma(closed)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": actor_of(request), "now": timezone.now()}


def _danger(one: Danger) -> Mapping[str, object]:
    return {
        "path": one.path,
        "release": str(one.release),
        "is_release_known": one.is_release_known,
        "vulnerability": one.vulnerability.name,
        "is_affected": one.is_affected,
        "fixed_by": str(one.fix) if one.fix else None,
    }


def _rma(row: Any) -> Mapping[str, object]:
    unit = row.unit
    columns = (
        "number", "is_open", "step", "opened_at", "closed_at", "received_on", "diagnosed_on",
        "repair_began_on", "diagnosis", "replacement_id", "override", "is_closed_unchecked",
    )  # fmt: skip
    stated = {column: getattr(row, column) for column in columns}
    operator = unit.operator
    return {
        **stated,
        "unit": {"id": unit.pk, "item": unit.item.name, "serial": unit.serial},
        "operator": operator and {"id": operator.pk, "name": operator.name},
        "outcome": row.outcome or None,
        "decision": row.decision or None,
        "worker": row.worker_name,
    }
