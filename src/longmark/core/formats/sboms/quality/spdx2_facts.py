"""What an SPDX 2.2 or 2.3 document says for quality rules, in the shape of its JSON.

Ties are relationships. A tie to ``NONE`` says that there is nothing, one to ``NOASSERTION``
that nothing is known: the two ways in which SPDX 2 tells how complete a list is.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from longmark.core.formats.sboms.document import Encoding, Format
from longmark.core.formats.sboms.gathering import stated
from longmark.core.formats.sboms.json_text import Json, JsonObject, member, members, text
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
from longmark.core.formats.sboms.spdx2 import CPE_TYPES, OTHER_DOCUMENT, party_named

_MAIL = re.compile(r"\(\s*[^()\s@]+@[^()\s@]+\s*\)\s*$")
_COMMIT = re.compile(r"@[0-9a-f]{12,64}(?:#|$)")
_TOOL_VERSION = re.compile(r"^(?P<name>.*?)[-\s/](?P<version>v?\d[^\s]*)$")
OTHER_IDS = frozenset({"swid", "swh", "gitoid"})

# What is needed or held by what; inverse words are turned round. SPDX 2.3 clause 11.1.
NEEDS = frozenset(
    {"DEPENDS_ON", "CONTAINS", "STATIC_LINK", "DYNAMIC_LINK", "HAS_PREREQUISITE", "GENERATED_FROM"}
)
NEEDED = frozenset(
    {
        "CONTAINED_BY",
        "DEPENDENCY_OF",
        "RUNTIME_DEPENDENCY_OF",
        "BUILD_DEPENDENCY_OF",
        "PROVIDED_DEPENDENCY_OF",
        "OPTIONAL_DEPENDENCY_OF",
        "OPTIONAL_COMPONENT_OF",
        "PREREQUISITE_FOR",
    }
)
UNSHIPPED = frozenset(
    {
        "DEV_DEPENDENCY_OF",
        "TEST_DEPENDENCY_OF",
        "BUILD_TOOL_OF",
        "DEV_TOOL_OF",
        "TEST_TOOL_OF",
    }
)


@dataclass(frozen=True)
class _Reading:
    tree: JsonObject
    ties: Ties
    unshipped: frozenset[str]
    primary: str
    place: Callable[[int, str], str]


def facts(tree: JsonObject, *, encoding: Encoding) -> DocumentFacts:
    """Return what a document in the shape of JSON says."""
    reading = _reading(tree, encoding)
    components = tuple(
        _component(node, number, reading) for number, node in enumerate(members(tree, "packages"))
    )
    for name in ("files", "snippets"):
        reading.ties.known.update(text(each, "SPDXID") or "" for each in members(tree, name))
    deepest, places = deepest_states(_of_packages(reading))
    return DocumentFacts(
        format=Format.SPDX,
        encoding=encoding,
        spec_version=(text(tree, "spdxVersion") or "").removeprefix("SPDX-"),
        tool=_tools(tree)[0],
        states=_document_states(tree, reading) | deepest | listed_state(components),
        components=components,
        places=places,
    )


def _of_packages(reading: _Reading) -> Ties:
    """Return the ties without those that files have: a package is what owes its ties."""
    packages = {text(each, "SPDXID") or "" for each in members(reading.tree, "packages")}
    ties = Ties(imported=set(reading.ties.imported) | (reading.ties.known - packages))
    ties.needs = {ref: needs for ref, needs in reading.ties.needs.items() if ref in packages}
    ties.known = packages
    ties.completeness = reading.ties.completeness
    return ties


def _reading(tree: JsonObject, encoding: Encoding) -> _Reading:
    described = [each for each in members(tree, "documentDescribes") if isinstance(each, str)]
    ties, unshipped = Ties(), set()
    shipped = set()
    for each in members(tree, "relationships"):
        one, other = text(each, "spdxElementId") or "", text(each, "relatedSpdxElement") or ""
        kind = (text(each, "relationshipType") or "").upper()
        if kind == "DESCRIBES":
            described.append(other)
        elif kind == "DESCRIBED_BY":
            described.append(one)
        elif kind in NEEDS:
            _tie(ties, one, other)
            shipped.add(other)
        elif kind in NEEDED:
            _tie(ties, other, one)
            shipped.add(one)
        elif kind in UNSHIPPED:
            _tie(ties, other, one)
            unshipped.add(one)
    packages = {text(each, "SPDXID") for each in members(tree, "packages")}
    about = [each for each in dict.fromkeys(described) if each in packages]
    ties.primary = about[0] if len(about) == 1 else ""
    place = _tag if encoding is Encoding.TAG_VALUE else _pointer
    return _Reading(tree, ties, frozenset(unshipped - shipped), ties.primary, place)


def _tie(ties: Ties, one: str, other: str) -> None:
    if other == "NONE":
        ties.declare(one, ())
        ties.completeness[one] = "complete"
    elif other == "NOASSERTION":
        ties.declare(one, ())
        ties.completeness[one] = "unknown"
    else:
        ties.declare(one, (other,))
        if other.startswith(OTHER_DOCUMENT):
            ties.imported.add(other)


def _pointer(number: int, _: str) -> str:
    return f"/packages/{number}"


def _tag(number: int, ref: str) -> str:
    return f"SPDXID: {ref}" if ref else f"PackageName, number {number + 1}"


def _component(node: Json, number: int, reading: _Reading) -> ComponentFacts:
    ref = text(node, "SPDXID") or ""
    reading.ties.known.add(ref)
    is_primary = ref == reading.primary != ""
    hashes = [
        (text(each, "algorithm") or "", text(each, "checksumValue") or "")
        for each in members(node, "checksums")
    ]
    named = _named(node)
    states = naming_states(named) | hash_states(hashes) | reading.ties.states(ref)
    states |= _other_states(node, hashes)
    has_file = bool(hashes) or text(node, "packageFileName") is not None
    return ComponentFacts(
        path=reading.place(number, ref),
        name=named.name,
        version=stated(named.version) or "",
        part=Part.PRIMARY if is_primary else _part(ref, reading, has_file=has_file),
        is_direct=reading.ties.is_direct(ref, is_top=True),
        states=states,
    )


def _part(ref: str, reading: _Reading, *, has_file: bool) -> Part:
    if ref in reading.unshipped:
        return Part.IDENTIFIED
    if any(each.startswith(OTHER_DOCUMENT) for each in reading.ties.needs.get(ref, ())):
        return Part.REFERENCED
    held = any(each in reading.ties.known for each in reading.ties.needs.get(ref, ()))
    return Part.LOGICAL if held and not has_file else Part.FULL


def _named(node: Json) -> Named:
    purl, cpes, others = "", [], []
    for each in members(node, "externalRefs"):
        kind, locator = text(each, "referenceType") or "", text(each, "referenceLocator") or ""
        if kind == "purl":
            purl = purl or locator
        elif kind in CPE_TYPES:
            cpes.append(locator)
        elif kind in OTHER_IDS:
            others.append(locator)
    location = text(node, "downloadLocation") or ""
    commits = [each for each in others if each.startswith(("swh:", "gitoid:"))]
    commits += [location] if _COMMIT.search(location) else []
    return Named(
        name=text(node, "name") or "",
        version=text(node, "versionInfo") or "",
        purl=purl,
        cpes=tuple(cpes),
        others=tuple(others),
        commits=tuple(commits),
    )


def _mail(node: Json, key: str) -> str:
    party = text(node, key) or ""
    return party if _MAIL.search(party) or party.upper() == "NOASSERTION" else ""


def _other_states(node: Json, hashes: list[tuple[str, str]]) -> dict[str, State]:
    supplier, originator = text(node, "supplier"), text(node, "originator")
    location = text(node, "downloadLocation") or ""
    place = "" if location.upper() == "NONE" else location
    declared, concluded = text(node, "licenseDeclared"), text(node, "licenseConcluded")
    return {
        "creator": state_of(_mail(node, "originator"), _mail(node, "supplier")),
        "producer": best_of(_party(originator), _party(supplier)),
        "supplier": best_of(_party(supplier), _party(originator)),
        "filename": state_of(text(node, "packageFileName")),
        "sha512": sha512_state(hashes),
        "licence-concluded": licence_state([concluded or ""]),
        "licence-declared": licence_state([declared or ""]),
        "licence": licence_state([declared or "", concluded or ""]),
        "source-uri": state_of(place, text(node, "sourceInfo")),
        "deploy-uri": state_of(place),
        "executable": State.ABSENT,
        "archive": State.ABSENT,
        "structured": State.ABSENT,
        "licence-effective": State.ABSENT,
        "source-hash": State.ABSENT,
        "security-txt": State.ABSENT,
    }


def _party(party: str | None) -> State:
    if (party or "").strip().upper() == "NOASSERTION":
        return State.UNKNOWN
    return state_of(party_named(party))


def _document_states(tree: JsonObject, reading: _Reading) -> dict[str, State]:
    creation = member(tree, "creationInfo")
    people = [each for each in _creators(tree) if not each.lower().startswith("tool:")]
    tool, version = _tools(tree)
    mails = [each for each in people if _MAIL.search(each)]
    return {
        "doc.format": State.INVALID,  # TR-03183-2 § 4 wants SPDX 3.0.1 or newer
        "doc.format-name": State.STATED,
        "doc.format-version": State.STATED,
        "doc.creator": state_of(*mails),
        "doc.author": best_of(*(_party(each) for each in people)),
        "doc.timestamp": state_of(text(creation, "created")),
        "doc.uri": state_of(text(tree, "documentNamespace")),
        "doc.version": State.ABSENT,
        "doc.context": state_of(text(creation, "comment"), text(tree, "comment")),
        "doc.tool-name": state_of(tool),
        "doc.tool-version": state_of(version),
        "doc.signature": State.UNKNOWN,
        "doc.no-vulnerabilities": State.STATED,
        "doc.subject": State.STATED if reading.primary else State.ABSENT,
    }


def _creators(tree: JsonObject) -> Iterator[str]:
    for each in members(member(tree, "creationInfo"), "creators"):
        if isinstance(each, str):
            yield each


def _tools(tree: JsonObject) -> tuple[str, str]:
    """Return name and version of the first tool: ``Tool: syft-1.4.1``."""
    tools = (each for each in _creators(tree) if each.lower().startswith("tool:"))
    said = party_named(next(tools, "")) or ""
    found = _TOOL_VERSION.match(said)
    return (found["name"], found["version"]) if found else (said, "")
