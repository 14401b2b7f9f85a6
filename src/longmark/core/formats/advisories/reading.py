"""What all readers share: decoding under limits, instants, texts."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, TypeVar

import msgspec

from longmark.core.errors import Invalid
from longmark.core.formats.advisories.records import (
    MAX_RANGES,
    MAX_STATEMENTS,
    MAX_TEXT,
    Statement,
)

MAX_RECORD_BYTES: Final = 16 * 2**20  # the largest genuine record has 2.4 MB
MAX_ID_LENGTH: Final = 200  # characters
MAX_PACKAGE_BYTES: Final = 500  # with two keys it must fit into one entry of an index

_NUL: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
UNDATED: Final = datetime(1999, 1, 1, tzinfo=UTC)  # before any CVE: what has no date is old

T = TypeVar("T")


class RecordInvalid(Invalid):
    """A record cannot be read; it is quarantined with this reason."""


def decoded(decoder: msgspec.json.Decoder[T], content: bytes) -> T:
    """Return the typed document; its texts lose NUL characters, which no database keeps.

    Raises:
        RecordInvalid: too large, too deep, no JSON, or of another shape.
    """
    if len(content) > MAX_RECORD_BYTES:
        raise RecordInvalid("The record is larger than {limit} bytes.", limit=MAX_RECORD_BYTES)
    try:
        return decoder.decode(without_nul(content))
    except RecursionError:
        raise RecordInvalid("The record is nested too deeply.") from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RecordInvalid("The record cannot be read: {reason}", reason=str(error)) from None


def without_nul(content: bytes) -> bytes:
    """Return JSON whose texts spell no NUL character."""
    return _NUL.sub(rb"\1", content) if b"\\u0000" in content else content


def checked_id(text: str) -> str:
    """Return the id of a record without surrounding blanks.

    Raises:
        RecordInvalid: it is empty, too long or holds blanks or control characters.
    """
    plain = text.strip()
    if not plain or len(plain) > MAX_ID_LENGTH or not plain.isprintable() or " " in plain:
        raise RecordInvalid("{text} cannot be the id of a record.", text=repr(text[:80]))
    return plain


def checked_extent(statements: list[Statement]) -> tuple[Statement, ...]:
    """Return the statements of a record.

    Raises:
        RecordInvalid: there are more statements or intervals, or longer names, than any honest
            record has.
    """
    ranges = sum(len(statement.ranges) + len(statement.exact) for statement in statements)
    if len(statements) > MAX_STATEMENTS or ranges > MAX_RANGES:
        raise RecordInvalid(
            "The record makes {statements} statements with {ranges} intervals; that is too many.",
            statements=len(statements),
            ranges=ranges,
        )
    for statement in statements:
        if len(statement.package.encode()) > MAX_PACKAGE_BYTES:
            raise RecordInvalid(
                "The name of the package at {pointer} is longer than {limit} bytes.",
                pointer=statement.pointer,
                limit=MAX_PACKAGE_BYTES,
            )
    return tuple(statements)


@lru_cache(maxsize=1 << 12)
def instant(text: str) -> datetime | None:
    """Return an RFC 3339 instant in UTC (no zone means UTC), None if the text is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the zone may lead out of the calendar
        return None


def required_instant(text: str) -> datetime:
    """Return an instant that the record cannot do without.

    Raises:
        RecordInvalid: the text is no instant.
    """
    moment = instant(text)
    if moment is None:
        raise RecordInvalid("{text} is not an instant.", text=repr(text[:40]))
    return moment


def shortened(text: str) -> str:
    """Return a text of bounded length."""
    return text[:MAX_TEXT].strip()
