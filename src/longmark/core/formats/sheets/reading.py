"""Sheets in: CSV of any make, XLSX, ODS, JSON lines or EPCIS, as rows of cells, under limits.

What kind it is, its encoding and its delimiter are found out, and said with the table, so that a
person can look at it and say otherwise.
"""

from typing import BinaryIO

from longmark.core.errors import Invalid
from longmark.core.formats.epcis.sheets import is_epcis, read_sheet
from longmark.core.formats.sheets.delimited import PROBE_BYTES, read_csv
from longmark.core.formats.sheets.json_lines import is_json, read_json
from longmark.core.formats.sheets.tables import FOUND_OUT, How, Sheet
from longmark.core.formats.sheets.workbooks import read_workbook

_ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx under a password


def open_sheet(file: BinaryIO, how: How = FOUND_OUT) -> Sheet:
    """Return the table in a file; the file stays open while its rows are read.

    Rows without any content are left out; short rows are filled up.

    Raises:
        Invalid: no table, over a limit, or unreadable, here or while rows are read.
    """
    start = file.read(PROBE_BYTES)
    file.seek(0)
    if not start.strip():
        raise Invalid("The file is empty.")
    if start.startswith(_ZIP_MAGIC):
        return read_workbook(file, how)
    if start.startswith(_OLE_MAGIC):
        raise Invalid("This is an old or locked Excel file: save it as .xlsx without a password.")
    if is_epcis(start):
        return read_sheet(file)
    if is_json(start) and not how.delimiter:
        return read_json(file, start)
    return read_csv(file, start, how)
