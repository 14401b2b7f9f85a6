"""Secrets among parameters: a digest under a key of this installation stands in their place.

A password of four digits is found in its SHA-256 within a blink; under a key (HMAC-SHA-256, RFC
2104) it is not, as long as the key is not known. Equal secrets of one parameter have equal
digests, so that "still as delivered" and "changed" can be told.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from longmark.core.parameters.definitions import Definition

MARK: Final = "digest:"
_DIGEST: Final = re.compile(r"digest:[0-9a-f]{64}")
_PURPOSE: Final = b"longmark parameter secret 1\x1f"
_FILE_PURPOSE: Final = b"longmark parameter file 1\x1f"
_WORDS: Final = re.compile(
    r"passw(?:or|d)|passphrase|passcode|kennwort|geheim|secret|credential|private[ _-]?key|psk\b"
    r"|pre[ _-]?shared|api[ _-]?key|community[ _-]?string|\bwpa|zugangscode|\bpin\b|\btoken\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Protected:
    """A set without anything secret in the clear, and which of its values were secret."""

    values: Mapping[str, str]
    secrets: tuple[str, ...]


def secret_digest(name: str, value: str, key: str) -> str:
    """Return what stands in place of a secret value; a digest, or nothing, stays as it is.

    Raises:
        AssertionError: there is no key.
    """
    assert key, "secrets are digested under a key of the installation"
    if not value or is_digest(value):
        return value
    said = _PURPOSE + name.casefold().encode() + b"\x1f" + value.encode()
    return MARK + hmac.new(key.encode(), said, hashlib.sha256).hexdigest()


def file_digest(content: bytes, key: str) -> str:
    """Return a name for a file that may hold secrets, by which it is known again."""
    assert key, "files with secrets are digested under a key of the installation"
    return hmac.new(key.encode(), _FILE_PURPOSE + content, hashlib.sha256).hexdigest()


def is_digest(value: str) -> bool:
    """Tell whether a value stands in place of a secret."""
    return bool(_DIGEST.fullmatch(value))


def looks_secret(*texts: str) -> bool:
    """Tell whether a name or meaning speaks of a secret; better one too many than one kept.

    >>> looks_secret("P90.01", "Service password"), looks_secret("P10.07", "IPv6")
    (True, False)
    """
    return any(_WORDS.search(text.replace("_", " ")) for text in texts)


def protected(
    values: Mapping[str, str],
    definitions: Mapping[str, Definition],
    *,
    key: str,
    titles: Mapping[str, str] | None = None,
) -> Protected:
    """Return a set with names as defined and digests in place of what is secret.

    A parameter that is defined is secret if it says so; one that is not is, if its name or title
    sounds like it.
    """
    spelt = {name.casefold(): name for name in definitions}
    kept: dict[str, str] = {}
    secrets: list[str] = []
    for stated, value in values.items():
        name = spelt.get(stated.casefold(), stated)
        known = definitions.get(name)
        title = (titles or {}).get(stated, "")
        if known.is_secret if known else looks_secret(stated, title):
            secrets.append(name)
            value = secret_digest(name, value, key)
        kept[name] = value
    return Protected(kept, tuple(sorted(secrets)))
