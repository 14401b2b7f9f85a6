"""XLSX sheets that are too long to be held in memory, cell by cell (ECMA-376 part 1, 18.3).

A workbook that unfolds to a gigabyte is read as it lies; only the texts that its cells share are
held. Values are what `workbooks` gives for short sheets: a date or a time where the format of the
cell says so, a float for any other number, nothing for an error.
"""

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from posixpath import join, normpath
from typing import BinaryIO

from lxml import etree

from longmark.core.errors import Invalid
from longmark.core.formats import zips
from longmark.core.formats.sheets import tables
from longmark.core.formats.sheets.cells import Cell
from longmark.core.formats.sheets.tables import Row

HELD_LIMIT_BYTES = 40_000_000  # of a sheet's XML; it takes two and a half times as much to hold it
SHARED_LIMIT_BYTES = 100_000_000
PART_LIMIT_BYTES = 10_000_000
CELLS_LIMIT = 16_384  # in a row, of any workbook
WORKBOOK = "xl/workbook.xml"
DAMAGED = "The workbook is damaged or cut off: save and send it again."

_SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKETED = re.compile(r"\[[^\]]*\]")
_DURATION = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)])
_DURATION_FORMAT = 46

Read = Callable[[float], Cell]


def is_long(archive: zipfile.ZipFile) -> bool:
    """Whether a workbook has a sheet that is too long to be held."""
    parts = archive.infolist()
    sizes = (part.file_size for part in parts if _SHEETS.fullmatch(part.filename))
    return WORKBOOK in archive.namelist() and max(sizes, default=0) > HELD_LIMIT_BYTES


class LongBook:
    """A workbook whose sheets are read as they lie; the file stays open meanwhile.

    Raises:
        Invalid: it is damaged.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(file)
        book = self._tree(WORKBOOK)
        properties = next(book.iter("{*}workbookPr"), None)
        self._is_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        targets = {
            each.get("Id"): normpath(join("xl", each.get("Target", "")).lstrip("/"))
            for each in self._tree("xl/_rels/workbook.xml.rels").iter("{*}Relationship")
            if each.get("Type", "").endswith("/worksheet")
        }
        self._sheets = {
            each.get("name", ""): targets[key]
            for each in book.iter("{*}sheet")
            for name, key in each.items()
            if str(name).endswith("}id") and key in targets
        }
        self._reads = self._formats()
        self._shared: Sequence[str] | None = None

    @property
    def pages(self) -> tuple[str, ...]:
        """The names of its sheets, in order."""
        return tuple(self._sheets)

    def records(self, page: str) -> Iterator[Row]:
        """Yield the rows of a sheet that hold anything.

        Raises:
            Invalid: it is damaged, or too wide.
        """
        if self._shared is None:
            self._shared = list(self._texts())
        number = 0
        for row, cells in self._parsed(self._sheets[page], "row", "c"):
            try:
                number = int(row.get("r") or number + 1)
                values = self._values(cells)
            except ValueError as error:
                raise error if isinstance(error, Invalid) else Invalid(DAMAGED) from None
            tables.require_rows_within_limit(number)
            if any(value != "" for value in values):
                yield Row(number, tuple(values))

    def _values(self, cells: Sequence[etree._Element]) -> list[Cell]:
        values: list[Cell] = []
        for cell in cells:
            value = self._value(cell)
            place = _place(cell.get("r", "").rstrip("0123456789")) or len(values) + 1
            if value == "":
                continue
            if place > tables.COLUMNS_LIMIT:
                raise Invalid(
                    "The sheet has more than {limit} columns.", limit=tables.COLUMNS_LIMIT
                )
            values += [""] * (place - len(values))
            values[place - 1] = value
        return values

    def _value(self, cell: etree._Element) -> Cell:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _text(cell)
        stated = next((each.text for each in cell if str(each.tag).endswith("}v")), None)
        if not stated or kind == "e":
            return ""
        if kind == "s":
            shared, number = self._shared or (), int(stated)
            return shared[number] if 0 <= number < len(shared) else ""
        if kind == "b":
            return stated.strip() == "1"
        if kind != "n":
            return _unescaped(stated)
        style = int(cell.get("s", "0"))
        read = self._reads[style] if 0 <= style < len(self._reads) else None
        return read(float(stated)) if read else float(stated)

    def _formats(self) -> list[Read | None]:
        """Return how a number in a cell of each format is read, if not as a number."""
        if "xl/styles.xml" not in self._archive.namelist():
            return []
        styles = self._tree("xl/styles.xml")
        codes = {
            each.get("numFmtId"): each.get("formatCode", "") for each in styles.iter("{*}numFmt")
        }
        used = [each.get("numFmtId", "0") for each in styles.iterfind("{*}cellXfs/{*}xf")]
        return [self._read(number, codes.get(number)) for number in used]

    def _read(self, number: str, code: str | None) -> Read | None:
        if code is None:
            known = int(number) if number.isdecimal() else 0
            if known == _DURATION_FORMAT:
                return _duration
            return self._moment if known in _DATE_FORMATS else None
        shown = _LITERAL.sub("", code.partition(";")[0])
        if _DURATION.search(shown):
            return _duration
        plain = _BRACKETED.sub("", shown).lower().replace("general", "")
        return self._moment if set(plain) & set("ymdhs") else None

    def _moment(self, value: float) -> Cell:
        try:
            days, milliseconds = divmod(round(value * 86_400_000), 86_400_000)
            since = timedelta(milliseconds=milliseconds)
            if value < 1:
                return (
                    (datetime.combine(date.min, time.min) + since).time() if value >= 0 else value
                )
            begin = date(1904, 1, 1) if self._is_1904 else date(1899, 12, 30 + (days < 60))
            day = begin + timedelta(days=days)
            return datetime.combine(day, time.min) + since if milliseconds else day
        except (OverflowError, ValueError):
            return value

    # Parts

    def _texts(self) -> Iterator[str]:
        name = "xl/sharedStrings.xml"
        if name not in self._archive.namelist():
            return
        if self._archive.getinfo(name).file_size > SHARED_LIMIT_BYTES:
            raise Invalid("The workbook holds too many texts: save it as CSV, or split it.")
        for item, _ in self._parsed(name, "si"):
            yield _text(item)

    def _tree(self, name: str) -> etree._Element:
        try:
            if self._archive.getinfo(name).file_size > PART_LIMIT_BYTES:
                raise Invalid(DAMAGED)
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            return etree.fromstring(self._archive.read(name), parser)
        except (etree.XMLSyntaxError, *zips.UNREADABLE):
            raise Invalid(DAMAGED) from None

    def _parsed(
        self, name: str, whole: str, part: str = ""
    ) -> Iterator[tuple[etree._Element, list[etree._Element]]]:
        """Yield elements with their parts, and let go of each behind itself."""
        wanted = [f"{{*}}{tag}" for tag in (whole, part) if tag]
        parts: list[etree._Element] = []
        try:
            with self._archive.open(name) as content:
                events = etree.iterparse(
                    content, events=("end",), tag=wanted, resolve_entities=False, no_network=True
                )
                for _, element in events:
                    if part and str(element.tag).endswith("}" + part):
                        parts.append(element)
                        if len(parts) > CELLS_LIMIT:
                            raise Invalid(DAMAGED)
                        continue
                    yield element, parts
                    parts = []
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
        except Invalid:
            raise
        except (etree.XMLSyntaxError, *zips.UNREADABLE):
            raise Invalid(DAMAGED) from None


def _duration(value: float) -> Cell:
    try:
        return timedelta(milliseconds=round(value * 86_400_000))
    except OverflowError:
        return value


@lru_cache(maxsize=tables.COLUMNS_LIMIT * 2)
def _place(letters: str) -> int:
    """Return the number of a column: A is 1, AA is 27; 0 if nothing is said."""
    place = 0
    for letter in letters[:4].upper():
        place = place * 26 + ord(letter) - ord("A") + 1
    return place


def _text(item: etree._Element) -> str:
    """Return a text with all its runs; how it is pronounced is no part of it."""
    runs = [
        each.text
        for each in item.iter("{*}t")
        if each.text and not str(each.getparent().tag).endswith("}rPh")  # type: ignore[union-attr]
    ]
    return _unescaped("".join(runs))


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
