"""Pages of long lists by key: no OFFSET, no COUNT, the same cost at row 25 and 25 million.

A cursor holds the values of the order's columns in the last row of a page; the next
page begins behind them. It is opaque to clients and carries nothing secret.
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from django.db.models import Model, Q, QuerySet

from longmark.core.errors import Invalid

T = TypeVar("T")
M = TypeVar("M", bound=Model)

LIMIT_ROWS = 1_000
"""No page is longer, whatever is asked for."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list, and the cursor of what comes next (``None`` at the end)."""

    items: list[T]
    next: str | None = None


def keyset_page(
    queryset: QuerySet[M, Any], *, order: Sequence[str], after: str | None, limit: int
) -> Page[Any]:
    """Return the rows behind the cursor ``after``, in ``order``. One query.

    ``order`` must be unique together (end it with the primary key), must not be null, and
    should be served by an index. A leading ``-`` sorts a column downwards.

    Raises:
        Invalid: ``after`` is not a cursor of this list.
    """
    limit = max(1, min(limit, LIMIT_ROWS))
    names = [name.removeprefix("-") for name in order]
    rows = queryset.order_by(*order)
    if after:
        rows = rows.filter(_behind(order, _decoded(after, len(order))))
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return Page(found)
    return Page(found[:limit], encoded(_values(found[limit - 1], names)))


def page_of(rows: Sequence[M], order: Sequence[str]) -> Page[M]:
    """Return rows that are there already as a page, behind which there is more."""
    names = [name.removeprefix("-") for name in order]
    return Page(list(rows), encoded(_values(rows[-1], names)))


def encoded(values: Iterable[object]) -> str:
    """Return the cursor that holds ``values``."""
    text = orjson.dumps(list(values), default=str)
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def decoded(cursor: str, length: int) -> list[Any]:
    """Return the ``length`` values of a cursor made by :func:`encoded`.

    Raises:
        Invalid: the cursor was not made for this list.
    """
    return _decoded(cursor, length)


def _values(row: object, names: Sequence[str]) -> list[object]:
    return [_plain(_value(row, name)) for name in names]


def _value(row: object, name: str) -> object:
    if isinstance(row, dict):
        return row[name]
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _behind(order: Sequence[str], values: Sequence[Any]) -> Q:
    condition = Q()
    same = Q()
    for name, value in zip(order, values, strict=True):
        column = name.removeprefix("-")
        beyond = "lt" if name.startswith("-") else "gt"
        condition |= same & Q(**{f"{column}__{beyond}": value})
        same &= Q(**{column: value})
    return condition


def _decoded(cursor: str, length: int) -> list[Any]:
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        values = orjson.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, binascii.Error, UnicodeEncodeError):
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise Invalid("This is not a cursor of this list; begin without one.", field="after")
    return values
