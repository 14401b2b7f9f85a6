"""The CVE list: everything in one archive, then the log of what changed.

`deltaLog.json` names, for each look of the last 30 days, the records that are new or changed. It is
read from the mark on, the oldest first; what is here already in that state is not fetched. A gap
longer than the log, or a change of very many records, is bridged by the archive.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Final

import msgspec

from longmark.core.errors import Invalid
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.identifiers import is_cve
from longmark.core.formats.advisories.reading import UNDATED, instant
from longmark.core.formats.advisories.records import Source
from longmark.intel.queries import intakes
from longmark.intel.tasks import packets
from longmark.intel.tasks.errands import Errand

ARCHIVE_FROM: Final = 3_000  # records; as many single requests would take longer
CHUNK_RECORDS: Final = 200
LOG_BYTES: Final = 256 << 20


class _Changed(msgspec.Struct, rename="camel"):
    cve_id: str
    date_updated: str = ""


class _Delta(msgspec.Struct, rename="camel"):
    fetch_time: str
    new: list[_Changed] = []
    updated: list[_Changed] = []


_log: Final = msgspec.json.Decoder(list[_Delta])


class _Looked(msgspec.Struct):
    """One look of the list's own: when it was, and what it found changed since the one before."""

    at: datetime
    changed: dict[str, datetime]
    new_count: int


def follow(errand: Errand) -> None:
    """Bring the list up to date."""
    url = f"{errand.feed.address}/deltaLog.json"
    errand.step("look", "deltaLog.json")
    fetched = errand.fetch(url, "deltaLog.json", limit_bytes=LOG_BYTES)
    if fetched is None:
        errand.remark("unchanged")
        return
    looks = _looks(fetched.path.read_bytes())
    fetched.path.unlink()
    mark = instant(errand.marks.get("at", ""))
    news = [one for one in looks if mark and one.at > mark]
    is_gap = mark is None or bool(looks and looks[0].at > mark)
    if is_gap or sum(len(one.changed) for one in news) > ARCHIVE_FROM:
        _take_archive(errand, looks[-1].at if looks else errand.progress.now)
    else:
        for look in news:
            _take_changed(errand, look)
    errand.feed.validators[url] = list(fetched.validator)
    errand.feed.is_whole = True
    errand.feed.known_count = intakes.record_count(Source.CVE)


def _looks(content: bytes) -> list[_Looked]:
    """Return what a log holds, the oldest look first."""
    try:
        deltas = _log.decode(content)
    except msgspec.MsgspecError as error:
        raise Invalid("deltaLog.json has another shape: {reason}", reason=str(error)) from None
    looks = []
    for delta in deltas:
        at = instant(delta.fetch_time)
        if at is None:
            raise Invalid("deltaLog.json says no time: {text}", text=repr(delta.fetch_time[:40]))
        changed = {
            one.cve_id: instant(one.date_updated) or at
            for one in (*delta.new, *delta.updated)
            if is_cve(one.cve_id)
        }
        looks.append(_Looked(at, changed, len(delta.new)))
    return sorted(looks, key=lambda look: look.at)


def _take_archive(errand: Errand, at: datetime) -> None:
    """Take in all records at once; the mark is the log's, which is older than the archive."""
    url = errand.option("bulk")
    if not url:
        raise Invalid("No archive to begin with is named: set the option bulk.", field="bulk")
    errand.step("fetch", url)
    fetched = errand.client.fetch(url, errand.path("cves.zip"))
    assert fetched is not None, "it was asked for without a condition"
    errand.step("take", "archive")
    intake = errand.take(
        packets.unwrapped(fetched.path),
        filename="cves.zip",
        expected=Format.CVE,
        marks={"at": at.isoformat()},
    )
    errand.feed.upstream_count = intake.read_count


def _take_changed(errand: Errand, look: _Looked) -> None:
    """Take in what one look found, but for what is here in that state."""
    known = intakes.known_records(Source.CVE, look.changed)
    wanted = [one for one, at in sorted(look.changed.items()) if known.get(one, UNDATED) < at]
    rest = iter(wanted)
    while chunk := list(islice(rest, CHUNK_RECORDS)):
        _take_chunk(errand, chunk)
    errand.marks["at"] = look.at.isoformat()
    errand.feed.upstream_count = (errand.feed.upstream_count or 0) + look.new_count
    errand.save()


def _take_chunk(errand: Errand, chunk: Sequence[str]) -> None:
    errand.step("fetch", f"{len(chunk)} records")
    packet = packets.Packet(errand, "cve-records.zip")
    for identifier in chunk:
        packet.add(f"{identifier}.json", f"{errand.feed.address}/{_place(identifier)}")
    packet.take("cves-changed.zip", Format.CVE, marks={})


def _place(identifier: str) -> str:
    """Return where a record lies in the list.

    >>> _place("CVE-2024-12345")
    '2024/12xxx/CVE-2024-12345.json'
    """
    _, year, number = identifier.split("-")
    return f"{year}/{number[:-3]}xxx/{identifier}.json"
