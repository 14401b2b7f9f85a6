"""Writes of the ledger: entries, their order, blobs, and the cursors of followers.

An entry is appended in the transaction that makes the change. Its number is drawn
inside that transaction and becomes visible when it commits, so numbers can appear out of
order on PostgreSQL. The sealer, one at a time, gives committed entries a gap-free
position; followers read by position and miss nothing.
"""

import dataclasses
import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.db import connection, models, transaction
from django.db.models import Max, Q

from longmark.core.actors import Actor
from longmark.core.canonical import canonical_json, leaf_hash
from longmark.core.errors import Invalid
from longmark.ledger import queries
from longmark.ledger.entries import EntryPayload
from longmark.ledger.models import Blob, Cursor, Entry, Receipt

FORMAT_VERSION = 1
SEAL_CHUNK_ENTRIES = 1_000
COPY_CHUNK_BYTES = 1 << 20
BLOB_LIMIT_BYTES = 4 << 30
RECEIPT_ABANDONED_AFTER = timedelta(minutes=10)
SEALER = "sealer"


def append(
    entry: EntryPayload,
    *,
    subject: models.Model,
    actor: Actor,
    now: datetime,
    blobs: Iterable[str] = (),
) -> Entry:
    """Append one entry about ``subject``; ``blobs`` are the digests of what it rests on.

    Call it inside the transaction that makes the change: without one, an entry could tell of
    a change that never happened.
    """
    assert connection.in_atomic_block, "append() belongs into the transaction of the change"
    subject_kind = subject._meta.label_lower
    body = canonical_json(
        {
            "action": entry.ACTION,
            "actor": {"id": actor.id, "kind": actor.kind, "name": actor.name},
            "at": now.isoformat(),
            "blobs": sorted(blobs),
            "payload": dataclasses.asdict(entry),
            "subject": {"id": str(subject.pk), "kind": subject_kind},
            "v": FORMAT_VERSION,
        }
    )
    return Entry.objects.create(
        recorded_at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        action=entry.ACTION,
        subject_kind=subject_kind,
        subject_id=str(subject.pk),
        body=body.decode(),
        leaf_hash=leaf_hash(body),
    )


@transaction.atomic(durable=True)
def seal() -> int:
    """Give positions to committed entries that have none, and return how many.

    One sealer runs at a time: the cursor row is locked (PostgreSQL), or the transaction is the
    only writer (SQLite).
    """
    Cursor.objects.get_or_create(pk=SEALER)
    cursor = Cursor.objects.select_for_update().get(pk=SEALER)
    waiting = list(
        Entry.objects.filter(position=None).order_by("id").only("id")[:SEAL_CHUNK_ENTRIES]
    )
    if not waiting:
        return 0
    highest = Entry.objects.aggregate(highest=Max("position"))["highest"] or 0
    for place, entry in enumerate(waiting, start=highest + 1):
        entry.position = place
    Entry.objects.bulk_update(waiting, ["position"], batch_size=SEAL_CHUNK_ENTRIES)
    Cursor.objects.filter(pk=cursor.pk).update(position=highest + len(waiting))
    return len(waiting)


@transaction.atomic(durable=True)
def take_cursor(follower: str, *, now: datetime, lease: timedelta) -> bool:
    """Claim a follower's cursor until ``now + lease``; false when another process holds it."""
    Cursor.objects.get_or_create(pk=follower)
    free = Cursor.objects.filter(pk=follower).filter(Q(held_until=None) | Q(held_until__lt=now))
    return free.update(held_until=now + lease) == 1


@transaction.atomic(durable=True)
def advance_cursor(follower: str, *, position: int) -> None:
    """Record that a follower has done all up to ``position``; it never goes back."""
    Cursor.objects.filter(pk=follower, position__lt=position).update(position=position)


@transaction.atomic(durable=True)
def release_cursor(follower: str) -> None:
    """Let another process follow."""
    Cursor.objects.filter(pk=follower).update(held_until=None)


def store_blob(content: bytes, *, media_type: str, now: datetime) -> str:
    """Keep ``content`` byte for byte and return its SHA-256; the same content is kept once."""
    digest = hashlib.sha256(content).hexdigest()
    path = queries.blob_path(digest)
    if not path.exists():
        _write_atomically(path, content)
    sha512 = hashlib.sha512(content).hexdigest()
    return _register_blob(digest, sha512, len(content), media_type=media_type, now=now)


def store_blob_file(
    file: BinaryIO, *, media_type: str, now: datetime, limit_bytes: int = BLOB_LIMIT_BYTES
) -> str:
    """Keep what ``file`` holds, reading it in pieces, and return its SHA-256.

    Raises:
        Invalid: the file is longer than ``limit_bytes``; nothing is kept.
    """
    sha256, sha512, size = hashlib.sha256(), hashlib.sha512(), 0
    folder = queries.blob_path("0" * 64).parents[2]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as copy:
        try:
            while chunk := file.read(COPY_CHUNK_BYTES):
                size += len(chunk)
                if size > limit_bytes:
                    raise Invalid(
                        "The file is larger than {limit} MB. Split it.", limit=limit_bytes >> 20
                    )
                sha256.update(chunk)
                sha512.update(chunk)
                copy.write(chunk)
        except BaseException:
            Path(copy.name).unlink()
            raise
    path = queries.blob_path(sha256.hexdigest())
    path.parent.mkdir(parents=True, exist_ok=True)
    Path(copy.name).replace(path)
    return _register_blob(
        sha256.hexdigest(), sha512.hexdigest(), size, media_type=media_type, now=now
    )


@transaction.atomic(durable=True)
def begin_receipt(caller: str, key: str, *, request_digest: str, now: datetime) -> Receipt | None:
    """Begin a receipt and return ``None``; or return the one that there is for this key.

    One whose first request never ended (the process died) is begun anew after ten minutes.
    """
    Receipt.objects.filter(
        caller=caller, key=key, status=None, began_at__lt=now - RECEIPT_ABANDONED_AFTER
    ).delete()
    receipt, is_new = Receipt.objects.get_or_create(
        caller=caller, key=key, defaults={"request_digest": request_digest, "began_at": now}
    )
    return None if is_new else receipt


@transaction.atomic(durable=True)
def end_receipt(caller: str, key: str, *, status: int, media_type: str, body: bytes) -> None:
    """Keep the answer for repeats of the request."""
    Receipt.objects.filter(caller=caller, key=key).update(
        status=status, media_type=media_type, body=body
    )


@transaction.atomic(durable=True)
def drop_receipt(caller: str, key: str) -> None:
    """Forget a request that failed on our side, so that it may be tried again."""
    Receipt.objects.filter(caller=caller, key=key).delete()


def _register_blob(
    digest: str, sha512: str, size_bytes: int, *, media_type: str, now: datetime
) -> str:
    Blob.objects.bulk_create(
        [
            Blob(
                digest=digest,
                sha512=sha512,
                size_bytes=size_bytes,
                media_type=media_type,
                stored_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    return digest


def _write_atomically(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as copy:
        copy.write(content)
        copy.flush()
        os.fsync(copy.fileno())
    Path(copy.name).replace(path)
