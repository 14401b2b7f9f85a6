"""Photos of units over REST."""

from datetime import date, datetime
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.utils.cache import patch_cache_control
from ninja import Router, Schema, Status
from pydantic import Field

from longmark.fleet.queries import photos as queries
from longmark.fleet.queries import units
from longmark.fleet.services import photos
from longmark.fleet.services.photos import Caption
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.foundation.uploads import upload_schema, uploaded

router = Router(tags=["Fleet"])

UPLOAD = upload_schema("A photo: JPEG, PNG or WebP, 15 MB at most.")
A_YEAR_SECONDS = 365 * 24 * 3600


class PhotoOut(Schema):
    digest: str = Field(description="SHA-256 of the picture as it is kept.")
    media_type: str = Field(examples=["image/jpeg"])
    size_bytes: int
    taken_on: date
    note: str
    recorded_at: datetime
    actor_name: str


@router.get("/units/{pk}/photos", response=PageOut[PhotoOut], operation_id="photos_page")
def photos_page(request: HttpRequest, pk: UUID, page: PageQuery) -> object:
    """List the photos of a unit, those kept last first."""
    return page_out(queries.photos_page(units.unit(pk), after=page.after, limit=page.limit))


@router.post(
    "/units/{pk}/photos",
    response={201: PhotoOut},
    operation_id="add_photo",
    openapi_extra=UPLOAD,
)
def add_photo(
    request: HttpRequest, pk: UUID, note: str = "", taken_on: date | None = None
) -> object:
    """Keep a photo of a unit, without what the phone wrote beside the picture."""
    now = timezone.now()
    caption = Caption(taken_on or timezone.localdate(), note)
    file, _ = uploaded(request)
    added = photos.add_photo(units.unit(pk), file, caption, actor=actor_of(request), now=now)
    return Status(201, added)


@router.get("/units/{pk}/photos/{digest}", operation_id="photo")
def photo(request: HttpRequest, pk: UUID, digest: str) -> FileResponse:
    """Return the picture."""
    found = queries.photo(units.unit(pk), digest)
    answer = FileResponse(queries.open_picture(found), content_type=found.media_type)
    answer["Content-Disposition"] = "inline"
    patch_cache_control(answer, private=True, immutable=True, max_age=A_YEAR_SECONDS)
    return answer
