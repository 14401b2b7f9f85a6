"""Files that a request brings: the body as it is, or the part of a form that holds a file.

What is short is held in memory, what is longer waits in a file of the operating system: a
request never costs more memory than a piece of it.
"""

import io
import tempfile
from typing import Any, BinaryIO, Final, cast

from django.conf import settings
from django.http import HttpRequest

from longmark.core.errors import Invalid

PART = "file"
PIECE_BYTES: Final = 1 << 20
BODY_LIMIT_BYTES: Final = 4 << 30


def uploaded(request: HttpRequest) -> tuple[BinaryIO, str]:
    """Return the file that a request brings, and its name if it has one.

    A form may call its part as it likes.

    Raises:
        Invalid: the form has no part with a file, or the body is larger than is taken.
    """
    if not (request.content_type or "").startswith("multipart/"):
        return body_of(request), ""
    part = request.FILES.get(PART) or request.FILES.get(next(iter(request.FILES), ""))
    if part is None:
        raise Invalid("The form has no part with a file.", field=PART)
    return cast("BinaryIO", part.file), part.name or ""


def body_of(request: HttpRequest) -> BinaryIO:
    """Return the body of a request as a file, read piece by piece.

    Raises:
        Invalid: it is larger than is taken.
    """
    body, size = held(), 0
    while piece := request.read(PIECE_BYTES):
        size += len(piece)
        if size > BODY_LIMIT_BYTES:
            raise Invalid(
                "The file is larger than {limit} MB. Split it.",
                field=PART,
                limit=BODY_LIMIT_BYTES >> 20,
            )
        body.write(piece)
    body.seek(0)
    return body


class _Held(tempfile.SpooledTemporaryFile[bytes]):
    """Closed with its last user, which is the request: nothing outlives that."""

    def __del__(self) -> None:
        self.close()


def held() -> BinaryIO:
    """Return an empty file that is in memory while it is short."""
    return cast("BinaryIO", _Held(max_size=PIECE_BYTES))


def size_of(file: BinaryIO) -> int:
    """Return how many bytes a file has; it is at its beginning then."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def is_large(file: BinaryIO) -> bool:
    """Tell whether a file is larger than is read while its sender waits."""
    return size_of(file) > settings.READ_AT_ONCE_BYTES


def refuse_larger(file: BinaryIO, *, limit_bytes: int) -> None:
    """Refuse a file that is larger than is read.

    Raises:
        Invalid: it is; nothing of it was held in memory.
    """
    size = size_of(file)
    if size > limit_bytes:
        raise Invalid(
            "The file has {size} MB; at most {limit} MB are read. Split it.",
            field=PART,
            size=size >> 20,
            limit=limit_bytes >> 20,
        )


def whole(file: BinaryIO, *, limit_bytes: int) -> bytes:
    """Return what a file holds.

    Raises:
        Invalid: it is larger than is read; then nothing of it is held in memory.
    """
    refuse_larger(file, limit_bytes=limit_bytes)
    return file.read()


def uploaded_beside(request: HttpRequest, part: str) -> list[tuple[BinaryIO, str]]:
    """Return the files that a form brings under another name, with their own names."""
    if not (request.content_type or "").startswith("multipart/"):
        return []
    found = request.FILES.getlist(part)
    return [(cast("BinaryIO", each.file), each.name or "") for each in found]


def upload_schema(description: str, *, beside: str = "") -> dict[str, Any]:
    """Return what OpenAPI says of such a request; ``beside`` names a part with further files."""
    file = {"type": "string", "format": "binary"}
    parts: dict[str, Any] = {PART: file}
    if beside:
        parts[beside] = {"type": "array", "items": file}
    form = {"type": "object", "required": [PART], "properties": parts}
    return {
        "requestBody": {
            "required": True,
            "description": description,
            "content": {
                "application/octet-stream": {"schema": file},
                "multipart/form-data": {"schema": form},
            },
        }
    }
