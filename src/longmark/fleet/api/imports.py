"""Lists of units over REST: dropped, mapped, looked at, taken or thrown away."""

import io
from datetime import datetime
from typing import Annotated, Any, BinaryIO

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from longmark.core.formats.sheets.mapping import read_map
from longmark.core.formats.sheets.tables import How
from longmark.core.vocabulary import ImportState
from longmark.fleet.queries import imports as lists
from longmark.fleet.queries import reports
from longmark.fleet.services import imports, looks, mapping, undoing
from longmark.fleet.services.plans import Plan, plan_of, planned
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.foundation.uploads import upload_schema, uploaded
from longmark.jobs import services as jobs

router = Router(tags=["Fleet"])

AT_ONCE_LIMIT_ROWS = 5_000
UPLOAD = upload_schema("A CSV, XLSX, ODS or JSON-lines file, as it is or as a part of a form.")


class HowIn(Schema):
    encoding: str = Field("", examples=["cp1252"], description="Empty: found out.")
    delimiter: str = Field("", max_length=1, description="Empty: found out.")
    page: str = Field("", description="The sheet of a workbook; empty: the first with rows.")
    header_row: int = Field(0, ge=0, description="The row with the names of columns; 0: found out.")
    profile: str = Field("", description="An own or a ready profile; empty: recognised.")

    def how(self) -> How:
        return How(self.encoding, self.delimiter, self.page, self.header_row)

    def plan(self) -> Plan:
        return planned(self.profile, self.how()) if self.profile else Plan(self.how())


class ColumnMapIn(Schema):
    columns: dict[str, str] = Field(
        description="Header of the file to column of lists; empty: passed over.",
        examples=[{"Serialnummer": "serial", "Material": "item", "Lieferdatum": "shipped on"}],
    )
    fixed: dict[str, str] = Field(
        default_factory=dict,
        description="What columns hold that are missing or empty.",
        examples=[{"event": "built"}],
    )
    words: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="By column: what its cells mean; `*` stands for any other.",
        examples=[{"event": {"EDEL": "shipped"}}],
    )
    cleaned: dict[str, str] = Field(
        default_factory=dict,
        description="By column: `padding` (zeros in front), `day` (days that mean none), `clock`"
        " (the time of day), `code` (in brackets) or `slot` (bare numbers).",
    )
    zone: str = Field("", examples=["Europe/Berlin"], description="Of clocks without one.")


class ColumnsIn(HowIn):
    column_map: ColumnMapIn | None = Field(None, description="Absent: recognised by the headers.")

    def plan(self) -> Plan:
        if self.column_map is None:
            return super().plan()
        return Plan(self.how(), read_map(self.column_map.model_dump()), self.profile)


class ProfileIn(ColumnsIn):
    name: str = Field(max_length=120, examples=["SAP plant Brenntal"])
    is_taken_unasked: bool = Field(
        False, description="Whether lists in the watched folder are taken without asking."
    )


class ProfileOut(Schema):
    id: int
    name: str
    headers: list[str] = Field(description="By which a list is recognised, as compared.")
    how: dict[str, Any]
    column_map: dict[str, Any]
    is_taken_unasked: bool
    saved_at: datetime


class SampledOut(Schema):
    sheet: dict[str, Any]
    column_map: dict[str, Any]
    profile: str


class ImportOut(Schema):
    id: int
    filename: str
    digest: str = Field(description="SHA-256 of the file, which is kept as it came.")
    state: ImportState
    is_all_or_nothing: bool
    sheet: dict[str, Any] = Field(description="How the file was read: encoding and columns.")
    how: dict[str, Any] = Field(description="What was said of the file by a person.")
    column_map: dict[str, Any] = Field(description="How its columns were understood.")
    profile: str = Field(description="The profile that the map comes from; empty: none.")
    row_count: int
    created_count: int
    changed_count: int
    unchanged_count: int
    refused_count: int
    contested_count: int = Field(description="Rows kept beside what is believed, to be decided.")
    event_count: int
    late_count: int
    undone_count: int = Field(description="Rows that were taken back.")
    kept_count: int = Field(description="Rows that could not be, since others rest on them.")
    preview: dict[str, Any]
    staged_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None


class ImportQueuedOut(Schema):
    job_id: int = Field(description="See `jobs/{id}` for its progress.")


class UndoIn(Schema):
    reason: str = Field(max_length=2_000, examples=["The list of another plant."])


class UndoEffectOut(Schema):
    row_count: int
    event_count: int
    unit_count: int
    kept_count: int = Field(description="Rows that would stay, since others rest on them.")


class RefusalOut(Schema):
    row: int
    column: str
    serial: str
    why: str
    what_to_do: str


@router.get("/imports", response=PageOut[ImportOut], operation_id="imports_page")
def imports_page(request: HttpRequest, page: PageQuery) -> object:
    """List dropped lists, newest first."""
    return page_out(lists.imports_page(after=page.after, limit=page.limit))


@router.post(
    "/imports",
    response={201: ImportOut},
    operation_id="stage_import",
    openapi_extra=UPLOAD,
)
def stage_import(
    request: HttpRequest,
    how: Annotated[HowIn, Query()],
    filename: str = "",
    all_or_nothing: bool = False,
) -> object:
    """Drop a list of units: it is kept and looked at; nothing else is written."""
    file, stated = uploaded(request)
    staged = imports.stage_import(
        file,
        filename=filename or stated,
        plan=how.plan(),
        is_all_or_nothing=all_or_nothing,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, staged)


@router.post(
    "/imports/take",
    response={200: ImportOut, 202: ImportQueuedOut},
    operation_id="take_list",
    openapi_extra=UPLOAD,
)
def take_list(request: HttpRequest, how: Annotated[HowIn, Query()], filename: str = "") -> object:
    """Drop a list and take it at once, for systems that send lists: a file, or rows as JSON.

    Rows are a list of objects, or lines of them. Rows that cannot be taken are kept with their
    reasons. Send an `Idempotency-Key`, and the same answer comes however often it is sent; without
    one, the same rows again change nothing. A long list is taken by a job.
    """
    file, stated = uploaded(request)
    actor, now = actor_of(request), timezone.now()
    name = filename or stated or "rows.json"
    if _size(file) <= mapping.AT_ONCE_LIMIT_BYTES:
        return imports.take_list(file, filename=name, plan=how.plan(), actor=actor, now=now)
    waiting = imports.keep_list(file, filename=name, plan=how.plan(), actor=actor, now=now)
    job = jobs.enqueue(imports.APPLY_IMPORT, {"import_id": waiting.pk}, actor=actor, now=now)
    return Status(202, {"job_id": job.pk})


def _size(file: BinaryIO) -> int:
    size_bytes = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size_bytes


@router.get("/imports/{pk}", response=ImportOut, operation_id="import")
def import_(request: HttpRequest, pk: int) -> object:
    """Return a list: what it would do, or has done."""
    return lists.import_(pk)


@router.post(
    "/imports/{pk}/apply",
    response={200: ImportOut, 202: ImportQueuedOut},
    operation_id="apply_import",
)
def apply_import(request: HttpRequest, pk: int) -> object:
    """Take a list: at once if it is short, else as a job."""
    staged, actor, now = lists.import_(pk), actor_of(request), timezone.now()
    if staged.row_count <= AT_ONCE_LIMIT_ROWS:
        return imports.apply_import(staged, actor=actor, now=now)
    job = jobs.enqueue(imports.APPLY_IMPORT, {"import_id": pk}, actor=actor, now=now)
    return Status(202, {"job_id": job.pk})


@router.post("/imports/{pk}/columns", response=ImportOut, operation_id="map_import")
def map_import(request: HttpRequest, pk: int, body: ColumnsIn) -> object:
    """Say how a list is to be read and understood; it is looked at anew."""
    return mapping.map_import_or_ask(
        lists.import_(pk), body.plan(), actor=actor_of(request), now=timezone.now()
    )


@router.get("/imports/{pk}/columns", response=SampledOut, operation_id="sampled_columns")
def sampled_columns(request: HttpRequest, pk: int) -> object:
    """Return the columns of a list, what they are taken for, and their first cells."""
    source = lists.import_(pk)
    sheet, column_map, profile = looks.sampled(source.digest, plan_of(source))
    return {"sheet": sheet, "column_map": column_map.as_json(), "profile": profile}


@router.get("/import-profiles", response=PageOut[ProfileOut], operation_id="profiles_page")
def profiles_page(request: HttpRequest, page: PageQuery) -> object:
    """List how lists with known headers are understood: own profiles, by name."""
    return page_out(lists.profiles_page(after=page.after, limit=page.limit))


@router.post("/import-profiles", response={201: ProfileOut}, operation_id="save_profile")
def save_profile(request: HttpRequest, body: ProfileIn) -> object:
    """Remember how lists with some headers are understood; it replaces one of this name."""
    plan = body.plan()
    headers = list(plan.column_map.columns) if plan.column_map else []
    saved = mapping.save_profile(
        body.name,
        plan,
        headers=headers,
        is_taken_unasked=body.is_taken_unasked,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, saved)


@router.delete("/import-profiles/{pk}", response={204: None}, operation_id="forget_profile")
def forget_profile(request: HttpRequest, pk: int) -> object:
    """Forget a profile."""
    mapping.forget_profile(pk, actor=actor_of(request), now=timezone.now())
    return Status(204, None)


@router.post("/imports/{pk}/discard", response=ImportOut, operation_id="discard_import")
def discard_import(request: HttpRequest, pk: int) -> object:
    """Throw away a list that was only looked at."""
    imports.discard_import(lists.import_(pk), actor=actor_of(request), now=timezone.now())
    return lists.import_(pk)


@router.get("/imports/{pk}/undo", response=UndoEffectOut, operation_id="undo_effect")
def undo_effect(request: HttpRequest, pk: int) -> object:
    """Return what taking a list back would do."""
    return undoing.undo_effect(lists.import_(pk), now=timezone.now())


@router.post(
    "/imports/{pk}/undo",
    response={200: ImportOut, 202: ImportQueuedOut},
    operation_id="undo_import",
)
def undo_import(request: HttpRequest, pk: int, body: UndoIn) -> object:
    """Take back what a list brought: at once if it is short, else as a job."""
    source, actor, now = lists.import_(pk), actor_of(request), timezone.now()
    if source.row_count <= AT_ONCE_LIMIT_ROWS:
        return undoing.undo_import(source, reason=body.reason, actor=actor, now=now)
    arguments = {"import_id": pk, "reason": body.reason}
    job = jobs.enqueue(undoing.UNDO_IMPORT, arguments, actor=actor, now=now)
    return Status(202, {"job_id": job.pk})


@router.get("/imports/{pk}/kept", response=PageOut[RefusalOut], operation_id="kept_page")
def kept_page(request: HttpRequest, pk: int, page: PageQuery) -> object:
    """List the rows that could not be taken back, and why."""
    return page_out(lists.kept_page(lists.import_(pk), after=page.after, limit=page.limit))


@router.get("/imports/{pk}/report.csv", operation_id="report_csv")
def report_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Return every row of a list with what became of it."""
    lines = reports.report_csv(lists.import_(pk))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="report-{pk}.csv"'
    return answer


@router.get("/imports/{pk}/refusals", response=PageOut[RefusalOut], operation_id="refusals_page")
def refusals_page(request: HttpRequest, pk: int, page: PageQuery) -> object:
    """List the rows that cannot be taken, and what to do about each."""
    return page_out(lists.refusals_page(lists.import_(pk), after=page.after, limit=page.limit))


@router.get("/imports/{pk}/refusals.csv", operation_id="refusals_csv")
def refusals_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Return the refused rows with their reasons, to be mended and dropped again."""
    lines = lists.refusals_csv(lists.import_(pk))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="refused-{pk}.csv"'
    return answer
