"""Definitions of parameters in a table: CSV or XLSX, a row for each parameter.

Columns: ``parameter``, ``type``, ``meaning``, ``unit``, ``min``, ``max``, ``default``, ``options``,
``secret``, ``counter``, ``individual``; only the first is needed. A file is taken whole
or not at all.
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from longmark.core.errors import Invalid
from longmark.core.formats.parameters.columns import folded
from longmark.core.formats.parameters.records import (
    LIMIT_BYTES,
    LIMIT_COUNT,
    PROBLEMS_TOLD,
    ParametersInvalid,
    Problem,
)
from longmark.core.formats.sheets.cells import text_of
from longmark.core.formats.sheets.csv_writing import csv_lines
from longmark.core.formats.sheets.reading import open_sheet
from longmark.core.formats.sheets.tables import Row
from longmark.core.parameters.definitions import (
    Definition,
    ParameterType,
    checked,
    options_of,
    options_text,
)
from longmark.core.parameters.values import truth_of

_COLUMNS: Final = {
    "name": "parameter|name|number|no|nr|nummer|id|parameternummer|parameter no",
    "type": "type|typ|datentyp|data type",
    "title": "meaning|title|description|text|bedeutung|bezeichnung|beschreibung",
    "measured_in": "unit|measured in|unit of measurement|einheit|dimension",
    "minimum": "min|minimum|low|from|untergrenze",
    "maximum": "max|maximum|high|to|obergrenze",
    "default": "default|factory setting|werkseinstellung|vorgabe|standard",
    "options": "options|values|choices|auswahl|enum",
    "is_secret": "secret|geheim|confidential",
    "is_counter": "counter|revision counter|zähler|änderungszähler",
    "is_individual": "individual|per unit|individuell",
}
_MEANINGS: Final = {word: name for name, words in _COLUMNS.items() for word in words.split("|")}
_TYPES: Final = {
    **{each.value: each for each in ParameterType},
    "boolean": ParameterType.BOOL, "integer": ParameterType.INT, "float": ParameterType.DECIMAL,
    "number": ParameterType.DECIMAL, "real": ParameterType.DECIMAL, "string": ParameterType.TEXT,
    "enumeration": ParameterType.ENUM, "list": ParameterType.ENUM, "": ParameterType.TEXT,
}  # fmt: skip
_HEAD: Final = (
    "parameter", "type", "meaning", "unit", "min", "max", "default", "options", "secret",
    "counter", "individual",
)  # fmt: skip


def read_definitions(content: bytes) -> list[Definition]:
    """Return the definitions in a table, in its order.

    Raises:
        ParametersInvalid: it is no such table, or something in it cannot be taken; all that is
            wrong is named.
    """
    if len(content) > LIMIT_BYTES:
        raise ParametersInvalid("The file is larger than {limit} MB.", limit=LIMIT_BYTES // 10**6)
    try:
        sheet = open_sheet(io.BytesIO(content))
        columns = [_MEANINGS.get(folded(each), "") for each in sheet.header]
        if "name" not in columns:
            raise ParametersInvalid(
                'The first row must name the column "parameter"; it names: {found}.',
                found=", ".join(sheet.header)[:200],
            )
        return _rows(sheet.rows, columns)
    except ParametersInvalid:
        raise
    except Invalid as invalid:
        raise ParametersInvalid("{reason}", reason=str(invalid)) from None


def write_definitions(definitions: Iterable[Definition]) -> Iterator[str]:
    """Yield the lines of such a table; defaults of secrets are left out."""
    return csv_lines(_HEAD, map(_cells, definitions))


def _rows(rows: Iterator[Row], columns: list[str]) -> list[Definition]:
    found: dict[str, Definition] = {}
    problems: list[Problem] = []
    for row in islice(rows, LIMIT_COUNT + 1):
        try:
            if row.defect:
                raise row.defect
            definition = _definition(dict(zip(columns, map(text_of, row.cells), strict=False)))
            if definition.name.casefold() in found:
                raise Invalid("{name} stands twice: keep one row.", name=definition.name)
            found[definition.name.casefold()] = definition
        except Invalid as invalid:
            problems.append(Problem(f"row {row.number}", str(invalid)))
    if len(found) > LIMIT_COUNT:
        raise ParametersInvalid("More than {limit} parameters.", limit=f"{LIMIT_COUNT:,}")
    if problems:
        raise ParametersInvalid(
            "The file was not taken. {first}",
            problems=tuple(problems[:PROBLEMS_TOLD]),
            first=str(problems[0]),
        )
    if not found:
        raise ParametersInvalid("The file defines no parameter.")
    return list(found.values())


def _definition(said: Mapping[str, str]) -> Definition:
    word = said.get("type", "").strip().casefold()
    options = options_of(said.get("options", ""))
    kind = ParameterType.ENUM if options and not word else _TYPES.get(word)
    if kind is None:
        raise Invalid(
            "{word} is no type: write one of {known}.",
            field="type",
            word=f'"{word[:40]}"',
            known=", ".join(ParameterType),
        )
    return checked(
        Definition(
            name=said.get("name", ""),
            type=kind,
            title=said.get("title", ""),
            measured_in=said.get("measured_in", ""),
            minimum=said.get("minimum", ""),
            maximum=said.get("maximum", ""),
            default=said.get("default", ""),
            options=options,
            is_secret=_flag(said, "is_secret"),
            is_counter=_flag(said, "is_counter"),
            is_individual=_flag(said, "is_individual"),
        )
    )


def _flag(said: Mapping[str, str], name: str) -> bool:
    word = said.get(name, "").strip().casefold()
    told = word in ("x", "✓") or (truth_of(word) if word else False)
    if told is None:
        column = name.removeprefix("is_")
        raise Invalid(
            '{word} in "{column}" is neither yes nor no.', word=f'"{word[:40]}"', column=column
        )
    return told


def _cells(each: Definition) -> list[str]:
    flags = (each.is_secret, each.is_counter, each.is_individual)
    return [
        each.name,
        each.type.value,
        each.title,
        each.measured_in,
        each.minimum,
        each.maximum,
        "" if each.is_secret else each.default,
        options_text(each.options),
        *("yes" if flag else "" for flag in flags),
    ]
