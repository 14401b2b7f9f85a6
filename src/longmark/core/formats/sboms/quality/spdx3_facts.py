"""What an SPDX 3.0 graph says for quality rules.

A package and the file that it is delivered as are two elements, tied by
``hasDistributionArtifact``: name, hash, and kind of the file stand there (TR-03183-2 § 8).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from longmark.core.formats.sboms.document import Encoding, Format
from longmark.core.formats.sboms.json_text import Json, JsonObject, members, text
from longmark.core.formats.sboms.quality.facts import (
    ComponentFacts,
    DocumentFacts,
    Part,
    State,
    best_of,
    listed_state,
    state_of,
)
from longmark.core.formats.sboms.quality.naming import (
    Named,
    hash_states,
    licence_state,
    naming_states,
    sha512_state,
)
from longmark.core.formats.sboms.quality.ties import Ties, deepest_states
from longmark.core.formats.sboms.spdx3 import COLLECTIONS, CPE_TYPES, PACKAGES, UNSHIPPED_SCOPES

NEEDS = frozenset(
    {
        "contains",
        "dependsOn",
        "hasStaticLink",
        "hasDynamicLink",
        "hasPrerequisite",
        "hasProvidedDependency",
        "hasOptionalDependency",
        "hasOptionalComponent",
        "generates",
    }
)
OTHER_IDS = frozenset({"swid", "swhid", "gitoid"})
COMPLETENESS = {"complete": "complete", "incomplete": "incomplete", "noAssertion": "unknown"}
NOTHING = {"NoneElement", "https://spdx.org/rdf/3.0.1/terms/Core/NoneElement"}
KINDS = {"executable": "executable", "archive": "archive", "structured": "container"}
_VERSION = re.compile(r"3\.0\.\d")


@dataclass
class _Graph:
    nodes: dict[str, JsonObject] = field(default_factory=dict)
    packages: list[tuple[str, JsonObject]] = field(default_factory=list)
    files: dict[str, list[JsonObject]] = field(default_factory=dict)
    licences: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    unshipped: set[str] = field(default_factory=set)
    ties: Ties = field(default_factory=Ties)
    creation: JsonObject = field(default_factory=dict)
    document: JsonObject = field(default_factory=dict)
    sboms: list[JsonObject] = field(default_factory=list)
    has_vulnerabilities: bool = False


def facts(tree: JsonObject) -> DocumentFacts:
    """Return what the graph says."""
    graph = _graph(tree)
    for identifier, node in graph.nodes.items():
        if _kind(node) in PACKAGES:
            graph.ties.known.add(identifier)
    components = tuple(_component(place, node, graph) for place, node in graph.packages)
    imported = (text(each, "externalSpdxId") or "" for each in members(graph.document, "import"))
    others = (key for key, node in graph.nodes.items() if _kind(node) not in PACKAGES)
    graph.ties.imported.update(imported)
    graph.ties.imported.update(others)
    known = graph.ties.known
    graph.ties.needs = {ref: needs for ref, needs in graph.ties.needs.items() if ref in known}
    deepest, places = deepest_states(graph.ties)
    return DocumentFacts(
        format=Format.SPDX,
        encoding=Encoding.JSON_LD,
        spec_version=text(graph.creation, "specVersion") or "3.0",
        tool=_tool(graph)[0],
        states=_document_states(graph) | deepest | listed_state(components),
        components=components,
        places=places,
    )


def _kind(node: Json) -> str:
    return text(node, "type") or text(node, "@type") or ""


def _graph(tree: JsonObject) -> _Graph:
    nodes = tree.get("@graph", [tree])
    graph = _Graph()
    for number, node in enumerate(nodes if isinstance(nodes, list) else []):
        if isinstance(node, dict):
            _take(node, f"/@graph/{number}", graph)
    ties = [each for each in graph.nodes.values() if "relationshipType" in each]
    for tie in ties:
        _tie(tie, graph)
    roots = list(_roots(graph))
    graph.ties.primary = roots[0] if len(roots) == 1 else ""
    return graph


def _take(node: JsonObject, place: str, graph: _Graph) -> None:
    kind = _kind(node)
    identifier = text(node, "spdxId") or text(node, "@id") or place
    graph.nodes[identifier] = node
    if kind in PACKAGES:
        graph.packages.append((place, node))
    elif kind == "CreationInfo" and not graph.creation:
        graph.creation = node
    elif kind == "SpdxDocument":
        graph.document = node
    elif kind in COLLECTIONS:
        graph.sboms.append(node)
    elif kind.startswith("security_") and kind != "security_":
        graph.has_vulnerabilities = True
    inline = node.get("creationInfo")
    if isinstance(inline, dict) and not graph.creation:
        graph.creation = inline


def _tie(tie: JsonObject, graph: _Graph) -> None:
    kind, one = text(tie, "relationshipType") or "", text(tie, "from") or ""
    others = [each for each in members(tie, "to") if isinstance(each, str)]
    if kind in ("hasDeclaredLicense", "hasConcludedLicense"):
        said = graph.licences.setdefault(one, {}).setdefault(kind, [])
        said += [_licence(each, graph) for each in others]
    elif kind == "hasDistributionArtifact":
        found = (graph.nodes.get(each) for each in others)
        graph.files.setdefault(one, []).extend(each for each in found if each)
    elif kind in NEEDS:
        graph.ties.declare(one, [each for each in others if each not in NOTHING])
        said_of = COMPLETENESS.get(text(tie, "completeness") or "")
        if said_of:
            graph.ties.completeness[one] = said_of
        if kind == "generates":
            graph.sources.update(others)
        if text(tie, "scope") in UNSHIPPED_SCOPES:
            graph.unshipped.update(others)


def _licence(ref: str, graph: _Graph) -> str:
    node = graph.nodes.get(ref, {})
    return (
        text(node, "simplelicensing_licenseExpression")
        or text(node, "simplelicensing_customIdToUri")
        or ref.rpartition("/")[2]
    )


def _roots(graph: _Graph) -> Iterator[str]:
    pending: list[Json] = list(members(graph.document, "rootElement"))
    if not pending:
        pending = [each for sbom in graph.sboms for each in members(sbom, "rootElement")]
    seen: set[str] = set()
    for root in pending:  # grows while it is walked
        if not isinstance(root, str) or root in seen:
            continue
        seen.add(root)
        node = graph.nodes.get(root, {})
        if _kind(node) in COLLECTIONS:
            pending += members(node, "rootElement")
        elif root in graph.ties.needs or _kind(node) in PACKAGES:
            yield root


def _component(place: str, node: JsonObject, graph: _Graph) -> ComponentFacts:
    ref = text(node, "spdxId") or text(node, "@id") or ""
    files = graph.files.get(ref, [])
    deployed = [pair for each in (*files, node) for pair in _hashes(each)]
    named = _named(node)
    states = naming_states(named) | hash_states(deployed) | graph.ties.states(ref)
    states |= _party_states(node, graph) | _licence_states(ref, graph)
    states |= _file_states(node, files, deployed)
    is_primary = ref == graph.ties.primary != ""
    return ComponentFacts(
        path=place,
        name=named.name,
        version=named.version,
        part=Part.PRIMARY if is_primary else _part(ref, graph, has_file=bool(files or deployed)),
        is_direct=graph.ties.is_direct(ref, is_top=True),
        states=states,
    )


def _part(ref: str, graph: _Graph, *, has_file: bool) -> Part:
    if ref in graph.unshipped:
        return Part.IDENTIFIED
    holds = any(each in graph.ties.known for each in graph.ties.needs.get(ref, ()))
    return Part.LOGICAL if holds and not has_file else Part.FULL


def _named(node: JsonObject) -> Named:
    purl, cpes, others = text(node, "software_packageUrl") or "", [], []
    for each in members(node, "externalIdentifier"):
        kind = text(each, "externalIdentifierType") or ""
        identifier = text(each, "identifier") or ""
        if kind == "packageUrl":
            purl = purl or identifier
        elif kind in CPE_TYPES:
            cpes.append(identifier)
        elif kind in OTHER_IDS:
            others.append(identifier)
    others += [
        text(each, "software_contentIdentifierValue") or ""
        for each in members(node, "software_contentIdentifier")
    ]
    return Named(
        name=text(node, "name") or "",
        version=text(node, "software_packageVersion") or "",
        purl=purl,
        cpes=tuple(cpes),
        others=tuple(each for each in others if each),
        commits=tuple(each for each in others if each.startswith(("swh:", "gitoid:"))),
    )


def _hashes(node: Json) -> list[tuple[str, str]]:
    return [
        (text(each, "algorithm") or "", text(each, "hashValue") or "")
        for each in members(node, "verifiedUsing")
    ]


def _parties(node: JsonObject, key: str, graph: _Graph) -> list[JsonObject]:
    value = node.get(key)
    refs = value if isinstance(value, list) else [value]
    found = (graph.nodes.get(each) if isinstance(each, str) else each for each in refs)
    return [each for each in found if isinstance(each, dict)]


def _contacts(parties: list[JsonObject]) -> Iterator[str]:
    for party in parties:
        for each in members(party, "externalIdentifier"):
            if text(each, "externalIdentifierType") in ("email", "urlScheme"):
                yield text(each, "identifier") or ""


def _party_states(node: JsonObject, graph: _Graph) -> dict[str, State]:
    makers = _parties(node, "originatedBy", graph)
    suppliers = _parties(node, "suppliedBy", graph)
    made = state_of(*(text(each, "name") for each in makers))
    supplied = state_of(*(text(each, "name") for each in suppliers))
    return {
        "creator": state_of(*_contacts([*makers, *suppliers])),
        "producer": best_of(made, supplied),
        "supplier": best_of(supplied, made),
    }


def _licence_states(ref: str, graph: _Graph) -> dict[str, State]:
    said = graph.licences.get(ref, {})
    declared = said.get("hasDeclaredLicense", [])
    concluded = said.get("hasConcludedLicense", [])
    return {
        "licence": licence_state([*declared, *concluded]),
        "licence-declared": licence_state(declared),
        "licence-concluded": licence_state(concluded),
        "licence-effective": State.ABSENT,
    }


def _file_states(
    node: JsonObject, files: list[JsonObject], deployed: list[tuple[str, str]]
) -> dict[str, State]:
    references = [
        text(each, "externalRefType") or ""
        for owner in (node, *files)
        for each in members(owner, "externalRef")
    ]
    states = {
        "filename": state_of(*(text(each, "name") for each in files)),
        "sha512": sha512_state(deployed),
        "source-uri": state_of(text(node, "software_sourceInfo")),
        "deploy-uri": state_of(
            text(node, "software_downloadLocation"),
            *(each for each in references if each in ("binaryArtifact", "altDownloadLocation")),
        ),
        "source-hash": State.ABSENT,
        "security-txt": state_of(*(each for each in references if each == "securityOther")),
    }
    purposes = {text(each, "software_primaryPurpose") for each in files}
    purposes.update(p for each in files for p in _purposes(each))
    has_purpose = bool(purposes - {None})
    for name in KINDS:
        # A purpose that is not listed says *no* (TR-03183-2 table 13), if any is listed.
        states[name] = State.STATED if has_purpose else State.ABSENT
    return states


def _purposes(node: JsonObject) -> Iterator[str]:
    for each in members(node, "software_additionalPurpose"):
        if isinstance(each, str):
            yield each


def _document_states(graph: _Graph) -> dict[str, State]:
    creators = _parties(graph.creation, "createdBy", graph)
    kinds = [each for sbom in graph.sboms for each in members(sbom, "software_sbomType")]
    version = text(graph.creation, "specVersion") or ""
    tool, tool_version = _tool(graph)
    return {
        "doc.format": State.STATED
        if _VERSION.fullmatch(version) and version != "3.0.0"
        else State.INVALID,
        "doc.format-name": State.STATED,
        "doc.format-version": state_of(version),
        "doc.creator": state_of(*_contacts(creators)),
        "doc.author": state_of(*(text(each, "name") for each in creators)),
        "doc.timestamp": state_of(text(graph.creation, "created")),
        "doc.uri": state_of(text(graph.document, "spdxId")),
        "doc.version": State.ABSENT,
        "doc.context": state_of(*(each for each in kinds if isinstance(each, str))),
        "doc.tool-name": state_of(tool),
        "doc.tool-version": state_of(tool_version),
        "doc.signature": State.UNKNOWN,
        "doc.no-vulnerabilities": (State.INVALID if graph.has_vulnerabilities else State.STATED),
        "doc.subject": State.STATED if graph.ties.primary else State.ABSENT,
    }


def _tool(graph: _Graph) -> tuple[str, str]:
    """Return name and version of the first tool; a name may end in the version."""
    for each in _parties(graph.creation, "createdUsing", graph):
        name, _, version = (text(each, "name") or "").rpartition(" ")
        if name and version[:1].isdigit():
            return name, version
        return text(each, "name") or "", ""
    return "", ""
