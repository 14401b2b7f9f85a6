"""SPDX 2.3 in JSON and in tag-value, written piece by piece."""

from collections.abc import Iterable, Iterator

import orjson

from longmark.core.formats.sboms.json_text import Json, JsonObject, member, members, text
from longmark.core.formats.sboms.writing import spdx2_shape as shape
from longmark.core.formats.sboms.writing.release import ReleaseBom, pieces_of
from longmark.core.formats.sboms.writing.spdx_shape import Licences, identifiers


def write_json(bom: ReleaseBom) -> Iterator[bytes]:
    """Yield the document in pieces: one package on a line."""
    ids, licences = identifiers(bom), Licences(bom)
    yield orjson.dumps(shape.document(bom))[:-1]
    packages = (shape.package(piece, bom, ids, licences) for piece in pieces_of(bom))
    sections: tuple[tuple[str, Iterable[Json]], ...] = (
        ("packages", packages),
        ("relationships", shape.relationships(bom, ids)),
        ("hasExtractedLicensingInfos", shape.extracted(licences)),  # known when all are written
    )
    for name, entries in sections:
        yield from _section(name, entries)
    yield b"}\n"


def _section(name: str, entries: Iterable[Json]) -> Iterator[bytes]:
    is_first = True
    for entry in entries:
        yield (f',\n"{name}":[\n'.encode() if is_first else b",\n") + orjson.dumps(entry)
        is_first = False
    if not is_first:
        yield b"\n]"


_DOCUMENT = (
    ("spdxVersion", "SPDXVersion"),
    ("dataLicense", "DataLicense"),
    ("SPDXID", "SPDXID"),
    ("name", "DocumentName"),
    ("documentNamespace", "DocumentNamespace"),
    ("comment", "DocumentComment"),
)
_PACKAGE = (
    ("name", "PackageName"),
    ("SPDXID", "SPDXID"),
    ("versionInfo", "PackageVersion"),
    ("supplier", "PackageSupplier"),
    ("downloadLocation", "PackageDownloadLocation"),
    ("homepage", "PackageHomePage"),
    ("licenseConcluded", "PackageLicenseConcluded"),
    ("licenseDeclared", "PackageLicenseDeclared"),
    ("copyrightText", "PackageCopyrightText"),
    ("description", "PackageDescription"),
    ("comment", "PackageComment"),
    ("primaryPackagePurpose", "PrimaryPackagePurpose"),
)
_FREE_TEXT = frozenset(
    {
        "DocumentComment",
        "PackageComment",
        "PackageCopyrightText",
        "PackageDescription",
        "ExtractedText",
        "RelationshipComment",
    }
)


def write_tags(bom: ReleaseBom) -> Iterator[bytes]:
    """Yield the document in pieces: one package after the other, each with its tags."""
    ids, licences = identifiers(bom), Licences(bom)
    said = shape.document(bom)
    yield _lines(_tagged(said, _DOCUMENT), _creation(said))
    for piece in pieces_of(bom):
        package = shape.package(piece, bom, ids, licences)
        yield _lines([""], _tagged(package, _PACKAGE), _package_lists(package))
    for tie in shape.relationships(bom, ids):
        yield _lines(_tie(tie))
    for licence in shape.extracted(licences):
        yield _lines([""], _tagged(licence, _LICENCE))


_LICENCE = (
    ("licenseId", "LicenseID"),
    ("name", "LicenseName"),
    ("extractedText", "ExtractedText"),
)


def _lines(*groups: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for group in groups for line in group).encode()


def _tagged(said: JsonObject, tags: Iterable[tuple[str, str]]) -> Iterator[str]:
    for key, tag in tags:
        value = text(said, key)
        if value:
            yield _tag(tag, value)
        if tag == "PackageDownloadLocation":
            yield "FilesAnalyzed: false"


def _tag(tag: str, value: str) -> str:
    if tag in _FREE_TEXT:
        closed = value.replace("</text>", "< /text>")
        return f"{tag}: <text>{closed}</text>"
    if tag == "PrimaryPackagePurpose":
        value = value.replace("_", "-")  # the schema of JSON has OPERATING_SYSTEM
    return f"{tag}: {' '.join(value.splitlines())}"


def _creation(said: JsonObject) -> Iterator[str]:
    creation = member(said, "creationInfo")
    for each in members(creation, "creators"):
        yield f"Creator: {each}"
    yield f"Created: {text(creation, 'created')}"


def _package_lists(package: JsonObject) -> Iterator[str]:
    for each in members(package, "checksums"):
        yield f"PackageChecksum: {text(each, 'algorithm')}: {text(each, 'checksumValue')}"
    for each in members(package, "externalRefs"):
        keys = ("referenceCategory", "referenceType", "referenceLocator")
        yield "ExternalRef: " + " ".join(text(each, key) or "" for key in keys)


def _tie(said: JsonObject) -> Iterator[str]:
    keys = ("spdxElementId", "relationshipType", "relatedSpdxElement")
    yield "Relationship: " + " ".join(text(said, key) or "" for key in keys)
    if comment := text(said, "comment"):
        yield _tag("RelationshipComment", comment)
