"""What fuzzing has found once: each is refused or read, in bounded time, for ever."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable

import pytest
from tests.core.hostile import samples

from longmark.core.errors import Invalid
from longmark.core.formats.advisories import archives, csaf, epss, kev, partial, prose
from longmark.core.formats.advisories.archives import ArchiveInvalid
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.reading import RecordInvalid
from longmark.core.formats.facts import FactsInvalid, read_facts
from longmark.core.formats.name_maps.lists import ListInvalid, read_list
from longmark.core.formats.sboms.spdx2 import party_named
from longmark.core.formats.sheets.reading import open_sheet
from longmark.core.identity.repositories import repository_package
from longmark.core.licences import licence_of
from longmark.core.matching import answer_line, subject_of
from longmark.core.versions import NotVers, Scheme, Unkeyable, key, parse_vers


@pytest.mark.parametrize(
    ("reads", "text"),
    [
        (repository_package, "https:" + "/" * 60 + "x.org/mad\ud800/zlib.git"),
        (repository_package, "x.org/" + "?a" * 60 + "\n"),
        (subject_of, "1@" * 1_000 + " x"),
        (prose.fixed_version, "fix" * 100_000),
        (party_named, "Person: a" + " " * 200_000 + "b"),
        (party_named, "Person: a" + "(" * 200_000 + "b"),
    ],
    ids=["slashes", "marks", "component", "remedy", "blanks", "brackets"],
)
def test_texts_that_drive_patterns_mad_are_read(reads: Callable[[str], object], text: str) -> None:
    reads(text)  # was: longer than anyone waits


def test_maven_version_that_can_be_cut_in_very_many_ways_is_judged() -> None:
    with pytest.raises(Unkeyable):
        key(Scheme.MAVEN, "1" + "-z-1" * 70 + "!")


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        ("zlib version 1.2.12", "zlib", "1.2.12"),
        ("zlib@version 1.2", "zlib", "1.2"),
        ("version 1.2", "version", "1.2"),
        ("@acme/bus@1.0", "@acme/bus", "1.0"),
        ("pump os 3  2.1", "pump os 3", "2.1"),
        ("a @1", "a", "@1"),
        ("a b c", "a b c", None),
        ("@acme/bus", "@acme/bus", None),
    ],
)
def test_component_in_words_is_parted_as_before(text: str, name: str, version: str | None) -> None:
    subject = subject_of(text)

    assert (subject.name, subject.version) == (name, version)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Organization: Aerial (EU) (psirt@aerial.example)", "Aerial (EU)"),
        ("Person: Jane Doe ()", "Jane Doe"),
        ("Tool: syft-1.0", "syft-1.0"),
        ("Organization: Aerial) (x", "Aerial) (x"),
        ("Aerial (x)", "Aerial (x)"),
    ],
)
def test_party_loses_its_kind_and_address_only(text: str, name: str) -> None:
    assert party_named(text) == name


def test_two_signs_before_a_composer_version_have_no_key() -> None:
    with pytest.raises(Unkeyable):
        key(Scheme.COMPOSER, "vv1")


def test_range_with_half_a_character_is_none() -> None:
    with pytest.raises(NotVers, match="half a character"):
        parse_vers("vers:npm/\udcff")


@pytest.mark.parametrize("text", ["MIT (AND Zlib", "Zlib (MIT OR Zlib)", "MIT AND ()", "((((MIT"])
def test_licence_with_misplaced_brackets_stays_a_text(text: str) -> None:
    assert not licence_of(text).is_spdx


@pytest.mark.parametrize("target", [[], {}, 3, None, [[]]])
def test_relationship_to_what_is_no_reference_is_passed_over(target: object) -> None:
    document = json.loads(samples.SPDX_VEX)
    document["@graph"][2]["to"] = [target, "p1"]

    assert len(read_facts(json.dumps(document).encode()).assertions) == 1


def test_spelt_out_nul_in_a_list_of_files_is_refused() -> None:
    entry = {"directory": "/src", "file": "net/can\0/bcm.c"}

    with pytest.raises(FactsInvalid, match="NUL"):
        read_facts(json.dumps([entry]).encode())


def test_namespace_that_is_no_address_names_no_host() -> None:
    document = json.loads(samples.CSAF)
    document["document"]["publisher"]["namespace"] = "http://[acme"

    assert csaf.read(json.dumps(document).encode()).id == "ACME-2026-1"


def test_catalogue_entry_that_is_not_utf8_is_refused_alone() -> None:
    content = samples.KEV.replace(b"Overflow", b"\xc3verflow")

    catalogue = kev.read(content)

    assert [place for place, _ in catalogue.refusals] == ["/vulnerabilities/0"]


def test_nul_in_the_catalogue_leaves_no_trace() -> None:
    content = samples.KEV.replace(b"CVE-2026-0001", b"CVE-2026\\u0000").replace(b"Acme", b"\\u0000")

    assert "\0" not in str(kev.read(content))


def test_line_of_scores_with_a_nul_is_refused_in_words_that_can_be_kept() -> None:
    (refusal,) = epss.read_scores(["CVE-2026-\x000001,0.9,0.9"])

    assert refusal == epss.Refusal(3, r"'CVE-2026-\x000001,0.9,0.9' is out of bounds.")


@pytest.mark.parametrize("kind", [Format.OSV, Format.NVD, Format.CVE, Format.CSAF])
def test_part_with_half_a_character_is_refused(kind: Format) -> None:
    with pytest.raises(RecordInvalid, match="cannot be read"):
        partial.records_of({"details": "\ud800", "cve": {"id": "\ud800"}, "x": "\ud800",
                            "cna": {"title": "\ud800"}, "document": {"title": "\ud800"}},
                           kind=kind)  # fmt: skip


def test_advisory_in_a_text_with_half_a_character_is_no_advisory() -> None:
    line = json.dumps({"component": "zlib 1", "advisory": '{"id": "\\ud800"}'}).encode()

    assert "no JSON" in json.dumps(answer_line(line, number=1).as_json())


def test_zip_archive_whose_places_lead_nowhere_is_broken() -> None:
    content = samples.archives()[0]
    cut = content[:30] + content[430:]

    with pytest.raises(ArchiveInvalid, match="broken"):
        list(archives.members(io.BytesIO(cut)))


def test_header_of_a_tar_archive_is_never_read_whole_when_it_is_vast() -> None:
    tape = io.BytesIO()
    with tarfile.open(fileobj=tape, mode="w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo("a.json")
        entry.pax_headers = {"comment": "x" * (archives.MAX_HEADER_BYTES + 1)}
        archive.addfile(entry)

    with pytest.raises(ArchiveInvalid, match="header is larger"):
        list(archives.members(io.BytesIO(gzip.compress(tape.getvalue()))))


def test_name_of_a_member_is_text_whatever_its_bytes() -> None:
    tape = io.BytesIO()
    with tarfile.open(fileobj=tape, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("a\udcff.json"))

    (member,) = archives.members(tape)

    assert member.name == "a?.json"


@pytest.mark.parametrize("item", ['"a\\ud800"', '"a\\u0000"'])
def test_item_that_spells_no_text_is_refused_with_its_line(item: str) -> None:
    with pytest.raises(ListInvalid, match="Line 2"):
        read_list(f"purls:\n- {item}\n".encode(), key="purls")


def test_table_of_a_mark_alone_has_no_rows() -> None:
    with pytest.raises(Invalid, match="no rows"):
        open_sheet(io.BytesIO(b"\xff\xfe"))
