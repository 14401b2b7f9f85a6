"""SBOMs and components over REST."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from longmark.catalog import queries as catalog
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, ReadingOut, page_out, reading
from longmark.foundation.uploads import is_large, upload_schema, uploaded
from longmark.names import queries as names
from longmark.sboms import queries
from longmark.sboms.services import documents as services
from longmark.sboms.services import handing_in

router = Router(tags=["SBOMs"])

UPLOAD = upload_schema("A CycloneDX or SPDX document, as it is or as a part of a form.")


class DefectOut(Schema):
    path: str = Field(examples=["components[3].purl"])
    message: str


class DocumentOut(Schema):
    id: int
    release_id: int
    digest: str = Field(description="SHA-256 of the bytes, which are kept as they came.")
    sha512: str
    size_bytes: int
    format: str = Field(examples=["cyclonedx"])
    spec_version: str = Field(examples=["1.6"])
    encoding: str = Field(examples=["json"])
    media_type: str
    filename: str
    label: str
    serial: str
    name: str
    version: str
    created_at: datetime | None
    recorded_at: datetime
    component_count: int
    defect_count: int
    is_current: bool = Field(description="Whether it speaks for the release now.")
    withdrawn_at: datetime | None
    superseded_by_id: int | None

    @staticmethod
    def resolve_defect_count(document: Any) -> int:
        return len(document.defects)


class DocumentWholeOut(DocumentOut):
    defects: list[DefectOut] = Field(description="Oddities that did not keep it from being taken.")


class WithdrawalIn(Schema):
    reason: str = Field(examples=["Made from the wrong build."])


class CoordinateOut(Schema):
    package: str = Field(examples=["generic:libmodbus"])
    scheme: str = Field(examples=["generic"])
    version: str = Field(description="Empty if unstated.")
    provenance: str = Field(examples=["declared"])


class ComponentOut(Schema):
    id: UUID
    name: str
    version: str = Field(description="Empty if no SBOM states it.")
    is_version_known: bool
    group: str
    supplier: str
    purl: str
    cpes: list[str]


class ComponentWholeOut(ComponentOut):
    coordinates: list[CoordinateOut] = Field(description="Under what it is matched.")
    stated_names: list[str] = Field(description="What name rules on it are kept under.")

    @staticmethod
    def resolve_stated_names(component: Any) -> list[str]:
        return list(queries.stated_names_of(component))

    @staticmethod
    def resolve_coordinates(component: Any) -> list[Any]:
        return list(component.coordinates.all())


class PatchOut(Schema):
    kind: str
    resolves: list[str] = Field(examples=[["CVE-2022-0367"]])


class OccurrenceOut(Schema):
    document_id: int
    component: ComponentOut
    ref: str
    path: list[str] = Field(description="What it sits in, outermost first.")
    kind: str
    scope: str = Field(examples=["required"])
    supplier: str
    licences: list[str]
    hashes: list[str]
    patches: list[PatchOut]

    @staticmethod
    def resolve_path(occurrence: Any) -> tuple[str, ...]:
        steps: tuple[str, ...] = occurrence.steps
        return steps

    @staticmethod
    def resolve_licences(occurrence: Any) -> list[str]:
        return _lines(occurrence.licences)

    @staticmethod
    def resolve_hashes(occurrence: Any) -> list[str]:
        return _lines(occurrence.hashes)


class PlaceOut(Schema):
    document_id: int
    release_id: int
    item: str
    release: str
    path: list[str]


class QualityOut(Schema):
    component_count: int
    version_known_count: int
    identity_count: int = Field(description="With purl or CPE.")
    supplier_count: int
    licence_count: int
    hash_count: int


@router.post(
    "/releases/{pk}/sboms",
    response={200: DocumentWholeOut, 201: DocumentWholeOut, 202: ReadingOut},
    operation_id="add_document",
    openapi_extra=UPLOAD,
)
def add_document(request: HttpRequest, pk: int, filename: str = "", label: str = "") -> object:
    """Add an SBOM to a release. The same bytes again answer 200 with what is there.

    One of more than 1 MB is kept and read by a job, which the answer 202 names.
    """
    file, name = uploaded(request)
    release, actor, now = catalog.release(pk), actor_of(request), timezone.now()
    name = filename or name
    if is_large(file):
        job = handing_in.ask_to_add(release, file, filename=name, label=label, actor=actor, now=now)
        return Status(202, reading(job.pk))
    document = services.add_document(
        release, file.read(), filename=name, label=label, actor=actor, now=now
    )
    return Status(201 if document.recorded_at == now else 200, document)


@router.get("/releases/{pk}/sboms", response=PageOut[DocumentOut], operation_id="documents_page")
def documents_page(request: HttpRequest, pk: int, page: PageQuery) -> object:
    """List all SBOMs that a release ever had, newest first."""
    found = queries.documents_page(catalog.release(pk), after=page.after, limit=page.limit)
    return page_out(found)


@router.get("/releases/{pk}/sbom-quality", response=QualityOut, operation_id="quality")
def quality(request: HttpRequest, pk: int) -> object:
    """Say how well the current SBOMs of a release describe its components."""
    return queries.quality(catalog.release(pk))


@router.get(
    "/releases/{pk}/components",
    response=PageOut[OccurrenceOut],
    operation_id="components_of_release",
)
def components_of_release(
    request: HttpRequest, pk: int, page: PageQuery, text: str = "", only_unknown: bool = False
) -> object:
    """List the components of a release's current SBOMs, by name."""
    return _components(catalog.release(pk), page, text, only_unknown)


@router.get("/sboms/{pk}", response=DocumentWholeOut, operation_id="document")
def document(request: HttpRequest, pk: int) -> object:
    """Return one SBOM's description."""
    return queries.document(pk)


@router.get(
    "/sboms/{pk}/components",
    response=PageOut[OccurrenceOut],
    operation_id="components_of_document",
)
def components_of_document(
    request: HttpRequest, pk: int, page: PageQuery, text: str = "", only_unknown: bool = False
) -> object:
    """List the components of one SBOM, by name."""
    return _components(queries.document(pk), page, text, only_unknown)


@router.get("/sboms/{pk}/original", operation_id="open_original")
def open_original(request: HttpRequest, pk: int) -> FileResponse:
    """Return the SBOM byte for byte as it came."""
    found = queries.document(pk)
    return FileResponse(
        queries.open_original(found),
        as_attachment=True,
        filename=found.filename or f"sbom-{found.pk}",
        content_type=found.media_type,
    )


@router.post(
    "/sboms/{pk}/replacement",
    response={200: DocumentWholeOut, 201: DocumentWholeOut, 202: ReadingOut},
    operation_id="replace_document",
    openapi_extra=UPLOAD,
)
def replace_document(request: HttpRequest, pk: int, filename: str = "") -> object:
    """Put a newer SBOM in the place of one, which stays as history.

    One of more than 1 MB is kept and read by a job, which the answer 202 names.
    """
    file, name = uploaded(request)
    replaced, actor, now = queries.document(pk), actor_of(request), timezone.now()
    name = filename or name
    if is_large(file):
        job = handing_in.ask_to_replace(replaced, file, filename=name, actor=actor, now=now)
        return Status(202, reading(job.pk))
    newer = services.replace_document(replaced, file.read(), filename=name, actor=actor, now=now)
    return Status(201 if newer.recorded_at == now else 200, newer)


@router.post("/sboms/{pk}/withdrawal", response=DocumentWholeOut, operation_id="withdraw_document")
def withdraw_document(request: HttpRequest, pk: int, body: WithdrawalIn) -> object:
    """Let an SBOM no longer speak for its release; it stays as history."""
    found = queries.document(pk)
    services.withdraw_document(
        found, reason=body.reason, actor=actor_of(request), now=timezone.now()
    )
    return found


@router.get("/components", response=list[ComponentOut], operation_id="find_components")
def find_components(request: HttpRequest, text: str) -> object:
    """Find up to twenty components of the whole portfolio by purl or name."""
    return queries.find_components(text)


@router.get("/components/{pk}", response=ComponentWholeOut, operation_id="component")
def component(request: HttpRequest, pk: UUID) -> object:
    """Return one component, and under what it is matched."""
    return queries.component(pk)


@router.get(
    "/components/{pk}/occurrences", response=PageOut[PlaceOut], operation_id="occurrences_of"
)
def occurrences_of(request: HttpRequest, pk: UUID, page: PageQuery) -> object:
    """List where a component occurs in the current SBOMs of all releases."""
    found = queries.occurrences_of(queries.component(pk), after=page.after, limit=page.limit)
    return page_out(found, _place_out)


@router.get(
    "/names/rules/{pk}/components",
    response=PageOut[ComponentOut],
    operation_id="components_called",
)
def components_called(request: HttpRequest, pk: int, page: PageQuery) -> object:
    """List the components that a name rule is about, whatever their version."""
    rule = names.rule(pk)
    found = queries.components_called_page(rule.stated, after=page.after, limit=page.limit)
    return page_out(found)


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _components(subject: Any, page: PageQuery, text: str, only_unknown: bool) -> object:
    found = queries.components_page(
        subject, text=text, only_unknown=only_unknown, after=page.after, limit=page.limit
    )
    return page_out(found)


def _place_out(occurrence: Any) -> dict[str, Any]:
    release = occurrence.document.release
    return {
        "document_id": occurrence.document_id,
        "release_id": release.pk,
        "item": release.item.name,
        "release": release.version,
        "path": list(occurrence.steps),
    }
