"""Imports: how far they are, what they refused, and the refused rows as a file to mend."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from longmark.core.errors import NotFound
from longmark.core.formats.sheets.cells import text_of
from longmark.core.formats.sheets.csv_writing import csv_lines
from longmark.core.formats.sheets.headers import folded_header
from longmark.core.formats.sheets.reading import open_sheet
from longmark.core.formats.sheets.tables import How, Row
from longmark.fleet.models import Import, ImportProfile, Refusal, WatchedFile
from longmark.foundation.pages import Page, keyset_page
from longmark.ledger import queries as ledger

if TYPE_CHECKING:
    from django.db.models import QuerySet

COUNTS = (
    "row_count", "created_count", "changed_count", "unchanged_count", "refused_count",
    "contested_count", "event_count", "late_count",
)  # fmt: skip
WHY, WHAT_TO_DO = "refused because", "what to do"


def import_(pk: int) -> Import:
    """Return one import.

    Raises:
        NotFound: there is none with this number.
    """
    found = Import.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no import {pk}.", pk=pk)
    return found


def imports_page(*, after: str | None = None, limit: int = 50) -> Page[Import]:
    """Return imports, newest first. One query."""
    return keyset_page(Import.objects.all(), order=["-staged_at", "-id"], after=after, limit=limit)


def imports_by_id(ids: Iterable[int]) -> dict[int, Import]:
    """Return imports by id. One query."""
    return Import.objects.in_bulk(list(ids))


def refusals_page(source: Import, *, after: str | None = None, limit: int = 50) -> Page[Refusal]:
    """Return the refused rows of an import, in the order of the file. One query."""
    return keyset_page(_refused(source), order=["row"], after=after, limit=limit)


def kept_page(source: Import, *, after: str | None = None, limit: int = 50) -> Page[Refusal]:
    """Return the rows of an undone import that could not be taken back. One query."""
    rows = Refusal.objects.filter(source=source, is_of_undo=True)
    return keyset_page(rows, order=["row"], after=after, limit=limit)


def _refused(source: Import) -> "QuerySet[Refusal]":
    return Refusal.objects.filter(source=source, is_of_undo=False)


def watched_files(limit: int = 10) -> list[WatchedFile]:
    """Return the files that lay in the watched folder last, newest first. One query."""
    rows = WatchedFile.objects.select_related("source").order_by("-seen_at", "-id")
    return list(rows[:limit])


def profiles_page(*, after: str | None = None, limit: int = 50) -> Page[ImportProfile]:
    """Return the profiles that were saved, by name. One query."""
    return keyset_page(ImportProfile.objects.all(), order=["name", "id"], after=after, limit=limit)


def profiles() -> list[ImportProfile]:
    """Return the profiles that were saved, by name; they are few. One query."""
    return list(ImportProfile.objects.order_by("name"))


def refusals_csv(source: Import) -> Iterator[str]:
    """Yield the refused rows as they were, with reason and mend, ready to be dropped again.

    Columns that an earlier refusal added are left out. The file is read as a stream.
    """
    refusals = _refused(source).order_by("row").iterator()
    with ledger.open_blob(source.digest) as file:
        sheet = open_sheet(file, How(**source.how))
        kept = [
            place
            for place, text in enumerate(sheet.header)
            if folded_header(text) not in (WHY, WHAT_TO_DO)
        ]
        header = [*(sheet.header[place] for place in kept), WHY, WHAT_TO_DO]
        yield from csv_lines(
            header, _refused_rows(sheet.rows, kept, refusals), delimiter=sheet.delimiter or ","
        )


def _refused_rows(
    rows: Iterator[Row], kept: Sequence[int], refusals: Iterable[Refusal]
) -> Iterator[Sequence[str]]:
    """Yield cells and reasons; both are in the order of the file."""
    for refusal in refusals:
        row = next(row for row in rows if row.number == refusal.row)
        cells = (text_of(row.cells[place]) for place in kept)
        yield [*cells, refusal.why, refusal.what_to_do]
