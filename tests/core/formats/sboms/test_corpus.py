"""All real documents: what is taken, what is refused, and why each of those is."""

import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import pytest

from longmark.core.formats.sboms import SbomInvalid, read_sbom

pytestmark = pytest.mark.corpus

# Files of the specification that we judge otherwise than their name says, and why.
TAKEN_WITH_DEFECTS = {
    # Only fault: a repeated bom-ref, which the JSON schemas cannot see. It is a defect here
    # in both encodings; from 1.5 the same files hold an empty bom-ref too, and are refused.
    f"invalid-component-ref-1.{minor}.xml"
    for minor in (1, 2, 3, 4)
}

# How every other refusal begins, with the number of documents.
REASONS = {
    "is no SBOM that can be read: it is of no known format": "other text",
    "SPDX in YAML": "SPDX in YAML",
    "protobuf text": "CycloneDX in protobuf text",
    "unpack it first": "compressed",
    "The document is JSON, but no SBOM": "other JSON",
    "but not an object": "other JSON",
    "The document is XML, but no CycloneDX": "SPDX in RDF or XML, other XML",
    "is not read": "version not read",
    "The document does not follow its format": "breaks its format",
    "is not valid JSON": "broken JSON",
    "is not well-formed XML": "broken XML",
    "is not closed": "truncated tag-value",
    "document type declaration": "hostile XML",
    "is not UTF-8": "wrong encoding",
}


@dataclass
class Tally:
    """What became of the documents."""

    taken: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    misjudged: set[str] = field(default_factory=set)
    unexplained: list[str] = field(default_factory=list)
    component_count: int = 0


@pytest.fixture(scope="module")
def tally(corpus: Path) -> Tally:
    judged = Tally()
    for name, content in documents(corpus / "sbom"):
        judge(judged, name, content)
    return judged


def documents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        if path.name.endswith(".tar.xz"):
            yield from members(path)
        else:
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def members(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content:
                yield member.name, content.read()


def judge(tally: Tally, name: str, content: bytes) -> None:
    filename = PurePosixPath(name).name
    of_specification = name.startswith("cyclonedx-spec-tests/") and "textproto" not in name
    try:
        document = read_sbom(content, filename=filename)
    except SbomInvalid as refusal:
        meant = of_specification and filename.startswith("invalid-")
        reason = reason_of(str(refusal), name, tally)
        tally.refused["invalid by the specification's own name" if meant else reason] += 1
        if of_specification and filename.startswith("valid-"):
            tally.misjudged.add(filename)
    else:
        tally.taken[f"{document.format} {document.spec_version} {document.encoding}"] += 1
        tally.component_count += len(document.components)
        if of_specification and filename.startswith("invalid-"):
            tally.misjudged.add(filename)


def reason_of(message: str, name: str, tally: Tally) -> str:
    for beginning, reason in REASONS.items():
        if beginning in message:
            return reason
    tally.unexplained.append(f"{name}: {message}")
    return "unexplained"


def test_specification_is_judged_as_it_says(tally: Tally) -> None:
    assert tally.misjudged == TAKEN_WITH_DEFECTS


def test_every_refusal_is_explained(tally: Tally) -> None:
    assert tally.unexplained == []


def test_refusals_are_these(tally: Tally) -> None:
    assert dict(tally.refused) == {
        "invalid by the specification's own name": 219,
        "CycloneDX in protobuf text": 121,  # not among the formats that are read
        "breaks its format": 67,  # most: fixtures made to be wrong, serialNumber urn:uuid:xxxx
        "SPDX in RDF or XML, other XML": 30,
        "other JSON": 22,  # Syft reports, schemas, an attestation
        "SPDX in YAML": 13,
        "compressed": 8,
        "other text": 6,
        "version not read": 6,  # SPDX 2.1, and fixtures without a version
        "broken JSON": 3,
        "broken XML": 1,
        "truncated tag-value": 1,
    }


def test_documents_taken_are_these(tally: Tally) -> None:
    assert dict(tally.taken) == {
        "cyclonedx 1.0 xml": 4,
        "cyclonedx 1.1 xml": 12,
        "cyclonedx 1.2 json": 23,
        "cyclonedx 1.2 xml": 28,
        "cyclonedx 1.3 json": 29,
        "cyclonedx 1.3 xml": 21,
        "cyclonedx 1.4 json": 81,
        "cyclonedx 1.4 xml": 31,
        "cyclonedx 1.5 json": 64,
        "cyclonedx 1.5 xml": 22,
        "cyclonedx 1.6 json": 118,
        "cyclonedx 1.6 xml": 28,
        "cyclonedx 1.7 json": 45,
        "cyclonedx 1.7 xml": 41,
        "spdx 2.2 json": 281,
        "spdx 2.2 tag-value": 41,
        "spdx 2.3 json": 294,
        "spdx 2.3 tag-value": 8,
        "spdx 3.0.0 json-ld": 1,
        "spdx 3.0.1 json-ld": 63,
    }


def test_components_are_many(tally: Tally) -> None:
    assert tally.component_count > 130_000
