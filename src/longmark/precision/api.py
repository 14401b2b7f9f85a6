"""The precision board over REST."""

from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from longmark.precision import queries
from longmark.precision.queries import BoardRow

router = Router(tags=["Precision"])


class ReadingOut(Schema):
    day: date
    count: int


class BoardRowOut(Schema):
    key: str = Field(examples=["unknown-firmware"])
    title: str
    why: str
    count: int
    change: int = Field(description="Since the first of the readings.")
    person: str | None = Field(description="Who sees to it.")
    readings: list[ReadingOut] = Field(description="One a day, oldest first.")


@router.get("/precision", response=list[BoardRowOut], operation_id="precision_board")
def precision_board(request: HttpRequest) -> object:
    """List what is not yet right in the records, with counts now and on past days."""
    return [_row(each) for each in queries.board(timezone.now())]


def _row(row: BoardRow) -> dict[str, object]:
    return {
        "key": row.rule.key,
        "title": str(row.rule.title),
        "why": str(row.rule.why),
        "count": row.count,
        "change": row.change,
        "person": str(row.person) if row.person else None,
        "readings": [{"day": day, "count": count} for day, count in row.readings],
    }
