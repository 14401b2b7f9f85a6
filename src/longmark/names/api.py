"""Name rules and name maps over REST."""

from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, cast

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from longmark.core.identity.rules import NameRuleKind
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.names import queries
from longmark.names.services import maps, rules
from longmark.names.services.maps import MapDetails
from longmark.names.services.rules import Said

if TYPE_CHECKING:
    from longmark.names.models import NameMap, NameRule

router = Router(tags=["Names"])


class NameRuleSaidIn(Schema):
    stated: str = Field(
        max_length=500,
        description="What SBOMs say: a purl or CPE name (the version is left out), a repository,"
        " or bare:GROUP:NAME.",
        examples=["pkg:npm/nx"],
    )
    kind: NameRuleKind
    target: str = Field(
        "",
        max_length=500,
        description="What it is also known as, or is not: a CPE name, purl, repository, package"
        " key, or product:ID. Empty for a correction.",
        examples=["cpe:siemens:nx"],
    )
    versions: str = Field("", max_length=200, examples=[">= 1.0 < 2.0"])
    is_declared: bool = Field(False, description="Trusted as the SBOM's own word.")
    purl: str = Field("", max_length=2_000, description="Of a correction.")
    cpes: list[str] = Field([], max_length=20, description="Of a correction.")

    def said(self) -> Said:
        return Said(
            stated=self.stated,
            kind=self.kind,
            target=self.target,
            versions=self.versions,
            is_declared=self.is_declared,
            purl=self.purl,
            cpes=self.cpes,
        )


class NameRuleIn(NameRuleSaidIn):
    reason: str = Field(examples=["It is the build tool, not the CAD system."])
    source: str = Field("", description="Where that can be read.")


class NameWithdrawalIn(Schema):
    reason: str = Field(examples=["It was wrong."])


class NameRuleOut(Schema):
    id: int
    stated: str
    kind: NameRuleKind
    target: str
    versions: str
    is_declared: bool
    purl: str
    cpes: list[str]
    reason: str
    source: str
    author_name: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawal_reason: str


class NameMapQuery(Schema):
    name: str = Field(
        description="An import takes the place of the map of this name.", examples=["purl2cpe"]
    )
    edition: str = Field("", examples=["2025-05-19"])
    source: str = Field("", description="Where the table is published.")
    is_for_ecosystems: bool = Field(
        False,
        description="Also use rows about packages that have an advisory source of their own"
        " (npm, PyPI and the like): more is found, and more of it is wrong.",
    )


class NameMapOut(Schema):
    id: int
    name: str
    edition: str
    digest: str = Field(description="SHA-256 of the file.")
    filename: str
    source: str
    is_for_ecosystems: bool
    row_count: int
    used_count: int
    refused_count: int
    author_name: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawal_reason: str


class MapRefusalOut(Schema):
    place: str
    reason: str


class NameMapWholeOut(NameMapOut):
    refusals: list[MapRefusalOut] = Field(description="The first ones, at most 1,000.")


class NameMapRowOut(Schema):
    stated: str
    package: str
    is_used: bool


class MapJobOut(Schema):
    job_id: int
    href: str = Field(description="Where to look how far the work is.")


@router.get("/names/rules", response=PageOut[NameRuleOut], operation_id="name_rules")
def name_rules(
    request: HttpRequest,
    page: PageQuery,
    text: str = "",
    kind: NameRuleKind | None = None,
    with_withdrawn: bool = False,
) -> object:
    """List name rules, newest first."""
    found = queries.rules_page(
        text=text,
        kind=kind or "",
        with_withdrawn=with_withdrawn,
        after=page.after,
        limit=page.limit,
    )
    return page_out(found)


@router.post("/names/rules", response={201: NameRuleOut}, operation_id="add_name_rule")
def add_name_rule(request: HttpRequest, body: NameRuleIn) -> object:
    """Say what SBOMs call so is known as, is not, or really is; it is matched anew at once."""
    rule = rules.add_rule(
        body.said(),
        reason=body.reason,
        source=body.source,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, rule)


@router.get("/names/rules/{pk}", response=NameRuleOut, operation_id="name_rule")
def name_rule(request: HttpRequest, pk: int) -> object:
    """Return one name rule, withdrawn or not."""
    return queries.rule(pk)


@router.post(
    "/names/rules/{pk}/withdrawal", response=NameRuleOut, operation_id="withdraw_name_rule"
)
def withdraw_name_rule(request: HttpRequest, pk: int, body: NameWithdrawalIn) -> "NameRule":
    """Let a rule no longer hold; what it concerned is matched anew at once."""
    found = queries.rule(pk)
    rules.withdraw_rule(found, reason=body.reason, actor=actor_of(request), now=timezone.now())
    return found


@router.get("/names/maps", response=PageOut[NameMapOut], operation_id="name_maps")
def name_maps(request: HttpRequest, page: PageQuery) -> object:
    """List name maps, newest first, withdrawn ones too."""
    return page_out(queries.maps_page(after=page.after, limit=page.limit))


@router.post("/names/maps", response={202: MapJobOut}, operation_id="import_name_map")
def import_name_map(
    request: HttpRequest, file: File[UploadedFile], details: Query[NameMapQuery]
) -> object:
    """Take in a table from purls to CPE names: CSV, JSON, or an archive of purls.yml, cpes.yml."""
    job = maps.ask_for_map(
        cast("BinaryIO", file.file),
        filename=file.name or "",
        details=MapDetails(**details.dict()),
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(202, {"job_id": job.pk, "href": f"/api/v1/jobs/{job.pk}"})


@router.get("/names/maps/{pk}", response=NameMapWholeOut, operation_id="name_map")
def name_map(request: HttpRequest, pk: int) -> object:
    """Return one name map with what was refused, withdrawn or not."""
    return queries.name_map(pk)


@router.get("/names/maps/{pk}/rows", response=PageOut[NameMapRowOut], operation_id="name_map_rows")
def name_map_rows(request: HttpRequest, pk: int, page: PageQuery, text: str = "") -> object:
    """List the rows of a name map by what SBOMs say."""
    found = queries.map_rows_page(
        queries.name_map(pk), text=text, after=page.after, limit=page.limit
    )
    return page_out(found)


@router.post("/names/maps/{pk}/withdrawal", response=NameMapOut, operation_id="withdraw_name_map")
def withdraw_name_map(request: HttpRequest, pk: int, body: NameWithdrawalIn) -> "NameMap":
    """Let a name map no longer hold; what it concerned is matched anew by a job."""
    found = queries.name_map(pk)
    maps.withdraw_map(found, reason=body.reason, actor=actor_of(request), now=timezone.now())
    return found
