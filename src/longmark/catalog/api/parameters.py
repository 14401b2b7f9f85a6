"""Parameters of sets over REST: what they are, and the values of releases."""

from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from longmark.catalog import queries as catalog
from longmark.catalog.queries import parameters as queries
from longmark.catalog.services import parameters as services
from longmark.core.errors import Invalid
from longmark.core.formats.parameters.definitions import write_definitions
from longmark.core.formats.parameters.records import FileFormat
from longmark.core.formats.parameters.writing import ENDINGS, written
from longmark.core.parameters.definitions import Definition, ParameterType, options_of
from longmark.core.parameters.differences import Change, differences, natural
from longmark.core.parameters.values import misfit
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.foundation.uploads import upload_schema, uploaded

router = Router(tags=["Parameters"])

TABLE = upload_schema("A table of definitions: CSV or XLSX, as it is or as a part of a form.")
VALUES = upload_schema("Values: CSV, XLSX, JSON, XML or lines of name = value.")


class ParameterIn(Schema):
    name: str = Field(max_length=200, examples=["P10.07"])
    type: ParameterType = ParameterType.TEXT
    title: str = Field("", max_length=500, examples=["IPv6"], description="What it means.")
    measured_in: str = Field("", max_length=30, examples=["Hz"])
    minimum: str = Field("", max_length=30)
    maximum: str = Field("", max_length=30)
    default: str = Field("", max_length=4_096)
    options: str = Field("", examples=["0=off|1=on"], description="Of an enumeration.")
    is_secret: bool = Field(False, description="Its values are kept as digests only.")
    is_counter: bool = Field(False, description="The device counts its changes in it.")
    is_individual: bool = Field(False, description="It belongs to the place, as an address does.")
    since_release_id: int | None = Field(None, description="Absent: from the first release on.")

    def definition(self) -> Definition:
        """Return what was said."""
        stated = self.model_dump(exclude={"since_release_id", "options"})
        return Definition(**stated, options=options_of(self.options))


class ParameterOut(Schema):
    name: str
    type: ParameterType
    title: str
    measured_in: str
    minimum: str
    maximum: str
    default: str = Field(description="Of a secret: its digest.")
    options: list[tuple[str, str]]
    is_secret: bool
    is_counter: bool
    is_individual: bool
    since: str | None = Field(description="The release from which this holds; absent: the first.")


class DropIn(Schema):
    name: str = Field(max_length=200)
    since_release_id: int | None = None


class DefinedOut(Schema):
    added: list[str]
    changed: list[str]
    dropped: list[str]
    unchanged_count: int


class ValueOut(Schema):
    name: str
    value: str = Field(description="Of a secret: a digest under a key of this installation.")
    title: str
    measured_in: str
    is_secret: bool
    misfit: str | None = Field(description="Why the value does not fit its definition.")


class ReleasedOut(Schema):
    id: int
    release_id: int
    digest: str = Field(description="Content address of the values, whatever their order.")
    blob: str = Field(description="SHA-256 of the file that is kept.")
    filename: str
    format: FileFormat
    is_rewritten: bool = Field(description="The file held secrets and was kept without them.")
    secrets: list[str]
    count: int
    actor_name: str
    recorded_at: datetime


class ReleasedValuesOut(ReleasedOut):
    values: list[ValueOut]


class DifferenceOut(Schema):
    name: str
    change: Change
    before: str | None
    after: str | None
    title: str
    measured_in: str


@router.get(
    "/items/{pk}/parameters", response=PageOut[ParameterOut], operation_id="definitions_page"
)
def definitions_page(
    request: HttpRequest, pk: int, page: PageQuery, release_id: int | None = None, text: str = ""
) -> object:
    """List the parameters of a set as they hold for a release; for the newest if none is named."""
    release = catalog.release(release_id) if release_id is not None else None
    found = queries.definitions_page(
        catalog.item(pk), release, text=text, after=page.after, limit=page.limit
    )
    return page_out(found, _definition)


@router.post("/items/{pk}/parameters", response={201: DefinedOut}, operation_id="define_parameters")
def define_parameters(request: HttpRequest, pk: int, body: ParameterIn) -> object:
    """Say what one parameter of a set is, from a release on."""
    done = services.define_parameters(
        catalog.item(pk),
        [body.definition()],
        since=_release(body.since_release_id),
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, done)


@router.post(
    "/items/{pk}/parameters/table",
    response={201: DefinedOut},
    operation_id="read_and_define",
    openapi_extra=TABLE,
)
def read_and_define(
    request: HttpRequest, pk: int, since_release_id: int | None = None, is_whole: bool = False
) -> object:
    """Take a table of definitions; whole, parameters that it lacks are dropped."""
    file, _ = uploaded(request)
    done = services.read_and_define(
        catalog.item(pk),
        file.read(),
        since=_release(since_release_id),
        is_whole=is_whole,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, done)


@router.post("/items/{pk}/parameters/drop", response={204: None}, operation_id="drop_parameter")
def drop_parameter(request: HttpRequest, pk: int, body: DropIn) -> object:
    """Say that a set has a parameter no longer, from a release on."""
    services.drop_parameter(
        catalog.item(pk),
        body.name,
        since=_release(body.since_release_id),
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(204, None)


@router.get("/items/{pk}/parameters.csv", operation_id="definitions_csv")
def definitions_csv(
    request: HttpRequest, pk: int, release_id: int | None = None
) -> StreamingHttpResponse:
    """Return the definitions as a table that can be edited and sent again."""
    item = catalog.item(pk)
    known = queries.definitions_at(item, _release(release_id))
    answer = StreamingHttpResponse(
        write_definitions(known.values()), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="parameters-{item.pk}.csv"'
    return answer


@router.post(
    "/releases/{pk}/parameters",
    response={201: ReleasedOut},
    operation_id="release_parameters",
    openapi_extra=VALUES,
)
def release_parameters(request: HttpRequest, pk: int, filename: str = "") -> object:
    """Take the values of a release of a set; the same again changes nothing."""
    file, stated = uploaded(request)
    known = services.release_parameters(
        catalog.release(pk),
        file.read(),
        filename=filename or stated,
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(201, known)


@router.get(
    "/releases/{pk}/parameters", response=ReleasedValuesOut, operation_id="released_parameters"
)
def released_parameters(request: HttpRequest, pk: int) -> object:
    """Return the values of a release, with what they mean."""
    release = catalog.release(pk)
    known = queries.values_of(release)
    definitions = queries.definitions_at(release.item, release)
    columns = list(ReleasedOut.model_fields)
    values = [
        _value(name, known.values[name], definitions.get(name), known.secrets)
        for name in sorted(known.values, key=natural)
    ]
    return {**{column: getattr(known, column) for column in columns}, "values": values}


@router.get("/releases/{pk}/parameters/file", operation_id="released_file")
def released_file(request: HttpRequest, pk: int, format: FileFormat | None = None) -> object:  # noqa: A002
    """Return the values of a release: the file that is kept, or written in a format."""
    known = queries.values_of(catalog.release(pk))
    if format is None:
        name = known.filename or f"parameters-{pk}"
        return FileResponse(
            queries.open_file(known),
            as_attachment=True,
            filename=name,
            content_type="application/octet-stream",
        )
    if format not in ENDINGS:
        raise Invalid("Sets are not written as {format}.", field="format", format=format.value)
    answer = HttpResponse(written(known.values, format), content_type="application/octet-stream")
    name = f"parameters-{pk}.{ENDINGS[format]}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@router.get(
    "/releases/{pk}/parameters/difference",
    response=list[DifferenceOut],
    operation_id="released_difference",
)
def released_difference(request: HttpRequest, pk: int, against: int) -> object:
    """Return what differs from another release of the set, as types compare it."""
    release, other = catalog.release(pk), catalog.release(against)
    before, after = queries.values_of(other), queries.values_of(release)
    known = queries.definitions_at(release.item, release)
    return [
        {
            "name": each.name,
            "change": each.change,
            "before": each.before,
            "after": each.after,
            "title": each.definition.title if each.definition else "",
            "measured_in": each.definition.measured_in if each.definition else "",
        }
        for each in differences(before.values, after.values, known)
    ]


def _release(pk: int | None) -> Any:
    return catalog.release(pk) if pk is not None else None


def _definition(row: Any) -> dict[str, object]:
    plain = list(ParameterOut.model_fields)
    stated = {name: getattr(row, name) for name in plain if name != "since"}
    return {**stated, "since": row.release.version if row.release else None}


def _value(name: str, value: str, known: Definition | None, secrets: Any) -> dict[str, object]:
    return {
        "name": name,
        "value": value,
        "title": known.title if known else "",
        "measured_in": known.measured_in if known else "",
        "is_secret": name in secrets,
        "misfit": misfit(value, known) if known and name not in secrets else None,
    }
