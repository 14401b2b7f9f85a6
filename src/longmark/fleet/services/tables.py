"""Two statements on many rows that neither the ORM nor ``foundation.bulk`` has.

Rows of unit tables have keys of two columns, and a tally is added to, not set. Names come from the
models, values are always parameters; both databases understand the statements.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection, models

Convert = Callable[[Any], Any]
Rows = Iterable[Sequence[Any]]


def update(
    model: type[models.Model], columns: Sequence[str], keys: Sequence[str], rows: Rows
) -> None:
    """Update ``columns`` of the rows with these ``keys``; values in the order columns, keys."""
    changed, named = _fields(model, columns), _fields(model, keys)
    settings = ", ".join(f"{_quoted(field.column)} = %s" for field in changed)
    _execute(_updating(model, settings, named), [*changed, *named], rows)


def add(model: type[models.Model], column: str, key: str, rows: Rows) -> None:
    """Add a number to a column of the row with this key; values in the order number, key."""
    (counted,), named = _fields(model, [column]), _fields(model, [key])
    name = _quoted(counted.column)
    _execute(_updating(model, f"{name} = {name} + %s", named), [counted, *named], rows)


def _updating(model: type[models.Model], settings: str, named: Sequence[Any]) -> str:
    condition = " AND ".join(f"{_quoted(field.column)} = %s" for field in named)
    table = _quoted(model._meta.db_table)
    return f"UPDATE {table} SET {settings} WHERE {condition}"  # noqa: S608


def _execute(statement: str, fields: Sequence[Any], rows: Rows) -> None:
    converts = [
        (place, convert) for place, field in enumerate(fields) if (convert := _convert(field))
    ]
    ready = [_converted(row, converts) for row in rows]
    if ready:
        with connection.cursor() as cursor:
            cursor.executemany(statement, ready)


def _converted(row: Sequence[Any], converts: Sequence[tuple[int, Convert]]) -> list[Any]:
    values = list(row)
    for place, convert in converts:
        value = values[place]
        if value is not None:
            values[place] = convert(value)
    return values


def _convert(field: "models.Field[Any, Any]") -> Convert | None:
    """Return what makes a value one that the driver takes; ``None`` if it does already."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    kind = target.get_internal_type()
    if kind == "JSONField":
        return _json
    if kind == "UUIDField" and not connection.features.has_native_uuid_field:
        return _hex
    if kind == "DateTimeField" and connection.vendor == "sqlite":
        return lru_cache(maxsize=4096)(connection.ops.adapt_datetimefield_value)
    return None


def _hex(value: Any) -> str:
    text: str = value.hex
    return text


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _fields(model: type[models.Model], columns: Sequence[str]) -> list[Any]:
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return [by_name[column] for column in columns]


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
