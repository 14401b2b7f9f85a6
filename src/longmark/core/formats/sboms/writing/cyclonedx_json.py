"""CycloneDX 1.6 and 1.7 in JSON, written piece by piece: one component on a line."""

from collections.abc import Iterable, Iterator

import orjson

from longmark.core.formats.sboms.json_text import Json, JsonObject
from longmark.core.formats.sboms.writing import cyclonedx_fields as fields
from longmark.core.formats.sboms.writing.release import RELEASE, ReleaseBom, walk


def write(bom: ReleaseBom, spec_version: str) -> Iterator[bytes]:
    """Yield the document in pieces; their number grows with that of the components."""
    head: JsonObject = {
        "$schema": f"http://cyclonedx.org/schema/bom-{spec_version}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": spec_version,
        "serialNumber": f"urn:uuid:{bom.serial}",
        "version": 1,
        "metadata": fields.metadata(bom, spec_version),
    }
    yield orjson.dumps(head)[:-1] + b',\n"components":['
    yield from _components(bom, spec_version)
    yield b"\n]"
    needs = (fields.dependency(piece, bom) for piece, opens in walk(bom) if opens)
    sections: tuple[tuple[str, Iterable[Json]], ...] = (
        ("externalReferences", fields.external_references(bom)),
        ("dependencies", (each for each in needs if each)),
        ("compositions", (fields.composition(each, bom) for each in bom.completeness)),
        ("vulnerabilities", (fields.vulnerability(each, bom) for each in bom.vulnerabilities)),
    )
    for name, members in sections:
        yield from _section(name, members)
    yield b"}\n"


def _components(bom: ReleaseBom, spec_version: str) -> Iterator[bytes]:
    """Yield the tree below the release, each component opened, filled and closed."""
    is_first = True
    for piece, is_opening in walk(bom):
        if piece.number == RELEASE:
            continue
        if not is_opening:
            if piece.children:
                yield b"]}"
            is_first = False
            continue
        if not is_first:
            yield b","
        body = orjson.dumps(fields.component(piece, bom, spec_version))
        is_first = bool(piece.children)
        yield b"\n" + (body[:-1] + b',"components":[' if piece.children else body)


def _section(name: str, members: Iterable[Json]) -> Iterator[bytes]:
    is_first = True
    for member in members:
        yield (f',\n"{name}":[\n'.encode() if is_first else b",\n") + orjson.dumps(member)
        is_first = False
    if not is_first:
        yield b"\n]"
