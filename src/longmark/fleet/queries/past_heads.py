"""Heads on a past day: the first units that ever looked one of several ways, by serial number.

As `heads` does it for today's configurations: each look has its units in order in an index, and
the heads of these lists are merged. Whether a unit looked so on the day that is asked about, and
not on another one, is for who asks to find out.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from longmark.fleet.queries.past_statements import Text, as_uuid, rows_of, stored_id
from longmark.foundation import pages

LISTS_LIMIT = 100  # selects in one statement; SQLite takes 500, PostgreSQL plans each


class Head(NamedTuple):
    """Where a unit stands in the order, and which one it is."""

    serial: str
    unit: UUID


def heads(looks: Sequence[int], *, after: str | None, limit: int) -> list[Head]:
    """Return the first units behind a cursor that ever looked so; a query for a hundred looks."""
    behind = _behind(after)
    found: list[Head] = []
    for first in range(0, len(looks), LISTS_LIMIT):
        text = _lists(looks[first : first + LISTS_LIMIT], behind, found[limit - 1 : limit], limit)
        fresh = [Head(serial, as_uuid(pk)) for serial, pk in rows_of(text)]
        found = sorted({*found, *fresh})[:limit]
    return found


def cursor_behind(head: Head) -> str:
    """Return the cursor of a page that ends with a unit."""
    return pages.encoded(head)


def _behind(after: str | None) -> Head | None:
    if not after:
        return None
    serial, pk = pages.decoded(after, 2)
    return Head(serial, UUID(pk))


def _lists(looks: Iterable[int], behind: Head | None, enough: Sequence[Head], limit: int) -> Text:
    """Take the head of each list; none behind what is enough already."""
    text = Text()
    for place, look in enumerate(looks):
        text.add("UNION" if place else "")  # a unit that looked two ways comes once
        text.add("SELECT * FROM (SELECT serial_folded, unit_id FROM fleet_pastunit")
        text.add("WHERE look_id = %s", look)
        if behind is not None:
            text.add(
                "AND (serial_folded, unit_id) > (%s, %s)", behind.serial, stored_id(behind.unit)
            )
        for last in enough:
            text.add("AND serial_folded <= %s", last.serial)
        text.add(f"ORDER BY serial_folded, unit_id LIMIT {limit}) AS head")
    return text.add(f"ORDER BY 1, 2 LIMIT {limit}")
