"""Reading answers: JSON of the type that was asked for, or a message that says what came instead.

An answer is a stranger's: a sign-in page, a torn text, an object where a list should be.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from longmark.core.errors import Invalid, Unavailable
from longmark.core.formats.connectors.asking import OVERLAP_HOURS

SHOWN_CHARACTERS: Final = 160
TEXT_LIMIT_CHARACTERS: Final = 1_000
RECORDS_LIMIT: Final = 50_000

Record = Mapping[str, Any]


class Torn(Unavailable):
    """The text is no whole JSON; asked again it may be."""


def decoded(content: bytes, content_type: str, *, place: str) -> Any:
    """Return the JSON of an answer.

    Raises:
        Torn: it is cut off, or no JSON at all.
        Invalid: it is a page for people.
    """
    start = content[:200].lstrip().lower()
    if "html" in content_type or start.startswith((b"<!doctype", b"<html")):
        raise Invalid(
            "{place} answers with a page for people (HTML) instead of JSON. Is the address that of "
            "the system itself, and does no sign-in page stand before it?",
            place=place,
        )
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Torn(
            "{place} answers with no whole JSON: {reason} after {size} bytes.",
            place=place,
            reason=error.msg,
            size=len(content),
        ) from None


def shown(value: object) -> str:
    """Return something foreign for a message: short, and in one line."""
    text = " ".join(str(value).split())
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def record(value: Any, *, place: str) -> Record:
    """Return an object.

    Raises:
        Invalid: it is none.
    """
    if not isinstance(value, dict):
        raise Invalid("{place} should be an object, and is {kind}.", place=place, kind=_kind(value))
    return value


def records(value: Any, *, place: str) -> Sequence[Record]:
    """Return a list of objects.

    Raises:
        Invalid: it is no list, one of its members is no object, or there are too many.
    """
    if not isinstance(value, list):
        raise Invalid("{place} should be a list, and is {kind}.", place=place, kind=_kind(value))
    if len(value) > RECORDS_LIMIT:
        raise Invalid(
            "{place} has {count} records in one answer; {limit} is the most.",
            place=place,
            count=len(value),
            limit=RECORDS_LIMIT,
        )
    return [record(each, place=f"{place}, record {n}") for n, each in enumerate(value, start=1)]


def text(one: Record, name: str) -> str:
    """Return a member as text: numbers as they are written, null and false as nothing.

    >>> text({"a": 7, "b": None, "c": False, "d": " x "}, "a")
    '7'

    Raises:
        Invalid: it is a list or an object, or far too long.
    """
    value = one.get(name)
    if value is None or isinstance(value, bool):
        return ""
    if not isinstance(value, str | int | float):
        raise Invalid("{name} should be a text, and is {kind}.", name=name, kind=_kind(value))
    said = str(value).strip()
    if len(said) > TEXT_LIMIT_CHARACTERS:
        raise Invalid(
            "{name} has {count} characters; {limit} is the most.",
            name=name,
            count=len(said),
            limit=TEXT_LIMIT_CHARACTERS,
        )
    return said


def number(one: Record, name: str, *, place: str) -> int:
    """Return a member that must be a whole number.

    Raises:
        Invalid: it is something else.
    """
    value = one.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid(
            "{place}: {name} should be a whole number, and is {value}.",
            place=place,
            name=name,
            value=shown(value),
        )
    return value


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "nothing" if value is None else names.get(type(value), "a number")


# Time


def moment(stated: str) -> datetime | None:
    """Return what a clock of the system showed, without a zone; nothing if it is no time."""
    try:
        return datetime.fromisoformat(stated.replace("Z", "+00:00")).replace(tzinfo=None)
    except ValueError:
        return None


def day(stated: str) -> str:
    """Return the day of a time as it is stated, by whatever clock; nothing if there is none.

    >>> day("2026-11-20 23:30"), day("2026-11-20"), day("")
    ('2026-11-20', '2026-11-20', '')
    """
    found = moment(stated)
    return found.date().isoformat() if found else ""


def day_in(stated: str, zone: str) -> str:
    """Return the day on which it was a time of UTC in a zone.

    >>> day_in("2026-11-20 23:30:00", "Europe/Berlin")
    '2026-11-21'
    """
    found = moment(stated)
    if found is None:
        return ""
    return found.replace(tzinfo=UTC).astimezone(zone_of(zone)).date().isoformat()


def zone_of(name: str) -> ZoneInfo:
    """Return a zone by its name.

    Raises:
        Invalid: there is none.
    """
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            'There is no zone "{zone}": write one as in Europe/Berlin.',
            field="zone",
            zone=name[:60],
        ) from None


def before(mark: str) -> str:
    """Return from when on a stream is read again: a window before its mark.

    >>> before("2026-11-20 10:30:05.123456"), before("2026-11-20"), before("")
    ('2026-11-20 09:30:05', '2026-11-19 23:00:00', '')
    """
    found = moment(mark)
    if found is None:
        return ""
    return str(found.replace(microsecond=0) - timedelta(hours=OVERLAP_HOURS))
