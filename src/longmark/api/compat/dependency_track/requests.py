"""What clients send, in all the ways in which they send it."""

import base64
import binascii
import gzip
import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, cast

import orjson
from django.http import HttpRequest

from longmark.core.errors import Invalid
from longmark.core.formats.sboms.limits import DOCUMENT_BYTES
from longmark.foundation.uploads import whole

ENCODED_LIMIT: Final = 20_000_000
"""Characters of a BOM in a JSON body; a form has no such limit."""

PAGE_SIZE: Final = 100
LARGEST_PAGE: Final = 1_000
_GZIP: Final = b"\x1f\x8b"
_ZSTANDARD: Final = b"\x28\xb5\x2f\xfd"
_TRUE: Final = frozenset({"true", "1", "yes", "on"})


@dataclass(frozen=True)
class Fields:
    """The named values of a request, whether a form or JSON brought them.

    Keys that are not known are never asked for, and so ignored.
    """

    values: Mapping[str, Any]

    def text(self, *names: str) -> str:
        """Return the first of several names that has a value."""
        for name in names:
            value = self.values.get(name)
            stated = "" if value is None or isinstance(value, dict | list) else str(value).strip()
            if stated:
                return stated
        return ""

    def flag(self, *names: str) -> bool | None:
        """Return a truth value, however it is spelled; ``None`` if it is absent."""
        said = self.text(*names).casefold()
        return said in _TRUE if said else None

    def has(self, name: str) -> bool:
        """Tell whether a key is present, with or without a value."""
        return name in self.values

    def tags(self, *names: str) -> tuple[str, ...] | None:
        """Return tags: objects with a name, texts, or one text parted by commas."""
        for name in names:
            value = self.values.get(name)
            if value is None:
                continue
            listed = value if isinstance(value, list) else str(value).split(",")
            named = [each.get("name") if isinstance(each, dict) else each for each in listed]
            stated = (str(each).strip().casefold() for each in named if each)
            return tuple(dict.fromkeys(each for each in stated if each))
        return None

    def inner(self, name: str) -> "Fields":
        """Return the members of an object within."""
        value = self.values.get(name)
        return Fields(value if isinstance(value, dict) else {})


def fields_of(request: HttpRequest) -> Fields:
    """Return what a request names, of a form or of a JSON object.

    Raises:
        Invalid: it is neither.
    """
    kind = request.content_type or ""
    if kind.startswith("multipart/"):
        if request.method != "POST":
            raise Invalid("Send a form by POST, or JSON by PUT.")
        return Fields(request.POST.dict())
    if kind == "application/x-www-form-urlencoded" and request.method == "POST" and request.POST:
        return Fields(request.POST.dict())
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise Invalid("The body is no JSON: {reason}.", reason=error.msg) from None
    if not isinstance(body, dict):
        raise Invalid("The body must be a JSON object.")
    return Fields(body)


def document_in(request: HttpRequest, fields: Fields, name: str) -> tuple[bytes, str]:
    """Return the document that a request brings under a name, and what its file is called.

    A file part, a plain text part, or Base64 in JSON; packed by gzip or not.

    Raises:
        Invalid: there is none, it is not Base64, too large, or packed in another way.
    """
    part = request.FILES.get(name) if _is_form(request) else None
    if part is not None:
        content = whole(cast("BinaryIO", part.file), limit_bytes=DOCUMENT_BYTES)
        return unpacked(content, name), part.name or ""
    said = fields.values.get(name)
    if not isinstance(said, str) or not said.strip():
        raise Invalid("The request brings no {name}.", field=name, name=name)
    if _is_form(request):
        return unpacked(said.encode(), name), ""
    return unpacked(_decoded(said, name), name), ""


def _is_form(request: HttpRequest) -> bool:
    return (request.content_type or "").startswith("multipart/")


def _decoded(said: str, name: str) -> bytes:
    if len(said) > ENCODED_LIMIT:
        raise Invalid(
            "More than {limit} characters; send the {name} as a part of a form, by POST.",
            field=name,
            limit=f"{ENCODED_LIMIT:,}",
            name=name,
        )
    try:
        return base64.b64decode("".join(said.split()), validate=True)
    except binascii.Error:
        raise Invalid("Is not Base64.", field=name) from None


def unpacked(content: bytes, name: str) -> bytes:
    """Return a document, unpacked if it is a gzip file; told by its content.

    Raises:
        Invalid: it is torn, too large, or a Zstandard file.
    """
    if content.startswith(_ZSTANDARD):
        raise Invalid("Is a Zstandard file; send it as gzip or unpacked.", field=name)
    if not content.startswith(_GZIP):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as file:
            whole = file.read(DOCUMENT_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise Invalid("Is a torn gzip file.", field=name) from None
    if len(whole) > DOCUMENT_BYTES:
        raise Invalid(
            "Holds more than {limit} MB unpacked.", field=name, limit=DOCUMENT_BYTES >> 20
        )
    return whole


@dataclass(frozen=True)
class Window:
    """The rows that a client asks for; ``is_asked`` is false if it named none."""

    offset: int
    limit: int
    is_asked: bool


def window_of(request: HttpRequest) -> Window:
    """Return which rows a client asks for, by any of the names that theirs have.

    Raises:
        Invalid: a number is none.
    """
    asked = Fields(request.GET.dict())
    size = _number(asked.text("size", "pageSize", "limit"), PAGE_SIZE, "pageSize")
    page = _number(asked.text("page", "pageNumber"), 1, "pageNumber")
    size = max(1, min(size, LARGEST_PAGE))
    start = _number(asked.text("offset"), (max(page, 1) - 1) * size, "offset")
    names = ("size", "pageSize", "limit", "page", "pageNumber", "offset")
    return Window(start, size, any(asked.text(name) for name in names))


def _number(said: str, default: int, name: str) -> int:
    if not said:
        return default
    if not (said.isascii() and said.isdecimal()) or len(said) > 9:
        raise Invalid("Is no number: {said}.", field=name, said=said[:20])
    return int(said)
