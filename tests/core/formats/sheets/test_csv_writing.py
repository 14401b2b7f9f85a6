import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats.sheets.csv_writing import csv_lines, guarded, unguarded
from longmark.core.formats.sheets.reading import open_sheet

hostile = st.text(alphabet="'=+-@\t\r\n1,;aé\"", max_size=8)
printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(hostile)
def test_guarding_can_be_undone(text):
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize(
    "attack", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1"]
)
def test_no_cell_begins_like_a_formula(attack):
    (_, line) = csv_lines(["a"], [[attack]])

    assert line.lstrip('"').startswith("'")


@given(st.lists(st.tuples(printable, hostile, printable), min_size=1, max_size=5))
def test_what_is_written_is_read_again(rows):
    rows = [("x" + first.strip(), middle, last) for first, middle, last in rows]
    written = "".join(csv_lines(["a", "b", "c"], rows, delimiter=";")).encode()

    assert [row.cells for row in open_sheet(io.BytesIO(written)).rows] == rows
