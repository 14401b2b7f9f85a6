"""EPCIS documents as tables: a document is staged, looked at, taken and mended as any list is."""

import re
from collections.abc import Sequence
from typing import BinaryIO, Final

from longmark.core.errors import Invalid
from longmark.core.formats.epcis.reading import LIMIT_BYTES, REMARK, EventRow, read_events
from longmark.core.formats.sheets.headers import Column
from longmark.core.formats.sheets.tables import COLUMNS_LIMIT, Row, Sheet

KIND: Final = "epcis"
PROBE_BYTES: Final = 65_536
_SIGNS = re.compile(rb'"EPCIS(?:Query)?Document"|epcis-context\.jsonld|"epcisBody"')
_FIRST = (
    Column.ITEM.value, Column.SERIAL.value, Column.EVENT.value, Column.DATE.value,
    Column.SOURCE.value,
)  # fmt: skip


def is_epcis(start: bytes) -> bool:
    """Tell whether a file begins as a document of EPCIS in JSON."""
    is_object = start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    return is_object and _SIGNS.search(start) is not None


def read_sheet(file: BinaryIO) -> Sheet:
    """Return a document of EPCIS as a table, one row for each thing that it says of a unit.

    Raises:
        Invalid: it is none, it is over a limit, or nothing happens in it.
    """
    content = file.read(LIMIT_BYTES + 1)
    if len(content) > LIMIT_BYTES:
        raise Invalid(
            "The document has more than {limit} MB: split it.", limit=LIMIT_BYTES // 1_000_000
        )
    return sheet_of(read_events(content))


def sheet_of(rows: Sequence[EventRow]) -> Sheet:
    """Return rows in the words of lists as a table."""
    stated = dict.fromkeys(name for row in rows for name, text in row.cells.items() if text)
    stated.pop(REMARK, None)
    columns = (*_FIRST, *(name for name in stated if name not in _FIRST), REMARK)
    if len(columns) > COLUMNS_LIMIT:
        raise Invalid("The events state more than {limit} different things.", limit=COLUMNS_LIMIT)
    lines = (
        Row(number, tuple([row.cells.get(name, "") for name in columns]), row.defect)
        for number, row in enumerate(rows, start=2)
    )
    return Sheet(KIND, "utf-8", "", columns, lines, header_row=0)
