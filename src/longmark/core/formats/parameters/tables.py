"""Parameters in a table: CSV of any make or XLSX, a row for each parameter.

The first row names the columns. Without such names a table of two columns is a name and a value.
"""

import io
from itertools import chain

from longmark.core.errors import Invalid
from longmark.core.formats.parameters.columns import meant
from longmark.core.formats.parameters.records import (
    Entry,
    FileFormat,
    Gathering,
    ParameterFile,
    ParametersInvalid,
)
from longmark.core.formats.sheets.cells import text_of
from longmark.core.formats.sheets.reading import open_sheet
from longmark.core.formats.sheets.tables import Row


def read_table(content: bytes) -> ParameterFile:
    """Return the parameters in a table.

    Raises:
        ParametersInvalid: it is no such table, or something in it cannot be read.
    """
    try:
        sheet = open_sheet(io.BytesIO(content))
        columns = [meant(each) for each in sheet.header]
        rows = sheet.rows
        if {"name", "value"} - set(columns):
            if len(columns) != 2 or "name" in columns or "value" in columns:
                raise ParametersInvalid(
                    'The first row must name the columns "parameter" and "value"; it names:'
                    " {found}.",
                    found=", ".join(sheet.header)[:200],
                )
            columns = ["name", "value"]
            rows = chain([Row(1, sheet.header)], rows)
        gathering = Gathering()
        places = {each: columns.index(each) for each in ("name", "value")}
        title = columns.index("title") if "title" in columns else None
        for row in rows:
            _take(row, places["name"], places["value"], title, gathering)
        return gathering.file(FileFormat(sheet.kind))
    except ParametersInvalid:
        raise
    except Invalid as invalid:
        raise ParametersInvalid("{reason}", reason=str(invalid)) from None


def _take(row: Row, name: int, value: int, title: int | None, gathering: Gathering) -> None:
    place = f"row {row.number}"
    if row.defect:
        gathering.refuse(place, str(row.defect))
        return
    called = text_of(row.cells[title]) if title is not None else ""
    gathering.add(Entry(place, text_of(row.cells[name]), text_of(row.cells[value]), called))
