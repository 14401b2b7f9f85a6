"""What may go together in units, over REST."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from longmark.catalog import queries
from longmark.catalog.queries import combinations as reads
from longmark.catalog.queries.combinations import PlacedSpan
from longmark.catalog.services import combinations as services
from longmark.core.composition.spans import read_span
from longmark.foundation.actors import actor_of

if TYPE_CHECKING:
    from longmark.catalog.models import Combination

router = Router(tags=["Catalog"])


class PieceIn(Schema):
    path: str = Field("", description="Empty: the item itself.", examples=["control-board"])
    item: str = Field(description="Its name or external number.", examples=["CB-21"])
    span: str = Field("*", description="Versions, both ends included.", examples=["C..E"])


class CombinationIn(Schema):
    name: str = Field(max_length=120, examples=["revision D with 2.4"])
    pieces: list[PieceIn] = Field(min_length=1, max_length=40)
    built_from: date | None = None
    built_until: date | None = None
    serial_from: str = Field("", max_length=64)
    serial_until: str = Field("", max_length=64)
    reason: str = Field(examples=["Revision D needs the driver of 2.4."])


class CombinationOut(CombinationIn):
    id: int
    author_name: str
    recorded_at: datetime
    withdrawn_at: datetime | None


class CombinationReasonIn(Schema):
    reason: str


@router.get(
    "/items/{pk}/combinations", response=list[CombinationOut], operation_id="combinations_of"
)
def combinations_of(request: HttpRequest, pk: int, withdrawn: bool = False) -> object:
    """List what may go together in units of an item."""
    return _out(reads.combinations_of(queries.item(pk), with_withdrawn=withdrawn))


@router.post(
    "/items/{pk}/combinations", response={201: CombinationOut}, operation_id="state_combination"
)
def state_combination(request: HttpRequest, pk: int, body: CombinationIn) -> object:
    """State releases that may go together; from the first on, units must be as one says."""
    pieces = [
        PlacedSpan(each.path, queries.item_named(each.item), read_span(each.span))
        for each in body.pieces
    ]
    effective = services.Effective(
        body.built_from, body.built_until, body.serial_from, body.serial_until
    )
    stated = services.state_combination(
        queries.item(pk),
        body.name,
        pieces,
        effective=effective,
        reason=body.reason,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, _out([stated])[0])


@router.post(
    "/combinations/{pk}/withdraw", response=CombinationOut, operation_id="withdraw_combination"
)
def withdraw_combination(request: HttpRequest, pk: int, body: CombinationReasonIn) -> object:
    """Say that a combination holds no longer."""
    stated = reads.combination(pk)
    services.withdraw_combination(
        stated, reason=body.reason, actor=actor_of(request), now=timezone.now()
    )
    return _out([stated])[0]


def _out(stated: "list[Combination]") -> list[dict[str, object]]:
    pieces = reads.pieces_of(stated)
    columns = (
        "id", "name", "built_from", "built_until", "serial_from", "serial_until", "reason",
        "author_name", "recorded_at", "withdrawn_at",
    )  # fmt: skip
    return [
        {column: getattr(each, column) for column in columns}
        | {
            "pieces": [
                {"path": piece.path, "item": piece.item.name, "span": str(piece.span)}
                for piece in pieces[each.pk]
            ]
        }
        for each in stated
    ]
