"""CycloneDX in XML, 1.0-1.7: the same content as in JSON, in elements."""

from collections.abc import Collection, Iterator

from lxml import etree

from longmark.core.formats.sboms.cyclonedx_schema import XML_VERSIONS, xml_problems
from longmark.core.formats.sboms.document import (
    NO_REMARKS,
    ComponentEntry,
    Composition,
    Encoding,
    Format,
    Hash,
    Link,
    Patch,
    Remarks,
    SbomDocument,
    SbomInvalid,
)
from longmark.core.formats.sboms.gathering import (
    Gathering,
    Properties,
    instant,
    sorted_properties,
    walk,
)
from longmark.core.formats.sboms.limits import refuse_problems
from longmark.core.formats.sboms.packed import Packed
from longmark.core.formats.sboms.spdx_structure import cves_fixed, cves_named
from longmark.core.formats.sboms.xml_pieces import Piece
from longmark.core.formats.sboms.xml_text import local_name, namespace

NAMESPACE = "http://cyclonedx.org/schema/bom/"
LISTS = ("components", "dependencies", "vulnerabilities")
ENTRIES = ("component", "dependency", "vulnerability")


def read(root: etree._Element) -> SbomDocument:
    """Return the document below ``root``.

    Raises:
        SbomInvalid: its version is not known, or it breaks the schema of that version.
    """
    spec_version = version_of(root)
    refuse_problems(xml_problems(root, spec_version))
    gathered = Gathering()
    subject = _gather_subject(root, gathered)
    _gather(root, "components", gathered)
    return _document(root, subject, gathered, tuple(_dependencies(root)))


def read_large(pieces: Iterator[Piece]) -> SbomDocument:
    """Return the document of these pieces, the last of which holds all but the others.

    Raises:
        SbomInvalid: its version is not known, it breaks the schema of that version, or it is not
            well-formed.
    """
    gathered, dependencies = Gathering.of_many([]), Packed(tuple[str, str])
    last: etree._Element | None = None
    for piece in pieces:
        refuse_problems(xml_problems(piece.root, version_of(piece.root), start=piece.start))
        if piece.name == "components":
            _gather(piece.root, "components", gathered, start=piece.start)
        elif piece.name == "dependencies":
            dependencies.extend(_dependencies(piece.root))
        last = piece.root
    assert last is not None, "the last piece holds the rest"
    within = Gathering()
    subject = _gather_subject(last, within)
    return _document(last, subject, within.followed_by(gathered), dependencies)


def version_of(root: etree._Element) -> str:
    """Return the version of CycloneDX that a document is written in.

    Raises:
        SbomInvalid: it is not known, or it is no CycloneDX.
    """
    spec_version = namespace(root).removeprefix(NAMESPACE)
    if namespace(root) == spec_version or local_name(root) != "bom":
        raise SbomInvalid(
            "The document is XML, but no CycloneDX: its root is <{root}>. SPDX is read as JSON, "
            "tag-value or JSON-LD.",
            root=local_name(root)[:40],
        )
    if spec_version not in XML_VERSIONS:
        raise SbomInvalid(
            "CycloneDX {found} in XML is not read; {known} are.",
            found=spec_version[:20],
            known=", ".join(XML_VERSIONS),
        )
    return spec_version


def _gather_subject(root: etree._Element, gathered: Gathering) -> ComponentEntry | None:
    """Return what a document is about, having taken what is nested in it."""
    about = _child(_child(root, "metadata"), "component")
    _gather(about, "metadata.component.components", gathered)
    return _entry(about, ()) if about is not None else None


def _gather(
    owner: etree._Element | None, place: str, gathered: Gathering, *, start: int = 0
) -> None:
    nodes = _listed(owner, "components", "component")
    for node, where, path in walk(nodes, place, inner=_inner, start=start):
        gathered.add(_entry(node, path), where)


def _document(
    root: etree._Element,
    subject: ComponentEntry | None,
    gathered: Gathering,
    dependencies: Collection[tuple[str, str]],
) -> SbomDocument:
    """Return the document of what was gathered; ``root`` holds the rest of it."""
    return SbomDocument(
        format=Format.CYCLONEDX,
        spec_version=version_of(root),
        encoding=Encoding.XML,
        serial=root.get("serialNumber", ""),
        name=subject.name if subject else "",
        version=root.get("version", "1"),
        created_at=instant(_text(_child(root, "metadata"), "timestamp")),
        subject=subject,
        components=gathered.found,
        dependencies=dependencies,
        defects=gathered.settle(
            subject=subject, other_refs=_service_refs(root), dependencies=dependencies
        ),
        compositions=tuple(_compositions(root)),
    )


def _inner(node: etree._Element) -> tuple[str, list[etree._Element]]:
    return _text(node, "name") or "", _listed(node, "components", "component")


def _entry(node: etree._Element, path: tuple[str, ...]) -> ComponentEntry:
    within = {str(child.tag).rpartition("}")[2]: child for child in node}
    cpe, properties = _content(within.get("cpe")), _properties(within)
    return ComponentEntry(
        ref=(node.get("bom-ref") or "").strip(),
        name=_content(within.get("name")) or "",
        version=_content(within.get("version")),
        group=_content(within.get("group")),
        supplier=_supplier(within),
        purl=_content(within.get("purl")),
        cpes=(*((cpe,) if cpe else ()), *properties.cpes),
        hashes=(*_hashes(within), *properties.hashes),
        licences=tuple(_licences(within.get("licenses"))),
        kind=node.get("type") or "",
        scope=_content(within.get("scope")) or "",
        path=path,
        patches=tuple(_patches(within.get("pedigree"))),
        remarks=_remarks(within, properties),
    )


def _hashes(within: dict[str, etree._Element]) -> Iterator[Hash]:
    for each in within.get("hashes", ()):
        yield Hash(each.get("alg") or "", _content(each) or "")


def _properties(within: dict[str, etree._Element]) -> Properties:
    listed = within.get("properties", ())
    return sorted_properties((each.get("name") or "", _content(each) or "") for each in listed)


def _remarks(within: dict[str, etree._Element], properties: Properties) -> Remarks:
    said = Remarks(
        description=_content(within.get("description")) or "",
        copyright=_content(within.get("copyright")) or "",
        links=tuple(
            Link(each.get("type") or "other", _text(each, "url") or "")
            for each in within.get("externalReferences", ())
        ),
        properties=properties.others,
    )
    return NO_REMARKS if said == NO_REMARKS else said


def _supplier(within: dict[str, etree._Element]) -> str | None:
    """Return who stands behind the component: supplier, else manufacturer, else publisher."""
    return (
        _text(within.get("supplier"), "name")
        or _text(within.get("manufacturer"), "name")
        or _content(within.get("publisher"))
    )


def _licences(node: etree._Element | None) -> Iterator[str]:
    for choice in node if node is not None else ():
        stated = _content(choice) or _text(choice, "id") or _text(choice, "name")
        if stated:
            yield stated


def _patches(node: etree._Element | None) -> Iterator[Patch]:
    for patch in _listed(node, "patches", "patch"):
        issues = (_text(issue, "id") for issue in _listed(patch, "resolves", "issue"))
        resolves = tuple(each for each in issues if each)
        named = cves_named(_text(_child(patch, "diff"), "url") or "")
        yield Patch(patch.get("type") or "", resolves or named)
    for commit in _listed(node, "commits", "commit"):
        if named := cves_fixed(_text(commit, "message") or ""):
            yield Patch("commit", named)


def _dependencies(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield the pairs; up to 1.4 a dependency may nest to any depth."""
    for nodes in _named(root, "dependencies"):
        for node in nodes.iter(f"{{{namespace(root)}}}dependency"):
            ref = node.get("ref", "")
            yield from ((ref, child.get("ref", "")) for child in _named(node, "dependency"))


def _compositions(root: etree._Element) -> Iterator[Composition]:
    for node in _listed(root, "compositions", "composition"):
        assemblies = _listed(node, "assemblies", "assembly")
        dependencies = _listed(node, "dependencies", "dependency")
        yield Composition(
            _text(node, "aggregate") or "",
            tuple(each.get("ref", "") for each in assemblies),
            tuple(each.get("ref", "") for each in dependencies),
        )


def _service_refs(root: etree._Element) -> Iterator[str]:
    for services in _named(root, "services"):
        for service in services.iter(f"{{{namespace(root)}}}service"):
            yield service.get("bom-ref", "")


def _child(node: etree._Element | None, name: str) -> etree._Element | None:
    return next(iter(_named(node, name)), None)


def _named(node: etree._Element | None, name: str) -> list[etree._Element]:
    """Return the direct children of that name, in the namespace of ``node``."""
    if node is None:
        return []
    return node.findall(f"{{{namespace(node)}}}{name}")


def _listed(node: etree._Element | None, plural: str, singular: str) -> list[etree._Element]:
    return _named(_child(node, plural), singular)


def _text(node: etree._Element | None, name: str) -> str | None:
    return _content(_child(node, name))


def _content(node: etree._Element | None) -> str | None:
    """Return the text of an element, if there is any."""
    return (node.text or "").strip() or None if node is not None else None
