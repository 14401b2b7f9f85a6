"""VEX in CycloneDX 1.4 to 1.7 (JSON): ``vulnerabilities[].analysis``, in an SBOM or apart from it.

``affects[].ref`` is a reference within the document, or a BOM-Link into another
(``urn:cdx:serial/version#ref``). ``versions`` that are listed say of which the analysis speaks;
a range is not evaluated, so an entry with ranges alone asserts nothing. Yocto's layers for
CycloneDX put the recipe's own word for the status in front of the detail; it counts as there.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import unquote

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
from longmark.core.formats.facts.yocto import REASONS
from longmark.core.formats.sboms.gathering import instant, walk
from longmark.core.formats.sboms.json_text import Json, JsonObject, member, members, text

STATES: Final = {
    "resolved": Asserted.FIXED,
    "resolved_with_pedigree": Asserted.FIXED,
    "exploitable": Asserted.AFFECTED,
    "in_triage": Asserted.UNDER_INVESTIGATION,
    "false_positive": Asserted.NOT_AFFECTED,
    "not_affected": Asserted.NOT_AFFECTED,
}
_LINK: Final = re.compile(r"^urn:(?:cdx|uuid):([0-9a-fA-F-]{36})(?:/\d+)?#(.+)$")
_YOCTO: Final = re.compile(r"^STATE:\s*([a-z-]+)")


def has_analyses(tree: JsonObject) -> bool:
    """Tell whether a document says anything about vulnerabilities."""
    return any(isinstance(member(each, "analysis"), dict) for each in _vulnerabilities(tree))


def read(tree: JsonObject) -> Facts:
    """Return the assertions of a document, one for each vulnerability and component.

    Raises:
        FactsInvalid: it makes more assertions than are read.
    """
    metadata = member(tree, "metadata")
    made_at = instant(text(metadata, "timestamp"))
    known = dict(_named_by_ref(tree))
    assertions: list[Assertion] = []
    defects: list[str] = []
    for number, node in enumerate(_vulnerabilities(tree)):
        place = f"vulnerabilities[{number}]"
        assertions += _of_vulnerability(node, place, known, made_at, defects)
        refuse_many(len(assertions), MAX_ASSERTIONS, "statements")
    return Facts(
        FactKind.CYCLONEDX,
        tool=shortened(text(member(metadata, "supplier"), "name") or ""),
        made_at=made_at,
        assertions=tuple(assertions),
        defects=tuple(defects),
    )


def _vulnerabilities(tree: JsonObject) -> list[Json]:
    return members(tree, "vulnerabilities")


def _named_by_ref(tree: JsonObject) -> Iterator[tuple[str, Named]]:
    about = member(member(tree, "metadata"), "component")
    for nodes in ([about], members(about, "components"), members(tree, "components")):
        for node, _place, _path in walk(nodes, "", inner=_inner):
            ref = text(node, "bom-ref")
            if ref:
                yield ref, _named(node, ref)


def _inner(node: Json) -> tuple[str, list[Json]]:
    return "", members(node, "components")


def _named(node: Json, ref: str) -> Named:
    cpe, name = text(node, "cpe"), text(node, "name")
    return Named(
        names=(name,) if name else (),
        version=text(node, "version") or "",
        purl=text(node, "purl") or "",
        cpes=(cpe,) if cpe else (),
        ref=ref,
    )


def _of_vulnerability(
    node: Json,
    place: str,
    known: Mapping[str, Named],
    made_at: datetime | None,
    defects: list[str],
) -> Iterator[Assertion]:
    analysis, vulnerability = member(node, "analysis"), text(node, "id")
    state = text(analysis, "state") or ""
    if not vulnerability or state not in STATES:
        return
    status, note = _status(analysis, state)
    at = instant(text(analysis, "lastUpdated")) or instant(text(analysis, "firstIssued"))
    at = at or instant(text(node, "updated")) or made_at
    for number, affect in enumerate(members(node, "affects")):
        about = _about(affect, known)
        if not about:
            defects.append(f"{place}.affects[{number}]: names only ranges, or nothing.")
        for component in about:
            yield Assertion(
                vulnerability=vulnerability,
                status=status,
                basis=Basis.VEX,
                pointer=f"{place}.analysis",
                component=component,
                note=note,
                detail=shortened(text(analysis, "detail") or ""),
                at=at,
            )


def _status(analysis: Json, state: str) -> tuple[Asserted, str]:
    detail = text(analysis, "detail") or ""
    note = text(analysis, "justification") or ""
    recipe = _YOCTO.match(detail)
    if recipe and state == "not_affected":
        stands = REASONS.get(recipe[1])
        if stands is None or stands[0] is not Asserted.NOT_AFFECTED:
            return Asserted.UNDER_INVESTIGATION, recipe[1]
        return stands[0], recipe[1]
    return reasoned(STATES[state], note, detail), note or state


def _about(affect: Json, known: Mapping[str, Named]) -> list[Named]:
    """Return what an entry is about: once, or once for each version that it lists."""
    ref = text(affect, "ref") or ""
    link = _LINK.match(ref)
    one = known.get(ref)
    if one is None and link:
        inner = unquote(link[2])
        one = known.get(inner) or Named(purl=_purl(inner), ref=inner, serial=link[1].lower())
    if one is None:
        one = Named(purl=_purl(ref), ref="" if _purl(ref) else ref)
    listed = members(affect, "versions")
    if not listed:
        return [one] if one.ref or one.purl else []
    versions = (text(each, "version") for each in listed)
    return [
        Named(one.names, version, one.purl.partition("@")[0], one.cpes, one.ref, one.serial)
        for version in versions
        if version
    ]


def _purl(ref: str) -> str:
    return ref if ref.startswith("pkg:") else ""
