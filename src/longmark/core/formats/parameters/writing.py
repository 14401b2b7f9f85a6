"""Sets of values out, in every format that is read; reading what was written gives the same set."""

import json
from collections.abc import Callable, Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from longmark.core.formats.parameters.records import FileFormat
from longmark.core.formats.sheets.csv_writing import csv_lines
from longmark.core.parameters.differences import natural

ENDINGS: Final = {
    FileFormat.CSV: "csv",
    FileFormat.JSON: "json",
    FileFormat.XML: "xml",
    FileFormat.LINES: "txt",
}


def written(values: Mapping[str, str], file_format: FileFormat) -> bytes:
    """Return a set as a file.

    Raises:
        KeyError: sets are not written in this format.
    """
    ordered = {name: values[name] for name in sorted(values, key=natural)}
    return _WRITERS[file_format](ordered).encode()


def _csv(values: Mapping[str, str]) -> str:
    return "".join(csv_lines(["parameter", "value"], [list(each) for each in values.items()]))


def _json(values: Mapping[str, str]) -> str:
    rows = [{"name": name, "value": value} for name, value in values.items()]
    return json.dumps({"parameters": rows}, ensure_ascii=False, indent=1) + "\n"


def _xml(values: Mapping[str, str]) -> str:
    lines = [
        f"  <parameter name={quoteattr(name)}>{escape(value)}</parameter>\n"
        for name, value in values.items()
    ]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<parameters>\n{"".join(lines)}</parameters>\n'


def _lines(values: Mapping[str, str]) -> str:
    return "".join(f"{name} = {_quoted(value)}\n" for name, value in values.items())


def _quoted(value: str) -> str:
    is_plain = value.isprintable() and not value.startswith('"')
    return value if is_plain else json.dumps(value, ensure_ascii=True)


_WRITERS: Final[Mapping[FileFormat, Callable[[Mapping[str, str]], str]]] = {
    FileFormat.CSV: _csv,
    FileFormat.JSON: _json,
    FileFormat.XML: _xml,
    FileFormat.LINES: _lines,
}
