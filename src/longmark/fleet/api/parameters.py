"""Parameters of units over REST: what was found, how it differs, what held when, what drifts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from longmark.core.errors import Invalid, NotFound
from longmark.core.formats.parameters.records import FileFormat
from longmark.core.formats.sheets.cells import moment_of
from longmark.core.life.events import Evidence, Precision
from longmark.core.parameters.definitions import Definition
from longmark.core.parameters.differences import Change, natural
from longmark.core.parameters.drift import Basis
from longmark.core.parameters.histories import SaidBy
from longmark.fleet.queries import snapshots as queries
from longmark.fleet.queries import units
from longmark.fleet.queries.snapshots import DriftFilter, PlaceNow
from longmark.fleet.services import snapshots as services
from longmark.fleet.services.snapshots import Found
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.foundation.uploads import upload_schema, uploaded

router = Router(tags=["Parameters"])

FILE = upload_schema("What was read out: CSV, XLSX, JSON, XML or lines of name = value.")


class SnapshotOut(Schema):
    unit_id: UUID = Field(description="The unit that has the slot: the board, not its drive.")
    number: int
    slot: str
    seq: int = Field(description="The event that tells it; withdrawn, the snapshot does not count.")
    occurred_at: datetime
    precision: Precision
    recorded_at: datetime
    source: str
    evidence: str
    digest: str = Field(description="Content address of the values, whatever their order.")
    blob: str = Field(description="SHA-256 of the file that is kept.")
    filename: str
    format: FileFormat
    is_rewritten: bool = Field(description="The file held secrets and was kept without them.")
    secrets: list[str]
    count: int
    actor_name: str


class ExpectedOut(Schema):
    value: str
    basis: Basis


class ValueOut(Schema):
    name: str
    title: str
    measured_in: str
    found: str | None = Field(description="As it was found last; of a secret its digest.")
    found_at: datetime | None
    expected: ExpectedOut | None = Field(description="Absent: nothing is known of it.")
    is_drifting: bool
    is_secret: bool
    is_as_delivered: bool = Field(description="A secret that nobody changed.")


class CounterOut(Schema):
    name: str
    before: int
    after: int


class PlaceOut(Schema):
    path: str = Field(description="From the unit that was asked for.")
    unit_id: UUID = Field(description="The unit that has the slot.")
    slot: str
    item: str | None
    found_at: datetime | None
    is_drifting: bool
    counter: CounterOut | None = Field(description="A revision counter that nobody explains.")
    values: list[ValueOut]


class DifferenceOut(Schema):
    name: str
    change: Change
    before: str | None
    after: str | None
    title: str
    measured_in: str


class HeldOut(Schema):
    value: str
    held_from: datetime
    held_to: datetime | None = Field(description="Absent: until now.")
    said_by: SaidBy
    evidence: str
    seen_at: datetime = Field(description="When it was last said again.")
    seq: int | None = Field(description="The event that said it first.")


class HistoryOut(Schema):
    name: str
    title: str
    measured_in: str
    values: list[HeldOut]


class DeviationOut(Schema):
    name: str
    expected: str
    basis: Basis
    found: str


class DriftUnitOut(Schema):
    id: UUID
    item: str
    serial: str
    operator: str | None
    site: str | None
    country: str


class DriftOut(Schema):
    unit: DriftUnitOut
    slot: str
    item: str | None
    found_at: datetime
    deviation_count: int
    deviations: list[DeviationOut] = Field(description="The first twelve.")
    counter: CounterOut | None


class DriftCountOut(Schema):
    count: int = Field(description="Slots of units; ten thousand stands for that many or more.")


class ExplanationIn(Schema):
    slot: str = Field("parameters", description="Of the unit that has it.")
    date: str = Field(examples=["2026-03-31"], description="When it was changed.")
    reason: str = Field(examples=["The integrator opened IPv6 for his remote access."])
    evidence: str = Field("declared", examples=["confirmed"])
    source: str = Field("", max_length=120)


@router.get("/units/{pk}/parameters", response=list[PlaceOut], operation_id="unit_parameters")
def unit_parameters(request: HttpRequest, pk: UUID) -> object:
    """Return the parameters of a unit and of the units inside of it, against what was booked."""
    return [_place(each) for each in queries.places_now(units.unit(pk))]


@router.get(
    "/units/{pk}/parameters/snapshots",
    response=PageOut[SnapshotOut],
    operation_id="snapshots_page",
)
def snapshots_page(request: HttpRequest, pk: UUID, page: PageQuery) -> object:
    """List what was found on a unit and in the units inside of it, latest first."""
    carriers = queries.carriers_in(units.unit(pk))
    found = queries.snapshots_page(carriers, after=page.after, limit=page.limit)
    return page_out(found, _snapshot)


@router.post(
    "/units/{pk}/parameters/snapshots",
    response={201: SnapshotOut},
    operation_id="take_snapshot",
    openapi_extra=FILE,
)
def take_snapshot(
    request: HttpRequest,
    pk: UUID,
    date: str = "",
    slot: str = "",
    evidence: str = "reported",
    source: str = "",
    filename: str = "",
) -> object:
    """Keep a set as it was found on a unit: now, or on the day or at the instant given."""
    file, stated = uploaded(request)
    now = timezone.now()
    at, precision = _moment(date, now)
    found = Found(at, precision, slot, _evidence(evidence), source[:120], filename or stated)
    kept = services.take_snapshot(
        units.unit(pk), file.read(), found, actor=actor_of(request), now=now
    )
    return Status(201, _snapshot(kept))


@router.get("/units/{pk}/parameters/snapshots/{number}/file", operation_id="snapshot_file")
def snapshot_file(request: HttpRequest, pk: UUID, number: int) -> FileResponse:
    """Return the file that is kept of a snapshot: as it came, or without its secrets."""
    kept = queries.snapshot(units.unit(pk), number)
    return FileResponse(
        queries.open_file(kept),
        as_attachment=True,
        filename=kept.filename or f"parameters-{number}",
        content_type="application/octet-stream",
    )


@router.get(
    "/units/{pk}/parameters/snapshots/{number}/difference",
    response=list[DifferenceOut],
    operation_id="snapshot_difference",
)
def snapshot_difference(
    request: HttpRequest,
    pk: UUID,
    number: int,
    against: int | None = None,
    is_released: bool = False,
) -> object:
    """Return what differs from another snapshot, the released set, or what was booked by then."""
    unit = units.unit(pk)
    record = queries.record_of(unit, queries.snapshot(unit, number).slot)
    found = queries.difference(record, number, against=against, is_released=is_released)
    return [
        {
            "name": each.name,
            "change": each.change,
            "before": each.before,
            "after": each.after,
            **_meaning(each.definition),
        }
        for each in found
    ]


@router.get(
    "/units/{pk}/parameters/history", response=list[HistoryOut], operation_id="histories_of"
)
def histories_of(
    request: HttpRequest, pk: UUID, slot: str = "parameters", name: str = ""
) -> object:
    """Return which value held when, of one parameter or of all, in a slot of a unit."""
    unit, now = units.unit(pk), timezone.now()
    record = queries.record_of(unit, slot)
    told, known = queries.histories_of(record, now), record.definitions(now)
    if name and name not in told:
        raise NotFound("Nothing is on record of {name} there.", name=name)
    names = [name] if name else sorted(told, key=natural)
    return [_history(each, told[each], known.get(each)) for each in names]


@router.post("/units/{pk}/parameters/explanation", response={204: None}, operation_id="book_drift")
def book_drift(request: HttpRequest, pk: UUID, body: ExplanationIn) -> object:
    """Book what was found on a unit as a change that somebody made; `pk` has the slot itself."""
    now = timezone.now()
    at, precision = _moment(body.date, now)
    found = Found(at, precision, evidence=_evidence(body.evidence), source=body.source)
    services.book_drift(
        units.unit(pk), body.slot, found=found, reason=body.reason, actor=actor_of(request), now=now
    )
    return Status(204, None)


@router.get("/drift", response=PageOut[DriftOut], operation_id="drift_page")
def drift_page(
    request: HttpRequest,
    page: PageQuery,
    item_id: int | None = None,
    unit_item_id: int | None = None,
    operator_id: int | None = None,
    country: str | None = None,
    by: str = "",
    text: str = "",
) -> object:
    """List slots of units in which something was found that nobody booked, found last first.

    `by` is `values` or `counter`; `text` is the begin of a serial number.
    """
    asked = DriftFilter(item_id, unit_item_id, operator_id, country, by, text)
    return page_out(queries.drift_page(asked, after=page.after, limit=page.limit), _drift)


@router.get("/drift/count", response=DriftCountOut, operation_id="drift_count")
def drift_count(request: HttpRequest) -> object:
    """Return in how many slots of units something drifts."""
    return {"count": queries.drift_count()}


def _moment(text: str, now: datetime) -> tuple[datetime, Precision]:
    if not text.strip():
        return now, Precision.INSTANT
    moment = moment_of(text, field="date")
    return moment.at, Precision(moment.precision)


def _evidence(word: str) -> Evidence:
    try:
        return Evidence.of_word(word)
    except KeyError:
        raise Invalid(
            "{word} is no level of evidence: write one of {known}.",
            field="evidence",
            word=word[:40],
            known=", ".join(each.word for each in Evidence),
        ) from None


def _snapshot(kept: Any) -> dict[str, object]:
    plain = [name for name in SnapshotOut.model_fields if name not in ("evidence", "digest")]
    stated = {name: getattr(kept, name) for name in plain}
    return {**stated, "evidence": Evidence(kept.evidence).word, "digest": kept.parameters_id}


def _meaning(known: Definition | None) -> dict[str, str]:
    return {
        "title": known.title if known else "",
        "measured_in": known.measured_in if known else "",
    }


def _place(place: PlaceNow) -> dict[str, object]:
    record, latest = place.record, place.record.latest
    rows = queries.values_now(record, timezone.now())
    return {
        "path": place.path,
        "unit_id": place.carrier.pk,
        "slot": record.slot,
        "item": place.item_name,
        "found_at": latest.begins if latest else None,
        "is_drifting": bool(record.drift),
        "counter": record.drift.counter,
        "values": [
            {
                "name": row.name,
                **_meaning(row.definition),
                "found": row.found,
                "found_at": row.standing.begins if row.standing else None,
                "expected": row.expected,
                "is_drifting": row.deviates,
                "is_secret": row.is_secret,
                "is_as_delivered": row.is_as_delivered,
            }
            for row in rows
        ],
    }


def _history(name: str, held: Any, known: Definition | None) -> dict[str, object]:
    values = [
        {
            "value": each.value,
            "held_from": each.held_from,
            "held_to": each.held_to,
            "said_by": each.said_by,
            "evidence": each.evidence.word,
            "seen_at": each.seen_at,
            "seq": each.number,
        }
        for each in held
    ]
    return {"name": name, **_meaning(known), "values": values}


def _drift(row: Any) -> dict[str, object]:
    unit = row.unit
    counter = {
        "name": row.counter, "before": row.counter_before, "after": row.counter_after
    }  # fmt: skip
    columns = ("name", "expected", "basis", "found")
    return {
        "unit": {
            "id": unit.pk,
            "item": unit.item.name,
            "serial": unit.serial,
            "operator": unit.operator.name if unit.operator else None,
            "site": unit.site.name if unit.site else None,
            "country": unit.country,
        },
        "slot": row.slot,
        "item": row.item.name if row.item else None,
        "found_at": row.found_at,
        "deviation_count": row.deviation_count,
        "deviations": [dict(zip(columns, each, strict=True)) for each in row.deviations],
        "counter": counter if row.counter else None,
    }
