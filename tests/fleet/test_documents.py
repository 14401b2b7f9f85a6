"""What is written about lists is true."""

from pathlib import Path

import pytest

from longmark.core.formats.sheets import reading
from longmark.core.formats.sheets.headers import Column
from longmark.core.life.events import Evidence, Kind

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "unit-lists.md").read_text()
OF_ITS_OWN = {
    Column.SLOT,
    Column.SLOT_SERIAL,
    Column.SLOT_QUANTITY,
    Column.PARAMETER,
    Column.IGNORED,
}
WORDS = [
    *(column.value for column in Column if column not in OF_ITS_OWN),
    *(kind.value for kind in Kind if kind is not Kind.CORRECTED),
    *(level.word for level in Evidence),
]


@pytest.mark.parametrize("word", WORDS)
def test_every_column_event_and_level_is_described(word: str):
    assert f"`{word}`" in PAGE


def test_limits_are_those_of_the_reader():
    assert f"{reading.ROWS_LIMIT:,} rows, {reading.COLUMNS_LIMIT} columns" in PAGE
    assert f"{reading.CELL_LIMIT_CHARACTERS:,} characters in a cell" in PAGE
    assert (reading.CSV_LIMIT_BYTES, reading.XLSX_LIMIT_BYTES) == (10**9, 10**8)
