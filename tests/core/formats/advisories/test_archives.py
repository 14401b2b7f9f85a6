"""Files as streams, and what hostile ones come to."""

import gzip
import io
import lzma
import tarfile
import zipfile
from typing import BinaryIO

import pytest

from longmark.core.formats.advisories import archives
from longmark.core.formats.advisories.archives import ArchiveInvalid
from longmark.core.formats.advisories.detection import Format, detect

ONE = b'{"id": "X-1", "modified": "2024-01-01T00:00:00Z"}'


def a_zip(**documents: bytes) -> BinaryIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in documents.items():
            archive.writestr(name, content)
    return file


def a_tar(documents: dict[str, bytes], mode: str = "w:xz") -> BinaryIO:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        for name, content in documents.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return file


def read(file: BinaryIO) -> list[tuple[str, bytes, str]]:
    return [(one.name, one.content, one.problem) for one in archives.members(file)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress])
def test_single_document_may_be_compressed(pack):
    assert read(io.BytesIO(pack(ONE))) == [("", ONE, "")]


def test_archives_yield_their_json_documents():
    documents = {"a/b.json": ONE, "readme.txt": b"no", "c.json": b"{}"}

    for file in (
        a_zip(**documents),
        a_tar(documents),
        a_tar(documents, "w:gz"),
        a_tar(documents, "w"),
    ):
        assert read(file) == [("a/b.json", ONE, ""), ("c.json", b"{}", "")]


def test_names_that_lead_out_are_refused_one_by_one():
    (outside, inside) = read(a_tar({"../../etc/x.json": ONE, "b.json": ONE}))

    assert "leads out" in outside[2]
    assert inside == ("b.json", ONE, "")


def test_links_and_devices_in_archives_are_passed_over():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        link = tarfile.TarInfo("a.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)

    assert read(file) == []


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_bomb_is_refused_while_it_grows(pack, monkeypatch):
    monkeypatch.setattr(archives, "RATIO_GRACE_BYTES", 1 << 20)
    bomb = pack(b'{"cve": {' + b" " * (24 << 20))

    with pytest.raises(ArchiveInvalid, match="no honest archive"):
        list(archives.entries(io.BytesIO(bomb)))
    with pytest.raises(ArchiveInvalid, match="no honest archive"):
        list(archives.members(io.BytesIO(bomb)))


def test_zip_bomb_is_refused_by_what_it_holds_not_by_what_it_claims(monkeypatch):
    monkeypatch.setattr(archives, "RATIO_GRACE_BYTES", 1 << 20)
    bomb = a_zip(**{f"{number}.json": b" " * (1 << 20) for number in range(5)})

    with pytest.raises(ArchiveInvalid, match="no honest archive"):
        read(bomb)


def test_document_beyond_the_limit_is_a_problem_of_its_own(monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 100)

    members = read(a_zip(**{"a.json": ONE, "b.json": b" " * 101}))

    assert [bool(problem) for _, _, problem in members] == [False, True]


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04garbage", b"\x1f\x8b\x08garbage", b"\xfd7zXZ\x00garbage", lzma.compress(ONE)[:-9]],
)
def test_broken_files_are_refused(content):
    with pytest.raises(ArchiveInvalid, match="broken"):
        read(io.BytesIO(content))


def test_feed_is_cut_into_entries_whatever_its_white_space(monkeypatch):
    monkeypatch.setattr(archives, "PIECE_BYTES", 7)
    feed = (
        b'{"vulnerabilities" :[ {"cve" : {"id":"a"}} ,\n {"cve":{"id":"{\\"cve\\":{"}} ], "a": 1}'
    )

    entries = [one.content for one in archives.entries(io.BytesIO(feed))]

    assert entries[0] == b'{"cve" : {"id":"a"}}'
    assert entries[1].startswith(b'{"cve":{"id":"{\\"cve\\":{"}}')


def test_single_entry_without_a_list_is_whole():
    entry = b'{"cve":{"id":"a","configurations":[1]}}'

    assert [one.content for one in archives.entries(io.BytesIO(entry))] == [entry]


def test_single_entry_in_an_object_of_somebody_else_is_cut_out():
    entry = b'{"cve":{"id":"a","descriptions":[{"value":"}"}]}}'
    content = b'{"identifier":"2024/a","item":' + entry + b',"schema":"x"}'

    assert [one.content for one in archives.entries(io.BytesIO(content))] == [entry]


def test_feed_whose_list_is_empty_has_no_entries():
    assert list(archives.entries(io.BytesIO(b'{"vulnerabilities":[]}'))) == []


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (ONE, Format.OSV),
        (b'{"vulnerabilities":[{"cve":{}}]}', Format.NVD),
        (b'{"dataType":"CVE_RECORD","cveMetadata":{}}', Format.CVE),
        (b'{"title":"x","catalogVersion":"2024.1.1"}', Format.KEV),
        (b"#model_version:v1,score_date:x\n", Format.EPSS),
        (b'\xef\xbb\xbf {"id": "a", "modified": ""}', Format.OSV),
        (b'{"bomFormat":"CycloneDX"}', None),
        (b"<xml/>", None),
        (b"", None),
    ],
)
def test_format_is_told_from_the_content(content, found):
    assert detect(content) is found
