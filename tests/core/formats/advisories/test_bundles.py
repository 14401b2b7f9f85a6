"""Bundles: what is not exactly what was signed is refused in clear words, whatever it is."""

import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats.advisories import bundles
from longmark.core.formats.advisories.bundles import BundleInvalid, Manifest, Member
from longmark.core.formats.advisories.detection import Format

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RECORDS, SIGNALS = "records/osv-0001.zip", "signals/0000-known.json"


@dataclass
class Sealed:
    """A bundle as it is put together for a test."""

    files: dict[str, bytes] = field(
        default_factory=lambda: {RECORDS: b"PK records" * 50, SIGNALS: b'{"catalogVersion": 1}'}
    )
    beside: dict[str, bytes] = field(default_factory=dict)
    lacking: frozenset[str] = frozenset()
    manifest: bytes = b""
    compression: int = zipfile.ZIP_STORED

    def stated(self, **more: Any) -> Manifest:
        members = tuple(
            Member(name, Format.OSV, hashlib.sha256(content).hexdigest(), len(content), 1)
            for name, content in self.files.items()
        )
        plain = {"format": bundles.FORMAT, "version": 1, "made_at": NINE, "made_by": "Longmark"}
        plain |= {"since": None, "left_out_count": 0, "sources": (), "members": members}
        return Manifest(**plain | more)

    def packed(self) -> bytes:
        file = io.BytesIO()
        manifest = self.manifest or bundles.packed(self.stated())
        listed = self.files | {bundles.MANIFEST: manifest, bundles.SIGNATURE: b"signed"}
        with zipfile.ZipFile(file, "w", self.compression) as archive:
            for name, content in (listed | self.beside).items():
                if name not in self.lacking:
                    archive.writestr(name, content)
        return file.getvalue()


def read(content: bytes) -> tuple[bytes, Manifest, dict[str, bytes]]:
    """Read a bundle as an import does: all is checked before a member is used."""
    with bundles.opened(io.BytesIO(content)) as opened:
        manifest = opened.read()
        opened.check(manifest, lambda done: None)
        found = {}
        for member in manifest.members:
            with opened.open(member) as stream:
                found[member.name] = stream.read()
        return opened.manifest, manifest, found


def test_bundle_is_read_as_it_was_packed():
    sealed = Sealed()

    signed, manifest, found = read(sealed.packed())

    assert (manifest, found) == (sealed.stated(), sealed.files)
    assert signed == bundles.packed(sealed.stated())
    assert manifest.record_count == 2


@pytest.mark.parametrize(
    ("sealed", "said"),
    [
        (Sealed(lacking=frozenset({bundles.MANIFEST})), "lacks manifest.json"),
        (Sealed(lacking=frozenset({bundles.SIGNATURE})), "lacks manifest.json or its signature"),
        (Sealed(lacking=frozenset({RECORDS})), "'records/osv-0001.zip', which the bundle does not"),
        (Sealed(beside={"records/more.zip": b"x"}), "'records/more.zip', which its manifest does"),
        (Sealed(beside={"../etc/passwd": b"x"}), "no member '../etc/passwd'"),
        (Sealed(beside={"/etc/passwd": b"x"}), "no member '/etc/passwd'"),
        (Sealed(beside={"records/../../x": b"x"}), "no member 'records/../../x'"),
        (Sealed(beside={"records/a/b.zip": b"x"}), "no member"),
        (Sealed(beside={"records\\..\\x": b"x"}), "no member"),
        (Sealed(beside={"records/": b""}), "no member 'records/'"),
        (Sealed(beside={"readme.txt": b"x"}), "no member 'readme.txt'"),
        (Sealed(beside={RECORDS: b"other"}), "its SHA-256 is"),
        (Sealed(beside={SIGNALS: b""}), "not what the manifest says"),
        (Sealed(compression=zipfile.ZIP_DEFLATED), "is compressed"),
        (Sealed(manifest=b"{}"), "manifest cannot be read"),
        (Sealed(manifest=b"\xff\xfe"), "manifest cannot be read"),
        (Sealed(manifest=b" " * (bundles.MAX_MANIFEST_BYTES + 1)), "larger than 8 MB"),
        (Sealed(manifest=bundles.packed(Sealed().stated(version=2))), "longmark-feed-bundle 2;"),
        (Sealed(manifest=bundles.packed(Sealed().stated(format="x"))), "says x 1"),
        (
            Sealed(manifest=bundles.packed(Sealed().stated(members=Sealed().stated().members * 2))),
            "names a member twice",
        ),
    ],
)
def test_what_was_not_signed_so_is_refused_in_clear_words(sealed, said):
    with pytest.raises(BundleInvalid) as refused:
        read(sealed.packed())

    assert said in str(refused.value)


@pytest.mark.parametrize(
    "change",
    [
        {"made_at": "2026-11-24T09:00:00"},
        {"members": [{"name": RECORDS}]},
        {"left_out_count": -1},
        {"members": [{"name": RECORDS, "format": "gossip", "sha256": "0" * 64}]},
    ],
)
def test_manifest_of_another_shape_is_refused(change):
    stated = msgspec.to_builtins(Sealed().stated()) | change

    with pytest.raises(BundleInvalid, match="cannot be read"):
        read(Sealed(manifest=msgspec.json.encode(stated)).packed())


def test_two_members_of_one_name_are_refused():
    file = io.BytesIO(Sealed().packed())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr(RECORDS, b"other")

    with pytest.raises(BundleInvalid, match="two members of the same name"):
        read(file.getvalue())


@given(st.data())
def test_bundle_that_was_cut_off_is_refused_wherever(data):
    whole = Sealed().packed()
    end = data.draw(st.integers(0, len(whole) - 1))

    with pytest.raises(BundleInvalid):
        read(whole[:end])


@given(st.data())
def test_no_changed_byte_changes_what_is_taken(data):
    sealed = Sealed()
    whole = bytearray(sealed.packed())
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))

    try:
        signed, _, found = read(bytes(whole))
    except BundleInvalid:
        return
    assert signed != bundles.packed(sealed.stated()) or found == sealed.files


@given(st.binary(max_size=400))
def test_any_other_file_is_no_bundle(content):
    with pytest.raises(BundleInvalid):
        read(content)
