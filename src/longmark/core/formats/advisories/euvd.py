"""Records of the European vulnerability database (EUVD, ENISA), as its API serves them.

EUVD is read for its id, for what it says of exploitation, and for weaknesses that have no CVE id.
It is no source of versions: what it states of products is free text for people. Times are written
as ``Apr 16, 2025, 7:00:16 AM``, without zone, and are taken as UTC. Aliases and references are one
text with line breaks, or a list. EPSS is in percent there and is not read.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec

from longmark.core.formats.advisories import identifiers, severities
from longmark.core.formats.advisories.reading import (
    UNDATED,
    RecordInvalid,
    decoded,
    instant,
    shortened,
)
from longmark.core.formats.advisories.records import (
    AdvisoryRecord,
    Origin,
    Reference,
    Severity,
    Source,
)

IDENTIFIER: Final = re.compile(r"EUVD-\d{4}-\d{1,12}")
MAX_LINKS: Final = 500
MAX_ITEMS: Final = 100_000

_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_WRITTEN: Final = re.compile(
    r"([A-Z][a-z]{2}) (\d{1,2}), (\d{4})(?:, (\d{1,2}):(\d{2}):(\d{2})\s*([AP]M))?"
)
_ALIAS: Final = re.compile(r"(?:CVE-\d{4}-\d{4,19}|GHSA(?:-[0-9a-z]{4}){3})")


class _Item(msgspec.Struct, rename="camel"):
    id: str
    description: str = ""
    date_published: str = ""
    date_updated: str = ""
    base_score_vector: str = ""
    references: str | list[str] = ""
    aliases: str | list[str] = ""
    exploited_since: str | None = None


class _Page(msgspec.Struct):
    items: list[msgspec.Raw]
    total: int = 0


_items: Final = msgspec.json.Decoder(_Item)
_pages: Final = msgspec.json.Decoder(_Page)
_lists: Final = msgspec.json.Decoder(list[msgspec.Raw])


def documents(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the records of an answer with their places: a page, a list, or one record.

    Raises:
        RecordInvalid: it is none of these.
    """
    beginning = content[:4_096].lstrip()
    if beginning.startswith(b"["):
        items = decoded(_lists, content)
    elif b'"items"' in beginning:
        items = page(content).items
    else:
        yield "", content
        return
    for number, item in enumerate(items[:MAX_ITEMS]):
        yield f"/items/{number}", bytes(item)


def page(content: bytes) -> _Page:
    """Return a page of an answer, its records unread.

    Raises:
        RecordInvalid: it has another shape.
    """
    return decoded(_pages, content)


def read(content: bytes) -> AdvisoryRecord:
    """Return the record. It makes no statement about versions.

    Raises:
        RecordInvalid: it is no EUVD record.
    """
    item = decoded(_items, content)
    if not IDENTIFIER.fullmatch(item.id):
        raise RecordInvalid("{text} is not the id of an EUVD record.", text=repr(item.id[:80]))
    named = {one for one in _lines(item.aliases) if _ALIAS.fullmatch(one)}
    aliases, subjects = identifiers.links(item.id, named, (), ())
    published = moment(item.date_published)
    exploited = moment(item.exploited_since or "")
    return AdvisoryRecord(
        source=Source.EUVD,
        id=item.id,
        modified=moment(item.date_updated) or published or UNDATED,
        published=published,
        aliases=aliases,
        subjects=subjects,
        exploited_on=exploited.date() if exploited else None,
        description=shortened(item.description),
        severities=_severities(item.base_score_vector),
    )


def references(content: bytes) -> tuple[Reference, ...]:
    """Return the links of a record."""
    links = [one for one in _lines(decoded(_items, content).references) if one.startswith("http")]
    return tuple(Reference(one) for one in links[:MAX_LINKS])


def moment(text: str) -> datetime | None:
    """Return an instant as EUVD writes it, or in RFC 3339; None if the text is none.

    >>> moment("Apr 16, 2025, 7:00:16 AM").isoformat()
    '2025-04-16T07:00:16+00:00'
    """
    found = _WRITTEN.fullmatch(text.strip().replace("\u202f", " "))
    if found is None or found.group(1) not in _MONTHS:
        return instant(text)
    month, day, year, hour, minute, second, half = found.groups()
    hours = int(hour or 12) % 12 + (12 if half == "PM" else 0)
    try:
        return datetime(
            int(year), _MONTHS.index(month) + 1, int(day), hours, int(minute or 0),
            int(second or 0), tzinfo=UTC,
        )  # fmt: skip
    except ValueError:
        return None


def pair(line: str) -> tuple[str, str] | None:
    """Return the EUVD id and the CVE id of a line of the mapping; None if it has not both.

    >>> pair("EUVD-2021-18139,CVE-2021-31226")
    ('EUVD-2021-18139', 'CVE-2021-31226')
    """
    euvd, cve = IDENTIFIER.search(line), identifiers.CVE.search(line)
    return (euvd.group(), cve.group()) if euvd and cve else None


def _lines(text: str | Iterable[str]) -> list[str]:
    parts = text.splitlines() if isinstance(text, str) else text
    return [one.strip() for one in parts if one.strip()]


def _severities(vector: str) -> tuple[Severity, ...]:
    # A copy of what the CNA or an enricher gave: it must not weigh like a voice of its own.
    severity = severities.from_vector(vector, origin=Origin.ADP, provider="euvd")
    return (severity,) if severity else ()
