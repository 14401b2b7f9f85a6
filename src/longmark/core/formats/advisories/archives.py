"""Advisory files as streams: compressed or not, archived or not, never unpacked to disk.

Whatever the file is, `members` yields its documents one by one with a name, and memory stays at
one document. Names are only labels: nothing is ever written to where they point. Limits stop
archives that grow beyond reason while they are read, not by what their headers claim.
"""

import bz2
import gzip
import io
import json
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath
from typing import BinaryIO, Final, cast

from longmark.core.errors import Invalid
from longmark.core.formats import zips

MAX_MEMBER_BYTES: Final = 32 * 2**20
MAX_TOTAL_BYTES: Final = 32 * 2**30
MAX_MEMBERS: Final = 2_000_000
MAX_RATIO: Final = 300  # unpacked over packed; genuine archives reach 25, .xz feeds 60
RATIO_GRACE_BYTES: Final = 64 * 2**20  # a small file may be as dense as it likes
MAX_HEADER_BYTES: Final = 2**20  # of a tar archive: names and attributes of one member
PIECE_BYTES: Final = 256 * 1024

HEAD_BYTES: Final = 65_536
HEADS_LIMIT: Final = 20  # documents of which the format may be told

_WANTED: Final = (".json", ".csv")
_ENTRY: Final = re.compile(rb'\{\s*"cve"\s*:\s*\{')
_MAGIC_BYTES: Final = 512
_HELD_WHOLE: Final = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip


class ArchiveInvalid(Invalid):
    """The file cannot be read on: broken, encrypted, or larger than any honest one."""


@dataclass(frozen=True)
class Member:
    """One document of a file; `problem` says why its content is not there."""

    name: str
    content: bytes
    problem: str = ""


def plain(file: BinaryIO) -> BinaryIO:
    """Return the file decompressed if it is compressed (gzip, xz, bzip2), as a stream."""
    magic = _peek(file, 6)
    if magic[:2] == b"\x1f\x8b":
        return cast("BinaryIO", gzip.GzipFile(fileobj=file))
    if magic == b"\xfd7zXZ\x00":
        return cast("BinaryIO", lzma.LZMAFile(file))
    if magic[:3] == b"BZh":
        return cast("BinaryIO", bz2.BZ2File(file))
    return file


def heads(file: BinaryIO) -> Iterator[bytes]:
    """Yield the beginnings of the first documents, without consuming the file.

    An archive may begin with a table of contents or a description of its publisher.
    """
    try:
        for number, member in enumerate(members(file, piece_bytes=HEAD_BYTES)):
            if number >= HEADS_LIMIT:
                return
            if not member.problem:
                yield member.content
    finally:
        file.seek(0)


def members(
    file: BinaryIO, *, piece_bytes: int = 0, wanted: tuple[str, ...] = _WANTED
) -> Iterator[Member]:
    """Yield the JSON and CSV documents of a zip or tar archive, else the file itself.

    ``wanted`` are other endings of names that documents have.
    With `piece_bytes` only that much of each document is read. A single document larger than the
    member limit is yielded with a problem: feeds are streamed by `entries` instead.

    Raises:
        ArchiveInvalid: the archive is broken or grows beyond the limits.
    """
    try:
        yield from _members(file, piece_bytes, wanted)
    except (OSError, EOFError, lzma.LZMAError, zlib.error, tarfile.TarError) as error:
        raise ArchiveInvalid("The file is broken: {reason}", reason=str(error)) from None
    except zips.UNREADABLE as error:
        raise ArchiveInvalid("The archive is broken: {reason}", reason=str(error)) from None


def entries(file: BinaryIO) -> Iterator[Member]:
    """Yield the entries of an NVD answer or feed as they stand, reading piece by piece.

    An entry begins at ``{"cve": {``; quotes inside texts are escaped, so nothing else can look
    like that. What is no valid entry in between fails when it is decoded, alone.

    Raises:
        ArchiveInvalid: the file is broken or grows beyond the limits.
    """
    try:
        yield from _entries(_Bounded(plain(file), _size(file)))
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise ArchiveInvalid("The file is broken: {reason}", reason=str(error)) from None


def lines(file: BinaryIO) -> Iterator[str]:
    """Yield the lines of a text file, compressed or not.

    Raises:
        ArchiveInvalid: the file is broken, grows beyond the limits, or is not UTF-8.
    """
    bounded = _Bounded(plain(file), _size(file))
    try:
        rest = b""
        while piece := bounded.read(PIECE_BYTES):
            *whole, rest = (rest + piece).split(b"\n")
            if len(rest) > MAX_MEMBER_BYTES:
                raise ArchiveInvalid("A line is longer than {limit} bytes.", limit=MAX_MEMBER_BYTES)
            yield from (line.decode() for line in whole)
        if rest:
            yield rest.decode()
    except (OSError, EOFError, lzma.LZMAError, zlib.error, UnicodeDecodeError) as error:
        raise ArchiveInvalid("The file is broken: {reason}", reason=str(error)) from None


def is_archive(file: BinaryIO) -> bool:
    """Tell whether a file holds several documents (zip, tar), without consuming it."""
    if _peek(file, 4) == b"PK\x03\x04":
        return True
    beginning = plain(file).read(_MAGIC_BYTES)
    file.seek(0)
    return beginning[257:262] == b"ustar"


def _members(file: BinaryIO, piece_bytes: int, wanted: tuple[str, ...]) -> Iterator[Member]:
    if _peek(file, 4) == b"PK\x03\x04":
        yield from _zip_members(file, piece_bytes, wanted)
    elif is_archive(file):
        yield from _tar_members(_Bounded(plain(file), _size(file)), piece_bytes, wanted)
    else:
        yield _member("", _Bounded(plain(file), _size(file)), piece_bytes)


def _zip_members(file: BinaryIO, piece_bytes: int, wanted: tuple[str, ...]) -> Iterator[Member]:
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        if len(infos) > MAX_MEMBERS:
            raise ArchiveInvalid("The archive has more than {limit} members.", limit=MAX_MEMBERS)
        total = _Total(_size(file))
        for entry in infos:
            if entry.is_dir() or not entry.filename.lower().endswith(wanted):
                continue
            if entry.flag_bits & 1:
                yield Member(entry.filename, b"", "The member is encrypted.")
                continue
            with archive.open(entry) as stream:
                member = _member(entry.filename, cast("BinaryIO", stream), piece_bytes)
            total.add(len(member.content))
            yield member


def _tar_members(stream: "_Bounded", piece_bytes: int, wanted: tuple[str, ...]) -> Iterator[Member]:
    with tarfile.open(fileobj=cast("BinaryIO", stream), mode="r|", tarinfo=_Entry) as archive:
        for count, entry in enumerate(archive):
            if count >= MAX_MEMBERS:
                raise ArchiveInvalid(
                    "The archive has more than {limit} members.", limit=MAX_MEMBERS
                )
            archive.members = []  # type: ignore[attr-defined]  # it remembers all: memory grows
            if entry.isreg() and entry.name.lower().endswith(wanted):
                extracted = archive.extractfile(entry)
                if extracted:
                    yield _member(entry.name, cast("BinaryIO", extracted), piece_bytes)


class _Entry(tarfile.TarInfo):
    """A header of a tar archive; one that would be held in memory whole is kept small."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_Entry":
        """Return the header that a block holds.

        Raises:
            tarfile.ReadError: it announces names longer than any, or a file with holes.
        """
        entry = super().frombuf(buf, encoding, errors)
        if entry.type in _HELD_WHOLE and entry.size > MAX_HEADER_BYTES:
            raise tarfile.ReadError("a header is larger than any honest one")
        if entry.type == tarfile.GNUTYPE_SPARSE:
            raise tarfile.ReadError("a file with holes is no document")
        return entry


def _member(name: str, stream: "BinaryIO | _Bounded", piece_bytes: int) -> Member:
    name = name.encode("utf-8", "replace").decode()  # a tar archive's may hold half characters
    if ".." in PurePosixPath(name).parts or name.startswith("/"):
        return Member(name, b"", "The member's name leads out of the archive.")
    if piece_bytes:
        return Member(name, stream.read(piece_bytes))
    content = stream.read(MAX_MEMBER_BYTES + 1)
    if len(content) > MAX_MEMBER_BYTES:
        return Member(name, b"", f"The document is larger than {MAX_MEMBER_BYTES >> 20} MB.")
    return Member(name, content)


def _entries(stream: "_Bounded") -> Iterator[Member]:
    buffer = b""
    number = 0
    is_list = True
    while piece := stream.read(PIECE_BYTES):
        buffer += piece
        starts = [found.start() for found in _ENTRY.finditer(buffer)]
        if starts and not number:
            is_list = b"[" in buffer[: starts[0]]
        for start, end in pairwise(starts):
            yield Member(f"/vulnerabilities/{number}", buffer[start:end].rstrip(b", \r\n\t"))
            number += 1
        buffer = buffer[starts[-1] :] if starts else buffer
        if len(buffer) > MAX_MEMBER_BYTES:
            yield Member(f"/vulnerabilities/{number}", b"", "The entry does not end.")
            return
    if _ENTRY.match(buffer):
        last = _last_entry(buffer) if is_list else _only_entry(buffer)
        yield Member(f"/vulnerabilities/{number}", last)


def _last_entry(buffer: bytes) -> bytes:
    """Cut off what closes the list and the answer."""
    return buffer[: buffer.rfind(b"]")].rstrip()


def _only_entry(buffer: bytes) -> bytes:
    """Cut off what closes an object around an entry that stands alone, as some mirrors keep it."""
    try:
        text = buffer.decode()
        return text[: json.JSONDecoder().raw_decode(text)[1]].encode()
    except (ValueError, RecursionError):  # no valid entry: fails where it is read
        return buffer


class _Total:
    """Counts bytes and refuses too many of them."""

    def __init__(self, packed_bytes: int) -> None:
        self.limit = min(MAX_TOTAL_BYTES, max(RATIO_GRACE_BYTES, packed_bytes * MAX_RATIO))
        self.read_bytes = 0

    def add(self, count: int) -> None:
        self.read_bytes += count
        if self.read_bytes > self.limit:
            raise ArchiveInvalid(
                "Unpacked, the file is larger than {limit} MB; that is no honest archive.",
                limit=self.limit >> 20,
            )


class _Bounded:
    """A stream that refuses to grow beyond what its packed size can honestly hold."""

    def __init__(self, stream: BinaryIO, packed_bytes: int) -> None:
        self.stream = stream
        self.total = _Total(packed_bytes)

    def read(self, size: int = -1) -> bytes:
        piece = self.stream.read(size)
        self.total.add(len(piece))
        return piece


def _peek(file: BinaryIO, count: int) -> bytes:
    file.seek(0)
    beginning = file.read(count)
    file.seek(0)
    return beginning


def _size(file: BinaryIO) -> int:
    place = file.tell()
    size = file.seek(0, io.SEEK_END)
    file.seek(place)
    return size
