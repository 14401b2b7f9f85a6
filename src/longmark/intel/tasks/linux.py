"""The Linux kernel's own CVE records: an archive of their repository, or a plain listing of it.

The archive is taken whole each time it differs: records that are known cost a comparison.
A listing (`cve/published/`, a folder a year) is asked record by record for what is newer than the
last look, by `If-Modified-Since`.
"""

import re
from email.utils import format_datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

from longmark.core.errors import Invalid, NotFound
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.reading import MAX_RECORD_BYTES, instant
from longmark.intel.tasks import packets
from longmark.intel.tasks.errands import Errand

ARCHIVES: Final = (".zip", ".tar.gz", ".tgz", ".tar.xz", ".tar")
CHUNK_RECORDS: Final = 500
MAX_RECORDS: Final = 500_000

_LINK: Final = re.compile(r"""href\s*=\s*["']([^"'?#]+)["']""", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?:19|20)\d{2}/")
_RECORD: Final = re.compile(r"CVE-\d{4}-\d{4,19}\.json")


def follow(errand: Errand) -> None:
    """Take in what is published."""
    if urlsplit(errand.feed.address).path.lower().endswith(ARCHIVES):
        _follow_archive(errand)
    else:
        _follow_listing(errand)


def _follow_archive(errand: Errand) -> None:
    url = errand.feed.address
    errand.step("fetch", url)
    fetched = errand.fetch(url, "archive")
    if fetched is None:
        errand.remark("unchanged")
        return
    errand.step("take", "archive")
    intake = errand.take(
        fetched.path,
        filename=urlsplit(url).path.rpartition("/")[2],
        expected=Format.CVE,
        validators={url: fetched.validator},
    )
    errand.feed.upstream_count = intake.read_count
    errand.feed.known_count = intake.accepted_count
    errand.feed.is_whole = True


def _follow_listing(errand: Errand) -> None:
    begun = errand.progress.now
    mark = instant(errand.marks.get("at", ""))
    since = format_datetime(mark, usegmt=True) if mark else ""
    count = refused = 0
    for year, names in _listed(errand):
        for first in range(0, len(names), CHUNK_RECORDS):
            chunk = names[first : first + CHUNK_RECORDS]
            refused += _take_chunk(errand, year, chunk, since)
        count += len(names)
    errand.marks["at"] = begun.isoformat()
    errand.feed.upstream_count, errand.feed.known_count = count, count - refused
    errand.feed.is_whole = True


def _listed(errand: Errand) -> list[tuple[str, list[str]]]:
    """Return the addresses of all records, by year."""
    top = f"{errand.feed.address}/"
    errand.step("look", top)
    years = sorted(one for one in _links(errand, top) if _YEAR.fullmatch(one))
    if not years:
        raise Invalid("{url} lists no folder of a year.", url=top)
    found = []
    for year in years:
        folder = urljoin(top, year)
        names = sorted(one for one in _links(errand, folder) if _RECORD.fullmatch(one))
        found.append((year.rstrip("/"), [urljoin(folder, name) for name in names]))
    if sum(len(names) for _, names in found) > MAX_RECORDS:
        raise Invalid("{url} lists more than {limit} records.", url=top, limit=MAX_RECORDS)
    return found


def _links(errand: Errand, url: str) -> set[str]:
    text = errand.client.read(url).decode("utf-8", "replace")
    return {urlsplit(link).path.removeprefix(urlsplit(url).path) for link in _LINK.findall(text)}


def _take_chunk(errand: Errand, year: str, urls: list[str], since: str) -> int:
    """Take in those of a few records that are newer; return how many were not served or refused."""
    errand.step("fetch", f"{year}: {len(urls)} records")
    packet = packets.Packet(errand, f"{year}-records.zip")
    path = errand.path("record.json")
    for url in urls:
        name = url.rpartition("/")[2]
        try:
            fetched = errand.client.fetch(
                url, path, validator=("", since), limit_bytes=MAX_RECORD_BYTES
            )
        except (NotFound, Invalid):
            packet.absent.append(name)
            continue
        if fetched is not None:
            packet.put(name, path.read_bytes())
    absent = len(packet.absent)
    intake = packet.take(f"linux-cves-{year}.zip", Format.CVE, marks={})
    return absent + (intake.refused_count if intake else 0)
