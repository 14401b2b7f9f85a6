"""A large document is read piece by piece, and says what it would say as a whole."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from longmark.core.formats.sboms import SbomDocument, SbomInvalid, read_sbom
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
        found = read_sbom(content)
    except SbomInvalid as refusal:
        return [str(refusal), *map(str, refusal.problems)]
    assert len(found.components) == len(list(found.components))
    return replace(
        found, components=tuple(found.components), dependencies=tuple(found.dependencies)
    )


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("reading", "spdx2_tags"):
        monkeypatch.setattr(f"longmark.core.formats.sboms.{module}.LARGE_BYTES", 0)
    for module in ("json_pieces", "xml_pieces"):
        monkeypatch.setattr(f"longmark.core.formats.sboms.{module}.BATCH_ENTRIES", 2)
    for module in ("xml_pieces", "spdx2_tags"):
        monkeypatch.setattr(f"longmark.core.formats.sboms.{module}.BLOCK_BYTES", 50)
    monkeypatch.setattr("longmark.core.formats.sboms.packed.BATCH_RECORDS", 2)


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


XML = '<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1">{}</bom>'


def xml_part(number: int, inner: str = "") -> str:
    return (
        f'<component type="library" bom-ref="c{number}"><name>part-{number}</name>'
        f"<version>1</version>{inner}</component>\n"
    )


XML_PARTS = "".join(map(xml_part, range(7)))
DEFECTS += [
    XML.format(body).encode()
    for body in (
        f"<components>{XML_PARTS}</components>",
        f"<components>{XML_PARTS}{xml_part(3)}</components>",
        f"<components>{XML_PARTS}<component type='none'><name>x</name></component></components>",
        f"<components>{xml_part(8, f'<components>{XML_PARTS}</components>')}{XML_PARTS}"
        "</components>",
        f"<components>{XML_PARTS}</components><dependencies><dependency ref='c1'>"
        "<dependency ref='c2'/><dependency ref='gone'/></dependency></dependencies>",
        f"<metadata><component type='device'><name>d</name><components>{XML_PARTS}</components>"
        f"</component></metadata><components>{xml_part(9)}</components>",
        f"<components>{XML_PARTS}</components><odd/>",
        f"<components>{XML_PARTS}",
        f"{XML_PARTS}",
    )
]
DEFECTS += [
    b"<!DOCTYPE bom [<!ENTITY a 'b'>]>" + XML.format(XML_PARTS).encode(),
    XML.format(f"<components>{XML_PARTS}</components>").replace("1.6", "9.9").encode(),
    b"<other>" + XML_PARTS.encode() + b"</other>",
]


CREATION = {"created": "2026-01-02T03:04:05Z", "creators": ["Tool: t"]}


def an_spdx(*packages: Any, **members: Any) -> bytes:
    head = {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "drive",
            "documentNamespace": "https://sbom.example/1",
            "creationInfo": CREATION}  # fmt: skip
    return json.dumps(head | {"packages": packages} | members).encode()


def tie(one: int, kind: str, other: int) -> dict[str, str]:
    ends = {"spdxElementId": f"SPDXRef-{one}", "relatedSpdxElement": f"SPDXRef-{other}"}
    return ends | {"relationshipType": kind}


PACKAGES = [{"SPDXID": f"SPDXRef-{n}", "name": f"part-{n}", "versionInfo": "1"} for n in range(7)]
TIES = [tie(0, "CONTAINS", 1), tie(1, "CONTAINS", 2), tie(2, "DEPENDS_ON", 3),
        tie(3, "PATCH_APPLIED", 99)]  # fmt: skip
FILES = [{"SPDXID": "SPDXRef-99", "fileName": "CVE-2022-0367.patch"}]
DEFECTS += [
    an_spdx(*PACKAGES, relationships=TIES, files=FILES, documentDescribes=["SPDXRef-0"]),
    an_spdx(*PACKAGES, PACKAGES[2], relationships=[tie(0, "CONTAINS", 77)]),
    an_spdx(*PACKAGES, {"SPDXID": "", "name": 3}, {"name": "x"}),
    an_spdx(*PACKAGES, files="none", relationships={}),
    an_spdx(*PACKAGES, spdxVersion="SPDX-9"),
    an_spdx(*PACKAGES, creationInfo=None, documentNamespace=""),
    an_spdx(*PACKAGES).replace(b'"name": "part-5"', b'"name": "first", "name": "part-5"'),
    json.dumps({"sbom": json.loads(an_spdx(*PACKAGES, relationships=TIES))}).encode(),
    an_spdx(*PACKAGES)[:-40],
    b'{"spdxVersion": "SPDX-2.3", "packages": 7}',
    b"[" + an_spdx(*PACKAGES) + b"]",
    b'{"artifacts": [1, 2, 3]}',
]
TAGS = """SPDXVersion: SPDX-2.3
SPDXID: SPDXRef-DOCUMENT
DocumentName: drive
DocumentNamespace: https://sbom.example/1
Creator: Tool: t
Created: 2026-01-02T03:04:05Z

PackageName: grüße
SPDXID: SPDXRef-0
PackageVersion: 1
PackageDescription: <text>one
two
three</text>
PackageName: part-1
SPDXID: SPDXRef-1
Relationship: SPDXRef-0 CONTAINS SPDXRef-1
PackageName: part-2
SPDXID: SPDXRef-2
Relationship: SPDXRef-1 DEPENDS_ON SPDXRef-2
FileName: ./a.patch
SPDXID: SPDXRef-9
LicenseID: LicenseRef-1
ExtractedText: <text>may</text>
"""
DEFECTS += [
    TAGS.encode(),
    (TAGS + "no tag here\nRelationship: too few\n").encode(),
    (TAGS + "PackageComment: <text>open\n").encode(),
    TAGS.encode() + b"PackageComment: \xff\n",
    TAGS.replace("\n", "\r\n").encode(),
]


@pytest.mark.parametrize("content", DEFECTS)
def test_what_is_odd_or_wrong_is_told_alike(content: bytes, request: pytest.FixtureRequest):
    whole = said(content)
    request.getfixturevalue("in_pieces")

    assert said(content) == whole


@pytest.mark.parametrize("name", sorted(each.name for each in DOCUMENTS.iterdir()))
def test_every_sample_is_read_alike(name: str, request: pytest.FixtureRequest):
    content = (DOCUMENTS / name).read_bytes()
    whole = said(content)
    request.getfixturevalue("in_pieces")

    assert said(content) == whole


@pytest.mark.corpus
def test_real_documents_are_read_alike(corpus: Path, request: pytest.FixtureRequest):
    found = (each for each in sorted((corpus / "sbom").rglob("*")) if each.is_file())
    files = [each for each in found if each.stat().st_size < 2 << 20]
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
    monkeypatch.setattr("longmark.core.formats.sboms.json_pieces.PIECE_BYTES", 500)

    with pytest.raises(SbomInvalid, match="Split it by product part"):
        read_sbom(a_bom({"type": "library", "name": "a", "components": PARTS}))


@pytest.mark.usefixtures("in_pieces")
def test_so_is_one_in_xml(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("longmark.core.formats.sboms.xml_pieces.PIECE_BYTES", 500)
    nested = xml_part(8, f"<components>{XML_PARTS}</components>")

    with pytest.raises(SbomInvalid, match="Send it as JSON"):
        read_sbom(XML.format(f"<components>{nested}</components>").encode())


def test_overlong_texts_are_cut_with_a_note(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("longmark.core.formats.sboms.reading.CUT_IN_BYTES", 0)
    content = a_bom(*PARTS, {"type": "library", "name": "a", "description": "d" * 200_000})

    document = read_sbom_file(io.BytesIO(content))
    assert len(list(document.components)[-1].remarks.description) == 50_000
    assert "1 text(s) longer than 64 kB" in document.defects[-1].message
    assert "200,000 bytes" in document.defects[-1].message


def test_an_overlong_name_is_refused_though_it_was_cut(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("longmark.core.formats.sboms.reading.CUT_IN_BYTES", 0)

    with pytest.raises(SbomInvalid, match="components"):
        read_sbom_file(io.BytesIO(a_bom({"type": "library", "name": "n" * 200_000})))
