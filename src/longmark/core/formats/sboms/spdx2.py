"""SPDX 2.2 and 2.3 in JSON; the tag-value reader yields the same shape.

The format has no schema in the distributions that Longmark builds on, so it is decoded
into types: a wrong type or a missing mandatory member is a problem with its place, and
everything else that the specification wants and documents in the wild lack is a defect.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from longmark.core.formats.sboms.document import (
    NO_REMARKS,
    ComponentEntry,
    Encoding,
    Format,
    Hash,
    LicenceText,
    Link,
    Problem,
    Remarks,
    SbomDocument,
    SbomInvalid,
)
from longmark.core.formats.sboms.gathering import Gathering, instant, own_facts, stated
from longmark.core.formats.sboms.json_text import JsonObject
from longmark.core.formats.sboms.limits import refuse_count, refuse_problems
from longmark.core.formats.sboms.spdx_decoding import Identifier, decoded, listed
from longmark.core.formats.sboms.spdx_structure import Structure, keyed

VERSIONS = ("SPDX-2.2", "SPDX-2.3")
OTHER_DOCUMENT = "DocumentRef-"
CPE_TYPES = frozenset({"cpe23Type", "cpe22Type"})


class Checksum(msgspec.Struct):
    """A digest of a package or file."""

    algorithm: str = ""
    checksumValue: str = ""


class ExternalRef(msgspec.Struct):
    """A pointer out of the document: purl, CPE, and much else."""

    referenceType: str = ""
    referenceLocator: str = ""
    referenceCategory: str = ""


class Package(msgspec.Struct):
    """A package; ``SPDXID`` and ``name`` are mandatory (SPDX 2.3 clause 7)."""

    SPDXID: Identifier
    name: str
    versionInfo: str | None = None
    supplier: str | None = None
    originator: str | None = None
    licenseDeclared: str | None = None
    licenseConcluded: str | None = None
    primaryPackagePurpose: str | None = None
    downloadLocation: str | None = None
    checksums: list[Checksum] | None = None
    externalRefs: list[ExternalRef] | None = None
    hasFiles: list[str] | None = None
    description: str | None = None
    summary: str | None = None
    copyrightText: str | None = None
    homepage: str | None = None
    comment: str | None = None


class File(msgspec.Struct):
    """A file; only its name and id are of interest here."""

    SPDXID: Identifier
    fileName: str


class Snippet(msgspec.Struct):
    """A part of a file, which relationships may speak of."""

    SPDXID: Identifier


class ExtractedLicence(msgspec.Struct):
    """A licence that the document defines (SPDX 2.3 clause 10)."""

    licenseId: str = ""
    name: str | None = None
    extractedText: str | None = None


class Relationship(msgspec.Struct):
    """One tie between two elements (SPDX 2.3 clause 11)."""

    spdxElementId: str
    relationshipType: str
    relatedSpdxElement: str


class CreationInfo(msgspec.Struct):
    """Who made the document, and when."""

    created: str | None = None
    creators: list[str] | None = None


class Document(msgspec.Struct):
    """The document itself; its lists are decoded entry by entry, to name every problem."""

    spdxVersion: str
    SPDXID: Identifier
    name: str
    documentNamespace: str | None = None
    dataLicense: str | None = None
    creationInfo: CreationInfo | None = None
    documentDescribes: list[str] | None = None
    packages: list[Any] | None = None
    files: list[Any] | None = None
    snippets: list[Any] | None = None
    relationships: list[Any] | None = None
    hasExtractedLicensingInfos: list[Any] | None = None


def read(tree: JsonObject, defects: list[Problem], *, encoding: Encoding) -> SbomDocument:
    """Return the document that ``tree`` holds.

    Raises:
        SbomInvalid: its version is not known, or something mandatory is missing or of a
            wrong type.
    """
    problems: list[Problem] = []
    document = decoded(tree, Document, "", problems)
    if document is None:
        refuse_problems(problems)
        raise AssertionError("An undecoded document has a problem.")
    _refuse_version(document)
    packages = listed(document.packages, Package, "packages", problems)
    files = listed(document.files, File, "files", problems)
    snippets = listed(document.snippets, Snippet, "snippets", problems)
    relationships = listed(document.relationships, Relationship, "relationships", problems)
    refuse_problems(problems)
    structure = structure_of(document, packages, relationships)
    others = [document.SPDXID, *(each.SPDXID for each in files), *(s.SPDXID for s in snippets)]
    names = {each.SPDXID: each.fileName for each in files}
    defects += _document_defects(document)
    about = _About(document, encoding, structure, others, names)
    return _assembled(about, packages, Gathering(defects=defects))


@dataclass(frozen=True)
class _About:
    """What the assembly of a document needs beside its packages."""

    document: Document
    encoding: Encoding
    structure: Structure
    other_refs: list[str]
    file_names: dict[str, str]


def _refuse_version(document: Document) -> None:
    if document.spdxVersion not in VERSIONS:
        raise SbomInvalid(
            "{found} is not read; {known} and SPDX 3.0 are.",
            found=document.spdxVersion[:20] or "A document without SPDX version",
            known=", ".join(VERSIONS),
        )
    refuse_count(len(document.packages or ()))


def _assembled(about: _About, packages: list[Package], gathered: Gathering) -> SbomDocument:
    document, structure = about.document, about.structure
    entries = keyed(_entry(each) for each in packages)
    names = about.file_names | {identifier: each.name for identifier, each in entries.items()}
    places = (f"packages[{number}]" for number in range(len(packages)))
    subject = gathered.place(structure, entries, names, places)
    dependencies = tuple(structure.dependencies)
    within = [pair for pair in structure.ties() if not _leads_outside(pair)]
    return SbomDocument(
        format=Format.SPDX,
        spec_version=document.spdxVersion.removeprefix("SPDX-"),
        encoding=about.encoding,
        serial=stated(document.documentNamespace) or "",
        name=document.name,
        version="",
        created_at=instant((document.creationInfo or CreationInfo()).created),
        subject=subject,
        components=tuple(gathered.components),
        dependencies=dependencies,
        defects=gathered.settle(subject=subject, other_refs=about.other_refs, dependencies=within),
        licence_texts=tuple(_licence_texts(document.hasExtractedLicensingInfos)),
    )


def _licence_texts(nodes: list[Any] | None) -> Iterator[LicenceText]:
    """Yield the licences that the document defines; one that is none is passed over."""
    for each in listed(nodes, ExtractedLicence, "hasExtractedLicensingInfos", []):
        if each.licenseId:
            named = stated(each.name) or each.licenseId
            yield LicenceText(each.licenseId, named, each.extractedText or "")


def _leads_outside(pair: tuple[str, str]) -> bool:
    return any(each.startswith(OTHER_DOCUMENT) for each in pair)


def _document_defects(document: Document) -> Iterator[Problem]:
    if not stated(document.documentNamespace):
        yield Problem("documentNamespace", "Is missing: nobody can refer to this document.")
    creation = document.creationInfo
    if creation is None or instant(creation.created) is None:
        yield Problem("creationInfo.created", "Is missing or no instant.")
    if creation is None or not creation.creators:
        yield Problem("creationInfo.creators", "Is missing: nobody answers for this document.")


def _entry(package: Package) -> ComponentEntry:
    purl, cpes = _identities(package.externalRefs or [])
    licence = stated(package.licenseDeclared) or stated(package.licenseConcluded)
    own = own_facts(package.comment)
    return ComponentEntry(
        ref=package.SPDXID,
        name=package.name,
        version=own.version or stated(package.versionInfo),
        group=own.group,
        supplier=party_named(package.supplier) or party_named(package.originator),
        purl=purl,
        cpes=(*cpes, *own.cpes),
        hashes=(
            *(Hash(each.algorithm, each.checksumValue) for each in package.checksums or ()),
            *own.hashes,
        ),
        licences=own.licences or ((licence,) if licence else ()),
        kind=(package.primaryPackagePurpose or "").lower().replace("_", "-"),
        scope=own.scope,
        patches=own.patches,
        remarks=_remarks(package),
    )


_LINK_KINDS = {"advisory": "advisories", "fix": "other", "url": "other"}


def _remarks(package: Package) -> Remarks:
    """Return description, copyright and links; identities are not repeated among these."""
    addresses = (("website", package.homepage), ("distribution", package.downloadLocation))
    links = [Link(kind, url) for kind, address in addresses if (url := stated(address))]
    for each in package.externalRefs or ():
        if each.referenceCategory == "SECURITY" and each.referenceType in _LINK_KINDS:
            links.append(Link(_LINK_KINDS[each.referenceType], each.referenceLocator.strip()))
    said = Remarks(
        description=stated(package.description) or stated(package.summary) or "",
        copyright=stated(package.copyrightText) or "",
        links=tuple(links),
    )
    return NO_REMARKS if said == NO_REMARKS else said


def _identities(references: list[ExternalRef]) -> tuple[str | None, tuple[str, ...]]:
    """Return the first purl and all CPEs, each once."""
    purls = (each.referenceLocator for each in references if each.referenceType == "purl")
    cpes = (each.referenceLocator for each in references if each.referenceType in CPE_TYPES)
    return next(purls, "").strip() or None, tuple(dict.fromkeys(each.strip() for each in cpes))


_PARTY = re.compile(r"(?:Organization|Person|Tool):\s*")


def party_named(text: str | None) -> str | None:
    """Return the name in SPDX's wording of a party, without its kind and mail address.

    >>> party_named("Organization: Aerial Drives (psirt@aerial.example)")
    'Aerial Drives'
    """
    value = stated(text)
    found = _PARTY.match(value) if value else None
    if not value or not found:
        return value
    name = value[found.end() :]
    address = name.rfind("(")
    if name.endswith(")") and address >= 0 and ")" not in name[address:-1]:
        name = name[:address]
    return stated(name)


Noting = Callable[[Structure, str, str], None]


def _inverse(noting: Noting) -> Noting:
    return lambda structure, one, other: noting(structure, other, one)


def _note_optional(structure: Structure, one: str, other: str) -> None:
    structure.need(one, other)
    structure.optional.add(other)


def _note_optional_part(structure: Structure, outer: str, inner: str) -> None:
    structure.contain(outer, inner)
    structure.optional.add(inner)


def _note_patch(structure: Structure, patched: str, patch: str) -> None:
    structure.patched_by.setdefault(patched, []).append(patch)


def _note_description(structure: Structure, _: str, described: str) -> None:
    structure.described[described] = None


# SPDX 2.3 clause 11.1, as far as it says what sits in what and what needs what.
_TIES: dict[str, Noting] = {
    "DESCRIBES": _note_description,
    "DESCRIBED_BY": _inverse(_note_description),
    "CONTAINS": Structure.contain,
    "CONTAINED_BY": _inverse(Structure.contain),
    "DEPENDS_ON": Structure.need,
    "DEPENDENCY_OF": _inverse(Structure.need),
    "RUNTIME_DEPENDENCY_OF": _inverse(Structure.need),
    "BUILD_DEPENDENCY_OF": _inverse(Structure.need),
    "PROVIDED_DEPENDENCY_OF": _inverse(Structure.need),
    "OPTIONAL_DEPENDENCY_OF": _inverse(_note_optional),
    "OPTIONAL_COMPONENT_OF": _inverse(_note_optional_part),
    "DEV_DEPENDENCY_OF": _inverse(Structure.need_unshipped),
    "TEST_DEPENDENCY_OF": _inverse(Structure.need_unshipped),
    "BUILD_TOOL_OF": _inverse(Structure.need_unshipped),
    "DEV_TOOL_OF": _inverse(Structure.need_unshipped),
    "TEST_TOOL_OF": _inverse(Structure.need_unshipped),
    "STATIC_LINK": Structure.need,
    "DYNAMIC_LINK": Structure.need,
    "HAS_PREREQUISITE": Structure.need,
    "PREREQUISITE_FOR": _inverse(Structure.need),
    "PATCH_APPLIED": _inverse(_note_patch),
    "PATCH_FOR": _inverse(_note_patch),
}


def structure_of(
    document: Document, packages: list[Package], relationships: list[Relationship]
) -> Structure:
    """Return the ties that the document names, inverse words turned round.

    Ties of files say nothing about packages and are passed over.
    """
    structure = Structure()
    known = {each.SPDXID for each in packages}
    for described in document.documentDescribes or ():
        structure.described[described] = None
    for each in relationships:
        note = _TIES.get(each.relationshipType.upper())
        ends = (each.spdxElementId, each.relatedSpdxElement)
        if note and all(stated(end) for end in ends) and (known.intersection(ends)):
            note(structure, *ends)
    return structure
