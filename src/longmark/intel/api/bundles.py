"""Bundles over REST: made and fetched, handed in and watched."""

from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, cast

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import AwareDatetime, Field

from longmark.core.vocabulary import BundleDirection, IntakeState
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.intel.queries import bundles as queries
from longmark.intel.services import bundles as services

if TYPE_CHECKING:
    from longmark.intel.models import Bundle

router = Router(tags=["Intelligence"])


class BundleIn(Schema):
    since: AwareDatetime | None = Field(
        None, description="Only what was taken in or changed from then on; absent: everything."
    )


class SourceNoteOut(Schema):
    name: str = Field(examples=["osv"])
    as_of: datetime | None
    is_whole: bool = Field(description="All of it is here by this bundle and those before it.")
    missing_count: int | None
    ecosystems: list[str]


class BundleOut(Schema):
    id: int
    direction: BundleDirection
    state: IntakeState
    filename: str
    asked_at: datetime
    ended_at: datetime | None
    made_at: datetime | None
    since: datetime | None
    signer: str = Field(description="Fingerprint of the key that signed it.")
    manifest_digest: str
    size_bytes: int
    member_count: int
    record_count: int
    left_out_count: int = Field(description="Marked TLP:RED, and so not handed on.")
    sources: list[SourceNoteOut]
    note: str = Field(description="Why it failed.")


class BundleStartedOut(Schema):
    bundle_id: int
    job_id: int
    href: str = Field(description="Where to look how far the work is.")


class PublicKeyOut(Schema):
    signer: str
    key: str = Field(description="Armoured OpenPGP certificate; hand it over by another way.")


@router.get("/feed-bundles", response=PageOut[BundleOut], operation_id="bundles_page")
def bundle_list(request: HttpRequest, page: PageQuery) -> object:
    """List bundles made here and taken in here, newest first."""
    return page_out(queries.bundles_page(after=page.after, limit=page.limit))


@router.post("/feed-bundles", response={202: BundleStartedOut}, operation_id="ask_for_export")
def export_bundle(request: HttpRequest, body: BundleIn) -> object:
    """Pack and sign what is known here, for a site without network."""
    started = services.ask_for_export(since=body.since, actor=actor_of(request), now=timezone.now())
    return Status(202, _started(*started))


@router.post(
    "/feed-bundles/import", response={202: BundleStartedOut}, operation_id="ask_for_bundle_import"
)
def import_bundle(
    request: HttpRequest, file: File[UploadedFile], key: File[UploadedFile]
) -> object:
    """Take in a bundle if it is whole and signed by `key`; else nothing is taken."""
    started = services.ask_for_import(
        cast("BinaryIO", file.file),
        cast("BinaryIO", key.file),
        filename=file.name or "",
        actor=actor_of(request),
        now=timezone.now(),
    )
    return Status(202, _started(*started))


@router.get("/feed-bundles/{pk}", response=BundleOut, operation_id="bundle")
def bundle(request: HttpRequest, pk: int) -> object:
    """Return one bundle."""
    return queries.bundle(pk)


@router.get("/feed-bundles/{pk}/key", response=PublicKeyOut, operation_id="bundle_key")
def bundle_key(request: HttpRequest, pk: int) -> object:
    """Return the public key of a bundle's signature."""
    found = queries.bundle(pk)
    return {"signer": found.signer, "key": found.certificate}


@router.get("/feed-bundles/{pk}/file", operation_id="bundle_file")
def bundle_file(request: HttpRequest, pk: int) -> FileResponse:
    """Hand out the file of a bundle that was made here; it is kept until the next is made."""
    found = queries.bundle(pk)
    return FileResponse(
        services.open_file(found),
        as_attachment=True,
        filename=found.filename,
        content_type="application/zip",
    )


def _started(bundle: "Bundle", job_id: int) -> dict[str, object]:
    return {"bundle_id": bundle.pk, "job_id": job_id, "href": f"/api/v1/jobs/{job_id}"}
