"""The first line of the drill over REST: what a vulnerability or a component reaches."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from longmark.core.life.events import Evidence
from longmark.core.matching import Verdict
from longmark.findings.queries.listing import Narrowing
from longmark.fleet.queries.reach import PartyReached, UnitReached
from longmark.fleet.queries.units import UnitFilter
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.foundation.days import PastDay
from longmark.foundation.pages import Page
from longmark.impact.queries import desk, reaching
from longmark.impact.queries.reaching import Day, ReleaseReached
from longmark.impact.queries.subjects import Subject, subject_of
from longmark.intel.api.coverage import CoveredOut, covered
from longmark.intel.queries.coverage import coverage

router = Router(tags=["Impact"])

EvidenceWord = Literal["assumed", "declared", "reported", "confirmed", "verified"]


class SubjectIn(Schema):
    subject: str = Field(
        description="A vulnerability by any of its ids, or a purl with or without version.",
        examples=["CVE-2020-11899", "pkg:generic/libmodbus@3.1.6"],
    )
    on: PastDay | None = Field(None, description="As it was at the end of this day; absent: now.")
    known_on: PastDay | None = Field(
        None, description="As the record stood at the end of this day."
    )

    @property
    def day(self) -> Day:
        return Day(self.on, self.known_on)


class UnitsIn(SubjectIn):
    release_id: int | None = None
    party_id: int | None = None
    distributor_id: int | None = None
    country: str | None = Field(None, description="ISO 3166-1; empty: not known.")
    evidence: EvidenceWord | None = None
    is_apart: bool = Field(False, description="Units out of use instead of those in use.")
    text: str = Field("", description="Begin of a serial number.")


class ReleaseReachedOut(Schema):
    release_id: int
    release: str = Field(examples=["tg200-fw 2.3.1"])
    verdict: Verdict
    confidence: str
    components: list[str]
    sentence: str = Field(description="Why, in words.")
    units: int
    by_evidence: dict[str, int]


class ImpactOut(CoveredOut):
    name: str
    title: str
    severity_score: float | None
    severity_rating: str
    exploited_on: date | None
    epss: float | None
    releases: list[ReleaseReachedOut]
    units: int = Field(description="Distinct units that hold an affected release.")
    unknown_units: int = Field(description="Units that may, since it is not known what they hold.")
    apart_units: dict[str, int] = Field(
        description="Units out of use that are or may be affected, by state: decommissioned, "
        "replaced, lost. They are in no other count.",
        examples=[{"lost": 2}],
    )
    customers: int
    distributors: int = Field(description="Distributors who sold units of operators not known.")
    countries: int


class UnitReachedOut(Schema):
    id: UUID
    serial: str
    item: str
    release: str | None = Field(description="The first affected release in it; null: not known.")
    slot: str
    evidence: str
    is_unknown: bool
    state: str = Field(description="Its state today.", examples=["commissioned"])
    customer: str = Field(description="Who operates it, on the day asked about.")
    site: str
    distributor: str
    country: str


class PartyReachedOut(Schema):
    id: int | None
    name: str
    kind: str = Field(description="customer, distributor (operator not known), or unknown")
    country: str
    units: int
    unknown_units: int


class CountryReachedOut(Schema):
    country: str = Field(description="ISO 3166-1; empty: not known.")
    units: int
    unknown_units: int


class WorstOut(Schema):
    vulnerability: str = Field(examples=["CVE-2020-11899"])
    title: str
    severity_score: float | None
    severity_rating: str
    exploited_on: date | None
    epss: float | None
    releases: int
    units: int
    unknown_units: int
    customers: int
    first_seen_at: datetime
    changed_at: datetime


class WorstIn(Schema):
    since: datetime | None = Field(None, description="Only what changed since; absent: all.")
    limit: int = Field(25, ge=1, le=200)


SubjectQuery = Annotated[SubjectIn, Query()]
UnitsQuery = Annotated[UnitsIn, Query()]


@router.get("/impact", response=ImpactOut, operation_id="impact_of")
def impact_of(request: HttpRequest, wanted: SubjectQuery) -> object:
    """Return how far a vulnerability or component reaches: releases, units, customers."""
    impact = reaching.impact_of(subject_of(wanted.subject), wanted.day)
    known = covered(coverage(timezone.now()))
    return (
        _facts(impact.subject)
        | known
        | {
            "releases": [_release_out(one) for one in impact.releases],
            "units": impact.unit_count,
            "unknown_units": impact.unknown_unit_count,
            "apart_units": dict(impact.apart),
            "customers": impact.customer_count,
            "distributors": impact.distributor_count,
            "countries": impact.country_count,
        }
    )


@router.get("/desk", response=PageOut[WorstOut], operation_id="worst_first")
def worst_first(request: HttpRequest, wanted: Annotated[WorstIn, Query()]) -> object:
    """List what is worst now: exploited first, then by how many units and customers it reaches."""
    found = desk.worst_first(Narrowing(changed_since=wanted.since), limit=wanted.limit)
    return page_out(Page(found.items), _worst_out)


@router.get("/impact/units", response=PageOut[UnitReachedOut], operation_id="units_reached")
def units_reached(request: HttpRequest, wanted: UnitsQuery, page: PageQuery) -> object:
    """List the units reached, by serial number, with what in them is affected or not known."""
    narrowed = UnitFilter(
        operator_id=wanted.party_id,
        distributor_id=wanted.distributor_id,
        country=wanted.country,
        text=wanted.text,
    )
    found = reaching.units_reached(
        subject_of(wanted.subject),
        narrowed=narrowed,
        release_id=wanted.release_id,
        evidence=Evidence[wanted.evidence.upper()] if wanted.evidence else None,
        is_apart=wanted.is_apart,
        day=wanted.day,
        after=page.after,
        limit=page.limit,
    )
    return page_out(found, _unit_out)


@router.get("/impact/parties", response=PageOut[PartyReachedOut], operation_id="parties_reached")
def parties_reached(request: HttpRequest, wanted: SubjectQuery, page: PageQuery) -> object:
    """List who has units that are reached, most first."""
    found = reaching.parties_reached(
        subject_of(wanted.subject), wanted.day, after=page.after, limit=page.limit
    )
    return page_out(found, _party_out)


@router.get("/impact/countries", response=list[CountryReachedOut], operation_id="countries_reached")
def countries_reached(request: HttpRequest, wanted: SubjectQuery) -> object:
    """List where reached units are, most first."""
    impact = reaching.impact_of(subject_of(wanted.subject), wanted.day)
    return [
        {
            "country": one.country,
            "units": one.unit_count,
            "unknown_units": one.unknown_unit_count,
        }
        for one in impact.countries
    ]


def _facts(subject: Subject) -> dict[str, Any]:
    weakness = subject.vulnerability
    return {
        "name": subject.name,
        "title": subject.title,
        "severity_score": weakness.severity_score if weakness else None,
        "severity_rating": weakness.severity_rating if weakness else "",
        "exploited_on": weakness.exploited_on if weakness else None,
        "epss": weakness.epss if weakness else None,
    }


def _worst_out(one: desk.Worst) -> dict[str, Any]:
    weakness = one.concern.vulnerability
    return {
        "vulnerability": weakness.name,
        "title": weakness.headline,
        "severity_score": weakness.severity_score,
        "severity_rating": weakness.severity_rating,
        "exploited_on": weakness.exploited_on,
        "epss": weakness.epss,
        "releases": one.concern.release_count,
        "units": one.tally.unit_count,
        "unknown_units": one.tally.unknown_unit_count,
        "customers": one.tally.party_count,
        "first_seen_at": one.concern.first_seen_at,
        "changed_at": one.concern.changed_at,
    }


def _release_out(one: ReleaseReached) -> dict[str, Any]:
    return {
        "release_id": one.concerned.release.pk,
        "release": str(one.concerned.release),
        "verdict": one.concerned.verdict,
        "confidence": one.concerned.confidence.value,
        "components": [str(component) for component in one.concerned.components],
        "sentence": one.concerned.sentence,
        "units": one.unit_count,
        "by_evidence": {level.name.lower(): count for level, count in one.by_evidence.items()},
    }


def _unit_out(one: UnitReached) -> dict[str, Any]:
    unit, first = one.unit, one.places[0] if one.places else None
    return {
        "id": unit.pk,
        "serial": unit.serial,
        "item": str(unit.item),
        "release": str(first.release) if first and first.release else None,
        "slot": first.path if first else "",
        "evidence": first.evidence.name.lower() if first else "unknown",
        "is_unknown": one.is_unknown,
        "state": unit.state,
        "customer": str(one.keeper.operator or ""),
        "site": str(one.keeper.site or ""),
        "distributor": str(one.keeper.distributor or ""),
        "country": one.keeper.country,
    }


def _party_out(one: PartyReached) -> dict[str, Any]:
    party = one.party or one.distributor
    kind = "customer" if one.party else "distributor" if party else "unknown"
    return {
        "id": party.pk if party else None,
        "name": party.name if party else "not known",
        "kind": kind,
        "country": party.country if party else "",
        "units": one.unit_count,
        "unknown_units": one.unknown_unit_count,
    }
