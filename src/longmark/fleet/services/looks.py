"""Looks: a stored list is read whole without a trace, for what taking it would do."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from longmark.core.formats.sheets.cells import text_of
from longmark.core.formats.sheets.headers import Column, folded_header
from longmark.core.formats.sheets.mapping import ColumnMap
from longmark.core.formats.sheets.reading import open_sheet
from longmark.core.formats.sheets.tables import Sheet
from longmark.fleet.services.catalogue import whole_catalogue
from longmark.fleet.services.earlier import EarlierUnits
from longmark.fleet.services.lists import RefusedRow, UnitList, opened
from longmark.fleet.services.plans import Plan, how_as_json, recognised
from longmark.fleet.services.previews import Preview
from longmark.foundation import bulk
from longmark.ledger import queries as ledger

REFUSALS_LIMIT_ROWS = 100_000
SAMPLES = 5
SAMPLE_CHARACTERS = 60

Advance = Callable[[int, int | None], None]


def unwatched(done: int, total: int | None) -> None:
    """Report to nobody."""


@dataclass(frozen=True)
class Look:
    """What taking a list would do, and how it was understood."""

    counts: Counter[str]
    refused: list[RefusedRow]
    preview: dict[str, Any]
    understood: dict[str, Any]


def looked_at(digest: str, plan: Plan, *, advance: Advance = unwatched, now: datetime) -> Look:
    """Read a list that is in the blob store, and say what taking it would do.

    Raises:
        NotFound: there is no such blob.
        Invalid: it is no list of units, as it is understood.
    """
    catalogue = whole_catalogue()
    counts: Counter[str] = Counter()
    refused: list[RefusedRow] = []
    preview = Preview(catalogue)
    with opened(digest, catalogue, plan) as units, EarlierUnits() as earlier:
        for rows in units.chunks():
            with bulk.collector_paused():
                heard = units.look_at(rows, earlier, now=now)
            counts.update(heard.counts(now=now))
            refused.extend(heard.refused[: REFUSALS_LIMIT_ROWS - len(refused)])
            preview.add(heard, now=now)
            advance(counts["row_count"], None)
        return Look(counts, refused, preview.as_json(), understood(units, plan))


def understood(units: UnitList, plan: Plan) -> dict[str, Any]:
    """Return the columns of an import that say how a list was read and understood."""
    return {
        "sheet": described(units.sheet, units.column_map, units),
        "how": how_as_json(plan.how),
        "column_map": units.column_map.as_json(),
        "profile": units.profile,
    }


def described(
    sheet: Sheet, column_map: ColumnMap, units: UnitList | None = None
) -> dict[str, object]:
    """Return how a file was read, for a person to check."""
    meant = units.headers[: len(sheet.header)] if units else ()
    columns = [
        {
            "stated": stated,
            "column": meant[place].column.value if units else "",
            "name": column_map.columns.get(folded_header(stated), ""),
        }
        for place, stated in enumerate(sheet.header)
    ]
    ignored = sum(each["column"] in (Column.IGNORED.value, "") for each in columns)
    return {
        "kind": sheet.kind,
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "page": sheet.page,
        "pages": list(sheet.pages),
        "header_row": sheet.header_row,
        "columns": columns,
        "ignored_count": ignored,
    }


def sampled(digest: str, plan: Plan) -> tuple[dict[str, Any], ColumnMap, str]:
    """Return how a stored file is read, its map and profile, with the first cells of each column.

    Raises:
        Invalid: it is no table.
    """
    with ledger.open_blob(digest) as file:
        sheet = open_sheet(file, plan.how)
        column_map, profile = recognised(sheet.header, plan)
        rows = list(islice(sheet.rows, SAMPLES))
    shown = described(sheet, column_map)
    columns: list[dict[str, Any]] = shown["columns"]  # type: ignore[assignment]
    for place, column in enumerate(columns):
        texts = dict.fromkeys(text_of(row.cells[place])[:SAMPLE_CHARACTERS] for row in rows)
        column["samples"] = [text for text in texts if text]
    return shown, column_map, profile
