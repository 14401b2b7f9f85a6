"""SPDX 3.0 in JSON-LD, as its JSON schema shapes it: one flat graph of elements.

Elements refer to each other by ``spdxId``. Only the members that matter here are decoded;
no context is resolved and nothing is fetched: names are those of the context that the
specification fixes.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

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
from longmark.core.formats.sboms.packed import Packed
from longmark.core.formats.sboms.spdx_decoding import Identifier, decoded
from longmark.core.formats.sboms.spdx_structure import Packages, Structure

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
    """What the elements of the graph say that matters, without packages and ties themselves."""

    known: set[str] = field(default_factory=set)
    package_count: int = 0
    names: dict[str, str] = field(default_factory=dict)
    other_ids: list[str] = field(default_factory=list)
    roots: dict[str, list[str]] = field(default_factory=dict)
    document: JsonObject = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(
    tree: JsonObject, defects: list[Problem], *, graph: Collection[Json] | None = None
) -> SbomDocument:
    """Return the document that ``tree`` holds.

    ``graph`` are the elements of a large document, which ``tree`` then is without. They are gone
    through thrice: ties can be told when all packages are known, and packages when all ties are.

    Raises:
        SbomInvalid: its version is not known, or something mandatory is missing or of a
            wrong type.
    """
    nodes = tree.get("@graph", [tree]) if graph is None else graph
    if isinstance(nodes, dict | str) or not isinstance(nodes, Collection):
        refuse_problems([Problem("@graph", "Must be a list of elements.")])
        raise AssertionError("A problem is refused.")
    creation = _creation(nodes)
    sorted_out = _graph(nodes)
    refuse_problems(sorted_out.problems)
    refuse_count(sorted_out.package_count)
    is_large = graph is not None
    gathered = Gathering.of_many(defects) if is_large else Gathering(defects=defects)
    packages = Packages(Packed(ComponentEntry)) if is_large else Packages()
    return _assembled(sorted_out, nodes, creation, packages, gathered)


def _creation(nodes: Collection[Json]) -> JsonObject:
    """Return the creation info of the document, having refused unknown versions."""
    stated_apart = (each for each in nodes if _kind(each) == "CreationInfo")
    inline = (member(each, "creationInfo") for each in nodes)
    infos = (each for each in chain(stated_apart, inline) if isinstance(each, dict))
    info = next(infos, None)
    version = text(info, "specVersion")
    if version not in VERSIONS:
        raise SbomInvalid(
            "SPDX {found} in JSON-LD is not read; 3.0 is.", found=(version or "of no version")[:20]
        )
    return info or {}


def _kind(node: Json) -> str:
    return text(node, "type") or text(node, "@type") or ""


def _graph(nodes: Collection[Json]) -> _Graph:
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
    kind, identifier = _kind(node), _identifier(node)
    if kind in PACKAGES:
        if package := _package(node, place, graph.problems):
            graph.known.add(package.spdxId)
            graph.package_count += 1
    elif kind in TIES:
        decoded(node, Tie, place, graph.problems)
    elif kind in COLLECTIONS:
        graph.roots[identifier] = [e for e in members(node, "rootElement") if isinstance(e, str)]
    if kind == "SpdxDocument":
        graph.document = node
    if kind not in PACKAGES and identifier:
        graph.other_ids.append(identifier)
        graph.names[identifier] = _label(node)


def _identifier(node: JsonObject) -> str:
    return text(node, "spdxId") or text(node, "@id") or ""


def _package(node: JsonObject, place: str, problems: list[Problem]) -> Package | None:
    return decoded({"spdxId": _identifier(node) or None, **node}, Package, place, problems)


def _packages(nodes: Iterable[Json]) -> Iterator[tuple[str, Package]]:
    """Yield the packages of a graph in which nothing was wrong, with their places."""
    for number, node in enumerate(nodes):
        if isinstance(node, dict) and _kind(node) in PACKAGES:
            place = f"@graph[{number}]"
            if package := _package(node, place, []):
                yield place, package


def _ties(nodes: Iterable[Json]) -> Iterator[Tie]:
    """Yield the ties of a graph in which nothing was wrong."""
    for node in nodes:
        if _kind(node) in TIES and (tie := decoded(node, Tie, "", [])):
            yield tie


def _label(node: JsonObject) -> str:
    """Return what an element is called: its name, or the licence expression that it is."""
    return (
        text(node, "simplelicensing_licenseExpression")
        or text(node, "name")
        or (text(node, "spdxId") or "").removeprefix("https://spdx.org/licenses/")
    )


def _assembled(
    graph: _Graph,
    nodes: Collection[Json],
    creation: JsonObject,
    packages: Packages,
    gathered: Gathering,
) -> SbomDocument:
    told = _structure(graph, nodes)
    structure, licences = told.structure, told.licences
    for place, package in _packages(nodes):
        packages.add(_entry(package, graph.names, licences.get(package.spdxId, ())), place)
    subject = gathered.place(structure, packages, graph.names)
    imported = {text(each, "externalSpdxId") for each in members(graph.document, "import")}
    within = (pair for pair in structure.ties() if imported.isdisjoint(pair))
    return SbomDocument(
        format=Format.SPDX,
        spec_version=text(creation, "specVersion") or "",
        encoding=Encoding.JSON_LD,
        serial=text(graph.document, "spdxId") or "",
        name=text(graph.document, "name") or (subject.name if subject else ""),
        version="",
        created_at=instant(text(creation, "created")),
        subject=subject,
        components=gathered.found,
        dependencies=structure.needs,
        defects=gathered.settle(subject=subject, other_refs=graph.other_ids, dependencies=within),
        compositions=tuple(told.compositions),
    )


def _compositions(tie: Tie) -> Iterator[Composition]:
    """Yield what a relationship says of its own completeness."""
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


@dataclass
class _Told:
    """What the relationships of a graph tell; licences by package, declared before concluded."""

    structure: Structure = field(default_factory=Structure)
    licences: dict[str, tuple[str, ...]] = field(default_factory=dict)
    compositions: list[Composition] = field(default_factory=list)


def _structure(graph: _Graph, nodes: Collection[Json]) -> _Told:
    told, known = _Told(), graph.known
    for root in _roots(graph):
        told.structure.described[root] = None
    once = {each: each for each in known}  # an id is named by many ties: kept once
    for tie in _ties(nodes):
        told.compositions += _compositions(tie)
        if tie.relationshipType in _LICENCES:
            _license(tie, graph.names, told.licences)
        elif tie.from_ in known or not known.isdisjoint(tie.to):
            tie.from_ = once.get(tie.from_, tie.from_)
            tie.to = [once.get(each, each) for each in tie.to]
            _tie(tie, told.structure)
    return told


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
