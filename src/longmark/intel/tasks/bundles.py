"""Bundles made and taken in as background work, in pieces: memory does not grow with their size."""

import hashlib
import os
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final, cast

from django.conf import settings
from django.utils.translation import gettext as _

from longmark import __version__
from longmark.core.errors import Invalid, LongmarkError, Refused
from longmark.core.formats.advisories import bundles as form
from longmark.core.formats.advisories.bundles import BundleInvalid, Manifest, Member, Opened
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.records import Source
from longmark.core.vocabulary import IntakeState
from longmark.intel.queries import bundles as queries
from longmark.intel.queries import intakes
from longmark.intel.services import bundles as services
from longmark.intel.services import intakes as intake_services
from longmark.intel.tasks import signatures
from longmark.jobs.services import Cancelled, Progress
from longmark.ledger import queries as blobs
from longmark.ledger import services as ledger

if TYPE_CHECKING:
    from longmark.intel.models import Bundle

PART_RECORDS: Final = 10_000
PART_BYTES: Final = 256 << 20
PIECE_BYTES: Final = 1 << 20
KEY_OWNER: Final = "Longmark feed bundles"

_NAMES: Final = {
    Format.KEV: "known_exploited_vulnerabilities.json",
    Format.EPSS: "epss_scores-{day}.csv",
    Format.EUVD_IDS: "cve-euvd-mapping.csv",
}
"""What the publishers call their files."""


def export_bundle(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Pack and sign what is known here; what was cut off begins anew.

    Raises:
        Refused: it is made already.
    """
    bundle = _waiting(arguments)
    try:
        manifest = _exported(bundle, progress)
    except (Cancelled, LongmarkError) as error:
        _refuse(bundle, error, progress)
        raise
    services.forget_older(bundle)
    return _("{records} records in {members} files, {size} MB, signed by {signer}.").format(
        records=f"{manifest.record_count:,}",
        members=len(manifest.members),
        size=f"{bundle.size_bytes / 1e6:,.1f}",
        signer=bundle.signer,
    )


def _exported(bundle: "Bundle", progress: Progress) -> Manifest:
    made_at, since, path = progress.now, bundle.since, services.file_of(bundle)
    key = secret_key()
    path.parent.mkdir(parents=True, exist_ok=True)
    services.forget_leftovers(now=made_at)
    sources = queries.sources_to_carry(made_at)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        packer = Packer(archive, path.parent)
        try:
            _pack(packer, since, progress)
        finally:
            packer.drop()
        manifest = Manifest(
            format=form.FORMAT,
            version=form.VERSION,
            made_at=made_at,
            made_by=f"Longmark {__version__}",
            since=since,
            left_out_count=queries.left_out_count(since),
            sources=tuple(sources),
            members=tuple(packer.members),
        )
        packed = form.packed(manifest)
        archive.writestr(zipfile.ZipInfo(form.MANIFEST), packed)
        archive.writestr(zipfile.ZipInfo(form.SIGNATURE), signatures.sign(packed, key))
    certificate = signatures.public_part(key)
    services.end_export(
        bundle,
        manifest,
        packed,
        signer=_fingerprint(certificate),
        certificate=certificate.decode(),
        actor=progress.actor,
        now=progress.now,
    )
    return manifest


def _pack(packer: "Packer", since: datetime | None, progress: Progress) -> None:
    total, done = queries.record_count_to_carry(since), 0
    for some in queries.records_to_carry(since):
        for source, content in some:
            packer.put(source, content)
        done += len(some)
        if done % 1_000 < len(some):
            progress.advance(done, total, _("packing records"))
    packer.end()
    for number, signal in enumerate(queries.signals_to_carry(since)):
        progress.advance(total, total, _("packing files of signals"))
        with blobs.open_blob(signal.digest) as file:
            name = f"{number:04}-{_NAMES[signal.format].format(day=signal.edition)}"
            packer.add(f"signals/{_with_suffix(name, file)}", file, signal.format, 0)


def _with_suffix(name: str, file: BinaryIO) -> str:
    is_packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return f"{name}.gz" if is_packed else name


def secret_key() -> bytes:
    """Return the key that signs bundles here, made at first use and for its owner alone."""
    path: Path = settings.BUNDLE_KEY_FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(signatures.new_key(KEY_OWNER))
        try:
            os.link(fresh, path)  # whole or not at all, and never over one that is there
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()


def _fingerprint(certificate: bytes) -> str:
    return signatures.fingerprint_of(signatures.certificates(certificate)[0])


class Packer:
    """Writes the members of a bundle: records into archives of one source each."""

    def __init__(self, archive: zipfile.ZipFile, folder: Path) -> None:
        self.archive = archive
        self.folder = folder
        self.members: list[Member] = []
        self.parts: dict[Source, _Part] = {}
        self.counts = dict.fromkeys(Source, 0)

    def put(self, source: Source, content: bytes) -> None:
        """Add a record as it was received."""
        part = self.parts.get(source)
        if part is None:
            self.counts[source] += 1
            name = f"{source.value}-{self.counts[source]:04}.zip"
            part = self.parts[source] = _Part(
                self.folder / f"{services.LEFTOVER}{os.getpid()}-{name}", name
            )
        part.put(content)
        if part.is_full:
            self._end(source)

    def end(self) -> None:
        """Add the archives that are begun."""
        for source in list(self.parts):
            self._end(source)

    def drop(self) -> None:
        """Throw away what was begun and not added."""
        for part in self.parts.values():
            part.drop()

    def add(self, name: str, file: IO[bytes], kind: Format, record_count: int) -> None:
        """Add a file as it is."""
        digest, size = hashlib.sha256(), 0
        with self.archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as target:
            while piece := file.read(PIECE_BYTES):
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        self.members.append(Member(name, kind, digest.hexdigest(), size, record_count))

    def _end(self, source: Source) -> None:
        part = self.parts[source]
        part.archive.close()
        with part.path.open("rb") as file:
            self.add(f"records/{part.name}", file, Format(source.value), part.count)
        del self.parts[source]
        part.drop()


class _Part:
    """An archive of records of one source, on its way into a bundle."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        self.archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self.count = 0
        self.size_bytes = 0

    @property
    def is_full(self) -> bool:
        return self.count >= PART_RECORDS or self.size_bytes >= PART_BYTES

    def put(self, content: bytes) -> None:
        self.archive.writestr(
            zipfile.ZipInfo(f"{self.count:05}.json"), content, zipfile.ZIP_DEFLATED
        )
        self.count += 1
        self.size_bytes += len(content)

    def drop(self) -> None:
        self.archive.close()
        self.path.unlink(missing_ok=True)


def import_bundle(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Take in a bundle if it is signed by the key that was named, and whole.

    What was cut off is checked anew, and goes on with the file at which it stopped.

    Raises:
        BundleInvalid: it is not; nothing was taken.
        Refused: a file of it could not be read to its end; what was read stays.
    """
    bundle = _waiting(arguments)
    try:
        said = _imported(bundle, progress)
    except (Cancelled, LongmarkError) as error:
        _refuse(bundle, error, progress)
        raise
    services.forget_file(bundle)
    return said


def _imported(bundle: "Bundle", progress: Progress) -> str:
    try:
        file = services.file_of(bundle).open("rb")
    except FileNotFoundError:
        raise Refused("The file of {bundle} is not there any more.", bundle=bundle) from None
    with file, form.opened(file) as opened:
        signer = _signer(opened, bundle.certificate)
        manifest = opened.read()
        opened.check(manifest, _reporter(manifest, progress))
        taken, problems = 0, []
        for member in manifest.members:
            try:
                taken += _take(opened, member, bundle, progress)
            except Invalid as invalid:
                problems.append(f"{member.name}: {invalid}")
    if problems:
        raise Refused("Not all of it could be read. {problems}", problems=" ".join(problems[:5]))
    sources = queries.sources_brought(manifest, signer)
    packed, actor, now = opened.manifest, progress.actor, progress.now
    services.end_import(bundle, manifest, packed, sources, signer=signer, actor=actor, now=now)
    return _("{filename}: {files} files, {records} records; {taken} new or changed.").format(
        filename=bundle.filename,
        files=len(manifest.members),
        records=f"{manifest.record_count:,}",
        taken=f"{taken:,}",
    )


def _signer(opened: Opened, certificate: str) -> str:
    try:
        keys = signatures.certificates(certificate.encode())
        return signatures.check(opened.manifest, opened.signature, keys)
    except Invalid as invalid:
        raise BundleInvalid(
            "The bundle is not signed by the key that was named, so nothing was taken. {reason}",
            reason=str(invalid),
        ) from None


def _reporter(manifest: Manifest, progress: Progress) -> Callable[[int], None]:
    total = sum(one.size_bytes for one in manifest.members)
    told = [0]

    def report(done: int) -> None:
        if done - told[0] >= 64 * PIECE_BYTES:
            told[0] = done
            progress.advance(done >> 20, total >> 20, _("checking, in MB"))

    return report


def _take(opened: Opened, member: Member, bundle: "Bundle", progress: Progress) -> int:
    """Take in one file of a bundle, and return how many records it changed."""
    if intakes.is_taken(member.sha256, member.format):
        return 0
    with opened.open(member) as stream:
        digest = ledger.store_blob_file(
            cast("BinaryIO", stream), media_type="application/octet-stream", now=progress.now
        )
    assert digest == member.sha256, "it was compared just now"
    intake = intake_services.import_blob(
        digest,
        filename=f"{bundle.filename}: {member.name}",
        expected=member.format,
        actor=progress.actor,
        now=progress.now,
        progress=progress,
    )
    return intake.added_count + intake.changed_count


def _waiting(arguments: Mapping[str, Any]) -> "Bundle":
    bundle = queries.bundle(int(arguments["bundle"]))
    if bundle.state != IntakeState.RUNNING:
        raise Refused("{bundle} is done with already.", bundle=bundle)
    return bundle


def _refuse(bundle: "Bundle", error: Exception, progress: Progress) -> None:
    reason = _("Stopped.") if isinstance(error, Cancelled) else str(error)
    services.refuse(bundle, reason, actor=progress.actor, now=progress.now)
    services.forget_file(bundle)
