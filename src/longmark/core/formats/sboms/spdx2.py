"""SPDX 2.2 and 2.3 in JSON; the tag-value reader yields the same shape.

The format has no schema in the distributions that Longmark builds on, so it is decoded
into types: a wrong type or a missing mandatory member is a problem with its place, and
everything else that the specification wants and documents in the wild lack is a defect.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
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
from longmark.core.formats.sboms.json_text import Json, JsonObject
from longmark.core.formats.sboms.limits import refuse_count, refuse_problems
from longmark.core.formats.sboms.packed import Packed
from longmark.core.formats.sboms.spdx_decoding import Identifier, decoded, listed
from longmark.core.formats.sboms.spdx_structure import Packages, Structure

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
    """The document itself, without its lists."""

    spdxVersion: str
    SPDXID: Identifier
    name: str
    documentNamespace: str | None = None
    dataLicense: str | None = None
    creationInfo: CreationInfo | None = None
    documentDescribes: list[str] | None = None


class _Lists(msgspec.Struct):
    """Its lists, as far as they are some."""

    packages: list[Any] | None = None
    files: list[Any] | None = None
    snippets: list[Any] | None = None
    relationships: list[Any] | None = None
    hasExtractedLicensingInfos: list[Any] | None = None


LISTS = _Lists.__struct_fields__
"""Decoded entry by entry, to name every problem; those of a large document never stand in memory
as a whole."""


def read(
    tree: JsonObject,
    defects: list[Problem],
    *,
    encoding: Encoding,
    lists: Mapping[str, Collection[Json]] | None = None,
) -> SbomDocument:
    """Return the document that ``tree`` holds; ``lists`` are those that are not in it.

    Raises:
        SbomInvalid: its version is not known, or something mandatory is missing or of a
            wrong type.
    """
    return _read(tree, lists or {}, encoding, Packages(), Gathering(defects=defects))


def read_large(
    tree: JsonObject,
    defects: list[Problem],
    *,
    encoding: Encoding,
    lists: Mapping[str, Collection[Json]],
) -> SbomDocument:
    """Return the same of a large document, whose lists are never in memory as a whole.

    Raises:
        SbomInvalid: as for others.
    """
    packages = Packages(Packed(ComponentEntry))
    return _read(tree, lists, encoding, packages, Gathering.of_many(defects))


def _read(
    tree: JsonObject,
    lists: Mapping[str, Collection[Json]],
    encoding: Encoding,
    packages: Packages,
    gathered: Gathering,
) -> SbomDocument:
    problems: list[Problem] = []
    document = decoded(tree, Document, "", problems)
    held = {**_lists(tree, problems), **lists}
    if document is None:
        refuse_problems(problems)
        raise AssertionError("An undecoded document has a problem.")
    _refuse_version(document)
    refuse_count(len(held.get("packages", ())))
    for place, package in listed(held.get("packages"), Package, "packages", problems):
        packages.add(_entry(package), place)
    about = _About(document, encoding, [document.SPDXID], {})
    for _, file in listed(held.get("files"), File, "files", problems):
        about.other_refs.append(file.SPDXID)
        about.file_names[file.SPDXID] = file.fileName
    for _, snippet in listed(held.get("snippets"), Snippet, "snippets", problems):
        about.other_refs.append(snippet.SPDXID)
    ties = listed(held.get("relationships"), Relationship, "relationships", problems)
    structure = structure_of(document, packages.names, (tie for _, tie in ties))
    refuse_problems(problems)
    gathered.defects += _document_defects(document)
    texts = tuple(_licence_texts(held.get("hasExtractedLicensingInfos")))
    return _assembled(about, packages, structure, gathered, texts)


def _lists(tree: JsonObject, problems: list[Problem]) -> dict[str, Collection[Json]]:
    """Return the lists of a document; what should be one and is not is a problem."""
    decoded(tree, _Lists, "", problems)
    found = ((name, tree.get(name)) for name in LISTS)
    return {name: value for name, value in found if isinstance(value, list)}


@dataclass(frozen=True)
class _About:
    """What the assembly of a document needs beside its packages."""

    document: Document
    encoding: Encoding
    other_refs: list[str]
    file_names: dict[str, str]


def _refuse_version(document: Document) -> None:
    if document.spdxVersion not in VERSIONS:
        raise SbomInvalid(
            "{found} is not read; {known} and SPDX 3.0 are.",
            found=document.spdxVersion[:20] or "A document without SPDX version",
            known=", ".join(VERSIONS),
        )


def _assembled(
    about: _About,
    packages: Packages,
    structure: Structure,
    gathered: Gathering,
    licence_texts: tuple[LicenceText, ...],
) -> SbomDocument:
    document = about.document
    subject = gathered.place(structure, packages, about.file_names)
    within = (pair for pair in structure.ties() if not _leads_outside(pair))
    return SbomDocument(
        format=Format.SPDX,
        spec_version=document.spdxVersion.removeprefix("SPDX-"),
        encoding=about.encoding,
        serial=stated(document.documentNamespace) or "",
        name=document.name,
        version="",
        created_at=instant((document.creationInfo or CreationInfo()).created),
        subject=subject,
        components=gathered.found,
        dependencies=structure.needs,
        defects=gathered.settle(subject=subject, other_refs=about.other_refs, dependencies=within),
        licence_texts=licence_texts,
    )


def _licence_texts(nodes: Iterable[Json] | None) -> Iterator[LicenceText]:
    """Yield the licences that the document defines; one that is none is passed over."""
    for _, each in listed(nodes, ExtractedLicence, "hasExtractedLicensingInfos", []):
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
    document: Document, packages: Mapping[str, str], relationships: Iterable[Relationship]
) -> Structure:
    """Return the ties that the document names, inverse words turned round.

    Ties of files say nothing about packages and are passed over.
    """
    structure = Structure()
    once = {each: each for each in packages}  # an id is named by many ties: kept once
    for described in document.documentDescribes or ():
        structure.described[described] = None
    for each in relationships:
        note = _TIES.get(each.relationshipType.upper())
        one, other = each.spdxElementId, each.relatedSpdxElement
        if note and stated(one) and stated(other) and (one in once or other in once):
            note(structure, once.get(one, one), once.get(other, other))
    return structure
