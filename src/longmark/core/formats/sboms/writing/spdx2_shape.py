"""SPDX 2.3 as plain members, in the shape of its JSON encoding."""

from collections.abc import Iterator
from typing import Final

from longmark import __version__
from longmark.core.formats.sboms.document import ComponentEntry
from longmark.core.formats.sboms.json_text import Json, JsonObject
from longmark.core.formats.sboms.writing import spdx_shape as shape
from longmark.core.formats.sboms.writing.cyclonedx_fields import TOOL, instant_text, writable
from longmark.core.formats.sboms.writing.release import (
    RELEASE,
    Piece,
    ReleaseBom,
    pieces_of,
)
from longmark.core.formats.sboms.writing.vocabulary import (
    CPE_23,
    is_absolute_address,
    is_cpe,
    is_stated,
    spdx2_algorithm,
    spdx2_purpose,
)

DOCUMENT: Final = "SPDXRef-DOCUMENT"
NOASSERTION: Final = "NOASSERTION"
_FETCHED: Final = ("http://", "https://", "ftp://", "git+", "git://")


def document(bom: ReleaseBom) -> JsonObject:
    """Return the members of the document before its packages."""
    creators: list[Json] = [f"Tool: {TOOL}-{__version__}"]
    if bom.about.supplier:
        creators.append(party(bom.about.supplier))
    said: JsonObject = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": DOCUMENT,
        "name": _line(shape.document_name(bom)),
        "documentNamespace": shape.namespace(bom),
        "creationInfo": {"created": instant_text(bom.created_at), "creators": creators},
        "comment": shape.sources_comment(bom),
    }
    return {key: value for key, value in said.items() if value}


def party(name: str) -> str:
    """Return an organisation as SPDX writes it; a name with parentheses keeps them."""
    name = _line(name)
    return f"Organization: {name} ()" if name.endswith(")") else f"Organization: {name}"


def package(
    piece: Piece, bom: ReleaseBom, ids: dict[int, str], licences: shape.Licences
) -> JsonObject:
    """Return one package."""
    entry = piece.entry
    licence, supplier = licences.of(entry), entry.supplier
    unfit = [each for each in entry.hashes if spdx2_algorithm(each) is None]
    said: JsonObject = {
        "SPDXID": ids[piece.number],
        "name": _line(entry.name) or NOASSERTION,
        "versionInfo": _line(entry.version or ""),
        "supplier": party(supplier) if supplier and is_stated(supplier) else "",
        "downloadLocation": _link(entry, "distribution", "source-distribution", "vcs")
        or NOASSERTION,
        "filesAnalyzed": False,
        "homepage": _link(entry, "website"),
        "licenseConcluded": NOASSERTION,
        "licenseDeclared": licence.expression if licence else NOASSERTION,
        "copyrightText": writable(entry.remarks.copyright) or NOASSERTION,
        "description": writable(entry.remarks.description),
        "checksums": [
            {"algorithm": word, "checksumValue": each.digest.lower()}
            for each in entry.hashes
            if (word := spdx2_algorithm(each))
        ],
        "externalRefs": list(_references(entry)),
        "primaryPackagePurpose": spdx2_purpose(entry.kind),
        "comment": shape.comment(piece, licence, unfit, bom, with_patches=True),
    }
    return {key: value for key, value in said.items() if value or key == "filesAnalyzed"}


def _line(text: str) -> str:
    return " ".join(writable(text).split("\n")).strip()


def _link(entry: ComponentEntry, *kinds: str) -> str:
    """Return the first address of these kinds that can be fetched, empty if there is none."""
    for kind in kinds:
        for each in entry.remarks.links:
            is_fetched = each.url.startswith(_FETCHED) and is_absolute_address(each.url)
            if each.kind == kind and is_fetched:
                return each.url
    return ""


def _references(entry: ComponentEntry) -> Iterator[Json]:
    if entry.purl:
        yield _reference("PACKAGE-MANAGER", "purl", entry.purl)
    for each in entry.cpes:
        if is_cpe(each):
            kind = "cpe23Type" if CPE_23.fullmatch(each) else "cpe22Type"
            yield _reference("SECURITY", kind, each)
    for link in dict.fromkeys(entry.remarks.links):
        if link.kind == "advisories" and is_absolute_address(link.url):
            yield _reference("SECURITY", "advisory", link.url)


def _reference(category: str, kind: str, locator: str) -> Json:
    return {
        "referenceCategory": category,
        "referenceType": kind,
        "referenceLocator": writable(locator),
    }


def relationships(bom: ReleaseBom, ids: dict[int, str]) -> Iterator[JsonObject]:
    """Yield what the document describes, what sits in what, and what needs what."""
    yield _tie(DOCUMENT, "DESCRIBES", ids[RELEASE])
    for piece in pieces_of(bom):
        if piece.number != RELEASE:
            yield from _placed(piece, bom, ids)
    for one, others in bom.needs.items():
        for other in others:
            if bom.pieces[other].entry.scope == "optional":
                yield _tie(ids[other], "OPTIONAL_DEPENDENCY_OF", ids[one])
            else:
                yield _tie(ids[one], "DEPENDS_ON", ids[other])


def _placed(piece: Piece, bom: ReleaseBom, ids: dict[int, str]) -> Iterator[JsonObject]:
    """Yield where a piece sits, every container once; what is not shipped sits nowhere."""
    here = ids[piece.number]
    for container in containers(piece):
        if piece.entry.scope == "excluded":
            yield _tie(here, "OTHER", ids[container]) | {"comment": shape.NOT_SHIPPED}
        elif piece.entry.scope == "optional":
            yield _tie(here, "OPTIONAL_COMPONENT_OF", ids[container])
        else:
            yield _tie(ids[container], "CONTAINS", here)


def containers(piece: Piece) -> list[int]:
    """Return the pieces in which a piece sits, the one of its first place first."""
    first = [piece.container] if piece.container is not None else []
    others = (place.container for place in piece.places)
    return list(dict.fromkeys(each for each in (*first, *others) if each != piece.number))


def _tie(one: str, word: str, other: str) -> JsonObject:
    return {"spdxElementId": one, "relationshipType": word, "relatedSpdxElement": other}


def extracted(licences: shape.Licences) -> Iterator[JsonObject]:
    """Yield the licences that the document defines itself."""
    for reference, (name, text) in sorted(licences.defined.items()):
        yield {
            "licenseId": reference,
            "name": _line(name),
            "extractedText": writable(text),
        }
