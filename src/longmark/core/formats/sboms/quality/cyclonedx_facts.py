"""What a CycloneDX document says for quality rules, 1.0-1.7, in the shape of its JSON.

The places of the fields of TR-03183-2 are those of its section 8 and of the property
taxonomy ``bsi:component`` (0.1.2); where the two differ in spelling both are taken.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from longmark.core.formats.sboms.document import Encoding, Format
from longmark.core.formats.sboms.gathering import walk
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

TAXONOMY = {
    "executable": ("bsi:component:executable", ("executable", "non-executable")),
    "archive": ("bsi:component:archive", ("archive", "no archive")),
    "structured": ("bsi:component:structured", ("structured", "unstructured")),
}
FILENAME = "bsi:component:filename"
EFFECTIVE = ("bsi:component:effectiveLicence", "bsi:component:effectiveLicense")
AGGREGATES = {
    "complete": "complete",
    "unknown": "unknown",
    "not_specified": "",
}
Pointer = Callable[[str], str]


@dataclass(frozen=True)
class _Reading:
    tree: JsonObject
    ties: Ties
    pointer: Pointer
    encoding: Encoding


def facts(tree: JsonObject, *, spec_version: str, encoding: Encoding) -> DocumentFacts:
    """Return what a document in the shape of JSON says."""
    ties = _ties(tree)
    pointer = _xpath if encoding is Encoding.XML else _json_pointer
    reading = _Reading(tree, ties, pointer, encoding)
    components = tuple(_components(reading))
    deepest, places = deepest_states(ties)
    return DocumentFacts(
        format=Format.CYCLONEDX,
        encoding=encoding,
        spec_version=spec_version,
        tool=_tool(tree)[0],
        states=_document_states(tree, spec_version) | deepest | listed_state(components),
        components=components,
        places=places,
    )


def _ties(tree: JsonObject) -> Ties:
    ties = Ties(primary=text(member(member(tree, "metadata"), "component"), "bom-ref") or "")
    for node in members(tree, "dependencies"):
        ref = text(node, "ref") or ""
        ties.declare(ref, [each for each in members(node, "dependsOn") if isinstance(each, str)])
    for composition in members(tree, "compositions"):
        aggregate = text(composition, "aggregate") or ""
        said = AGGREGATES.get(aggregate, "incomplete")
        for ref in _composed(composition):
            ties.completeness[ref] = said
    return ties


def _composed(composition: Json) -> Iterator[str]:
    for name in ("assemblies", "dependencies"):
        for each in members(composition, name):
            ref = each if isinstance(each, str) else text(each, "ref")
            if ref:
                yield ref


def _components(reading: _Reading) -> Iterator[ComponentFacts]:
    about = member(member(reading.tree, "metadata"), "component")
    if isinstance(about, dict):
        reading.ties.known.add(text(about, "bom-ref") or "")
        yield _component(about, "metadata.component", reading, is_primary=True)
    top = "components"
    for owner, place in ((about, "metadata.component.components"), (reading.tree, top)):
        for node, where, path in walk(members(owner, "components"), place, inner=_inner):
            reading.ties.known.add(text(node, "bom-ref") or "")
            is_top = not path
            yield _component(node, where, reading, is_top=is_top)
    pending = list(members(reading.tree, "services"))
    while pending:
        service = pending.pop()
        reading.ties.known.add(text(service, "bom-ref") or "")
        pending += members(service, "services")


def _inner(node: Json) -> tuple[str, list[Json]]:
    return "", members(node, "components")


def _component(
    node: Json, place: str, reading: _Reading, *, is_primary: bool = False, is_top: bool = False
) -> ComponentFacts:
    ref = text(node, "bom-ref") or ""
    references = _references(node)
    properties = _properties(node)
    named = _named(node, references)
    hashes = [*_hashes(node), *_hashes_of(references.get("distribution", ()))]
    states = naming_states(named) | hash_states(hashes) | reading.ties.states(ref)
    states |= _party_states(node) | _licence_states(node, properties)
    states |= _file_states(node, references, properties)
    is_nested = not is_top and not is_primary
    if is_nested or place.startswith("metadata.component.") or members(node, "components"):
        states["relationship"] = State.STATED  # it is where it stands
    part = Part.PRIMARY if is_primary else _part(node, references, properties, hashes, ref, reading)
    return ComponentFacts(
        path=reading.pointer(place),
        name=text(node, "name") or "",
        version=text(node, "version") or "",
        part=part,
        is_direct=reading.ties.is_direct(ref, is_top=is_top),
        states=states,
    )


def _part(
    node: Json,
    references: Mapping[str, list[Json]],
    properties: Mapping[str, str],
    hashes: list[tuple[str, str]],
    ref: str,
    reading: _Reading,
) -> Part:
    """Return what the component is: referenced before identified before fully described."""
    if references.get("bom"):
        return Part.REFERENCED
    if text(node, "scope") == "excluded" or member(node, "isExternal") in (True, "true"):
        return Part.IDENTIFIED
    groups = bool(members(node, "components")) or bool(reading.ties.needs.get(ref))
    has_file = hashes or FILENAME in properties or "distribution" in references
    is_group = text(node, "type") in {"application", "framework", "platform", "device"}
    has_kind = any(key in properties for key, _ in TAXONOMY.values())
    return Part.LOGICAL if groups and is_group and not has_file and not has_kind else Part.FULL


def _named(node: Json, references: Mapping[str, list[Json]]) -> Named:
    cpe = text(node, "cpe")
    swid = text(member(node, "swid"), "tagId")
    others = [swid or "", *_texts(node, "swhid"), *_texts(node, "omniborId")]
    commits = [text(each, "uid") or "" for each in members(member(node, "pedigree"), "commits")]
    commits += [*_texts(node, "swhid")]
    commits += [_commit(text(each, "url") or "") for each in references.get("vcs", ())]
    return Named(
        name=text(node, "name") or "",
        version=text(node, "version") or "",
        purl=text(node, "purl") or "",
        cpes=(cpe,) if cpe else (),
        others=tuple(each for each in others if each),
        commits=tuple(each for each in commits if each),
    )


def _commit(url: str) -> str:
    """Return the commit that an address of a repository names, if it does."""
    tail = url.rpartition("@")[2] if "@" in url else url.rpartition("#")[2]
    is_hex = len(tail) >= 12 and all(each in "0123456789abcdef" for each in tail.lower())
    return tail if is_hex else ""


def _texts(node: Json, key: str) -> list[str]:
    value = member(node, key)
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str)]


def _references(node: Json) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for each in members(node, "externalReferences"):
        found.setdefault(text(each, "type") or "", []).append(each)
    return found


def _properties(node: Json) -> dict[str, str]:
    found = {}
    for each in members(node, "properties"):
        name = text(each, "name")
        if name:
            found[name] = text(each, "value") or text(each, "content") or ""
    return found


def _hashes(node: Json) -> list[tuple[str, str]]:
    return [(text(e, "alg") or "", text(e, "content") or "") for e in members(node, "hashes")]


def _hashes_of(nodes: "list[Json] | tuple[()]") -> list[tuple[str, str]]:
    return [pair for each in nodes for pair in _hashes(each)]


def _contacts(party: Json) -> Iterator[str | None]:
    for each in members(party, "contact"):
        yield text(each, "email")
    yield from _texts(party, "url")
    yield text(party, "url")


def _party_states(node: Json) -> dict[str, State]:
    maker, supplier = member(node, "manufacturer"), member(node, "supplier")
    authors = members(node, "authors")
    mails = [text(each, "email") for each in authors]
    names = [text(each, "name") for each in authors]
    supplied = state_of(text(supplier, "name"), text(maker, "name"), text(node, "publisher"))
    return {
        "creator": state_of(*_contacts(maker), *mails, *_contacts(supplier)),
        "producer": best_of(supplied, state_of(text(node, "author"), *names)),
        "supplier": supplied,
    }


def _licence_states(node: Json, properties: Mapping[str, str]) -> dict[str, State]:
    said: dict[str, list[str]] = {"declared": [], "concluded": [], "": []}
    for choice in members(node, "licenses"):
        licence = member(choice, "license")
        stated = text(choice, "expression") or text(licence, "id") or text(licence, "name")
        way = text(choice, "acknowledgement") or text(licence, "acknowledgement") or ""
        said.setdefault(way, []).append(stated or "")
    every = [each for texts in said.values() for each in texts]
    return {
        "licence": licence_state(every),
        # Before 1.6 a document cannot say which of the two it means: what it states is taken.
        "licence-concluded": licence_state([*said["concluded"], *said[""]]),
        "licence-declared": licence_state([*said["declared"], *said[""]]),
        "licence-effective": licence_state(
            properties[name] for name in EFFECTIVE if name in properties
        ),
    }


def _file_states(
    node: Json, references: Mapping[str, list[Json]], properties: Mapping[str, str]
) -> dict[str, State]:
    distribution = references.get("distribution", [])
    source = references.get("source-distribution", [])
    deployed = [*_hashes_of(distribution), *_hashes(node)]
    states = {
        "filename": state_of(properties.get(FILENAME)),
        "sha512": sha512_state(deployed),
        "source-uri": state_of(*(text(e, "url") for e in (*source, *references.get("vcs", ())))),
        "deploy-uri": state_of(*(text(each, "url") for each in distribution)),
        "source-hash": state_of(*(digest for _, digest in _hashes_of(source))),
        "security-txt": state_of(*(text(e, "url") for e in references.get("rfc-9116", ()))),
    }
    for name, (key, values) in TAXONOMY.items():
        value = properties.get(key)
        states[name] = state_of(value) if value is None or value in values else State.INVALID
    return states


def _document_states(tree: JsonObject, spec_version: str) -> dict[str, State]:
    metadata = member(tree, "metadata")
    parties = [member(metadata, each) for each in ("manufacturer", "manufacture", "supplier")]
    authors = members(metadata, "authors")
    mails = [text(each, "email") for each in authors]
    names = [text(each, "name") for each in authors]
    phases = [text(each, "phase") or text(each, "name") for each in members(metadata, "lifecycles")]
    tool, version = _tool(tree)
    minor = int(spec_version.partition(".")[2] or 0)
    return {
        "doc.format": State.STATED if minor >= 6 else State.INVALID,
        "doc.format-name": State.STATED,
        "doc.format-version": State.STATED,
        "doc.creator": state_of(*mails, *(each for p in parties for each in _contacts(p))),
        "doc.author": state_of(*names, *mails, *(text(p, "name") for p in parties)),
        "doc.timestamp": state_of(text(metadata, "timestamp")),
        "doc.uri": state_of(text(tree, "serialNumber")),
        "doc.version": State.STATED if member(tree, "version") is not None else State.ABSENT,
        "doc.context": state_of(*phases),
        "doc.tool-name": state_of(tool),
        "doc.tool-version": state_of(version),
        "doc.signature": State.STATED if "signature" in tree else State.UNKNOWN,
        "doc.no-vulnerabilities": (
            State.INVALID if members(tree, "vulnerabilities") else State.STATED
        ),
        "doc.subject": state_of(text(member(metadata, "component"), "name")),
    }


def _tool(tree: JsonObject) -> tuple[str, str]:
    """Return name and version of the first tool; up to 1.4 the tools are a plain list."""
    tools = member(member(tree, "metadata"), "tools")
    listed = [*members(tools, "components"), *members(tools, "services")]
    listed += tools if isinstance(tools, list) else []
    named = [each for each in listed if text(each, "name")]
    if not named:
        return "", ""
    return text(named[0], "name") or "", text(named[0], "version") or ""


def _json_pointer(place: str) -> str:
    """Return a JSON pointer (RFC 6901).

    >>> _json_pointer("components[3].components[0]")
    '/components/3/components/0'
    """
    return "/" + place.replace("[", "/").replace("]", "").replace(".", "/")


def _xpath(place: str) -> str:
    """Return a path of elements, counted from one.

    >>> _xpath("components[3].components[0]")
    '/bom/components/component[4]/components/component[1]'
    """
    steps = []
    for step in place.split("."):
        name, bracket, number = step.partition("[")
        steps.append(name)
        if bracket:
            steps.append(f"component[{int(number.rstrip(']')) + 1}]")
    return "/bom/" + "/".join(steps)
