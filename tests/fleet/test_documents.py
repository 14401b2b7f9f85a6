"""What is written about lists is true."""

from pathlib import Path

import pytest

from longmark.core.formats.sheets import delimited, tables, workbooks
from longmark.core.formats.sheets.headers import Column
from longmark.core.life.events import CORRECTIONS, Evidence, Kind

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "unit-lists.md").read_text()
OF_ITS_OWN = {
    Column.SLOT,
    Column.SLOT_SERIAL,
    Column.SLOT_QUANTITY,
    Column.PARAMETER,
    Column.ALIAS,
    Column.IGNORED,
}
WORDS = [
    *(column.value for column in Column if column not in OF_ITS_OWN),
    *(kind.value for kind in Kind if kind not in CORRECTIONS),
    *(level.word for level in Evidence),
]


@pytest.mark.parametrize("word", WORDS)
def test_every_column_event_and_level_is_described(word: str):
    assert f"`{word}`" in PAGE


def test_limits_are_those_of_the_reader():
    assert f"{tables.ROWS_LIMIT:,} rows, {tables.COLUMNS_LIMIT} columns" in PAGE
    assert f"{tables.CELL_LIMIT_CHARACTERS:,} characters in a cell" in PAGE
    assert (delimited.CSV_LIMIT_BYTES, workbooks.WORKBOOK_LIMIT_BYTES) == (10**10, 10**8)
