"""What Yocto's ``cve-check`` and ``vex`` classes write: one JSON for an image or for a recipe.

Each package lists issues with a status. *Patched* is a fix: a patch file that names the CVE, or
a status that the recipe sets. *Ignored* is as good as its reason: since Yocto 5.0 the recipe
states one of a closed list (``CVE_STATUS``, OE-core ``cve-check-map.conf``); before, there was
none. *Unpatched* only says that no patch was found. Where the detail says that merely the version
was compared, the build knows no more than anybody, and nothing is asserted.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from longmark.core.formats.facts.records import (
    MAX_ASSERTIONS,
    MAX_NAMES,
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
from longmark.core.formats.sboms.json_text import Json, JsonObject, members, text

REASONS: Final[Mapping[str, tuple[Asserted, Basis] | None]] = {
    "fix-file-included": (Asserted.FIXED, Basis.PATCH),
    "backported-patch": (Asserted.FIXED, Basis.PATCH),
    "cpe-stable-backport": (Asserted.FIXED, Basis.PATCH),
    "fixed-version": (Asserted.FIXED, Basis.PATCH),
    "cpe-incorrect": (Asserted.NOT_AFFECTED, Basis.EXCLUSION),
    "not-applicable-config": (Asserted.NOT_AFFECTED, Basis.EXCLUSION),
    "not-applicable-platform": (Asserted.NOT_AFFECTED, Basis.EXCLUSION),
    "disputed": (Asserted.UNDER_INVESTIGATION, Basis.EXCLUSION),
    "upstream-wontfix": (Asserted.UNDER_INVESTIGATION, Basis.EXCLUSION),
    "vulnerable-investigating": (Asserted.UNDER_INVESTIGATION, Basis.EXCLUSION),
    "version-not-in-range": None,
    "version-in-range": None,
}
"""What a recipe's own word for the status asserts; ``None`` for a mere comparison of versions."""


def is_report(tree: JsonObject) -> bool:
    """Tell whether a document has the shape of a report of cve-check."""
    packages = tree.get("package")
    return isinstance(packages, list) and any("issue" in each for each in _objects(packages))


def read(tree: JsonObject) -> Facts:
    """Return the assertions of a report.

    Raises:
        FactsInvalid: it makes more assertions than are read.
    """
    assertions: list[Assertion] = []
    for number, package in enumerate(members(tree, "package")):
        if isinstance(package, dict):
            assertions += _of_package(package, f"package[{number}]")
            refuse_many(len(assertions), MAX_ASSERTIONS, "issues")
    return Facts(FactKind.CVE_CHECK, tool="Yocto cve-check", assertions=tuple(assertions))


def _objects(nodes: list[Json]) -> Iterator[JsonObject]:
    return (each for each in nodes if isinstance(each, dict))


def _of_package(package: JsonObject, place: str) -> Iterator[Assertion]:
    products = (text(each, "product") for each in members(package, "products"))
    names = (text(package, "name"), *products)
    component = Named(
        names=tuple(dict.fromkeys(name for name in names if name))[:MAX_NAMES],
        version=text(package, "version") or "",
        cpes=tuple(each for each in members(package, "cpes") if isinstance(each, str))[:MAX_NAMES],
    )
    for number, issue in enumerate(members(package, "issue")):
        vulnerability = text(issue, "id")
        stands = _stands(issue) if vulnerability else None
        if vulnerability and stands:
            yield Assertion(
                vulnerability=vulnerability,
                status=stands[0],
                basis=stands[1],
                pointer=f"{place}.issue[{number}]",
                component=component,
                note=text(issue, "detail") or "",
                detail=_detail(issue),
            )


def _stands(issue: Json) -> tuple[Asserted, Basis] | None:
    status, reason = text(issue, "status"), text(issue, "detail") or ""
    if status == "Unpatched":
        return None
    if reason in REASONS:
        return REASONS[reason]
    if status == "Patched":
        return Asserted.FIXED, Basis.PATCH
    if status == "Ignored":
        stated = text(issue, "description") or ""
        return reasoned(Asserted.NOT_AFFECTED, stated), Basis.EXCLUSION
    return None


def _detail(issue: Json) -> str:
    patches = (each for each in members(issue, "patch-file") if isinstance(each, str))
    named = next(patches, "").rpartition("/")[2]
    return shortened(text(issue, "description") or named)
