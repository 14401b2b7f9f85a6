"""The shapes that all API lists share."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Generic, TypeVar

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from ninja import Query, Schema
from pydantic import Field

from longmark.foundation.pages import Page

T = TypeVar("T")


class PageIn(Schema):
    """Where a page begins and how long it is."""

    after: str | None = Field(None, description="`next` of the page before; absent for the first.")
    limit: int = Field(50, ge=1, le=500, description="Rows on a page.")


class ReadingOut(Schema):
    """A job reads what was sent, or makes what is asked for."""

    job_id: int
    href: str = Field(
        description="Where it says how far it is, and what became of it.",
        examples=["/api/v1/jobs/81"],
    )


READING_ANSWER: dict[str, Any] = {
    "description": "A job makes it: ask again when that is over.",
    "content": {"application/json": {"schema": ReadingOut.model_json_schema()}},
}
"""How the API describes that answer where the others are files."""


def reading(job_id: int) -> dict[str, object]:
    """Return the answer that a job reads what was sent, or makes what is asked for."""
    return {"job_id": job_id, "href": f"/api/v1/jobs/{job_id}"}


def file_answer(
    request: HttpRequest,
    pieces: Callable[[], Iterable[bytes]],
    *,
    mark: str,
    media_type: str,
    filename: str,
) -> HttpResponseBase:
    """Return a file in pieces, or that the caller has it already.

    ``mark`` changes when any byte would; ``pieces`` is not called where the caller has it.
    """
    etag = f'"{mark}"'
    answer: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = StreamingHttpResponse(pieces(), content_type=media_type)
        answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    answer["ETag"] = etag
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


PageQuery = Annotated[PageIn, Query()]


class PageOut(Schema, Generic[T]):
    """Some rows of a list. `next` is absent on the last page."""

    items: list[T]
    next: str | None = Field(None, description="Send it as `after` to read on.")


def page_out(page: Page[Any], shape: Callable[[Any], T] | None = None) -> dict[str, Any]:
    """Return a page as the API answers it, each row through ``shape`` if given."""
    items = [shape(row) for row in page.items] if shape else page.items
    return {"items": items, "next": page.next}
