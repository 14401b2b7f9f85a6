"""UUIDs that stand for rows, both ways, without a table: RFC 9562 section 5.8 (version 8).

Clients keep the UUID of a project for years, so it derives from nothing but the row's number.
It names, and proves nothing: every call is checked for rights.
"""

import uuid
from enum import IntEnum
from typing import Final

_MARK: Final = 0x4C6D7244  # LmrD
_VERSION: Final = 0x8 << 76
_VARIANT: Final = 0x2 << 62
_NUMBER: Final = (1 << 62) - 1


class Kind(IntEnum):
    """What a UUID stands for."""

    PROJECT = 1
    VULNERABILITY = 2
    BOM = 3
    VEX = 4
    JOB = 5
    TEAM = 6
    SERVER = 7


def uuid_of(kind: Kind, number: int) -> uuid.UUID:
    """Return the UUID of a row.

    >>> str(uuid_of(Kind.PROJECT, 36))
    '4c6d7244-0001-8000-8000-000000000024'
    """
    head = (_MARK << 96) | (kind << 80)
    return uuid.UUID(int=head | _VERSION | _VARIANT | (number & _NUMBER))


def number_of(kind: Kind, text: str) -> int | None:
    """Return the row's number, ``None`` if the text is no UUID of that kind.

    >>> number_of(Kind.PROJECT, "4C6D7244-0001-8000-8000-000000000024")
    36
    >>> number_of(Kind.BOM, "4c6d7244-0001-8000-8000-000000000024")
    """
    try:
        value = uuid.UUID(text)
    except ValueError:
        return None
    number = value.int & _NUMBER
    return number if value == uuid_of(kind, number) else None
