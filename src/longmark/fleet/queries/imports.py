"""Imports: how far they are, what they refused, and the refused rows as a file to mend."""

from collections.abc import Iterable, Iterator, Sequence

from longmark.core.errors import NotFound
from longmark.core.formats.sheets.cells import text_of
from longmark.core.formats.sheets.csv_writing import csv_lines
from longmark.core.formats.sheets.headers import folded_header
from longmark.core.formats.sheets.reading import open_sheet
from longmark.core.formats.sheets.tables import Row
from longmark.fleet.models import Import, Refusal
from longmark.foundation.pages import Page, keyset_page
from longmark.ledger import queries as ledger

COUNTS = (
    "row_count", "created_count", "changed_count", "unchanged_count", "refused_count",
    "event_count", "late_count",
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


def refusals_page(source: Import, *, after: str | None = None, limit: int = 50) -> Page[Refusal]:
    """Return the refused rows of an import, in the order of the file. One query."""
    rows = Refusal.objects.filter(source=source)
    return keyset_page(rows, order=["row"], after=after, limit=limit)


def refusals_csv(source: Import) -> Iterator[str]:
    """Yield the refused rows as they were, with reason and mend, ready to be dropped again.

    Columns that an earlier refusal added are left out. The file is read as a stream.
    """
    refusals = Refusal.objects.filter(source=source).order_by("row").iterator()
    with ledger.open_blob(source.digest) as file:
        sheet = open_sheet(file)
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
