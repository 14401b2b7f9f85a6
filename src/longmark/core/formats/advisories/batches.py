"""The advisories of a file, read one by one, in batches that memory holds.

What cannot be read is a reading with a problem; only a file that is broken as a whole ends it.
"""

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import islice
from typing import BinaryIO, Final

import msgspec

from longmark.core.errors import Invalid
from longmark.core.formats.advisories import archives, csaf, cve5, euvd, nvd, osv
from longmark.core.formats.advisories.archives import Member
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.records import AdvisoryRecord

FIRST_RECORDS: Final = 250
"""In the first batch; each has twice as many as the one before, up to ``BATCH_RECORDS``. Whoever
writes while the file is read on has something to write soon."""
BATCH_RECORDS: Final = 2_000
BATCH_BYTES: Final = 32 * 2**20  # of genuine feeds a thousand records fill a third of it
DIGEST_BYTES: Final = 16

READERS_VERSION: Final = 2
"""Raised whenever readers, or names of packages, come to state other things of the same record."""

READERS: Final[dict[Format, Callable[[bytes], AdvisoryRecord]]] = {
    Format.OSV: osv.read,
    Format.NVD: nvd.read,
    Format.CVE: cve5.read,
    Format.CSAF: csaf.read,
    Format.EUVD: euvd.read,
}
_LISTS_OF_CHANGES: Final = frozenset(("delta.json", "deltaLog.json", "recent_activities.json"))
"""What lies beside the records in the archive of the CVE list."""


class Reading(msgspec.Struct, frozen=True, array_like=True):
    """A record with its bytes and their digest, or the problem with it.

    ``place`` is where in the file it stands; ``statements_digest`` is that of what the record
    states, in normal form.
    """

    place: str
    content: bytes
    record: AdvisoryRecord | None
    problem: str = ""
    digest: str = ""
    statements_digest: str = ""


def read_batches(members: Iterable[Member], found: Format) -> Generator[list[Reading]]:
    """Yield the readings of documents of a format, as many as fill the memory for a batch.

    Raises:
        ArchiveInvalid: the file that they come from is broken, or grows beyond the limits.
    """
    waiting, wanted = iter(members), min(FIRST_RECORDS, BATCH_RECORDS)
    while batch := _batch(waiting, wanted):
        yield [_reading(member, READERS[found]) for member in batch]
        wanted = min(2 * wanted, BATCH_RECORDS)


def documents(file: BinaryIO, found: Format, *, skip: int = 0) -> Iterator[Member]:
    """Yield the documents of a file; an NVD feed is cut into entries, an archive has members.

    The first ``skip`` of them are left out.

    Raises:
        ArchiveInvalid: the file is broken, or grows beyond the limits.
    """
    return islice(_documents(file, found), skip, None)


def _batch(waiting: Iterator[Member], wanted: int) -> list[Member]:
    batch, size = [], 0
    for member in waiting:
        batch.append(member)
        size += len(member.content)
        if len(batch) >= wanted or size >= BATCH_BYTES:
            break
    return batch


def read_one(content: bytes, found: Format) -> Reading:
    """Return the reading of one document that is at hand."""
    return _reading(Member("", content), READERS[found])


def _reading(member: Member, read: Callable[[bytes], AdvisoryRecord]) -> Reading:
    if member.problem:
        return Reading(member.name, b"", None, member.problem)
    try:
        record = read(member.content)
    except Invalid as invalid:
        return Reading(member.name, b"", None, str(invalid))
    stated = _digest(msgspec.msgpack.encode(record.statements))
    return Reading(member.name, member.content, record, "", _digest(member.content), stated)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=DIGEST_BYTES).hexdigest()


def _documents(file: BinaryIO, found: Format) -> Iterator[Member]:
    if found is Format.EUVD:
        return _euvd_documents(file)
    is_feed = found is Format.NVD and not archives.is_archive(file)
    members = archives.entries(file) if is_feed else archives.members(file)
    return (
        one
        for one in members
        if not one.name.lower().endswith(".csv")
        and one.name.rpartition("/")[2] not in _LISTS_OF_CHANGES
    )


def _euvd_documents(file: BinaryIO) -> Iterator[Member]:
    """Yield the records of EUVD's answers; what is no answer is refused by itself."""
    for member in archives.members(file):
        if member.problem:
            yield member
            continue
        try:
            for place, content in euvd.documents(member.content):
                yield Member(member.name + place, content)
        except Invalid as invalid:
            yield Member(member.name, b"", str(invalid))
