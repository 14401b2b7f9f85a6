"""Vulnerabilities and advisory files over REST."""

from datetime import date, datetime
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from longmark.core.formats.advisories.records import Source, State
from longmark.core.formats.cvss import Rating
from longmark.core.vocabulary import IntakeState, RefusalKind
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.intel.queries import intakes, vulnerabilities
from longmark.intel.queries.vulnerabilities import VulnerabilityFilters
from longmark.intel.services import intakes as intake_services

if TYPE_CHECKING:
    from longmark.intel.models import Vulnerability

router = Router(tags=["Intelligence"])


class VulnerabilityOut(Schema):
    id: int
    name: str = Field(examples=["CVE-2022-0778"])
    title: str
    state: State
    is_disputed: bool
    severity_score: float | None
    severity_vector: str
    severity_source: str = Field(examples=["cna: openssl"])
    severity_rating: Rating | Literal[""] = Field(description="Empty: unscored, which is not low.")
    published_at: datetime | None
    modified_at: datetime
    exploited_on: date | None = Field(description="Day on which exploitation was noted (KEV).")
    epss: float | None
    epss_percentile: float | None


class RangeOut(Schema):
    package: str = Field(examples=["cpe:openssl:openssl"])
    status: str
    low_text: str = Field(examples=[">= 1.0.2"])
    high_text: str = Field(examples=["< 1.0.2zd"])
    condition: str
    source: Source
    record_id: str


class AdvisoryOut(Schema):
    source: Source
    record_id: str
    state: State
    title: str
    modified_at: datetime
    defects: list[dict[str, str]]


class VulnerabilityDetailOut(VulnerabilityOut):
    description: str
    weaknesses: list[str]
    aliases: list[str]
    advisories: list[AdvisoryOut]
    ranges: list[RangeOut]


class IntakeOut(Schema):
    id: int
    filename: str
    format: str
    edition: str
    state: IntakeState
    started_at: datetime
    ended_at: datetime | None
    read_count: int
    added_count: int
    changed_count: int
    unchanged_count: int
    refused_count: int
    vulnerability_count: int
    note: str


class RefusalOut(Schema):
    kind: RefusalKind
    place: str
    reason: str


class SourceOut(Schema):
    source: str
    record_count: int
    newest_at: datetime | None
    age_seconds: int | None


class JobStartedOut(Schema):
    job_id: int
    href: str = Field(description="Where to look how far the work is.")


@router.get("/vulnerabilities", response=PageOut[VulnerabilityOut], operation_id="vulnerabilities")
def vulnerability_list(
    request: HttpRequest,
    page: PageQuery,
    text: str = "",
    rating: Rating | None = None,
    is_exploited: bool | None = None,
    package: str = "",
) -> object:
    """List vulnerabilities, the newest change first."""
    filters = VulnerabilityFilters(
        text=text, rating=rating.value if rating else "", is_exploited=is_exploited, package=package
    )
    return page_out(
        vulnerabilities.vulnerabilities_page(filters, after=page.after, limit=page.limit)
    )


@router.get(
    "/vulnerabilities/{name}", response=VulnerabilityDetailOut, operation_id="vulnerability"
)
def vulnerability_detail(request: HttpRequest, name: str) -> object:
    """Return a vulnerability by any of its ids, with what each source states."""
    return _detail(vulnerabilities.vulnerability(name))


@router.get("/intakes", response=PageOut[IntakeOut], operation_id="intakes")
def intake_list(request: HttpRequest, page: PageQuery) -> object:
    """List the advisory files taken in, newest first."""
    return page_out(intakes.intakes_page(after=page.after, limit=page.limit))


@router.get(
    "/intakes/{pk}/refusals", response=PageOut[RefusalOut], operation_id="refusals_of_intake"
)
def refusal_list(request: HttpRequest, pk: int, page: PageQuery) -> object:
    """List what a file held that was not taken, with reasons."""
    intake = intakes.intake(pk)
    return page_out(intakes.refusals_page(intake, after=page.after, limit=page.limit))


@router.get("/advisory-sources", response=list[SourceOut], operation_id="sources_state")
def source_list(request: HttpRequest) -> object:
    """Return how complete and how old each source is."""
    return [
        {
            "source": one.source,
            "record_count": one.record_count,
            "newest_at": one.newest_at,
            "age_seconds": int(one.age.total_seconds()) if one.age else None,
        }
        for one in intakes.sources_state(timezone.now())
    ]


@router.post("/intakes", response={202: JobStartedOut}, operation_id="import_advisory_file")
def import_advisory_file(request: HttpRequest, file: File[UploadedFile]) -> object:
    """Take in a file: OSV, NVD or CVE records (single, feed, archive), KEV or EPSS."""
    actor, now = actor_of(request), timezone.now()
    job = intake_services.ask_for_import(
        cast("BinaryIO", file.file), filename=file.name or "", actor=actor, now=now
    )
    return Status(202, {"job_id": job.pk, "href": f"/api/v1/jobs/{job.pk}"})


def _detail(found: "Vulnerability") -> dict[str, object]:
    shown: dict[str, object] = {
        name: getattr(found, name) for name in VulnerabilityOut.model_fields
    }
    return shown | {
        "description": found.description,
        "weaknesses": found.weaknesses,
        "aliases": vulnerabilities.aliases_of(found),
        "advisories": vulnerabilities.advisories_of(found),
        "ranges": [
            {
                "package": one.package,
                "status": one.status,
                "low_text": one.low_text,
                "high_text": one.high_text,
                "condition": one.statement.condition,
                "source": one.advisory.source,
                "record_id": one.advisory.record_id,
            }
            for one in vulnerabilities.ranges_of(found)
        ],
    }
