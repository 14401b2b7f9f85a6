"""Vulnerabilities, advisory files and feeds over REST."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from longmark.core.formats.advisories.records import Source, State
from longmark.core.formats.cvss import Rating
from longmark.core.vocabulary import FeedKind, IntakeState, RefusalKind, RunState
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.intel.queries import feeds, intakes, vulnerabilities
from longmark.intel.queries.feeds import Counts, FeedState
from longmark.intel.queries.vulnerabilities import VulnerabilityFilters
from longmark.intel.services import feeds as feed_services
from longmark.intel.services import intakes as intake_services
from longmark.intel.services.feeds import Following

if TYPE_CHECKING:
    from longmark.intel.models import FeedRun, Vulnerability

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


class FeedIn(Schema):
    """How to follow a feed; what is not said stays as it is."""

    address: str = Field("", description="A mirror, or a new address of upstream.")
    period_minutes: int | None = Field(None, ge=5, le=100_000)
    stale_hours: int | None = Field(None, ge=1, le=10_000)
    options: dict[str, str | list[str]] = Field(
        default_factory=dict, examples=[{"ecosystems": ["PyPI", "Debian"]}]
    )


class ProviderIn(Schema):
    domain: str = Field(examples=["psirt.example.com"], description="Or its metadata's address.")


class StepNotedOut(Schema):
    name: str
    place: str
    at: datetime
    note: str


class FeedRunOut(Schema):
    id: int
    state: RunState
    job_id: int
    actor_name: str
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    read_count: int
    added_count: int
    changed_count: int
    unchanged_count: int
    refused_count: int
    request_count: int
    size_bytes: int
    known_before: int | None
    known_after: int | None
    error: str
    steps: list[StepNotedOut]
    intake_ids: list[int] = Field(description="The files it took: /intakes/{id}/refusals.")


class FeedOut(Schema):
    name: str = Field(examples=["kev"])
    kind: FeedKind
    title: str
    address: str
    options: dict[str, str | list[str]]
    health: str = Field(description="off, waiting, fresh, partial, stale or failing.")
    is_enabled: bool
    is_running: bool
    period_minutes: int
    stale_hours: int
    succeeded_at: datetime | None
    age_seconds: int | None
    due_at: datetime | None
    is_whole: bool = Field(description="All that upstream has was here once.")
    known_count: int | None
    upstream_count: int | None = Field(description="What upstream says that it has.")
    missing_count: int | None
    last_error: str
    concerns: str = Field(description="What is not known while it is missing or stale.")
    notice: str
    last_run: FeedRunOut | None


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
    """Take in a file: OSV, NVD, CVE or CSAF records (single, feed, archive), KEV or EPSS."""
    actor, now = actor_of(request), timezone.now()
    job = intake_services.ask_for_import(
        cast("BinaryIO", file.file), filename=file.name or "", actor=actor, now=now
    )
    return Status(202, {"job_id": job.pk, "href": f"/api/v1/jobs/{job.pk}"})


@router.get("/feeds", response=list[FeedOut], operation_id="feed_states")
def feed_list(request: HttpRequest) -> object:
    """Return every feed that is or could be followed: how old, how complete, what went wrong."""
    return [_feed(one) for one in feeds.feed_states(timezone.now())]


@router.post("/feeds", response={201: FeedOut}, operation_id="follow_provider")
def follow_provider(request: HttpRequest, body: ProviderIn) -> object:
    """Follow a CSAF provider from now on."""
    now = timezone.now()
    made = feed_services.follow_provider(body.domain, actor=actor_of(request), now=now)
    return Status(201, _feed(feeds.feed_state(made.name, now)))


@router.get("/feeds/{name}", response=FeedOut, operation_id="feed_state")
def feed(request: HttpRequest, name: str) -> object:
    """Return one feed."""
    return _feed(feeds.feed_state(name, timezone.now()))


@router.get("/feeds/{name}/runs", response=PageOut[FeedRunOut], operation_id="feed_runs")
def feed_runs(request: HttpRequest, name: str, page: PageQuery) -> object:
    """List the runs of a feed, newest first."""
    found = feeds.runs_page(feeds.feed(name), after=page.after, limit=page.limit)
    counts, files = feeds.counts_of(found.items), feeds.intake_ids_of(found.items)
    return page_out(found, lambda run: _run(run, counts[run.pk], files[run.pk]))


@router.post("/feeds/{name}/enable", response=FeedOut, operation_id="switch_on")
def enable_feed(request: HttpRequest, name: str, body: FeedIn) -> object:
    """Follow a feed from now on; it runs at the next pass of the worker."""
    following = Following(
        address=body.address,
        period=timedelta(minutes=body.period_minutes) if body.period_minutes else None,
        stale_after=timedelta(hours=body.stale_hours) if body.stale_hours else None,
        options=body.options,
    )
    feed_services.switch_on(name, following, actor=actor_of(request), now=timezone.now())
    return _feed(feeds.feed_state(name, timezone.now()))


@router.post("/feeds/{name}/disable", response=FeedOut, operation_id="switch_off")
def disable_feed(request: HttpRequest, name: str) -> object:
    """Follow a feed no longer; what it brought stays."""
    feed_services.switch_off(name, actor=actor_of(request), now=timezone.now())
    return _feed(feeds.feed_state(name, timezone.now()))


@router.post("/feeds/{name}/run", response={202: JobStartedOut}, operation_id="ask_for_run")
def run_feed(request: HttpRequest, name: str) -> object:
    """Have a feed run now."""
    run = feed_services.ask_for_run(name, actor=actor_of(request), now=timezone.now())
    return Status(202, {"job_id": run.job_id, "href": f"/api/v1/jobs/{run.job_id}"})


def _feed(state: FeedState) -> dict[str, object]:
    feed, run = state.feed, state.last_run
    plain = (
        "name", "kind", "address", "options", "is_enabled", "succeeded_at", "due_at", "is_whole",
        "known_count", "upstream_count", "last_error",
    )  # fmt: skip
    return {name: getattr(feed, name) for name in plain} | {
        "title": state.upstream.title,
        "health": state.health,
        "is_running": state.is_running,
        "period_minutes": int(feed.period.total_seconds()) // 60,
        "stale_hours": int(feed.stale_after.total_seconds()) // 3600,
        "age_seconds": int(state.age.total_seconds()) if state.age else None,
        "missing_count": state.missing_count,
        "concerns": state.upstream.concerns,
        "notice": state.upstream.notice,
        "last_run": _run(run, state.counts, []) if run else None,
    }


def _run(run: "FeedRun", counts: Counts, intake_ids: list[int]) -> dict[str, object]:
    counted = ("read", "added", "changed", "unchanged", "refused")
    shown = {name: getattr(run, name) for name in FeedRunOut.model_fields if hasattr(run, name)}
    shown |= {f"{name}_count": getattr(counts, name) for name in counted}
    return shown | {"intake_ids": intake_ids}


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
