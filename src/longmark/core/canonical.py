"""Canonical JSON and the digests made of it.

One value has one encoding, so that a digest of it can be checked years later by
another program: keys sorted by code point, no white space, UTF-8, no floats. It is the
subset of RFC 8785 in which numbers are integers.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | bool | None"

LEAF_PREFIX = b"\x00"  # RFC 9162 section 2.1.1: leaves and nodes hash apart


def canonical_json(value: Json) -> bytes:
    """Return the one encoding of ``value``.

    >>> canonical_json({"b": 1, "a": ["é"]}).decode()
    '{"a":["é"],"b":1}'

    Raises:
        TypeError: ``value`` holds a float or something that JSON does not know.
    """
    _refuse_floats(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of ``content`` in lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def leaf_hash(body: bytes) -> str:
    """Return the Merkle leaf hash of an entry's body (RFC 9162 section 2.1.1)."""
    return sha256_hex(LEAF_PREFIX + body)


def _refuse_floats(value: Json) -> None:
    pending: list[object] = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, float):
            raise TypeError(f"A float has no canonical form: {current!r}")
        if isinstance(current, Mapping):
            pending.extend(current.values())
        elif isinstance(current, Sequence) and not isinstance(current, str | bytes):
            pending.extend(current)
