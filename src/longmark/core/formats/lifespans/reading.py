"""Lifespans from a table or a JSON document, row by row.

* CSV or XLSX with the columns ``product``, ``cycle``, ``eol`` and ``support``; ``by``, ``source``
  and ``note`` may stand beside. Without the column ``product`` all rows are of one product.
* JSON: a list of objects with these members, or an object from products to such lists. Members
  that a list of this shape has beside are passed over.

``eol`` and ``support`` are days (2023-09-11), or false or empty where none is announced. A row that
cannot be read is refused by itself, with its place and the reason.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Final

import orjson

from longmark.core.errors import Invalid
from longmark.core.formats.sheets.reading import open_sheet
from longmark.core.formats.sheets.tables import Row
from longmark.core.lifespans import Line, read_line

LIMIT_BYTES: Final = 10_000_000
LIMIT_ROWS: Final = 20_000
TEXT_LENGTH: Final = 500
BY_LENGTH: Final = 200

_COLUMNS: Final = {
    "product": "product", "name": "product",
    "cycle": "versions", "versions": "versions", "version": "versions", "releasecycle": "versions",
    "eol": "eol", "end of life": "eol", "end_of_life": "eol", "ends": "eol",
    "support": "support", "support ends": "support", "support_ends": "support", "eoas": "support",
    "by": "by", "said_by": "by", "said by": "by", "source": "source", "link": "source",
    "note": "note",
}  # fmt: skip
"""What columns and members are called, and what they hold."""

_NOTHING: Final = ("", "false", "no", "-", "none", "null")


@dataclass(frozen=True, slots=True)
class Said:
    """What one row says of a line of versions."""

    place: str
    line: Line
    support_ends_on: date | None
    end_of_life_on: date | None
    said_by: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that could not be read, and why."""

    place: str
    reason: str


def read_lifespans(content: bytes, *, product: str = "") -> Iterator[Said | Refused]:
    """Yield what a file says; ``product`` is what its rows are about that name none.

    Raises:
        Invalid: it is neither of the layouts, or larger than an honest list.
    """
    if len(content) > LIMIT_BYTES:
        raise Invalid("The file is larger than {limit} bytes.", limit=f"{LIMIT_BYTES:,}")
    is_json = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")
    rows = _json_rows(content) if is_json else _sheet_rows(content)
    for count, (place, row) in enumerate(rows, start=1):
        if count > LIMIT_ROWS:
            raise Invalid("The file has more than {limit} rows.", limit=f"{LIMIT_ROWS:,}")
        try:
            yield _said(place, row, product)
        except Invalid as invalid:
            yield Refused(place, str(invalid))


def _sheet_rows(content: bytes) -> Iterator[tuple[str, Mapping[str, object]]]:
    sheet = open_sheet(io.BytesIO(content))
    names = [_COLUMNS.get(each.strip().lower(), "") for each in sheet.header]
    if "versions" not in names or not {"eol", "support"} & set(names):
        found = ", ".join(sheet.header)[:TEXT_LENGTH]
        raise Invalid(
            'The first row must name the columns "product", "cycle", and "eol" or "support"; it'
            " names: {found}.",
            found=found,
        )
    for row in islice(sheet.rows, LIMIT_ROWS + 1):
        yield f"row {row.number}", _cells(row, names)


def _cells(row: Row, names: list[str]) -> Mapping[str, object]:
    if row.defect:
        return {"defect": row.defect}
    found: dict[str, object] = {}
    for name, cell in zip(names, row.cells, strict=False):
        if name:
            found.setdefault(name, cell)
    return found


def _json_rows(content: bytes) -> Iterator[tuple[str, Mapping[str, object]]]:
    try:
        document = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise Invalid("It is no JSON: {reason}.", reason=str(error)) from None
    if isinstance(document, dict):
        for product, cycles in document.items():
            if not isinstance(cycles, list):
                raise Invalid(
                    '"{product}" holds no list: give a list of rows, or an object from products to'
                    " lists of rows.",
                    product=product[:BY_LENGTH],
                )
            for number, row in enumerate(cycles):
                yield f"{product[:BY_LENGTH]}/{number}", {"product": product, **_members(row)}
        return
    for number, row in enumerate(document):
        yield f"/{number}", _members(row)


def _members(row: Any) -> dict[str, object]:
    if not isinstance(row, dict):
        return {"defect": Invalid("It is no object.")}
    found: dict[str, object] = {}
    for name, value in row.items():
        known = _COLUMNS.get(name.lower())
        if known:
            found.setdefault(known, value)
    return found


def _said(place: str, row: Mapping[str, object], product: str) -> Said:
    if isinstance(defect := row.get("defect"), Invalid):
        raise defect
    name = _text(row, "product") or product
    if not name:
        raise Invalid("It names no product.")
    return Said(
        place=place,
        line=read_line(name, _text(row, "versions")),
        support_ends_on=_day(row, "support"),
        end_of_life_on=_day(row, "eol"),
        said_by=_text(row, "by", limit=BY_LENGTH),
        source=_text(row, "source"),
        note=_text(row, "note"),
    )


def _text(row: Mapping[str, object], name: str, *, limit: int = TEXT_LENGTH) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, bool | float | list | dict):
        raise Invalid(
            '"{name}" is no text: as a number, 3.10 would be 3.1. Write it as a text.', name=name
        )
    text = str(value).strip()
    if len(text) > limit or not text.isprintable():
        raise Invalid(
            '"{name}" is longer than {limit} characters, or holds some that cannot be shown.',
            name=name,
            limit=limit,
        )
    return text


def _day(row: Mapping[str, object], name: str) -> date | None:
    value = row.get(name)
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    text = "" if value is None or value is False else str(value).strip().lower()
    if text in _NOTHING:
        return None
    if text == "true":
        raise Invalid('"{name}" says that it has ended, but not when: give the day.', name=name)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            '"{text}" in "{name}" is no day; it looks like 2023-09-11.', text=text[:40], name=name
        ) from None
