"""Units, their lives and lists of them over REST."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from longmark.catalog import queries as catalog
from longmark.core.life.events import Evidence, Kind, Precision, State
from longmark.core.vocabulary import AliasKind
from longmark.fleet.queries import contents as inside
from longmark.fleet.queries import units as queries
from longmark.fleet.queries.contents import Content
from longmark.fleet.queries.moments import last_instant
from longmark.fleet.queries.units import UnitFilter
from longmark.fleet.services import aliases, booking
from longmark.fleet.services.spoken import Said
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.foundation.days import PastDay

router = Router(tags=["Fleet"])


class NamedOut(Schema):
    id: int
    name: str


class UnitOut(Schema):
    id: UUID
    item: NamedOut
    serial: str = Field(examples=["200-2240-05110"])
    discriminator: str = Field(description="Tells re-used serial numbers apart; mostly empty.")
    state: State
    built_at: datetime | None
    host_id: UUID | None = Field(description="The unit that it sits in now.")
    operator: NamedOut | None = Field(description="Absent: not known.")
    site: NamedOut | None
    distributor: NamedOut | None
    country: str = Field(description="ISO 3166-1; empty: not known.")


class UnitsIn(Schema):
    item_id: int | None = None
    operator_id: int | None = None
    distributor_id: int | None = None
    site_id: int | None = None
    country: str | None = Field(None, description="ISO 3166-1; empty: not known.")
    state: State | None = None
    text: str = Field("", description="Begin of a serial number.")
    is_root: bool = Field(False, description="Only units that sit in no other unit.")

    def asked(self) -> UnitFilter:
        return UnitFilter(
            item_ids=(self.item_id,) if self.item_id is not None else (),
            operator_id=self.operator_id,
            distributor_id=self.distributor_id,
            site_id=self.site_id,
            country=self.country,
            states=(self.state.value,) if self.state else (),
            text=self.text,
            roots_only=self.is_root,
        )


class DayIn(Schema):
    on: PastDay | None = Field(None, description="At the end of this day; absent: now.")
    known_on: PastDay | None = Field(
        None, description="As the record stood at the end of this day."
    )


class ReleaseNamedOut(Schema):
    id: int
    item: str = Field(examples=["tg200-fw"])
    version: str = Field(examples=["2.3.1"])


class UnitNamedOut(Schema):
    id: UUID
    item: str
    serial: str


class IntervalOut(Schema):
    slot: str = Field(description="Empty: the unit itself.", examples=["control-board"])
    item: str | None = Field(description="Absent: not known, or nothing.")
    release: ReleaseNamedOut | None = Field(description="Absent: not known, or nothing.")
    is_empty: bool = Field(description="Whether the slot is known to hold nothing.")
    part: str
    quantity: int = Field(description="How many of them sit there.")
    unit_id: UUID | None
    parameters: dict[str, str]
    evidence: str = Field(examples=["confirmed"])
    valid_from: datetime
    valid_to: datetime | None
    known_from: datetime
    known_to: datetime | None


class ContentOut(IntervalOut):
    path: str = Field(examples=["control-board/main-firmware"])
    unit: UnitNamedOut | None
    inside: list["ContentOut"]


class EventOut(Schema):
    seq: int
    kind: Kind
    occurred_at: datetime
    precision: Precision
    recorded_at: datetime
    source: str
    evidence: str = Field(examples=["declared"])
    says: dict[str, Any] = Field(
        description="Slots and custody as stated, by id; and the details that the kind takes."
    )
    corrects: int | None = Field(description="The event in whose place this one stands.")
    actor_name: str


class EventIn(Schema):
    event: str = Field(examples=["swapped"], description="The words of lists are understood.")
    date: str = Field(
        examples=["2026-03-31"], description="A day, month, year or instant; or `unknown`."
    )
    evidence: str = Field("", examples=["confirmed"])
    source: str = Field("", max_length=120, examples=["RMA 4711"])
    says: dict[str, str] = Field(
        default_factory=dict,
        description="Further columns as in a list: slots, serial numbers of units in them, "
        "parameters, customer, site, country, distributor; new serial, result, RMA number, "
        "warranty until, replaced by, reason.",
        examples=[{"control-board": "D", "control-board serial": "B-2", "main-firmware": "2.4.0"}],
    )

    def said(self) -> Said:
        return Said(self.event, self.date, self.evidence, self.source, self.says)


class CorrectionIn(Schema):
    reason: str = Field(examples=["The label was read wrongly."])
    replacement: EventIn | None = Field(None, description="Absent: the event never happened.")


class AliasIn(Schema):
    kind: AliasKind
    value: str = Field(max_length=200, examples=["00:1b:63:84:45:e6"])
    since: datetime


class AliasOut(Schema):
    number: int = Field(description="Among the names of its unit.")
    kind: AliasKind
    value: str
    valid_from: datetime
    valid_to: datetime | None


class AliasEndIn(Schema):
    until: datetime = Field(description="From this instant on it holds no more.")


class CalledOut(Schema):
    unit: "UnitOut"
    alias: AliasOut


@router.get("/units", response=PageOut[UnitOut], operation_id="units_page")
def units_page(request: HttpRequest, page: PageQuery, asked: Annotated[UnitsIn, Query()]) -> object:
    """List units by serial number."""
    return page_out(queries.units_page(asked.asked(), after=page.after, limit=page.limit))


@router.get("/units/{pk}", response=UnitOut, operation_id="unit")
def unit(request: HttpRequest, pk: UUID) -> object:
    """Return one unit."""
    return queries.unit(pk)


@router.get("/items/{pk}/units/{serial}", response=UnitOut, operation_id="unit_of")
def unit_of(request: HttpRequest, pk: int, serial: str) -> object:
    """Return the unit of an item with a serial number, present or former."""
    return queries.unit_of(catalog.item(pk), serial)


@router.get("/units/{pk}/contents", response=list[ContentOut], operation_id="contents")
def contents(request: HttpRequest, pk: UUID, day: Annotated[DayIn, Query()]) -> object:
    """Return what is in a unit, now or at the end of a past day, as known now or then."""
    return [_content(each) for each in inside.contents(queries.unit(pk), day.on, day.known_on)]


@router.get("/units/{pk}/lifelines", response=list[IntervalOut], operation_id="lifelines")
def lifelines(request: HttpRequest, pk: UUID, known_on: PastDay | None = None) -> object:
    """Return all that was ever in a unit's own slots, by slot and time."""
    lines = inside.lifelines(queries.unit(pk), known_on)
    return [_interval(row) for line in lines for row in line.intervals]


@router.get("/units/{pk}/events", response=PageOut[EventOut], operation_id="events_page")
def events_page(request: HttpRequest, pk: UUID, page: PageQuery) -> object:
    """List what happened to a unit, latest first."""
    events = queries.events_page(queries.unit(pk), after=page.after, limit=page.limit)
    return page_out(events, _event)


@router.post("/units/{pk}/events", response={201: UnitOut}, operation_id="book_event")
def book_event(request: HttpRequest, pk: UUID, body: EventIn) -> object:
    """Book one event. The same event again changes nothing."""
    booked = booking.book_words(
        queries.unit(pk), body.said(), actor=actor_of(request), now=timezone.now()
    )
    return Status(201, booked)


@router.post(
    "/units/{pk}/events/{seq}/correction", response={201: UnitOut}, operation_id="correct_event"
)
def correct_event(request: HttpRequest, pk: UUID, seq: int, body: CorrectionIn) -> object:
    """Put another event in place of one, or withdraw it."""
    one, actor, now = queries.unit(pk), actor_of(request), timezone.now()
    if body.replacement is None:
        withdrawn = booking.correct_event(
            one, seq, replacement=None, reason=body.reason, actor=actor, now=now
        )
        return Status(201, withdrawn)
    corrected = booking.correct_with_words(
        one, seq, said=body.replacement.said(), reason=body.reason, actor=actor, now=now
    )
    return Status(201, corrected)


@router.get("/units/{pk}/aliases", response=list[AliasOut], operation_id="aliases_of")
def aliases_of(request: HttpRequest, pk: UUID) -> object:
    """List a unit's other names."""
    return queries.aliases_of(queries.unit(pk))


@router.post("/units/{pk}/aliases", response={201: AliasOut}, operation_id="record_alias")
def record_alias(request: HttpRequest, pk: UUID, body: AliasIn) -> object:
    """Record another name of a unit."""
    recorded = aliases.record_alias(
        queries.unit(pk),
        kind=body.kind,
        value=body.value,
        since=body.since,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, recorded)


@router.post("/units/{pk}/aliases/{number}/end", response=AliasOut, operation_id="end_alias")
def end_alias(request: HttpRequest, pk: UUID, number: int, body: AliasEndIn) -> object:
    """Let another name of a unit hold no more."""
    return aliases.end_alias(
        queries.unit(pk), number, until=body.until, actor=actor_of(request), now=timezone.now()
    )


@router.get("/aliases", response=list[CalledOut], operation_id="units_called")
def units_called(
    request: HttpRequest, value: str, kind: AliasKind | None = None, on: date | None = None
) -> object:
    """Return the units that have a name, or had it at the end of a day: MAC, tag, number."""
    found = queries.units_called(value, kind=kind, on=last_instant(on))
    return [{"unit": unit, "alias": alias} for unit, alias in found]


def _content(content: Content) -> Mapping[str, object]:
    child = content.child
    named = child and {"id": child.pk, "item": child.item.name, "serial": child.serial}
    return {
        **_interval(content.installation),
        "path": content.path,
        "unit": named,
        "inside": [_content(each) for each in content.inside],
    }


def _interval(row: Any) -> Mapping[str, object]:
    release = row.release
    return {
        "slot": row.slot,
        "item": row.item.name if row.item else None,
        "release": release
        and {"id": release.pk, "item": release.item.name, "version": release.version},
        "is_empty": row.is_empty,
        "part": row.part,
        "quantity": row.quantity,
        "unit_id": row.child_id,
        "parameters": row.parameters.values if row.parameters else {},
        "evidence": Evidence(row.evidence).word,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "known_from": row.known_from,
        "known_to": row.known_to,
    }


def _event(event: Any) -> Mapping[str, object]:
    columns = (
        "seq", "kind", "occurred_at", "precision", "recorded_at", "source", "corrects",
        "actor_name",
    )  # fmt: skip
    stated = {column: getattr(event, column) for column in columns}
    return {**stated, "evidence": Evidence(event.evidence).word, "says": event.payload}
