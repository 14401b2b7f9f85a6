"""Files that a request brings: the body as it is, or the part of a form that holds a file."""

import io
from typing import Any, BinaryIO, cast

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from longmark.core.errors import Invalid

PART = "file"


def uploaded(request: HttpRequest) -> tuple[BinaryIO, str]:
    """Return the file that a request brings, and its name if it has one.

    A form may call its part as it likes.

    Raises:
        Invalid: the form has no part with a file, or the body is too large to be held in memory.
    """
    if not (request.content_type or "").startswith("multipart/"):
        return io.BytesIO(_body(request)), ""
    part = request.FILES.get(PART) or request.FILES.get(next(iter(request.FILES), ""))
    if part is None:
        raise Invalid("The form has no part with a file.", field=PART)
    return cast("BinaryIO", part.file), part.name or ""


def whole(file: BinaryIO, *, limit_bytes: int) -> bytes:
    """Return what a file holds.

    Raises:
        Invalid: it is larger than is read; then nothing of it is held in memory.
    """
    size = file.seek(0, io.SEEK_END)
    if size > limit_bytes:
        raise Invalid(
            "The file has {size} MB; at most {limit} MB are read. Split it.",
            field=PART,
            size=size >> 20,
            limit=limit_bytes >> 20,
        )
    file.seek(0)
    return file.read()


def uploaded_beside(request: HttpRequest, part: str) -> list[tuple[BinaryIO, str]]:
    """Return the files that a form brings under another name, with their own names."""
    if not (request.content_type or "").startswith("multipart/"):
        return []
    found = request.FILES.getlist(part)
    return [(cast("BinaryIO", each.file), each.name or "") for each in found]


def _body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig:
        raise Invalid("Send a file of this size as a part of a form.", field=PART) from None


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
