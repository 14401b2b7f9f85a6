"""CycloneDX 1.6 and 1.7 in XML: the members of the JSON encoding as elements.

Which member becomes an attribute, and what the entries of a list are called, stands in two
tables. Elements stand in the order in which the members are made, which is the schema's.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any, Final

from lxml import etree

from longmark.core.formats.sboms.json_text import Json, JsonObject
from longmark.core.formats.sboms.writing import cyclonedx_fields as fields
from longmark.core.formats.sboms.writing.release import RELEASE, ReleaseBom, walk

NAMESPACE: Final = "http://cyclonedx.org/schema/bom/"
CHUNK_BYTES: Final = 1 << 16

_ENTRIES: Final[Mapping[str, str]] = {
    "affects": "target",
    "assemblies": "assembly",
    "components": "component",
    "cwes": "cwe",
    "dependencies": "dependency",
    "externalReferences": "reference",
    "hashes": "hash",
    "occurrences": "occurrence",
    "patches": "patch",
    "properties": "property",
    "ratings": "rating",
    "references": "reference",
    "resolves": "issue",
    "versions": "version",
}
"""What an entry of each list is called; licences bear their names in themselves."""

_ATTRIBUTES: Final = frozenset({"type", "bom-ref", "alg"})
_CONTENT: Final[Mapping[str, str]] = {"hash": "content", "property": "value", "text": "content"}
"""Elements whose text is a member, and whose other members are attributes."""

Written = Any
"""lxml's writer of a file element by element; its stubs do not know it."""


class _Buffer:
    """What was written since the last look."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.size_bytes = 0

    def write(self, chunk: bytes) -> int:
        self.chunks.append(chunk)
        self.size_bytes += len(chunk)
        return len(chunk)

    def taken(self) -> bytes:
        content = b"".join(self.chunks)
        self.chunks, self.size_bytes = [], 0
        return content


def write(bom: ReleaseBom, spec_version: str) -> Iterator[bytes]:
    """Yield the document in pieces; their number grows with that of the components."""
    buffer, space = _Buffer(), f"{NAMESPACE}{spec_version}"
    with etree.xmlfile(buffer, encoding="utf-8") as file:
        file.write_declaration()
        root = {"serialNumber": f"urn:uuid:{bom.serial}", "version": "1"}
        with file.element(f"{{{space}}}bom", root, nsmap={None: space}):
            file.write(element("metadata", fields.metadata(bom, spec_version), space))
            with file.element(f"{{{space}}}components"):
                yield from _components(bom, spec_version, file, space, buffer)
            for section in _sections(bom):
                yield from _section(section, file, space, buffer)
    yield buffer.taken() + b"\n"


def _components(
    bom: ReleaseBom, spec_version: str, file: Written, space: str, buffer: _Buffer
) -> Iterator[bytes]:
    """Write the tree below the release; evidence stands behind what is nested."""
    opened: list[tuple[Written, Written, etree._Element | None]] = []
    for piece, is_opening in walk(bom):
        if piece.number == RELEASE:
            continue
        if is_opening:
            whole = element("component", fields.component(piece, bom, spec_version), space)
            if piece.children:
                opened.append(_opened(whole, file, space))
            else:
                file.write(whole)
        elif piece.children:
            outer, inner, evidence = opened.pop()
            inner.__exit__(None, None, None)
            if evidence is not None:
                file.write(evidence)
            outer.__exit__(None, None, None)
        if buffer.size_bytes > CHUNK_BYTES:
            yield buffer.taken()


def _opened(
    whole: etree._Element, file: Written, space: str
) -> tuple[Written, Written, etree._Element | None]:
    """Open a component and the list of what is nested in it; return both, and its evidence."""
    evidence = whole.find(f"{{{space}}}evidence")
    outer = file.element(whole.tag, {str(key): str(value) for key, value in whole.attrib.items()})
    outer.__enter__()
    for child in whole:
        if child is not evidence:
            file.write(child)
    inner = file.element(f"{{{space}}}components")
    inner.__enter__()
    return outer, inner, evidence


Section = tuple[str, str, Iterable["JsonObject"]]


def _sections(bom: ReleaseBom) -> Iterator[Section]:
    """Yield the lists behind the components: their names, their entries' names, the entries."""
    needs = (fields.dependency(piece, bom) for piece, opens in walk(bom) if opens)
    references = (each for each in fields.external_references(bom) if isinstance(each, dict))
    yield "externalReferences", "reference", references
    yield "dependencies", "dependency", (each for each in needs if each)
    compositions = (fields.composition(each, bom) for each in bom.completeness)
    yield "compositions", "composition", compositions
    vulnerabilities = (fields.vulnerability(each, bom) for each in bom.vulnerabilities)
    yield "vulnerabilities", "vulnerability", vulnerabilities


def _section(section: Section, file: Written, space: str, buffer: _Buffer) -> Iterator[bytes]:
    name, entry, members = section
    with ExitStack() as stack:
        for count, member in enumerate(members):
            if count == 0:
                stack.enter_context(file.element(f"{{{space}}}{name}"))
            is_tie = entry == "dependency"
            file.write(_tie(member, space) if is_tie else element(entry, member, space))
            if buffer.size_bytes > CHUNK_BYTES:
                yield buffer.taken()


def _tie(said: JsonObject, space: str) -> etree._Element:
    """Return what a component needs: references within a reference."""
    node = _reference(said["ref"], "dependency", space)
    needed = said["dependsOn"]
    assert isinstance(needed, list)
    node.extend(_reference(each, "dependency", space) for each in needed)
    return node


def element(name: str, said: Json, space: str) -> etree._Element:
    """Return a value as an element: members as attributes, text or elements within."""
    node = etree.Element(f"{{{space}}}{name}", nsmap=_default(space))
    if not isinstance(said, dict):
        node.text = _clean(said)
        return node
    content = _CONTENT.get(name)
    for key, value in said.items():
        if key == content:
            node.text = _clean(value)
        elif content or key in _ATTRIBUTES:
            node.set(key, _clean(value))
        elif isinstance(value, list):
            node.append(_listed(key, value, space))
        else:
            node.append(element(key, value, space))
    return node


def _listed(name: str, entries: list[Json], space: str) -> etree._Element:
    node = etree.Element(f"{{{space}}}{name}", nsmap=_default(space))
    for each in entries:
        if name == "licenses" and isinstance(each, dict):
            node.extend(element(key, value, space) for key, value in each.items())
        elif name in _REFERENCES:
            node.append(_reference(each, _ENTRIES[name], space))
        else:
            node.append(element(_ENTRIES[name], each, space))
    return node


_REFERENCES: Final = frozenset({"assemblies", "dependencies"})


def _reference(ref: Json, name: str, space: str) -> etree._Element:
    return etree.Element(f"{{{space}}}{name}", {"ref": _clean(ref)}, nsmap=_default(space))


def _default(space: str) -> dict[str, str]:
    """Return the map that makes a name space the one of names without a prefix."""
    return {None: space}  # type: ignore[dict-item]  # lxml's stubs do not know of this key


def _clean(value: Json) -> str:
    """Return a value as text without what XML cannot hold."""
    return fields.writable(str(value))
