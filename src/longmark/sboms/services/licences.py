"""Licences of components as SPDX expressions: written with a document, caught up for older ones.

What is written here is derived from the document alone; it is no decision, and the ledger
tells of the document itself.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db import transaction

from longmark.core.licences import LICENCES_VERSION, Licence, combined
from longmark.foundation.bulk import insert_rows, update_rows
from longmark.sboms.models import Document, LicenceTally, Occurrence

CATCH_UP_DOCUMENTS = 20
"""So many documents are read in one go, so that the worker is soon free again."""

TALLY_COLUMNS = ("document_id", "licence", "category", "count")


def tally_licences(document: Document, found: Iterable[Licence]) -> None:
    """Record how many components of a document are under which licence."""
    listed = list(found)
    categories = {each.expression: each.category for each in listed}
    counts = Counter(each.expression for each in listed)
    rows = ((document.pk, text, categories[text].value, n) for text, n in counts.items())
    insert_rows(LicenceTally, TALLY_COLUMNS, rows)


def catch_up(*, limit: int = CATCH_UP_DOCUMENTS) -> int:
    """Read the licences of documents that were read by older rules; return how many were read."""
    behind = Document.objects.filter(licences_version__lt=LICENCES_VERSION).order_by("id")
    ids = list(behind.values_list("pk", flat=True)[:limit])
    for pk in ids:
        _read_anew(pk)
    return len(ids)


@transaction.atomic(durable=True)
def _read_anew(pk: int) -> None:
    claimed = Document.objects.filter(pk=pk, licences_version__lt=LICENCES_VERSION)
    if not claimed.update(licences_version=LICENCES_VERSION):
        return  # another worker was faster
    rows = list(
        Occurrence.objects.filter(document_id=pk).values_list("id", "number", "licences", "licence")
    )
    read = [combined(licences.split("\n")) for _, _, licences, _ in rows]
    update_rows(Occurrence, ["licence"], _changed(rows, read))
    LicenceTally.objects.filter(document_id=pk).delete()
    listed = (each for (_, number, _, _), each in zip(rows, read, strict=True) if number)
    tally_licences(Document(pk=pk), listed)


def _changed(
    rows: list[tuple[int, int, str, str]], read: list[Licence]
) -> Iterator[tuple[str, int]]:
    for (pk, _, _, stored), licence in zip(rows, read, strict=True):
        if stored != licence.expression:
            yield licence.expression, pk
