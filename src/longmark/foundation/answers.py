"""The shapes that all API lists share."""

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from ninja import Query, Schema
from pydantic import Field

from longmark.foundation.pages import Page

T = TypeVar("T")


class PageIn(Schema):
    """Where a page begins and how long it is."""

    after: str | None = Field(None, description="`next` of the page before; absent for the first.")
    limit: int = Field(50, ge=1, le=500, description="Rows on a page.")


class ReadingOut(Schema):
    """What was sent is kept, and is read by a job."""

    job_id: int
    href: str = Field(
        description="Where it says how far it is, and what became of it.",
        examples=["/api/v1/jobs/81"],
    )


def reading(job_id: int) -> dict[str, object]:
    """Return the answer that a job reads what was sent."""
    return {"job_id": job_id, "href": f"/api/v1/jobs/{job_id}"}


PageQuery = Annotated[PageIn, Query()]


class PageOut(Schema, Generic[T]):
    """Some rows of a list. `next` is absent on the last page."""

    items: list[T]
    next: str | None = Field(None, description="Send it as `after` to read on.")


def page_out(page: Page[Any], shape: Callable[[Any], T] | None = None) -> dict[str, Any]:
    """Return a page as the API answers it, each row through ``shape`` if given."""
    items = [shape(row) for row in page.items] if shape else page.items
    return {"items": items, "next": page.next}
