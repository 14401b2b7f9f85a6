"""What is in units and may not be, over REST."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from longmark.fleet.api.units import UnitsIn
from longmark.fleet.queries import mismatches as queries
from longmark.fleet.queries import units
from longmark.fleet.queries.mismatches import Odd, OddUnit
from longmark.fleet.services import mismatches as services
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out

router = Router(tags=["Units"])


class PresentOut(Schema):
    path: str = Field(examples=["control-board/main-firmware"])
    item: str
    version: str


class WaiverOut(Schema):
    key: str
    reason: str
    author_name: str
    waived_at: datetime


class MismatchOut(Schema):
    key: str = Field(description="Stays the same while rule and content do.")
    path: str = Field(description="The slot, or the item whose combinations do not hold.")
    nearest: str | None = Field(description="The combination that nearly holds.")
    present: list[PresentOut] = Field(description="What sits in the wrong places.")
    waiver: WaiverOut | None = Field(description="Absent: it is open.")


class MismatchedUnitOut(Schema):
    id: UUID
    item: str
    serial: str
    operator: str | None
    mismatches: list[MismatchOut]


class WaiverIn(Schema):
    key: str = Field(max_length=32)
    reason: str


class ReasonIn(Schema):
    reason: str


@router.get("/mismatches", response=PageOut[MismatchedUnitOut], operation_id="mismatches")
def mismatches(request: HttpRequest, page: PageQuery, asked: Annotated[UnitsIn, Query()]) -> object:
    """List units in which something sits that may not, unless it was accepted."""
    found = queries.mismatches_page(asked_for=asked.asked(), after=page.after, limit=page.limit)
    return page_out(found, _unit)


@router.get("/units/{pk}/mismatches", response=list[MismatchOut], operation_id="mismatches_of")
def mismatches_of(request: HttpRequest, pk: UUID) -> object:
    """List what sits in a unit and may not, accepted or not."""
    return [_mismatch(each) for each in queries.mismatches_of(units.unit(pk))]


@router.post("/units/{pk}/waivers", response={201: WaiverOut}, operation_id="waive_mismatch")
def waive_mismatch(request: HttpRequest, pk: UUID, body: WaiverIn) -> object:
    """Accept a mismatch of one unit, for as long as rule and content stay the same."""
    waiver = services.waive(
        units.unit(pk), body.key, reason=body.reason, actor=actor_of(request), now=timezone.now()
    )
    return Status(201, waiver)


@router.post(
    "/units/{pk}/waivers/{key}/withdraw", response={204: None}, operation_id="withdraw_waiver"
)
def withdraw_waiver(request: HttpRequest, pk: UUID, key: str, body: ReasonIn) -> object:
    """Accept a mismatch no longer."""
    services.withdraw_waiver(
        units.unit(pk), key, reason=body.reason, actor=actor_of(request), now=timezone.now()
    )
    return Status(204, None)


def _unit(row: OddUnit) -> dict[str, object]:
    unit = row.unit
    return {
        "id": unit.pk,
        "item": unit.item.name,
        "serial": unit.serial,
        "operator": unit.operator.name if unit.operator else None,
        "mismatches": [_mismatch(each) for each in row.mismatches],
    }


def _mismatch(odd: Odd) -> dict[str, object]:
    present = [
        {
            "path": each.path,
            "item": each.release.item.name if each.release else "",
            "version": each.release.version if each.release else "",
        }
        for each in odd.present
    ]
    return {
        "key": odd.key,
        "path": odd.path,
        "nearest": str(odd.nearest) if odd.nearest else None,
        "present": present,
        "waiver": odd.waiver,
    }
