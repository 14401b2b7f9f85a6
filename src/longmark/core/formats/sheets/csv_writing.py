"""CSV out: for spreadsheets, without letting a cell become a formula.

A cell that begins with ``= + - @``, a tab or a line end is run as a formula by spreadsheets
(CWE-1236); an apostrophe in front makes it text. Reading takes it off again, so that a file of
refused rows can be mended and dropped again.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

BYTE_ORDER_MARK = "\ufeff"  # without it, Excel takes UTF-8 for the code page of the machine

_DANGEROUS = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")  # full-width forms are formulas too
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def guarded(text: str) -> str:
    """Return the text as no spreadsheet runs it.

    >>> guarded("=HYPERLINK(1)"), guarded("-5"), guarded("TG-200")
    ("'=HYPERLINK(1)", '-5', 'TG-200')
    """
    if _DANGEROUS.match(text) and not _PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text


def unguarded(text: str) -> str:
    """Return the text that was guarded."""
    if text.startswith("'") and _DANGEROUS.match(text, 1) and not _PLAIN_NUMBER.fullmatch(text[1:]):
        return text[1:]
    return text


def csv_lines(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str = ","
) -> Iterator[str]:
    """Yield the lines of a CSV file for spreadsheets, every cell guarded."""
    line = io.StringIO()
    writer = csv.writer(line, delimiter=delimiter, lineterminator="\r\n")
    line.write(BYTE_ORDER_MARK)
    for cells in chain([header], rows):
        writer.writerow([guarded(cell) for cell in cells])
        yield line.getvalue()
        line.seek(0)
        line.truncate()
