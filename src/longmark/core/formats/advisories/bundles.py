"""Bundles: what one installation knows from outside, carried to another in one signed file.

A bundle is a zip archive whose members are stored as they are:

- ``manifest.json``: every other member with its size, SHA-256 and what it holds; how far each
  source was known when it was made.
- ``manifest.json.asc``: a detached OpenPGP signature over the manifest, byte for byte.
- ``records/…``: records as they were received, in archives, one source each.
- ``signals/…``: files of KEV, EPSS and EUVD as their publishers serve them.

The signature covers the manifest, and the manifest all the rest. A reader believes no word of the
manifest before the signature is good, and takes nothing before every member is what it says.
"""

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Annotated, BinaryIO, Final

import msgspec

from longmark.core.errors import Invalid
from longmark.core.formats import zips
from longmark.core.formats.advisories.detection import Format

FORMAT: Final = "longmark-feed-bundle"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.json.asc"
MAX_MANIFEST_BYTES: Final = 8 << 20
MAX_SIGNATURE_BYTES: Final = 1 << 20
MAX_MEMBERS: Final = 10_000
MAX_MEMBER_BYTES: Final = 2 << 30
PIECE_BYTES: Final = 1 << 20

_NAME: Final = re.compile(r"(?:records|signals)/[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)

_Instant = Annotated[datetime, msgspec.Meta(tz=True)]
_Count = Annotated[int, msgspec.Meta(ge=0)]


class BundleInvalid(Invalid):
    """The file is no bundle, or not the one that was signed. Nothing of it was taken."""


class Member(msgspec.Struct, frozen=True):
    """One file of a bundle: what it is, and what it must be byte for byte."""

    name: str
    format: Format
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    size_bytes: _Count
    record_count: _Count


class SourceNote(msgspec.Struct, frozen=True):
    """How far a source was known where the bundle was made."""

    name: str
    as_of: _Instant | None
    is_whole: bool
    missing_count: _Count | None = None
    ecosystems: tuple[str, ...] = ()


class Manifest(msgspec.Struct, frozen=True):
    """What a bundle holds. With `since` it adds to what an earlier one brought."""

    format: str
    version: int
    made_at: _Instant
    made_by: str
    since: _Instant | None
    left_out_count: _Count
    sources: tuple[SourceNote, ...]
    members: tuple[Member, ...]

    @property
    def record_count(self) -> int:
        """How many records its archives hold; scores and catalogues are not counted."""
        return sum(one.record_count for one in self.members)


_manifests: Final = msgspec.json.Decoder(Manifest)


class Opened:
    """A bundle that can be read: its manifest and signature, neither of them believed yet."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        entries = archive.infolist()
        if len(entries) > MAX_MEMBERS:
            raise BundleInvalid("The bundle has more than {limit} members.", limit=MAX_MEMBERS)
        self.entries = {one.filename: one for one in entries}
        if MANIFEST not in self.entries or SIGNATURE not in self.entries:
            # A bundle that was cut off may end with an archive that was whole in it.
            raise BundleInvalid(
                "The file is no bundle, or was cut off on its way: it lacks {manifest} or its"
                " signature.",
                manifest=MANIFEST,
            )
        if len(self.entries) < len(entries):
            raise BundleInvalid("The bundle has two members of the same name.")
        for one in entries:
            _check_entry(one)
        self.manifest = self._read(MANIFEST, MAX_MANIFEST_BYTES)
        self.signature = self._read(SIGNATURE, MAX_SIGNATURE_BYTES)

    def _read(self, name: str, limit_bytes: int) -> bytes:
        entry = self.entries[name]
        if entry.file_size > limit_bytes:
            raise BundleInvalid("{name} is larger than {limit} MB.", name=name,
                                limit=limit_bytes >> 20)  # fmt: skip
        return self.archive.read(entry)

    def read(self) -> Manifest:
        """Return the manifest, once its signature was found to be good.

        Raises:
            BundleInvalid: it has another shape, is of a later version, or names other members.
        """
        try:
            manifest = _manifests.decode(self.manifest)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BundleInvalid(
                "The manifest cannot be read: {reason}", reason=str(error)
            ) from None
        if manifest.format != FORMAT or manifest.version != VERSION:
            raise BundleInvalid(
                "The manifest says {format} {version}; this Longmark reads {known}.",
                format=manifest.format[:40],
                version=manifest.version,
                known=f"{FORMAT} {VERSION}",
            )
        self._check_names(manifest)
        return manifest

    def _check_names(self, manifest: Manifest) -> None:
        stated = [one.name for one in manifest.members]
        present = self.entries.keys() - {MANIFEST, SIGNATURE}
        if len(set(stated)) < len(stated):
            raise BundleInvalid("The manifest names a member twice.")
        for name in sorted(present - set(stated)):
            raise BundleInvalid(
                "The bundle holds {name}, which its manifest does not name.", name=repr(name[:100])
            )
        for name in sorted(set(stated) - present):
            raise BundleInvalid(
                "The manifest names {name}, which the bundle does not hold.", name=repr(name[:100])
            )

    def check(self, manifest: Manifest, report: Callable[[int], None]) -> None:
        """Compare every member with the manifest; ``report`` is told how many bytes are done.

        Raises:
            BundleInvalid: one is not what the manifest says.
        """
        done = 0
        for member in manifest.members:
            digest, size = hashlib.sha256(), 0
            for piece in self._pieces(member):
                digest.update(piece)
                size += len(piece)
                report(done + size)
            done += size
            if (size, digest.hexdigest()) != (member.size_bytes, member.sha256):
                raise BundleInvalid(
                    "{name} is not what the manifest says: its SHA-256 is {found}, not {stated}.",
                    name=member.name,
                    found=digest.hexdigest(),
                    stated=member.sha256,
                )

    def _pieces(self, member: Member) -> Iterator[bytes]:
        with _reading(), self.open(member) as stream:
            while piece := stream.read(PIECE_BYTES):
                yield piece

    def open(self, member: Member) -> IO[bytes]:
        """Open a member for reading. It is never unpacked to where its name points."""
        return self.archive.open(self.entries[member.name])


@contextmanager
def opened(file: BinaryIO) -> Iterator[Opened]:
    """Open a bundle.

    Raises:
        BundleInvalid: it is no bundle, broken, cut off, or holds what a bundle may not.
    """
    with _reading():
        archive = zipfile.ZipFile(file)
    with archive:
        with _reading():
            found = Opened(archive)
        yield found


@contextmanager
def _reading() -> Iterator[None]:
    """Say in one way what a broken archive makes the library say in many."""
    try:
        yield
    except BundleInvalid:
        raise
    except zips.UNREADABLE as error:
        raise BundleInvalid(
            "The file is no bundle, or was cut off on its way: {reason}", reason=str(error)
        ) from None


def packed(manifest: Manifest) -> bytes:
    """Return the manifest as it is signed."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    """Refuse what a bundle never holds, whatever its manifest says."""
    name = entry.filename
    if name not in {MANIFEST, SIGNATURE} and not _NAME.fullmatch(name):
        raise BundleInvalid("A bundle has no member {name}.", name=repr(name[:100]))
    if entry.flag_bits & 1:
        raise BundleInvalid("{name} is encrypted.", name=name)
    if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
        raise BundleInvalid("{name} is compressed; members of a bundle are not.", name=name)
    if entry.file_size > MAX_MEMBER_BYTES:
        raise BundleInvalid("{name} is larger than {limit} MB.", name=name,
                            limit=MAX_MEMBER_BYTES >> 20)  # fmt: skip
