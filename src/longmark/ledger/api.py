"""The ledger and the blobs over REST."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import FileResponse, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.ledger import queries

if TYPE_CHECKING:
    from longmark.ledger.models import Entry

router = Router(tags=["Ledger"])


class EntryOut(Schema):
    id: int
    position: int | None = Field(description="Place in the sealed order; null until sealed.")
    recorded_at: datetime
    actor: str
    action: str = Field(examples=["catalog.item-registered"])
    subject_kind: str = Field(examples=["catalog.item"])
    subject_id: str
    leaf_hash: str = Field(description="RFC 9162 leaf hash of `body`.")
    payload: dict[str, Any]


class EntryWholeOut(EntryOut):
    body: str = Field(description="The canonical JSON that `leaf_hash` is made of.")


def entry_out(entry: "Entry") -> dict[str, Any]:
    return {
        "id": entry.pk,
        "position": entry.position,
        "recorded_at": entry.recorded_at,
        "actor": entry.actor_name,
        "action": entry.action,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "leaf_hash": entry.leaf_hash,
        "payload": queries.payload_of(entry),
        "body": entry.body,
    }


@router.get("/ledger", response=PageOut[EntryOut], operation_id="ledger_entries")
def ledger_entries(
    request: HttpRequest,
    page: PageQuery,
    subject_kind: str = "",
    subject_id: str = "",
    action: str = "",
) -> object:
    """List ledger entries, newest first, of one subject or action if named."""
    found = queries.entries_page(
        subject_kind=subject_kind,
        subject_id=subject_id,
        action=action,
        after=page.after,
        limit=page.limit,
    )
    return page_out(found, entry_out)


@router.get("/ledger/{pk}", response=EntryWholeOut, operation_id="ledger_entry")
def ledger_entry(request: HttpRequest, pk: int) -> object:
    """Return one ledger entry with the text that its leaf hash is made of."""
    return entry_out(queries.entry(pk))


@router.get("/blobs/{digest}", operation_id="blob", response={200: bytes})
def blob(request: HttpRequest, digest: str) -> FileResponse:
    """Return a document byte for byte, by its SHA-256."""
    return FileResponse(
        queries.open_blob(digest),
        as_attachment=True,
        filename=digest,
        content_type="application/octet-stream",
    )
