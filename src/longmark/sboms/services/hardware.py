"""What SBOMs say of pieces of hardware: written with a document, caught up for older ones.

What is written here is derived from the document alone; it is no decision, and the ledger
tells of the document itself.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from typing import Final

from django.db import transaction

from longmark.core.errors import LongmarkError
from longmark.core.formats.sboms import ComponentEntry, SbomDocument, read_sbom_file
from longmark.core.formats.sboms.hardware import KIND, RUNS_ON, traits_of
from longmark.foundation.bulk import collector_paused, insert_rows
from longmark.sboms import queries
from longmark.sboms.models import Document, HardwarePart, Occurrence

HARDWARE_VERSION: Final = 1
"""Raised when more is read of hardware: older documents are read again."""

CATCH_UP_DOCUMENTS: Final = 20
PART_COLUMNS = (
    "document_id",
    "number",
    "name",
    "needs",
    "part_number",
    "description",
    "function",
    "location",
    "mounting",
    "quantity",
)
Row = tuple[object, ...]


def numbered(sbom: SbomDocument) -> Iterator[tuple[int, ComponentEntry]]:
    """Yield what a document names with its number in it: its subject, if any, is 0."""
    if sbom.subject:
        yield 0, sbom.subject
    yield from enumerate(sbom.components, start=1)


def record_parts(document: Document, sbom: SbomDocument) -> None:
    """Record what a document says of its pieces of hardware, by their numbers in it."""
    found = enumerate(sbom.components, start=1)
    parts = {each.ref: number for number, each in found if each.kind == KIND}
    if parts:
        insert_rows(HardwarePart, PART_COLUMNS, _rows(document, sbom, _needs(sbom, parts)))


def _rows(
    document: Document, sbom: SbomDocument, needs: Mapping[str, Sequence[int]]
) -> Iterator[Row]:
    for number, entry in enumerate(sbom.components, start=1):
        if traits := traits_of(entry):
            yield document.pk, number, entry.name, needs.get(entry.ref, []), *astuple(traits)


def _needs(sbom: SbomDocument, parts: Mapping[str, int]) -> dict[str, list[int]]:
    """Return, by the reference of a part, the numbers of what runs on it by its dependencies."""
    software = {
        each.ref: number
        for number, each in enumerate(sbom.components, start=1)
        if each.kind in RUNS_ON
    }
    found: dict[str, list[int]] = defaultdict(list)
    for one, needed in sbom.dependencies:
        if one and one in parts and needed in software:
            found[one].append(software[needed])
    return found


def catch_up(*, limit: int = CATCH_UP_DOCUMENTS) -> int:
    """Read again what older documents say of hardware; return how many documents were dealt with.

    Done once for each document, in whatever order workers come to them.
    """
    behind = Document.objects.filter(hardware_version__lt=HARDWARE_VERSION).order_by("id")
    found = list(behind[:limit])
    for document in found:
        _read_again(document)
    return len(found)


def _read_again(document: Document) -> None:
    places = Occurrence.objects.filter(document=document, number__gt=0, kind=KIND)
    sbom = _read(document) if places.exists() else None
    with transaction.atomic(durable=True):
        claimed = Document.objects.filter(pk=document.pk, hardware_version__lt=HARDWARE_VERSION)
        if not claimed.update(hardware_version=HARDWARE_VERSION) or sbom is None:
            return
        HardwarePart.objects.filter(document=document).delete()
        record_parts(document, sbom)


def _read(document: Document) -> SbomDocument | None:
    """Return what a document says; ``None`` if its bytes are gone, or it is read no more."""
    try:
        with queries.open_original(document) as file, collector_paused():
            return read_sbom_file(file, filename=document.filename)
    except LongmarkError:
        return None
