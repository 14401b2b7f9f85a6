"""The catalog over REST."""

from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from longmark.catalog import queries, services
from longmark.core.vocabulary import IdentifiedBy, ItemKind, ReleaseStatus
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out

router = Router(tags=["Catalog"])


class ItemIn(Schema):
    kind: ItemKind
    name: str = Field(max_length=200, examples=["tg200-fw"])
    title: str = Field("", max_length=200, examples=["Firmware of the TG-200"])
    description: str = ""
    identified_by: IdentifiedBy = IdentifiedBy.NOTHING
    serial_pattern: str = Field("", max_length=200, examples=[r"200-\d{4}-\d{5}"])
    numbers: dict[str, str] = Field(default_factory=dict, examples=[{"ERP": "10-4471"}])


class ItemOut(Schema):
    id: int
    kind: ItemKind
    name: str
    title: str
    description: str
    identified_by: IdentifiedBy


class PassportIn(Schema):
    """Links that the public page of a unit shows; empty: none."""

    declaration_url: str = Field("", max_length=500, examples=["https://maker.example/doc/tg-200"])
    instructions_url: str = Field("", max_length=500)


class PassportOut(Schema):
    is_open: bool
    declaration_url: str
    instructions_url: str


class ReleaseIn(Schema):
    version: str = Field(max_length=100, examples=["2.3.1"])
    released_on: date | None = None
    status: ReleaseStatus = ReleaseStatus.RELEASED
    notes: str = ""


class ReleaseOut(Schema):
    id: int
    item: ItemOut
    version: str
    status: ReleaseStatus
    released_on: date | None


class SlotIn(Schema):
    name: str = Field(max_length=60, examples=["control-board"])
    position: int = Field(0, ge=0, le=1000)
    is_optional: bool = False
    release_ids: list[int] = Field(default_factory=list, description="What may sit in it.")


class SlotOut(Schema):
    name: str
    is_optional: bool
    fits: list[ReleaseOut]


class SupportPeriodIn(Schema):
    starts_on: date
    years: int = Field(ge=1, le=50)
    expected_use_years: int = Field(ge=1, le=100)
    reasoning: str = Field(examples=["Drives of this class run for fifteen years."])


class SupportPeriodOut(SupportPeriodIn):
    ends_on: date
    decided_at: datetime


@router.get("/items", response=PageOut[ItemOut], operation_id="items")
def items(
    request: HttpRequest, page: PageQuery, kind: ItemKind | None = None, text: str = ""
) -> object:
    """List items by name."""
    kinds = [kind.value] if kind else []
    return page_out(queries.items_page(kinds=kinds, text=text, after=page.after, limit=page.limit))


@router.post("/items", response={201: ItemOut}, operation_id="register_item")
def register_item(request: HttpRequest, body: ItemIn) -> object:
    """Register an item under a name that is unique in the company."""
    details = services.ItemDetails(
        title=body.title,
        description=body.description,
        identified_by=body.identified_by,
        serial_pattern=body.serial_pattern,
        numbers=body.numbers,
    )
    item = services.register_item(
        body.name, kind=body.kind, details=details, actor=actor_of(request), now=timezone.now()
    )
    return Status(201, item)


@router.get("/items/named", response=ItemOut, operation_id="item_named")
def item_named(request: HttpRequest, name: str) -> object:
    """Return the item of this name or external number."""
    return queries.item_named(name)


@router.get("/items/{pk}", response=ItemOut, operation_id="item")
def item(request: HttpRequest, pk: int) -> object:
    """Return one item."""
    return queries.item(pk)


@router.get("/items/{pk}/releases", response=PageOut[ReleaseOut], operation_id="releases_of")
def releases_of(request: HttpRequest, pk: int, page: PageQuery) -> object:
    """List an item's releases, oldest first."""
    item = queries.item(pk)
    return page_out(queries.releases_page(item=item, after=page.after, limit=page.limit))


@router.post("/items/{pk}/releases", response={201: ReleaseOut}, operation_id="register_release")
def register_release(request: HttpRequest, pk: int, body: ReleaseIn) -> object:
    """Register one version of an item."""
    release = services.register_release(
        queries.item(pk),
        body.version,
        released_on=body.released_on,
        status=body.status,
        notes=body.notes,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, release)


@router.get("/items/{pk}/slots", response=list[SlotOut], operation_id="slots_of")
def slots_of(request: HttpRequest, pk: int) -> object:
    """List an item's slots, and what may sit in each."""
    return [
        {"name": plan.slot.name, "is_optional": plan.slot.is_optional, "fits": plan.fits}
        for plan in queries.slots_of(queries.item(pk))
    ]


@router.post("/items/{pk}/slots", response={201: SlotOut}, operation_id="define_slot")
def define_slot(request: HttpRequest, pk: int, body: SlotIn) -> object:
    """Define a slot, with the releases that may sit in it."""
    actor, now = actor_of(request), timezone.now()
    releases = [queries.release(release_id) for release_id in body.release_ids]
    slot = services.define_slot(
        queries.item(pk),
        body.name,
        position=body.position,
        is_optional=body.is_optional,
        actor=actor,
        now=now,
    )
    services.allow_fits(slot, releases, actor=actor, now=now)
    return Status(201, {"name": slot.name, "is_optional": slot.is_optional, "fits": releases})


@router.post(
    "/items/{pk}/support-periods",
    response={201: SupportPeriodOut},
    operation_id="decide_support_period",
)
def decide_support_period(request: HttpRequest, pk: int, body: SupportPeriodIn) -> object:
    """Decide how long a product's vulnerabilities are handled (CRA Article 13(8))."""
    period = services.decide_support_period(
        queries.item(pk),
        starts_on=body.starts_on,
        years=body.years,
        expected_use_years=body.expected_use_years,
        reasoning=body.reasoning,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, period)


@router.get("/items/{pk}/passport", response=PassportOut, operation_id="passport")
def passport(request: HttpRequest, pk: int) -> object:
    """Tell whether units of an item show a public page, and with which links."""
    found = queries.passport(queries.item(pk))
    return found or {"is_open": False, "declaration_url": "", "instructions_url": ""}


@router.put("/items/{pk}/passport", response=PassportOut, operation_id="open_passport")
def open_passport(request: HttpRequest, pk: int, body: PassportIn) -> object:
    """Open the public page of an item's units, or change its links."""
    return services.open_passport(
        queries.item(pk),
        declaration_url=body.declaration_url,
        instructions_url=body.instructions_url,
        actor=actor_of(request),
        now=timezone.now(),
    )


@router.delete("/items/{pk}/passport", response={204: None}, operation_id="close_passport")
def close_passport(request: HttpRequest, pk: int) -> object:
    """Close the public page of an item's units."""
    services.close_passport(queries.item(pk), actor=actor_of(request), now=timezone.now())
    return Status(204, None)


@router.get("/releases", response=PageOut[ReleaseOut], operation_id="releases")
def releases(
    request: HttpRequest, page: PageQuery, kind: ItemKind | None = None, text: str = ""
) -> object:
    """List releases by item and version."""
    kinds = [kind.value] if kind else []
    return page_out(
        queries.releases_page(kinds=kinds, text=text, after=page.after, limit=page.limit)
    )


@router.get("/releases/named", response=ReleaseOut, operation_id="release_named")
def release_named(request: HttpRequest, item: str, version: str) -> object:
    """Return the release of an item (by its name or external number) by its version."""
    return queries.release_named(queries.item_named(item), version)


@router.get("/releases/{pk}", response=ReleaseOut, operation_id="release")
def release(request: HttpRequest, pk: int) -> object:
    """Return one release."""
    return queries.release(pk)
