"""Versions that are texts in the order of their bytes, and versions that are moments."""

import re
from datetime import datetime, timedelta
from typing import Final

from longmark.core.versions.blocks import Unkeyable, text

_MOMENT: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d):([0-5]\d|60)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII | re.IGNORECASE,
)


def lexicographic_key(version: str) -> str:
    """Return the key of a text: its bytes in UTF-8, two characters each.

    >>> lexicographic_key("A") < lexicographic_key("a") < lexicographic_key("aa")
    True
    """
    try:
        return version.encode().hex()
    except UnicodeEncodeError as error:
        raise Unkeyable("The text holds half a character.") from error


def datetime_key(version: str) -> str:
    """Return the key of a moment as RFC 3339 writes it, whatever its offset.

    >>> datetime_key("2024-01-01T01:00:00+01:00") == datetime_key("2024-01-01T00:00:00.0Z")
    True
    """
    matched = _MOMENT.fullmatch(version)
    if not matched:
        raise Unkeyable(version)
    minute, second, fraction, sign, hours, minutes = matched.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        local = datetime.fromisoformat(minute.upper())
        moment = local + offset if sign == "-" else local - offset
    except (ValueError, OverflowError) as error:
        raise Unkeyable(version) from error
    return f"{moment.year:04}{moment:%m%d%H%M}{second}{text(_digits(fraction))}"


def _digits(fraction: str | None) -> str:
    return (fraction or "").rstrip("0")
