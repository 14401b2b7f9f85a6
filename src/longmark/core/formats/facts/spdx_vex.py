"""What SPDX says of vulnerabilities: VEX relationships of SPDX 3.0, and Yocto's in SPDX 2.2.

SPDX 3.0.1, profile Security: a relationship leads from a vulnerability to the elements assessed.
Yocto writes *affected* for every CVE without a patch, with an action that is unknown; that is no
assessment and asserts nothing. Yocto's SPDX 2.2 documents name the CVEs whose patches a recipe
applies in ``sourceInfo``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from longmark.core.formats.facts.records import (
    MAX_ASSERTIONS,
    Asserted,
    Assertion,
    Basis,
    FactKind,
    Facts,
    Named,
    reasoned,
    refuse_many,
    shortened,
)
from longmark.core.formats.sboms.gathering import instant
from longmark.core.formats.sboms.json_text import Json, JsonObject, member, members, text

_CLASSES: Final = {
    "security_VexAffectedVulnAssessmentRelationship": Asserted.AFFECTED,
    "security_VexFixedVulnAssessmentRelationship": Asserted.FIXED,
    "security_VexNotAffectedVulnAssessmentRelationship": Asserted.NOT_AFFECTED,
    "security_VexUnderInvestigationVulnAssessmentRelationship": Asserted.UNDER_INVESTIGATION,
}
_FIXED: Final = re.compile(r"^\s*CVEs fixed:\s*(.+)$", re.IGNORECASE | re.DOTALL)
_CVE: Final = re.compile(r"CVE-\d{4}-\d{4,}")
_NO_ACTION: Final = frozenset(("", "mitigation action unknown", "unknown"))


def has_assessments(tree: JsonObject) -> bool:
    """Tell whether a document of SPDX 3 assesses vulnerabilities."""
    return any(_kind(node) in _CLASSES for node in members(tree, "@graph"))


def has_fixes(tree: JsonObject) -> bool:
    """Tell whether a document of SPDX 2 names CVEs that were fixed."""
    return any(_FIXED.match(text(each, "sourceInfo") or "") for each in members(tree, "packages"))


def read(tree: JsonObject) -> Facts:
    """Return the assessments of an SPDX 3 document.

    Raises:
        FactsInvalid: it makes more assertions than are read.
    """
    nodes = members(tree, "@graph")
    elements = {identifier: node for node in nodes if (identifier := _id(node))}
    assertions: list[Assertion] = []
    defects = []
    for number, node in enumerate(nodes):
        status = _CLASSES.get(_kind(node))
        if status is None or text(node, "security_withdrawnTime"):
            continue
        found = list(_of_relationship(node, status, f"@graph[{number}]", elements))
        assertions += found
        refuse_many(len(assertions), MAX_ASSERTIONS, "statements")
        if not found and not _is_no_assessment(node, status):
            defects.append(f"@graph[{number}]: leads to no vulnerability or element here.")
    return Facts(FactKind.SPDX, tool="SPDX 3", assertions=tuple(assertions), defects=tuple(defects))


def _kind(node: Json) -> str:
    return text(node, "type") or text(node, "@type") or ""


def _id(node: Json) -> str:
    return text(node, "spdxId") or text(node, "@id") or ""


def _is_no_assessment(node: Json, status: Asserted) -> bool:
    action = (text(node, "security_actionStatement") or "").casefold().rstrip(".")
    return status is Asserted.AFFECTED and action in _NO_ACTION


def _of_relationship(
    node: Json, status: Asserted, place: str, elements: Mapping[str, Json]
) -> Iterator[Assertion]:
    vulnerability = _vulnerability(elements.get(text(node, "from") or ""))
    if not vulnerability or _is_no_assessment(node, status):
        return
    note = text(node, "security_justificationType") or ""
    impact = text(node, "security_impactStatement") or ""
    detail = impact or text(node, "security_statusNotes") or text(node, "comment") or ""
    at = instant(text(node, "security_modifiedTime")) or instant(
        text(node, "security_publishedTime")
    )
    stated = (*members(node, "to"), text(node, "security_assessedElement"))
    for target in dict.fromkeys(each for each in stated if isinstance(each, str)):
        element = elements.get(target)
        if element is not None:
            yield Assertion(
                vulnerability=vulnerability,
                status=reasoned(status, note, impact),
                basis=Basis.VEX,
                pointer=place,
                component=_named(element),
                note=note,
                detail=shortened(detail),
                at=at,
            )


def _vulnerability(node: Json) -> str:
    named = (
        text(each, "identifier")
        for each in members(node, "externalIdentifier")
        if text(each, "externalIdentifierType") == "cve"
    )
    return next(filter(None, named), None) or text(node, "name") or ""


def _named(node: Json) -> Named:
    name, identifiers = text(node, "name"), members(node, "externalIdentifier")
    purls = (
        text(each, "identifier")
        for each in identifiers
        if text(each, "externalIdentifierType") == "packageUrl"
    )
    cpes = (
        text(each, "identifier")
        for each in identifiers
        if text(each, "externalIdentifierType") in ("cpe23", "cpe22")
    )
    return Named(
        names=(name,) if name else (),
        version=text(node, "software_packageVersion") or "",
        purl=text(node, "software_packageUrl") or next(filter(None, purls), None) or "",
        cpes=tuple(filter(None, cpes)),
        ref=_id(node),
    )


def read_fixes(tree: JsonObject) -> Facts:
    """Return the fixes that the packages of an SPDX 2 document name.

    Raises:
        FactsInvalid: it makes more assertions than are read.
    """
    assertions = []
    for number, package in enumerate(members(tree, "packages")):
        stated = _FIXED.match(text(package, "sourceInfo") or "")
        name = text(package, "name")
        component = Named(
            names=(name,) if name else (),
            version=text(package, "versionInfo") or "",
            ref=text(package, "SPDXID") or "",
        )
        for cve in dict.fromkeys(_CVE.findall(stated[1])) if stated else ():
            assertions.append(
                Assertion(
                    vulnerability=cve,
                    status=Asserted.FIXED,
                    basis=Basis.PATCH,
                    pointer=f"packages[{number}].sourceInfo",
                    component=component,
                )
            )
        refuse_many(len(assertions), MAX_ASSERTIONS, "statements")
    created = instant(text(member(tree, "creationInfo"), "created"))
    return Facts(FactKind.SPDX, tool="SPDX 2", made_at=created, assertions=tuple(assertions))
