"""SPDX 3.0 in JSON-LD, as its JSON schema shapes it: one flat graph of elements.

Elements refer to each other by ``spdxId``. Only the members that matter here are decoded;
no context is resolved and nothing is fetched: names are those of the context that the
specification fixes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec

from longmark.core.formats.sboms.document import (
    NO_REMARKS,
    ComponentEntry,
    Composition,
    Encoding,
    Format,
    Hash,
    Link,
    Problem,
    Remarks,
    SbomDocument,
    SbomInvalid,
)
from longmark.core.formats.sboms.gathering import Gathering, instant, own_facts, stated
from longmark.core.formats.sboms.json_text import Json, JsonObject, member, members, text
from longmark.core.formats.sboms.limits import PROBLEMS_LISTED, refuse_count, refuse_problems
from longmark.core.formats.sboms.spdx_decoding import Identifier, decoded
from longmark.core.formats.sboms.spdx_structure import Structure, keyed

VERSIONS = ("3.0", "3.0.0", "3.0.1")
PACKAGES = frozenset({"software_Package", "ai_AIPackage", "dataset_DatasetPackage"})
FILES = frozenset({"software_File", "software_Snippet"})
TIES = frozenset({"Relationship", "LifecycleScopedRelationship"})
COLLECTIONS = frozenset({"SpdxDocument", "software_Sbom", "Bom", "Bundle"})
CPE_TYPES = frozenset({"cpe23", "cpe22"})
UNSHIPPED_SCOPES = frozenset({"development", "test"})


class ExternalIdentifier(msgspec.Struct):
    """A name that others know the package by: purl, CPE, and much else."""

    externalIdentifierType: str = ""
    identifier: str = ""


class IntegrityMethod(msgspec.Struct):
    """A digest, if it is of the kind Hash."""

    algorithm: str = ""
    hashValue: str = ""


class Package(msgspec.Struct):
    """A package; ``spdxId`` and ``name`` are mandatory."""

    spdxId: Identifier
    name: str
    software_packageVersion: str | None = None
    software_packageUrl: str | None = None
    software_primaryPurpose: str | None = None
    suppliedBy: str | None = None
    originatedBy: list[str] | None = None
    externalIdentifier: list[ExternalIdentifier] | None = None
    verifiedUsing: list[IntegrityMethod] | None = None
    description: str | None = None
    summary: str | None = None
    software_copyrightText: str | None = None
    software_homePage: str | None = None
    software_downloadLocation: str | None = None
    comment: str | None = None


class Tie(msgspec.Struct):
    """One tie from an element to others."""

    from_: str = msgspec.field(name="from")
    to: list[str]
    relationshipType: str
    scope: str | None = None
    completeness: str | None = None


@dataclass
class _Graph:
    """The elements of the graph that matter, decoded."""

    packages: list[tuple[str, Package]] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    other_ids: list[str] = field(default_factory=list)
    roots: dict[str, list[str]] = field(default_factory=dict)
    document: JsonObject = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(tree: JsonObject, defects: list[Problem]) -> SbomDocument:
    """Return the document that ``tree`` holds.

    Raises:
        SbomInvalid: its version is not known, or something mandatory is missing or of a
            wrong type.
    """
    nodes = tree.get("@graph", [tree])
    if not isinstance(nodes, list):
        refuse_problems([Problem("@graph", "Must be a list of elements.")])
        raise AssertionError("A problem is refused.")
    creation = _creation(nodes)
    graph = _graph(nodes)
    refuse_problems(graph.problems)
    refuse_count(len(graph.packages))
    return _assembled(graph, creation, Gathering(defects=defects))


def _creation(nodes: list[Json]) -> JsonObject:
    """Return the creation info of the document, having refused unknown versions."""
    infos = [each for each in nodes if isinstance(each, dict) and _kind(each) == "CreationInfo"]
    inline = (member(each, "creationInfo") for each in nodes)
    infos += [each for each in inline if isinstance(each, dict)]
    version = text(infos[0], "specVersion") if infos else None
    if version not in VERSIONS:
        raise SbomInvalid(
            "SPDX {found} in JSON-LD is not read; 3.0 is.", found=(version or "of no version")[:20]
        )
    return infos[0]


def _kind(node: Json) -> str:
    return text(node, "type") or text(node, "@type") or ""


def _graph(nodes: list[Json]) -> _Graph:
    graph = _Graph()
    for number, node in enumerate(nodes):
        place = f"@graph[{number}]"
        if not isinstance(node, dict) or not _kind(node):
            graph.problems.append(Problem(place, "Is no element: it has no type."))
        else:
            _sort(node, place, graph)
        if len(graph.problems) >= PROBLEMS_LISTED:
            break
    return graph


def _sort(node: JsonObject, place: str, graph: _Graph) -> None:
    """Put one element where it belongs."""
    kind, identifier = _kind(node), text(node, "spdxId") or text(node, "@id") or ""
    if kind in PACKAGES:
        package = decoded({"spdxId": identifier or None, **node}, Package, place, graph.problems)
        if package:
            graph.packages.append((place, package))
    elif kind in TIES:
        tie = decoded(node, Tie, place, graph.problems)
        if tie:
            graph.ties.append(tie)
    elif kind in COLLECTIONS:
        graph.roots[identifier] = [e for e in members(node, "rootElement") if isinstance(e, str)]
    if kind == "SpdxDocument":
        graph.document = node
    if kind not in PACKAGES and identifier:
        graph.other_ids.append(identifier)
        graph.names[identifier] = _label(node)


def _label(node: JsonObject) -> str:
    """Return what an element is called: its name, or the licence expression that it is."""
    return (
        text(node, "simplelicensing_licenseExpression")
        or text(node, "name")
        or (text(node, "spdxId") or "").removeprefix("https://spdx.org/licenses/")
    )


def _assembled(graph: _Graph, creation: JsonObject, gathered: Gathering) -> SbomDocument:
    structure, licences = _structure(graph)
    entries = keyed(
        _entry(each, graph.names, licences.get(each.spdxId, ())) for _, each in graph.packages
    )
    names = graph.names | {identifier: each.name for identifier, each in entries.items()}
    subject = gathered.place(structure, entries, names, (place for place, _ in graph.packages))
    dependencies = tuple(structure.dependencies)
    imported = {text(each, "externalSpdxId") for each in members(graph.document, "import")}
    within = [pair for pair in structure.ties() if imported.isdisjoint(pair)]
    return SbomDocument(
        format=Format.SPDX,
        spec_version=text(creation, "specVersion") or "",
        encoding=Encoding.JSON_LD,
        serial=text(graph.document, "spdxId") or "",
        name=text(graph.document, "name") or (subject.name if subject else ""),
        version="",
        created_at=instant(text(creation, "created")),
        subject=subject,
        components=tuple(gathered.components),
        dependencies=dependencies,
        defects=gathered.settle(subject=subject, other_refs=graph.other_ids, dependencies=within),
        compositions=tuple(_compositions(graph.ties)),
    )


def _compositions(ties: list[Tie]) -> Iterator[Composition]:
    """Yield what relationships say of their own completeness."""
    for tie in ties:
        if tie.completeness in _COMPLETENESS:
            if tie.relationshipType == "contains":
                yield Composition(tie.completeness, assemblies=(tie.from_,))
            elif tie.relationshipType == "dependsOn":
                yield Composition(tie.completeness, dependencies=(tie.from_,))


_COMPLETENESS = frozenset({"complete", "incomplete"})


def _entry(package: Package, names: dict[str, str], licences: tuple[str, ...]) -> ComponentEntry:
    named = package.externalIdentifier or []
    purls = [e.identifier for e in named if e.externalIdentifierType == "packageUrl"]
    cpes = (e.identifier.strip() for e in named if e.externalIdentifierType in CPE_TYPES)
    own = own_facts(package.comment)
    supplier = package.suppliedBy or next(iter(package.originatedBy or ()), "")
    return ComponentEntry(
        ref=package.spdxId,
        name=package.name,
        version=own.version or stated(package.software_packageVersion),
        group=own.group,
        supplier=stated(names.get(supplier)),
        purl=stated(package.software_packageUrl) or next(iter(purls), "").strip() or None,
        cpes=(*dict.fromkeys(cpes), *own.cpes),
        hashes=(*_hashes(package), *own.hashes),
        licences=own.licences or licences,
        scope=own.scope,
        patches=own.patches,
        kind=_PURPOSES.get(package.software_primaryPurpose or "", package.software_primaryPurpose)
        or "",
        remarks=_remarks(package),
    )


def _hashes(package: Package) -> Iterator[Hash]:
    for each in package.verifiedUsing or ():
        if each.hashValue:
            yield Hash(each.algorithm, each.hashValue)


def _remarks(package: Package) -> Remarks:
    addresses = (
        ("website", package.software_homePage),
        ("distribution", package.software_downloadLocation),
    )
    said = Remarks(
        description=stated(package.description) or stated(package.summary) or "",
        copyright=stated(package.software_copyrightText) or "",
        links=tuple(Link(kind, url) for kind, address in addresses if (url := stated(address))),
    )
    return NO_REMARKS if said == NO_REMARKS else said


_PURPOSES = {"operatingSystem": "operating-system", "deviceDriver": "device-driver"}

Noting = Callable[[Structure, str, str], None]


def _note_optional(structure: Structure, one: str, other: str) -> None:
    structure.need(one, other)
    structure.optional.add(other)


def _note_optional_part(structure: Structure, outer: str, inner: str) -> None:
    structure.contain(outer, inner)
    structure.optional.add(inner)


def _note_patch(structure: Structure, patched: str, patch: str) -> None:
    structure.patched_by.setdefault(patched, []).append(patch)


# SPDX 3.0.1, vocabulary RelationshipType, as far as it says what sits in and what needs what.
_TIES: dict[str, Noting] = {
    "contains": Structure.contain,
    "dependsOn": Structure.need,
    "hasStaticLink": Structure.need,
    "hasDynamicLink": Structure.need,
    "hasPrerequisite": Structure.need,
    "hasProvidedDependency": Structure.need,
    "hasOptionalDependency": _note_optional,
    "hasOptionalComponent": _note_optional_part,
    "patchedBy": _note_patch,
}
_LICENCES = ("hasDeclaredLicense", "hasConcludedLicense")


def _structure(graph: _Graph) -> tuple[Structure, dict[str, tuple[str, ...]]]:
    """Return the ties between packages, and the licences of each; declared before concluded."""
    structure = Structure()
    known = {each.spdxId for _, each in graph.packages}
    for root in _roots(graph):
        structure.described[root] = None
    licences: dict[str, tuple[str, ...]] = {}
    for tie in graph.ties:
        if tie.relationshipType in _LICENCES:
            _license(tie, graph.names, licences)
        elif tie.from_ in known or not known.isdisjoint(tie.to):
            _tie(tie, structure)
    return structure, licences


def _tie(tie: Tie, structure: Structure) -> None:
    note = _TIES.get(tie.relationshipType)
    if note is None:
        return
    if note is Structure.need and tie.scope in UNSHIPPED_SCOPES:
        note = Structure.need_unshipped
    for other in tie.to:
        note(structure, tie.from_, other)


def _license(tie: Tie, names: dict[str, str], licences: dict[str, tuple[str, ...]]) -> None:
    stated_licences = tuple(
        named for named in (stated(names.get(each, each)) for each in tie.to) if named
    )
    if tie.relationshipType == "hasDeclaredLicense":
        licences[tie.from_] = stated_licences
    else:
        licences.setdefault(tie.from_, stated_licences)


def _roots(graph: _Graph) -> Iterator[str]:
    """Yield what the document is about: collections stand for the roots of their own."""
    named = graph.roots.get(text(graph.document, "spdxId") or "", [])
    pending = list(named or (root for roots in graph.roots.values() for root in roots))
    seen: set[str] = set()
    for root in pending:  # grows while it is walked
        if root not in seen and root in graph.roots:
            pending += graph.roots[root]
        elif root not in seen:
            yield root
        seen.add(root)
