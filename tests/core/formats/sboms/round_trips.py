"""Releases written and read again: what comes back otherwise than it went in."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from longmark.core.formats.sboms import ComponentEntry, SbomDocument, read_sbom
from longmark.core.formats.sboms.writing.formats import ExportFormat, write
from longmark.core.formats.sboms.writing.merging import bom_link, merged
from longmark.core.formats.sboms.writing.release import (
    About,
    Part,
    Piece,
    ReleaseBom,
    Source,
    pieces_of,
)

MARCH = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
Facts = dict[str, object]


def release_of(
    *contents: bytes, name: str = "", version: str = "", parts: tuple[Part, ...] = ()
) -> ReleaseBom:
    """Merge documents under the name of the first one's subject, unless another is given."""
    read = [(source_of(content), read_sbom(content)) for content in contents]
    subject = next((document.subject for _, document in read if document.subject), None)
    about = About(
        name=name or (subject.name if subject else "tg200-fw"),
        version=version or (subject.version if subject else "") or "1",
        kind="firmware",
        supplier="Aerial Drives",
    )
    linked = (
        (
            Source(digest=one.digest, name=one.name, format=one.format, link=bom_link(document)),
            document,
        )
        for one, document in read
    )
    return merged(about, linked, parts=parts, created_at=MARCH)


def source_of(content: bytes) -> Source:
    return Source(digest=hashlib.sha256(content).hexdigest(), name="bom", format="SBOM")


def written(bom: ReleaseBom, export_format: ExportFormat) -> bytes:
    return b"".join(write(bom, export_format))


def losses(bom: ReleaseBom, export_format: ExportFormat) -> Counter[str]:
    """Count the facts of each kind that do not come back, or come back otherwise."""
    back = read_sbom(written(bom, export_format))
    found: Counter[str] = Counter()
    pieces, entries = list(pieces_of(bom)), entries_of(back)
    if len(pieces) != len(entries):
        found["component"] = abs(len(pieces) - len(entries))
    for piece, entry in zip(pieces, entries, strict=False):
        before, after = facts_of(piece.entry), facts_of(entry)
        found.update(kind for kind in before if before[kind] != after[kind])
    lost = set(needs_of(bom, pieces)) ^ set(dependencies_of(back))
    if lost:
        found["dependency"] = len(lost)
    return found


def entries_of(document: SbomDocument) -> list[ComponentEntry]:
    """Return the subject and the components, in the order in which they are written."""
    subject = [document.subject] if document.subject else []
    return [*subject, *document.components]


def facts_of(entry: ComponentEntry) -> Facts:
    return {
        "name": entry.name,
        "version": entry.version,
        "group": entry.group,
        "supplier": entry.supplier,
        "purl": entry.purl,
        "cpes": set(entry.cpes),
        "hashes": {(bare(each.algorithm), each.digest.lower()) for each in entry.hashes},
        "licences": list(dict.fromkeys(entry.licences)),
        "scope": entry.scope,
        "patches": entry.patches,
    }


def bare(algorithm: str) -> str:
    return algorithm.casefold().replace("-", "").replace("_", "")


def needs_of(bom: ReleaseBom, pieces: list[Piece]) -> Iterator[tuple[int, int]]:
    place = {piece.number: number for number, piece in enumerate(pieces)}
    for one, others in bom.needs.items():
        yield from ((place[one], place[other]) for other in others)


def dependencies_of(document: SbomDocument) -> Iterator[tuple[int, int]]:
    place = {entry.ref: number for number, entry in enumerate(entries_of(document))}
    for one, other in document.dependencies:
        yield place[one], place[other]
