"""A large document is read piece by piece, and says what it would say as a whole."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from longmark.core.formats.sboms import SbomDocument, SbomInvalid, cyclonedx_large, read_sbom
from longmark.core.formats.sboms.reading import read_sbom_file

DOCUMENTS = Path(__file__).parent / "documents"
PARTS = [
    {"type": "library", "bom-ref": f"c{n}", "name": f"part-{n}", "version": "1",
     "purl": f"pkg:generic/part-{n}@1"}
    for n in range(7)
]  # fmt: skip


def a_bom(*components: Any, **members: Any) -> bytes:
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}
    return json.dumps(head | {"components": components} | members).encode()


def said(content: bytes) -> SbomDocument | list[str]:
    try:
        return read_sbom(content)
    except SbomInvalid as refusal:
        return [str(refusal), *map(str, refusal.problems)]


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("longmark.core.formats.sboms.reading.LARGE_BYTES", 0)
    monkeypatch.setattr(cyclonedx_large, "BATCH_ENTRIES", 2)


DEFECTS = [
    a_bom(*PARTS, dependencies=[{"ref": f"c{n}", "dependsOn": [f"c{n + 1}"]} for n in range(7)]),
    a_bom(*PARTS[:5], {"type": "library", "name": "nameless"}, *PARTS[5:]),
    a_bom(*PARTS, {"type": "library", "name": "x", "licenses": [{"license": {"name": 7}}]}),
    a_bom(*PARTS, vulnerabilities=[{"id": "CVE-1"}, {"id": "CVE-2"}, {"id": 3}]),
    a_bom(*PARTS, metadata={"component": {"type": "device", "name": "d", "components": PARTS[:2]}}),
    a_bom(*PARTS, specVersion="9.9"),
    a_bom(*PARTS, components="none"),
    a_bom(*PARTS, {"type": "library", "name": "nul\0"}),
    a_bom({"type": "library", "name": "a", "components": PARTS}, *PARTS[3:]),
    a_bom(*PARTS).replace(b'"name": "part-5"', b'"name": "first", "name": "part-5"'),
]


@pytest.mark.parametrize("content", DEFECTS)
def test_what_is_odd_or_wrong_is_told_alike(content: bytes, request: pytest.FixtureRequest):
    whole = said(content)
    request.getfixturevalue("in_pieces")

    assert said(content) == whole


@pytest.mark.parametrize("name", sorted(each.name for each in DOCUMENTS.glob("*.json")))
def test_every_sample_is_read_alike(name: str, request: pytest.FixtureRequest):
    content = (DOCUMENTS / name).read_bytes()
    whole = said(content)
    request.getfixturevalue("in_pieces")

    assert said(content) == whole


@pytest.mark.corpus
def test_the_tests_of_the_specification_are_read_alike(
    corpus: Path, request: pytest.FixtureRequest
):
    files = sorted((corpus / "sbom" / "cyclonedx-spec-tests").rglob("*.json"))
    wholes = [said(each.read_bytes()) for each in files]
    request.getfixturevalue("in_pieces")
    differing = []
    for file, whole in zip(files, wholes, strict=True):
        found = said(file.read_bytes())
        # Of several problems another may be met first: what is beside the lists comes first.
        is_refused = isinstance(whole, list)
        if is_refused != isinstance(found, list) or (not is_refused and found != whole):
            differing.append(file.name)
    assert (len(files) > 100, differing) == (True, [])


@pytest.mark.usefixtures("in_pieces")
def test_an_entry_that_is_listed_twice_is_refused_in_pieces_too():
    with pytest.raises(SbomInvalid, match="components: The same entry is listed twice"):
        read_sbom(a_bom(*PARTS, PARTS[0]))


@pytest.mark.usefixtures("in_pieces")
def test_one_entry_that_holds_everything_is_too_large(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cyclonedx_large, "PIECE_BYTES", 500)

    with pytest.raises(SbomInvalid, match="Split it by product part"):
        read_sbom(a_bom({"type": "library", "name": "a", "components": PARTS}))


def test_overlong_texts_are_cut_with_a_note(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("longmark.core.formats.sboms.reading.CUT_IN_BYTES", 0)
    content = a_bom(*PARTS, {"type": "library", "name": "a", "description": "d" * 200_000})

    document = read_sbom_file(io.BytesIO(content))
    assert len(document.components[-1].remarks.description) == 50_000
    assert "1 text(s) longer than 64 kB" in document.defects[-1].message
    assert "200,000 bytes" in document.defects[-1].message


def test_an_overlong_name_is_refused_though_it_was_cut(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("longmark.core.formats.sboms.reading.CUT_IN_BYTES", 0)

    with pytest.raises(SbomInvalid, match="components"):
        read_sbom_file(io.BytesIO(a_bom({"type": "library", "name": "n" * 200_000})))
