"""CycloneDX vulnerabilities with an analysis: the product is the one that the document is about.

What is affected is told by a reference: to a component of the document, or by a link to one of
another (``urn:cdx:…#ref``), where the reference itself is often a purl.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from longmark.core.formats.vex.statements import (
    VexProduct,
    VexStatement,
    listed,
    mappings,
    moment_of,
    names_of,
    status_of,
    text_of,
)

MAX_DEPTH = 40


def statements(document: Mapping[str, Any]) -> Iterator[VexStatement]:
    """Yield what the analyses say."""
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    about = metadata.get("component")
    names = dict(_named([about, *listed(document.get("components"))], 0))
    main = str(about.get("bom-ref") or "") if isinstance(about, Mapping) else ""
    for number, stated in enumerate(mappings(document.get("vulnerabilities"))):
        found = _statement(stated, names, (main, names_of(about)), metadata)
        if found:
            yield _at(found, f"/vulnerabilities/{number}")


def _at(found: VexStatement, pointer: str) -> VexStatement:
    return VexStatement(**{**found.__dict__, "pointer": pointer})


def _named(components: list[Any], depth: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    for component in components:
        if isinstance(component, Mapping) and depth < MAX_DEPTH:
            ref = component.get("bom-ref")
            if isinstance(ref, str):
                yield ref, names_of(component)
            yield from _named(listed(component.get("components")), depth + 1)


def _statement(
    stated: Mapping[str, Any],
    names: Mapping[str, tuple[str, ...]],
    main: tuple[str, tuple[str, ...]],
    metadata: Mapping[str, Any],
) -> VexStatement | None:
    analysis = stated.get("analysis")
    analysis = analysis if isinstance(analysis, Mapping) else {}
    status = status_of(analysis.get("state"))
    if status is None:
        return None
    others = [one.get("id") for one in mappings(stated.get("references"))]
    reason = text_of(analysis.get("justification"), analysis.get("detail"))
    if analysis.get("state") == "false_positive":
        reason = reason or "false_positive"
    return VexStatement(
        status=status,
        vulnerabilities=frozenset(str(one) for one in (stated.get("id"), *others) if one),
        products=tuple(_products(stated, names, main)),
        justification=reason,
        stated_at=moment_of(
            analysis.get("lastUpdated"),
            analysis.get("firstIssued"),
            stated.get("updated"),
            metadata.get("timestamp"),
        ),
    )


def _products(
    stated: Mapping[str, Any],
    names: Mapping[str, tuple[str, ...]],
    main: tuple[str, tuple[str, ...]],
) -> Iterator[VexProduct]:
    ref_of_main, names_of_main = main
    for affected in mappings(stated.get("affects")):
        ref = str(affected.get("ref") or "")
        found = names.get(ref) or _linked(ref, names)
        versions = tuple(
            (text_of(one.get("version"), one.get("range")), status_of(one.get("status")))
            for one in mappings(affected.get("versions"))
        )
        if not found:
            continue
        if ref == ref_of_main or not names_of_main or found == names_of_main:
            yield VexProduct(found, (), versions)
        else:
            yield VexProduct(names_of_main, (found,), versions)


def _linked(ref: str, names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the names of a reference that leads elsewhere, or is a name itself."""
    inner = unquote(ref.partition("#")[2]) if ref.startswith("urn:cdx:") else ref
    return names.get(inner) or ((inner,) if inner else ())
