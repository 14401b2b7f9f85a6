"""Identification links: the address on a unit's rating plate (IEC 61406-1:2022).

A link is an address under a name that the manufacturer keeps, and must lead somewhere for as long
as the unit lives; it is never given to another unit. Whoever scans it is a stranger. A link that
carried the serial number would let strangers count what was built, and learn who has what; so
the path is a *token*: the unit's id, the number of a key, and a seal made with that key. Nobody
can make one without the key, no token tells anything about another unit, and nothing has to be
stored or looked up to read one.
"""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from uuid import UUID

from longmark.core.errors import Invalid

SEAL_BYTES = 8
"""A guess hits once in 2⁶⁴; a server that answers a thousand a second is asked for ages."""

KEY_NUMBERS = 256
PATH = "u"
LINK_LIMIT_CHARACTERS = 255
"""No link is longer (IEC 61406-1); 100 are the most that a small code can hold."""

_TOKEN = re.compile(r"[a-z2-7]{40}")
_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]+)?(?:/[^\s#?]*)?")


@dataclass(frozen=True)
class Token:
    """What a token states: a unit, and by which key that can be proven."""

    unit: UUID
    key: int
    seal: bytes

    def is_made_with(self, secret: bytes) -> bool:
        """Tell whether the token was made with this key; in constant time."""
        return hmac.compare_digest(self.seal, _seal(self.unit, self.key, secret))


def token(unit: UUID, *, key: int, secret: bytes) -> str:
    """Return the token of a unit: forty letters and digits, the same each time."""
    assert 0 <= key < KEY_NUMBERS
    content = unit.bytes + bytes([key]) + _seal(unit, key, secret)
    return base64.b32encode(content).decode().lower()


def read_token(text: str) -> Token | None:
    """Return what a token states, or ``None`` for anything else; the seal is not checked yet."""
    if not _TOKEN.fullmatch(text.lower()):
        return None
    try:
        content = base64.b32decode(text.upper())
    except binascii.Error:
        return None
    return Token(UUID(bytes=content[:16]), content[16], content[17:])


def identification_link(base: str, token: str) -> str:
    """Return the link of a unit under the address ``base``.

    >>> identification_link("https://id.example", "a" * 40)
    'https://id.example/u/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'

    Raises:
        Invalid: no link can begin so: it is no address, or too long.
    """
    link = f"{base.rstrip('/')}/{PATH}/{token}"
    if not _ADDRESS.fullmatch(link) or len(link) > LINK_LIMIT_CHARACTERS:
        raise Invalid(
            "{base} cannot be the begin of identification links: it must be an http(s) address in"
            " small letters, without ? and #, of {limit} characters at most.",
            base=base,
            limit=LINK_LIMIT_CHARACTERS - 42,
        )
    return link


def token_in(text: str) -> Token | None:
    """Return the token in a link that was scanned or pasted, under whatever name it stands.

    The name may have changed since the label was printed.
    """
    return read_token(last_part(text))


def last_part(text: str) -> str:
    """Return the last part of an address, or the text itself if it is none.

    >>> last_part("https://id.example/TG-200/200-2240%2005110/")
    '200-2240 05110'
    >>> last_part(" 200-2240-05110 ")
    '200-2240-05110'
    """
    stated = text.strip()
    if not stated.lower().startswith(("http://", "https://")):
        return stated
    try:
        path = urlsplit(stated).path
    except ValueError:
        return ""
    return unquote(path.rstrip("/").rpartition("/")[2])


def _seal(unit: UUID, key: int, secret: bytes) -> bytes:
    said = b"longmark unit link" + unit.bytes + bytes([key])
    return hmac.digest(secret, said, hashlib.sha256)[:SEAL_BYTES]
