"""Which units hold some versions of an item over REST, now or on a past day."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from longmark.catalog import queries as catalog
from longmark.core.life.events import State
from longmark.fleet.queries import holding
from longmark.fleet.queries.reach import PartyReached, UnitReached
from longmark.fleet.queries.units import UnitFilter
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.foundation.days import PastDay

router = Router(tags=["Fleet"])


class HoldingIn(Schema):
    item: str = Field(description="Name or external number.", examples=["tg200-fw"])
    versions: str = Field("", description="A range; absent: every one.", examples=["<2.4"])
    on: PastDay | None = Field(None, description="As it was at the end of this day; absent: now.")
    known_on: PastDay | None = Field(
        None, description="As the record stood at the end of this day."
    )

    def question(self) -> holding.Question:
        item = catalog.item_named(self.item)
        return holding.question(item, self.versions, on=self.on, known_on=self.known_on)


class HoldingUnitsIn(HoldingIn):
    operator_id: int | None = None
    distributor_id: int | None = None
    site_id: int | None = None
    country: str | None = Field(None, description="ISO 3166-1; empty: not known.")
    is_unknown: bool | None = Field(None, description="Only those in doubt, or only the others.")
    is_apart: bool = Field(False, description="Units out of use instead of those in use.")
    text: str = Field("", description="Begin of a serial number.")

    def narrowed(self) -> UnitFilter:
        return UnitFilter(
            operator_id=self.operator_id,
            distributor_id=self.distributor_id,
            site_id=self.site_id,
            country=self.country,
            text=self.text,
        )


class HeldOut(Schema):
    release_id: int
    version: str = Field(examples=["2.3.1"])
    units: int


class CountryHoldingOut(Schema):
    country: str = Field(description="ISO 3166-1; empty: not known.")
    units: int
    unknown_units: int


class HoldingOut(Schema):
    item: str
    versions: str
    releases: list[HeldOut] = Field(description="Releases in the range; a unit may hold several.")
    units: int = Field(description="Distinct units in use that hold one of them.")
    unknown_units: int = Field(description="Units of which it is not known which one they hold.")
    apart_units: dict[str, int] = Field(
        description="Units out of use that hold one, or may, by state. They are in no other count."
    )
    customers: int
    countries: list[CountryHoldingOut]


class PlaceOut(Schema):
    path: str = Field(examples=["control-board/main-firmware"])
    release: str | None = Field(description="Absent: not known.", examples=["tg200-fw 2.3.1"])
    evidence: str


class UnitHoldingOut(Schema):
    id: UUID
    serial: str
    item: str
    state: State = Field(description="Its state today.")
    is_unknown: bool
    places: list[PlaceOut]
    customer: str = Field(description="Who operated it on the day asked about.")
    site: str
    distributor: str
    country: str


class PartyHoldingOut(Schema):
    id: int | None
    name: str
    kind: str = Field(description="customer, distributor (operator not known), or unknown")
    country: str
    units: int
    unknown_units: int


@router.get("/holding", response=HoldingOut, operation_id="holding")
def answer(request: HttpRequest, wanted: Annotated[HoldingIn, Query()]) -> object:
    """Return how many units hold some versions of an item, and in which countries."""
    asked = wanted.question()
    found = holding.answer(asked)
    return {
        "item": asked.item.name,
        "versions": asked.versions,
        "releases": [
            {
                "release_id": each.pk,
                "version": each.version,
                "units": found.by_release.get(each.pk, 0),
            }
            for each in asked.releases
        ],
        "units": found.unit_count,
        "unknown_units": found.unknown_unit_count,
        "apart_units": dict(found.apart),
        "customers": found.customer_count,
        "countries": [
            {
                "country": each.country,
                "units": each.unit_count,
                "unknown_units": each.unknown_unit_count,
            }
            for each in found.countries
        ],
    }


@router.get("/holding/units", response=PageOut[UnitHoldingOut], operation_id="units_holding")
def units_holding(
    request: HttpRequest, wanted: Annotated[HoldingUnitsIn, Query()], page: PageQuery
) -> object:
    """List them by serial number, with who had them on that day. A page may be short."""
    found = holding.units_holding(
        wanted.question(),
        narrowed=wanted.narrowed(),
        is_unknown=wanted.is_unknown,
        is_apart=wanted.is_apart,
        after=page.after,
        limit=page.limit,
    )
    return page_out(found, _unit)


@router.get("/holding/parties", response=PageOut[PartyHoldingOut], operation_id="parties_holding")
def parties_holding(
    request: HttpRequest, wanted: Annotated[HoldingIn, Query()], page: PageQuery
) -> object:
    """List who had how many of them, most first."""
    found = holding.parties_holding(wanted.question(), after=page.after, limit=page.limit)
    return page_out(found, _party)


def _unit(one: UnitReached) -> dict[str, Any]:
    return {
        "id": one.unit.pk,
        "serial": one.unit.serial,
        "item": one.unit.item.name,
        "state": one.unit.state,
        "is_unknown": one.is_unknown,
        "places": [
            {
                "path": place.path,
                "release": str(place.release) if place.release else None,
                "evidence": place.evidence.word,
            }
            for place in one.places
        ],
        "customer": str(one.keeper.operator or ""),
        "site": str(one.keeper.site or ""),
        "distributor": str(one.keeper.distributor or ""),
        "country": one.keeper.country,
    }


def _party(one: PartyReached) -> dict[str, Any]:
    party = one.party or one.distributor
    return {
        "id": party.pk if party else None,
        "name": party.name if party else "not known",
        "kind": "customer" if one.party else "distributor" if party else "unknown",
        "country": party.country if party else "",
        "units": one.unit_count,
        "unknown_units": one.unknown_unit_count,
    }
