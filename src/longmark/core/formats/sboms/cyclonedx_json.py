"""CycloneDX in JSON, 1.2-1.7.

``components`` nest: that is what sits in what. ``dependencies`` is what needs what. The two
are independent, and both may be present. ``metadata.component`` is the subject, and what
is nested in it counts as a component of the document.
"""

from collections.abc import Iterator

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
    spec_version = tree.get("specVersion")
    if not isinstance(spec_version, str) or spec_version not in JSON_VERSIONS:
        raise SbomInvalid(
            "CycloneDX of specVersion {found} in JSON is not read; {known} are.",
            found=f'"{spec_version}"'[:20] if spec_version else "(missing)",
            known=", ".join(JSON_VERSIONS),
        )
    refuse_problems(json_problems(tree, spec_version, defects))
    metadata = member(tree, "metadata")
    about = member(metadata, "component")
    subject = _entry(about, ()) if isinstance(about, dict) else None
    gathered = _gather(tree, about, defects)
    dependencies = tuple(_dependencies(tree))
    return SbomDocument(
        format=Format.CYCLONEDX,
        spec_version=spec_version,
        encoding=Encoding.JSON,
        serial=text(tree, "serialNumber") or "",
        name=subject.name if subject else "",
        version=str(tree.get("version", 1)),
        created_at=instant(text(metadata, "timestamp")),
        subject=subject,
        components=tuple(gathered.components),
        dependencies=dependencies,
        defects=gathered.settle(
            subject=subject, other_refs=_service_refs(tree), dependencies=dependencies
        ),
        compositions=tuple(_compositions(tree)),
    )


def _gather(tree: JsonObject, about: Json, defects: list[Problem]) -> Gathering:
    gathered = Gathering(defects=defects)
    for owner, place in ((about, "metadata.component.components"), (tree, "components")):
        for node, where, path in walk(members(owner, "components"), place, inner=_inner):
            gathered.add(_entry(node, path), where)
    return gathered


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


def _dependencies(tree: JsonObject) -> Iterator[tuple[str, str]]:
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
