"""Photographs without what a phone writes into them beside the picture.

A phone adds where it was, its own number, whose it is, a thumbnail of the picture before it was
cropped. All that goes; the picture stays bit for bit, since nothing is decoded. What a viewer needs
stays: colour profile, and in JPEG which side is up (Exif 2.32, tag 0112).

JPEG is ITU-T T.81 annex B; PNG is the W3C recommendation, third edition; WebP is RFC 9649.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from longmark.core.errors import Invalid

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
CHUNKS_LIMIT = 100_000

_PNG_BEGIN = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"}
)
_WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_WEBP_HAS_EXIF_OR_XMP = 0x0C

_SOI, _EOI, _SOS, _COM, _APP0, _APP15 = 0xD8, 0xD9, 0xDA, 0xFE, 0xE0, 0xEF
_EXIF, _ORIENTATION, _SHORT = b"Exif\x00\x00", 0x0112, 3
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_APPS_KEPT = {0xE0: b"JFIF", 0xE2: b"ICC_PROFILE", 0xEE: b"Adobe"}


@dataclass(frozen=True)
class Photograph:
    """A picture that may be kept, and what it is."""

    content: bytes
    media_type: str


def media_type_of(content: bytes) -> str:
    """Return what kind of picture this is, by its first bytes; its name says nothing.

    Raises:
        Invalid: it is none of those that are taken.
    """
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(_PNG_BEGIN):
        return PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    raise Invalid("This is no photo that can be kept: send JPEG, PNG or WebP.", field="file")


def cleaned(content: bytes) -> Photograph:
    """Return a photograph without what is beside the picture. The same bytes give the same.

    Raises:
        Invalid: it is no picture of a kind that is taken, or it is cut off.
    """
    media_type = media_type_of(content)
    parts = {JPEG: _jpeg, PNG: _png, WEBP: _webp}[media_type]
    try:
        return Photograph(b"".join(parts(content)), media_type)
    except IndexError:
        raise _damaged() from None


def _damaged() -> Invalid:
    return Invalid("The photo is cut off or damaged: take it again.", field="file")


def _piece(content: bytes, begin: int, length: int) -> bytes:
    piece = content[begin : begin + length]
    if length < 0 or len(piece) != length:
        raise _damaged()
    return piece


def _number(content: bytes, begin: int, length: int) -> int:
    return int.from_bytes(_piece(content, begin, length), "big")


def _png(content: bytes) -> Iterator[bytes]:
    yield _PNG_BEGIN
    at = len(_PNG_BEGIN)
    for _ in range(CHUNKS_LIMIT):
        size, name = _number(content, at, 4), _piece(content, at + 4, 4)
        chunk = _piece(content, at, size + 12)
        if name in _PNG_KEPT:
            yield chunk
        if name == b"IEND":
            return
        at += len(chunk)
    raise _damaged()


def _webp(content: bytes) -> Iterator[bytes]:
    size = int.from_bytes(_piece(content, 4, 4), "little")
    _piece(content, 8, size)
    kept, at, end = [], 12, 8 + size
    while at + 8 <= end:
        length = int.from_bytes(_piece(content, at + 4, 4), "little")
        name, chunk = content[at : at + 4], _piece(content, at, 8 + length + length % 2)
        if name == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_HAS_EXIF_OR_XMP]) + chunk[9:]
        if name in _WEBP_KEPT:
            kept.append(chunk)
        at += len(chunk)
    if not kept:
        raise _damaged()
    body = b"WEBP" + b"".join(kept)
    yield b"RIFF" + len(body).to_bytes(4, "little") + body


def _jpeg(content: bytes) -> Iterator[bytes]:
    """Yield the segments that make the picture; what stands behind its end is left out."""
    yield content[:2]
    at = 2
    for _ in range(CHUNKS_LIMIT):
        while content[at : at + 2] == b"\xff\xff":  # fill bytes may stand before a marker
            at += 1
        if content[at] != 0xFF:
            raise _damaged()
        marker = content[at + 1]
        if marker == _EOI:
            yield content[at : at + 2]
            return
        length = 0 if marker in _ALONE else _number(content, at + 2, 2)
        segment = _piece(content, at, 2 + length)
        yield from _jpeg_segment(marker, segment)
        at += len(segment)
        if marker == _SOS:
            end = _end_of_scan(content, at)
            yield content[at:end]
            at = end
    raise _damaged()


def _end_of_scan(content: bytes, at: int) -> int:
    """Return where the next marker stands that is neither a stuffed byte nor a restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0:
            raise _damaged()
        following = content[at + 1]
        if following != 0 and following != 0xFF and following not in _ALONE:
            return at
        at += 1 if following == 0xFF else 2


def _jpeg_segment(marker: int, segment: bytes) -> Iterator[bytes]:
    if marker == 0xE1 and segment[4:].startswith(_EXIF):
        turned = _orientation(segment[4 + len(_EXIF) :])
        if turned > 1:
            yield _exif_of(turned)
    elif marker == _COM or _APP0 <= marker <= _APP15:
        wanted = _APPS_KEPT.get(marker)
        if wanted and segment[4:].startswith(wanted):
            yield segment
    else:
        yield segment


def _orientation(tiff: bytes) -> int:
    """Return which side is up, 1 to 8; nothing that cannot be read is guessed."""
    orders: dict[bytes, Literal["little", "big"]] = {b"II": "little", b"MM": "big"}
    order = orders.get(tiff[:2])
    if order is None:
        return 1

    def number(begin: int, length: int) -> int:
        return int.from_bytes(tiff[begin : begin + length], order)

    first = number(4, 4)
    for entry in range(min(number(first, 2), 200)):
        at = first + 2 + 12 * entry
        if number(at, 2) == _ORIENTATION and number(at + 2, 2) == _SHORT:
            turned = number(at + 8, 2)
            return turned if 1 <= turned <= 8 else 1
    return 1


def _exif_of(turned: int) -> bytes:
    entry = _ORIENTATION.to_bytes(2, "big") + b"\x00\x03\x00\x00\x00\x01"
    tiff = b"MM\x00\x2a\x00\x00\x00\x08\x00\x01" + entry + bytes([0, turned, 0, 0]) + b"\x00" * 4
    body = _EXIF + tiff
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
