"""What clients send, in all the ways in which they send it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final, cast

import orjson
from django.http import HttpRequest

from longmark.api.compat.dependency_track import packing
from longmark.core.errors import Invalid
from longmark.core.formats.long_texts import LongTexts
from longmark.foundation.uploads import body_of

JSON_LIMIT: Final = 4 << 20
"""Bytes of a JSON body beside the documents in it."""

LONG_TEXT: Final = 64 << 10
"""A text of a JSON body that is longer is read piece by piece: it is a document."""

PAGE_SIZE: Final = 100
LARGEST_PAGE: Final = 1_000
_TRUE: Final = frozenset({"true", "1", "yes", "on"})


@dataclass(frozen=True)
class Fields:
    """The named values of a request, whether a form or JSON brought them.

    Keys that are not known are never asked for, and so ignored.
    """

    values: Mapping[str, Any]
    documents: Mapping[str, BinaryIO | None] = field(default_factory=dict)
    """What long texts of JSON hold, decoded from Base64, by what stands in their place."""

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
    return _json_fields(request)


def _json_fields(request: HttpRequest) -> Fields:
    decoders: list[packing.Decoder] = []

    def put(number: int, part: bytes) -> None:
        if number == len(decoders):
            decoders.append(packing.Decoder())
        decoders[number].take(part)

    texts, thin = LongTexts(body_of(request), longest=LONG_TEXT, put=put), bytearray()
    for piece in texts:
        thin += piece
        if len(thin) > JSON_LIMIT:
            raise Invalid(packing.TOO_LARGE, limit=JSON_LIMIT >> 20)
    try:
        body = orjson.loads(thin)
    except orjson.JSONDecodeError as error:
        raise Invalid("The body is no JSON: {reason}.", reason=error.msg) from None
    if not isinstance(body, dict):
        raise Invalid("The body must be a JSON object.")
    names = (LongTexts.named(number) for number in range(len(decoders)))
    return Fields(body, dict(zip(names, (each.file() for each in decoders), strict=True)))


def document_in(request: HttpRequest, fields: Fields, name: str) -> tuple[BinaryIO, str]:
    """Return the document that a request brings under a name, and what its file is called.

    A file part, a plain text part, or Base64 in JSON; packed by gzip or not. It is read piece by
    piece, and lies in a file if it is large.

    Raises:
        Invalid: there is none, it is not Base64, too large, or packed in another way.
    """
    part = request.FILES.get(name) if _is_form(request) else None
    if part is not None:
        return packing.unpacked(cast("BinaryIO", part.file), name), part.name or ""
    said = fields.values.get(name)
    if not isinstance(said, str) or not said.strip():
        raise Invalid("The request brings no {name}.", field=name, name=name)
    if _is_form(request):
        return packing.unpacked(packing.filed(said.encode()), name), ""
    file = fields.documents.get(said) or packing.decoded(said.encode())
    if file is None:
        raise Invalid("Is not Base64.", field=name)
    return packing.unpacked(file, name), ""


def _is_form(request: HttpRequest) -> bool:
    return (request.content_type or "").startswith("multipart/")


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
