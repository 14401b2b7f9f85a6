"""Reads of the ledger and of the blob store."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from django.conf import settings

from longmark.core.errors import NotFound
from longmark.foundation.pages import Page, keyset_page
from longmark.ledger.models import Blob, Cursor, Entry


@dataclass(frozen=True)
class SealedEntry:
    """An entry with its place in the gap-free order, as followers read it."""

    position: int
    action: str
    subject_kind: str
    subject_id: str
    recorded_at: datetime
    payload: dict[str, Any]


def entry(pk: int) -> Entry:
    """Return one entry.

    Raises:
        NotFound: there is none with this number.
    """
    found = Entry.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no ledger entry {pk}.", pk=pk)
    return found


def entries_page(
    *,
    subject_kind: str = "",
    subject_id: str = "",
    action: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Page[Entry]:
    """Return entries, newest first, of one subject or action if named. One query."""
    wanted = {"subject_kind": subject_kind, "subject_id": subject_id, "action": action}
    rows = Entry.objects.filter(**{column: value for column, value in wanted.items() if value})
    return keyset_page(rows, order=["-id"], after=after, limit=limit)


def payload_of(entry: Entry) -> dict[str, Any]:
    """Return what the entry says beyond who, when and about what."""
    payload: dict[str, Any] = orjson.loads(entry.body)["payload"]
    return payload


def sealed_after(position: int, *, actions: Iterable[str], limit: int) -> list[SealedEntry]:
    """Return sealed entries of these actions behind ``position``, in their order. One query."""
    rows = Entry.objects.filter(position__gt=position, action__in=list(actions))
    return [_sealed(row) for row in rows.order_by("position")[:limit]]


def last_position() -> int:
    """Return the place of the newest sealed entry; 0 when there is none."""
    newest = Entry.objects.filter(position__isnull=False).order_by("-position").first()
    return (newest.position if newest else None) or 0


def position_of(follower: str) -> int:
    """Return how far a follower has come; 0 before its first entry."""
    row = Cursor.objects.filter(pk=follower).first()
    return row.position if row else 0


def is_followed(follower: str, *, subject_kind: str, subject_id: str) -> bool:
    """Tell whether a follower has come past every entry about a subject. Two queries."""
    rows = Entry.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    waiting = rows.exclude(position__lte=position_of(follower))
    return not waiting.exists()


def cursor(follower: str) -> Cursor:
    """Return a follower's cursor.

    Raises:
        NotFound: nobody follows under this name.
    """
    found = Cursor.objects.filter(pk=follower).first()
    if found is None:
        raise NotFound("Nobody follows the ledger as {follower}.", follower=follower)
    return found


def blob(digest: str) -> Blob:
    """Return what is known of a blob.

    Raises:
        NotFound: no blob has this digest.
    """
    found = Blob.objects.filter(pk=digest).first()
    if found is None:
        raise NotFound("There is no blob sha256:{digest}.", digest=digest)
    return found


def blob_path(digest: str) -> Path:
    """Return where a blob lies in the data folder, whether it is there or not."""
    return Path(settings.BLOB_FOLDER) / digest[:2] / digest[2:4] / digest


def open_blob(digest: str) -> BinaryIO:
    """Open a blob for reading; the caller closes it.

    Raises:
        NotFound: no blob has this digest, or its file is gone.
    """
    blob(digest)
    try:
        return blob_path(digest).open("rb")
    except FileNotFoundError:
        raise NotFound("The file of blob sha256:{digest} is gone.", digest=digest) from None


def blob_bytes(digest: str) -> bytes:
    """Return the whole content of a blob.

    Raises:
        NotFound: no blob has this digest, or its file is gone.
    """
    with open_blob(digest) as file:
        return file.read()


def _sealed(row: Entry) -> SealedEntry:
    assert row.position is not None
    return SealedEntry(
        position=row.position,
        action=row.action,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        recorded_at=row.recorded_at,
        payload=payload_of(row),
    )
