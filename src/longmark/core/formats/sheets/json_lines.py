"""JSON as a table: one object a line (JSON lines), or a list of objects.

Members are columns; those of objects inside are named by their way (``part.name``). A list inside
stays JSON text. The columns are those of all lines, in the order in which they first come. What is
no object is a defect of its line.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO

import orjson

from longmark.core.errors import Invalid
from longmark.core.formats.sheets import tables
from longmark.core.formats.sheets.cells import Cell
from longmark.core.formats.sheets.encodings import LINE_LIMIT_BYTES
from longmark.core.formats.sheets.tables import Row, Sheet

JSON_LINES_LIMIT_BYTES = 10_000_000_000
JSON_LIST_LIMIT_BYTES = 100_000_000
DEPTH_LIMIT = 4

_Member = tuple[int, dict[str, Cell] | None]  # line and what it holds; nothing if it is no object


def is_json(start: bytes) -> bool:
    """Tell whether a file begins as an object or a list of objects."""
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return bare[:1] == b"{" or (bare[:1] == b"[" and bare[1:].lstrip()[:1] in (b"{", b"]"))


def read_json(file: BinaryIO, start: bytes) -> Sheet:
    """Return the table in a file of objects, which is read twice, the second time as it goes.

    Raises:
        Invalid: too large, too many columns, or no object in it.
    """
    is_list = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"["
    tables.require_size(file, JSON_LIST_LIMIT_BYTES if is_list else JSON_LINES_LIMIT_BYTES)
    read = _listed if is_list else _lines
    columns: dict[str, None] = {}
    for _, members in read(file):
        columns |= dict.fromkeys(members or ())
        if len(columns) > tables.COLUMNS_LIMIT:
            raise Invalid("The objects have more than {limit} members.", limit=tables.COLUMNS_LIMIT)
    if not columns:
        raise Invalid("The file has no rows.")
    file.seek(0)
    names = tuple(columns)
    return Sheet(
        "json" if is_list else "jsonl",
        "utf-8",
        "",
        tuple(name.strip() for name in names),
        (_row(number, members, names) for number, members in read(file)),
        header_row=0,
    )


def _row(number: int, members: dict[str, Cell] | None, names: tuple[str, ...]) -> Row:
    if members is None:
        defect = Invalid("The line is no JSON object.")
        return Row(number, ("",) * len(names), defect)
    cells = tuple([members.get(name, "") for name in names])
    too_long = any(isinstance(c, str) and len(c) > tables.CELL_LIMIT_CHARACTERS for c in cells)
    if not too_long:
        return Row(number, cells)
    defect = Invalid(
        "A member has more than {limit} characters.", limit=tables.CELL_LIMIT_CHARACTERS
    )
    return Row(number, ("",) * len(names), defect)


def _lines(file: BinaryIO) -> Iterator[_Member]:
    number = 0
    while line := file.readline(LINE_LIMIT_BYTES):
        number += 1
        tables.require_rows_within_limit(number)
        if len(line) == LINE_LIMIT_BYTES:
            raise Invalid("Line {line} is too long for a table.", line=number)
        bare = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if bare.strip():
            yield number, _members(bare)


def _listed(file: BinaryIO) -> Iterator[_Member]:
    try:
        listed = orjson.loads(file.read().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise Invalid(
            "Line {line} is not JSON: {reason}.", line=error.lineno, reason=error.msg
        ) from None
    if not isinstance(listed, list):
        raise Invalid("This is no list of objects.")
    for number, each in enumerate(listed, start=1):
        yield number, _flat(each) if isinstance(each, dict) else None


def _members(line: bytes) -> dict[str, Cell] | None:
    try:
        read = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return _flat(read) if isinstance(read, dict) else None


def _flat(members: Mapping[str, Any], above: str = "", depth: int = 1) -> dict[str, Cell]:
    if depth == 1 and not any(isinstance(each, dict | list) for each in members.values()):
        return {name: _cell(each) for name, each in members.items()}
    inner = (
        _flat(each, f"{above}{name}.", depth + 1).items()
        if isinstance(each, dict) and depth < DEPTH_LIMIT
        else [(above + name, _cell(each))]
        for name, each in members.items()
    )
    return dict(chain.from_iterable(inner))


def _cell(value: Any) -> Cell:
    """Return a cell; whole numbers as they are written, since nothing is lost of them."""
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode() if value else ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return "" if value is None else value
