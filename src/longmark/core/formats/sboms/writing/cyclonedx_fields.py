"""CycloneDX 1.6 and 1.7 as plain members, in the order of the specification.

Both encodings are written from these. What a version cannot hold goes into properties of
the name space ``longmark:``, so that nothing is said wrongly and little is lost.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from longmark import __version__
from longmark.core.formats.sboms.document import ComponentEntry, Patch
from longmark.core.formats.sboms.gathering import OWN_CPE, OWN_HASH
from longmark.core.formats.sboms.json_text import Json, JsonObject
from longmark.core.formats.sboms.writing.licences import is_expression, is_listed
from longmark.core.formats.sboms.writing.release import (
    RELEASE,
    Completeness,
    Piece,
    Place,
    ReleaseBom,
    Vulnerability,
)
from longmark.core.formats.sboms.writing.vocabulary import (
    CYCLONEDX_LINKS,
    cyclonedx_algorithm,
    cyclonedx_kind,
    is_address,
    is_cpe,
)

TOOL: Final = "Longmark"
STEPS: Final = " > "
_PATCH_KINDS: Final = frozenset({"unofficial", "monkey", "backport", "cherry-pick"})
_ISSUE_PREFIXES: Final = ("CVE-", "GHSA-", "EUVD-", "OSV-", "CNVD-", "VDE-", "BDU:")
_METHODS: Final = (
    ("CVSS:4", "CVSSv4"),
    ("CVSS:3.1", "CVSSv31"),
    ("CVSS:3.0", "CVSSv3"),
    ("", "CVSSv2"),
)


def instant_text(instant: datetime) -> str:
    """Return an instant as the formats write it.

    >>> instant_text(datetime(2026, 3, 1, 12, tzinfo=UTC))
    '2026-03-01T12:00:00Z'
    """
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def metadata(bom: ReleaseBom, spec_version: str) -> JsonObject:
    """Return who made the document, of what, and from which documents."""
    maker: JsonObject = {"name": bom.about.supplier} if bom.about.supplier else {}
    tool: JsonObject = {"type": "application", "name": TOOL, "version": __version__}
    said: JsonObject = {
        "timestamp": instant_text(bom.created_at),
        "tools": {"components": [tool]},
        "component": component(bom.pieces[RELEASE], bom, spec_version),
        "manufacturer": maker,
        "supplier": maker,
        "properties": [
            {"name": "longmark:source", "value": f"sha256:{each.digest} {each.format} {each.name}"}
            for each in bom.sources
        ],
    }
    return _stated(said)


def external_references(bom: ReleaseBom) -> list[Json]:
    """Return the documents that the export was made from, as far as they can be referred to."""
    return [
        {
            "url": each.link,
            "comment": f"Merged from this document: {each.name or each.format}",
            "type": "bom",
            "hashes": [{"alg": "SHA-256", "content": each.digest}],
        }
        for each in bom.sources
        if each.link.startswith("urn:cdx:") and is_address(each.link)
    ]


def component(piece: Piece, bom: ReleaseBom, spec_version: str) -> JsonObject:
    """Return one component, without what is nested in it."""
    entry = piece.entry
    hashes, other_hashes = _hashes(entry, spec_version)
    links, other_links = _links(entry, spec_version)
    cpe = next((each for each in entry.cpes if is_cpe(each)), "")
    said: JsonObject = {
        "type": cyclonedx_kind(entry.kind),
        "bom-ref": piece.ref,
        "supplier": {"name": writable(entry.supplier)} if entry.supplier else {},
        "group": writable(entry.group or ""),
        "name": writable(entry.name),
        "version": writable(entry.version or ""),
        "description": writable(entry.remarks.description),
        "scope": entry.scope,
        "hashes": hashes,
        "licenses": _licences(entry, bom, spec_version),
        "copyright": writable(entry.remarks.copyright),
        "cpe": cpe,
        "purl": entry.purl or "",
        "pedigree": {"patches": patches} if (patches := _patches(entry.patches)) else {},
        "externalReferences": links,
        "properties": [
            {"name": name, "value": writable(value)}
            for name, value in (
                *entry.remarks.properties,
                *_own_properties(piece, bom, cpe),
                *((OWN_HASH, each) for each in other_hashes),
                *(("longmark:link", each) for each in other_links),
            )
        ],
        "evidence": {"occurrences": places} if (places := _occurrences(piece, bom)) else {},
    }
    return _stated(said)


def _stated(said: JsonObject) -> JsonObject:
    """Return the members that say something; a name is said even if it is empty."""
    return {key: value for key, value in said.items() if value or key == "name"}


def writable(text: str) -> str:
    """Return a text without what XML cannot hold, so that both encodings say the same."""
    if text.isprintable():
        return text
    return "".join(each for each in text if each in "\t\n\r" or _is_writable(each))


def _is_writable(each: str) -> bool:
    return each >= " " and not "\ud800" <= each <= "\udfff" and each not in "\ufffe\uffff"


def _hashes(entry: ComponentEntry, spec_version: str) -> tuple[list[Json], list[str]]:
    fitting: list[Json] = []
    others = []
    for each in entry.hashes:
        algorithm = cyclonedx_algorithm(each, spec_version)
        if algorithm:
            fitting.append({"alg": algorithm, "content": each.digest})
        else:
            others.append(f"{each.algorithm}:{each.digest}")
    return fitting, others


def _links(entry: ComponentEntry, spec_version: str) -> tuple[list[Json], list[str]]:
    known = CYCLONEDX_LINKS[spec_version]
    fitting: dict[tuple[str, str], Json] = {}
    others = []
    for each in entry.remarks.links:
        kind = each.kind if each.kind in known else "other"
        if is_address(each.url):
            fitting[kind, each.url] = {"url": each.url, "type": kind}
        else:
            others.append(f"{each.kind} {each.url}")
    return list(fitting.values()), others


def _licences(entry: ComponentEntry, bom: ReleaseBom, spec_version: str) -> list[Json]:
    """Return the licences; up to 1.6 an expression stands alone, or is a name among others."""
    alone = len(entry.licences) == 1 or spec_version != "1.6"
    return [_licence(writable(each), bom, alone) for each in dict.fromkeys(entry.licences)]


def _licence(licence: str, bom: ReleaseBom, alone: bool) -> Json:
    if is_listed(licence):
        return {"license": {"id": licence}}
    known = bom.licence_texts.get(licence)
    if known is None and alone and is_expression(licence):
        return {"expression": licence}
    named: JsonObject = {"name": licence}
    if known and known.text:
        named["text"] = {"content": writable(known.text)}
    return {"license": named}


def _patches(patches: tuple[Patch, ...]) -> list[Json]:
    """Return the patches; what a patch resolves is a security issue if its id says so."""
    return [
        _stated(
            {
                "type": each.kind if each.kind in _PATCH_KINDS else "unofficial",
                "resolves": [
                    {"type": "security" if _is_security(name) else "defect", "id": writable(name)}
                    for name in each.resolves
                ],
            }
        )
        for each in patches
    ]


def _is_security(name: str) -> bool:
    return name.upper().startswith(_ISSUE_PREFIXES)


def _own_properties(piece: Piece, bom: ReleaseBom, cpe: str) -> Iterator[tuple[str, str]]:
    """Yield what has no member of its own: other CPEs, the words as they were, the sources."""
    entry = piece.entry
    yield from ((OWN_CPE, each) for each in entry.cpes if each != cpe)
    if entry.kind and cyclonedx_kind(entry.kind) != entry.kind:
        yield "longmark:kind", entry.kind
    for what, values in piece.said_elsewhere.items():
        yield from ((f"longmark:{what}-elsewhere", value) for value in values)
    yield from piece.properties
    if len(bom.sources) > 1:
        for number in sorted({place.source for place in piece.places}):
            yield "longmark:document", f"sha256:{bom.sources[number].digest}"


def _occurrences(piece: Piece, bom: ReleaseBom) -> list[Json]:
    """Return the places of a piece that has several; one place is where it is nested."""
    if len(piece.places) < 2:
        return []
    located = {(_location(each, bom), each.source): None for each in piece.places}
    return [
        {"location": location, "additionalContext": f"sha256:{bom.sources[source].digest}"}
        for location, source in located
    ]


def _location(place: Place, bom: ReleaseBom) -> str:
    return writable(STEPS.join(place.path) or bom.about.name)


def dependency(piece: Piece, bom: ReleaseBom) -> "JsonObject | None":
    """Return what a piece needs, ``None`` if no document says that it needs anything."""
    needed = bom.needs.get(piece.number)
    if not needed:
        return None
    return {"ref": piece.ref, "dependsOn": [bom.pieces[each].ref for each in needed]}


def composition(said: Completeness, bom: ReleaseBom) -> JsonObject:
    """Return how complete something is said to be."""
    return _stated(
        {
            "aggregate": said.aggregate,
            "assemblies": [bom.pieces[each].ref for each in said.assemblies],
            "dependencies": [bom.pieces[each].ref for each in said.dependencies],
        }
    )


def vulnerability(said: Vulnerability, bom: ReleaseBom) -> JsonObject:
    """Return one vulnerability, with the components that it meets."""
    aliases: list[Json] = [
        {"id": alias, "source": {"name": source_of(alias)}} for alias in said.aliases
    ]
    analysis = {"state": said.state, "detail": writable(said.detail)}
    described: JsonObject = {
        "bom-ref": f"vulnerability:{said.name}",
        "id": said.name,
        "source": {"name": source_of(said.name)},
        "references": aliases,
        "ratings": _ratings(said),
        "cwes": list(said.weaknesses),
        "description": writable(said.description),
        "published": instant_text(said.published_at) if said.published_at else "",
        "updated": instant_text(said.modified_at) if said.modified_at else "",
        "analysis": _stated({**analysis}) if said.state else {},
        "affects": [
            _stated(
                {
                    "ref": bom.pieces[each.piece].ref,
                    "versions": _versions(bom.pieces[each.piece].entry, each.status),
                }
            )
            for each in said.affects
        ],
        "properties": [{"name": name, "value": writable(value)} for name, value in said.properties],
    }
    return _stated(described)


def _versions(entry: ComponentEntry, status: str) -> list[Json]:
    return [{"version": writable(entry.version), "status": status}] if entry.version else []


def _ratings(said: Vulnerability) -> list[Json]:
    if said.rating is None:
        return []
    rating = said.rating
    scored: JsonObject = {
        "source": {"name": writable(rating.source)} if rating.source else {},
        "score": rating.score,
        "severity": rating.severity,
        "method": _method(rating.vector) if rating.vector else "",
        "vector": rating.vector,
    }
    return [{key: value for key, value in scored.items() if value not in (None, "", {})}]


def _method(vector: str) -> str:
    return next(method for prefix, method in _METHODS if vector.startswith(prefix))


def source_of(name: str) -> str:
    """Return who keeps the records of such an id.

    >>> source_of("CVE-2022-0367"), source_of("GHSA-xxxx"), source_of("RUSTSEC-2020-0001")
    ('NVD', 'GITHUB', 'OSV')
    """
    return {"CVE": "NVD", "GHSA": "GITHUB", "EUVD": "EUVD"}.get(name.partition("-")[0], "OSV")
