"""CycloneDX in JSON, 1.2-1.7.

``components`` nest: that is what sits in what. ``dependencies`` is what needs what. The two
are independent, and both may be present. ``metadata.component`` is the subject, and what
is nested in it counts as a component of the document.
"""

from collections.abc import Collection, Iterator

from longmark.core.formats.sboms.cyclonedx_schema import JSON_VERSIONS, json_problems
from longmark.core.formats.sboms.document import (
    NO_REMARKS,
    ComponentEntry,
    Composition,
    Encoding,
    Format,
    Hash,
    Link,
    Patch,
    Problem,
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
from longmark.core.formats.sboms.json_text import Json, JsonObject, member, members, text
from longmark.core.formats.sboms.limits import refuse_problems
from longmark.core.formats.sboms.spdx_structure import cves_fixed, cves_named


def read(tree: JsonObject, defects: list[Problem]) -> SbomDocument:
    """Return the document that ``tree`` holds.

    Raises:
        SbomInvalid: its version is not known, or it breaks the schema of that version.
    """
    spec_version = version_of(tree)
    refuse_against_schema(tree, spec_version, defects)
    gathered = Gathering(defects=defects)
    about = gather_subject(tree, gathered)
    gather_components(tree, gathered)
    dependencies = tuple(dependencies_of(tree))
    return document_of(tree, about, gathered, dependencies, spec_version)


def version_of(tree: JsonObject) -> str:
    """Return the version of CycloneDX that a document is written in.

    Raises:
        SbomInvalid: it is not known.
    """
    spec_version = tree.get("specVersion")
    if not isinstance(spec_version, str) or spec_version not in JSON_VERSIONS:
        raise SbomInvalid(
            "CycloneDX of specVersion {found} in JSON is not read; {known} are.",
            found=f'"{spec_version}"'[:20] if spec_version else "(missing)",
            known=", ".join(JSON_VERSIONS),
        )
    return spec_version


def refuse_against_schema(tree: JsonObject, spec_version: str, defects: list[Problem]) -> None:
    """Refuse what breaks the schema.

    Raises:
        SbomInvalid: it does.
    """
    refuse_problems(json_problems(tree, spec_version, defects))


def gather_subject(tree: JsonObject, gathered: Gathering) -> ComponentEntry | None:
    """Return what a document is about, having taken what is nested in it."""
    about = member(member(tree, "metadata"), "component")
    _gather(members(about, "components"), "metadata.component.components", gathered)
    return _entry(about, ()) if isinstance(about, dict) else None


def gather_components(tree: JsonObject, gathered: Gathering, *, start: int = 0) -> None:
    """Take the components of a document, or of a part of it whose first has this number."""
    _gather(members(tree, "components"), "components", gathered, start=start)


def _gather(nodes: list[Json], place: str, gathered: Gathering, *, start: int = 0) -> None:
    for node, where, path in walk(nodes, place, inner=_inner, start=start):
        gathered.add(_entry(node, path), where)


def document_of(
    tree: JsonObject,
    subject: ComponentEntry | None,
    gathered: Gathering,
    dependencies: Collection[tuple[str, str]],
    spec_version: str,
) -> SbomDocument:
    """Return the document of what was gathered; ``tree`` holds the rest of it."""
    return SbomDocument(
        format=Format.CYCLONEDX,
        spec_version=spec_version,
        encoding=Encoding.JSON,
        serial=text(tree, "serialNumber") or "",
        name=subject.name if subject else "",
        version=str(tree.get("version", 1)),
        created_at=instant(text(member(tree, "metadata"), "timestamp")),
        subject=subject,
        components=gathered.found,
        dependencies=dependencies,
        defects=gathered.settle(
            subject=subject, other_refs=_service_refs(tree), dependencies=dependencies
        ),
        compositions=tuple(_compositions(tree)),
    )


def _inner(node: Json) -> tuple[str, list[Json]]:
    return text(node, "name") or "", members(node, "components")


def _entry(node: Json, path: tuple[str, ...]) -> ComponentEntry:
    cpe, properties = text(node, "cpe"), _properties(node)
    return ComponentEntry(
        ref=text(node, "bom-ref") or "",
        name=text(node, "name") or "",
        version=text(node, "version"),
        group=text(node, "group"),
        supplier=_supplier(node),
        purl=text(node, "purl"),
        cpes=(*((cpe,) if cpe else ()), *properties.cpes),
        hashes=(*_hashes(node), *properties.hashes),
        licences=tuple(_licences(node)),
        kind=text(node, "type") or "",
        scope=text(node, "scope") or "",
        path=path,
        patches=tuple(_patches(node)),
        remarks=_remarks(node, properties),
    )


def _hashes(node: Json) -> Iterator[Hash]:
    for each in members(node, "hashes"):
        yield Hash(text(each, "alg") or "", text(each, "content") or "")


def _properties(node: Json) -> Properties:
    listed = members(node, "properties")
    return sorted_properties((text(one, "name") or "", text(one, "value") or "") for one in listed)


def _remarks(node: Json, properties: Properties) -> Remarks:
    said = Remarks(
        description=text(node, "description") or "",
        copyright=text(node, "copyright") or "",
        links=tuple(
            Link(text(each, "type") or "other", text(each, "url") or "")
            for each in members(node, "externalReferences")
        ),
        properties=properties.others,
    )
    return NO_REMARKS if said == NO_REMARKS else said


def _supplier(node: Json) -> str | None:
    """Return who stands behind the component: supplier, else manufacturer, else publisher."""
    return (
        text(member(node, "supplier"), "name")
        or text(member(node, "manufacturer"), "name")
        or text(node, "publisher")
    )


def _licences(node: Json) -> Iterator[str]:
    for choice in members(node, "licenses"):
        licence = member(choice, "license")
        stated = text(choice, "expression") or text(licence, "id") or text(licence, "name")
        if stated:
            yield stated


def _patches(node: Json) -> Iterator[Patch]:
    """Yield patches, and commits whose message names what they fix.

    A patch that does not say what it resolves may be called so: ``0001-CVE-2022-0367.patch``.
    """
    pedigree = member(node, "pedigree")
    for patch in members(pedigree, "patches"):
        issues = (text(issue, "id") for issue in members(patch, "resolves"))
        resolves = tuple(each for each in issues if each)
        named = cves_named(text(member(patch, "diff"), "url") or "")
        yield Patch(text(patch, "type") or "", resolves or named)
    for commit in members(pedigree, "commits"):
        if named := cves_fixed(text(commit, "message") or ""):
            yield Patch("commit", named)


def dependencies_of(tree: JsonObject) -> Iterator[tuple[str, str]]:
    """Yield what needs what, by reference."""
    for node in members(tree, "dependencies"):
        ref = text(node, "ref")
        if ref:
            yield from ((ref, each) for each in members(node, "dependsOn") if isinstance(each, str))


def _compositions(tree: JsonObject) -> Iterator[Composition]:
    for node in members(tree, "compositions"):
        assemblies, dependencies = (
            tuple(each for each in members(node, key) if isinstance(each, str))
            for key in ("assemblies", "dependencies")
        )
        yield Composition(text(node, "aggregate") or "", assemblies, dependencies)


def _service_refs(tree: JsonObject) -> Iterator[str]:
    pending = list(members(tree, "services"))
    while pending:
        service = pending.pop()
        yield text(service, "bom-ref") or ""
        pending += members(service, "services")
