"""CycloneDX in XML, 1.0-1.7: the same content as in JSON, in elements."""

from collections.abc import Iterator

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
from longmark.core.formats.sboms.spdx_structure import cves_fixed, cves_named
from longmark.core.formats.sboms.xml_text import namespace

NAMESPACE = "http://cyclonedx.org/schema/bom/"


def read(root: etree._Element) -> SbomDocument:
    """Return the document below ``root``.

    Raises:
        SbomInvalid: its version is not known, or it breaks the schema of that version.
    """
    spec_version = namespace(root).removeprefix(NAMESPACE)
    if spec_version not in XML_VERSIONS:
        raise SbomInvalid(
            "CycloneDX {found} in XML is not read; {known} are.",
            found=spec_version[:20],
            known=", ".join(XML_VERSIONS),
        )
    refuse_problems(xml_problems(root, spec_version))
    metadata = _child(root, "metadata")
    about = _child(metadata, "component")
    subject = _entry(about, ()) if about is not None else None
    gathered = _gather(root, about)
    dependencies = tuple(_dependencies(root))
    return SbomDocument(
        format=Format.CYCLONEDX,
        spec_version=spec_version,
        encoding=Encoding.XML,
        serial=root.get("serialNumber", ""),
        name=subject.name if subject else "",
        version=root.get("version", "1"),
        created_at=instant(_text(metadata, "timestamp")),
        subject=subject,
        components=tuple(gathered.components),
        dependencies=dependencies,
        defects=gathered.settle(
            subject=subject, other_refs=_service_refs(root), dependencies=dependencies
        ),
        compositions=tuple(_compositions(root)),
    )


def _gather(root: etree._Element, about: etree._Element | None) -> Gathering:
    gathered = Gathering()
    for owner, place in ((about, "metadata.component.components"), (root, "components")):
        nodes = _listed(owner, "components", "component")
        for node, where, path in walk(nodes, place, inner=_inner):
            gathered.add(_entry(node, path), where)
    return gathered


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
