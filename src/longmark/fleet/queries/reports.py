"""Reports: every row of a list with what became of it, as a table."""

from collections.abc import Iterable, Iterator

from longmark.core.errors import Refused
from longmark.core.formats.sheets.cells import text_of
from longmark.core.formats.sheets.csv_writing import csv_lines
from longmark.core.formats.sheets.reading import open_sheet
from longmark.core.formats.sheets.tables import How, Row
from longmark.core.life.outcomes import Outcome, unpacked
from longmark.core.vocabulary import ImportState
from longmark.fleet.models import Import, Refusal, Transcript
from longmark.ledger import queries as ledger

ADDED = ("what happened", "events", "unit", "refused because", "what to do")
TAKEN = (
    ImportState.APPLIED, ImportState.APPLYING, ImportState.UNDOING, ImportState.UNDONE
)  # fmt: skip
TAKEN_BACK, STAYS = "taken back", "stays"


def report_rows(source: Import) -> Iterator[list[str]]:
    """Yield a header and every row of a list with what became of it; read as a stream.

    Raises:
        Refused: the list was not taken.
    """
    if source.state not in TAKEN:
        raise Refused("{filename} was not taken: nothing has happened yet.", filename=str(source))
    return _rows(source)


def report_csv(source: Import) -> Iterator[str]:
    """Yield the lines of the report as CSV, with the delimiter of the list.

    Raises:
        Refused: the list was not taken.
    """
    rows = report_rows(source)
    delimiter = source.sheet.get("delimiter") or ","
    return csv_lines(next(rows), rows, delimiter=delimiter)


def _rows(source: Import) -> Iterator[list[str]]:
    refusals = Refusal.objects.filter(source=source).order_by("row").iterator()
    with ledger.open_blob(source.digest) as file:
        sheet = open_sheet(file, How(**source.how))
        yield [*sheet.header, *ADDED]
        yield from _told(sheet.rows, _outcomes(source), refusals, source)


def _outcomes(source: Import) -> Iterator[Outcome]:
    rows = Transcript.objects.filter(source=source).order_by("first_row")
    for transcript in rows.iterator(chunk_size=1):
        yield from unpacked(bytes(transcript.content))


def _told(
    rows: Iterator[Row], outcomes: Iterator[Outcome], refusals: Iterable[Refusal], source: Import
) -> Iterator[list[str]]:
    """Join the three, all of which are in the order of the file."""
    refused = iter(refusals)
    refusal = next(refused, None)
    for outcome in outcomes:
        row = next(row for row in rows if row.number == outcome.row)
        why = refusal if refusal and refusal.row == outcome.row else None
        if why is not None:
            refusal = next(refused, None)
        cells = [text_of(cell) for cell in row.cells]
        yield [*cells, *_became(outcome, why, source)]


def _became(outcome: Outcome, why: Refusal | None, source: Import) -> list[str]:
    became = outcome.became
    if source.state == ImportState.UNDONE and outcome.events:
        became = f"{became}, {STAYS if why else TAKEN_BACK}"
    unit = str(outcome.unit) if outcome.unit else ""
    reasons = [why.why, why.what_to_do] if why else ["", ""]
    return [became, str(len(outcome.events)), unit, *reasons]
