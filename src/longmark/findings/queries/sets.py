"""Sets of rows by sets of ids, in raw SQL that both databases plan well.

A list of any length is one parameter; ids and JSON come as each database hands them over.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db import connection

Who = UUID | int
"""What tells components apart: their id, or their place in a document that is not stored."""

Pair = tuple[UUID, int]
Content = tuple[str, str, int]
"""Verdict, confidence, and the id of the evidence."""

_FETCHED_ROWS: Final = 2_000
_IN_LIST: Final = "{column} IN (SELECT value FROM json_each(%s))"
_BY_PACKAGE: Final = """
SELECT component_id, MIN(package) FROM sboms_coordinate WHERE {scope}
GROUP BY component_id ORDER BY 2, 1
"""
_WITH_MATCHES: Final = """
SELECT c.{column} FROM {listed} c
WHERE EXISTS (SELECT 1 FROM findings_match m WHERE m.component_id = c.{column})
"""
_MATCHES: Final = """
SELECT id, component_id, vulnerability_id, verdict, confidence, evidence_id
FROM findings_match WHERE {scope}
"""


def matches_of_components(ids: Collection[UUID]) -> dict[Pair, tuple[int, Content]]:
    """Return the ids and contents of stored matches. One query."""
    return _matches(*among("component_id", stored_ids(ids)))


def in_order_of_packages(ids: Collection[UUID]) -> list[UUID]:
    """Return components so that those of one package lie side by side. One query."""
    scope, parameters = among("component_id", stored_ids(ids))
    found = rows(_BY_PACKAGE.format(scope=scope), parameters)
    ordered = [who for (one, _) in found if isinstance(who := who_is(one), UUID)]
    return [*ordered, *set(ids).difference(ordered)]


def components_with_matches(ids: Collection[UUID]) -> list[UUID]:
    """Return those components that have any match. One query."""
    if connection.vendor == "postgresql":
        statement = _WITH_MATCHES.format(column="c", listed="unnest(%s::uuid[])")
        return [who for (who,) in rows(statement, (list(ids),))]
    statement = _WITH_MATCHES.format(column="value", listed="json_each(%s)")
    return [UUID(who) for (who,) in rows(statement, (json.dumps(stored_ids(ids)),))]


def matches_between(
    ids: Collection[UUID], low: int, high: int | None
) -> dict[Pair, tuple[int, Content]]:
    """Return those of components with vulnerabilities from ``low`` up to ``high``.

    One query, none without components.
    """
    if not ids:
        return {}
    scope, parameters = among("component_id", stored_ids(ids))
    scope += " AND vulnerability_id >= %s" + (" AND vulnerability_id < %s" if high else "")
    return _matches(scope, (*parameters, low, high) if high else (*parameters, low))


def matches_of_vulnerabilities(ids: Collection[int]) -> dict[Pair, tuple[int, Content]]:
    """Return the ids and contents of stored matches. One query."""
    return _matches(*among("vulnerability_id", list(ids)))


def _matches(scope: str, parameters: tuple[Any, ...]) -> dict[Pair, tuple[int, Content]]:
    found = {}
    for pk, component, vulnerability_id, *content in rows(_MATCHES.format(scope=scope), parameters):
        component_id = who_is(component)
        assert isinstance(component_id, UUID), "stored components have ids"
        verdict, confidence, evidence_id = content
        found[component_id, vulnerability_id] = (pk, (verdict, confidence, evidence_id))
    return found


def rows(statement: str, parameters: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        while fetched := cursor.fetchmany(_FETCHED_ROWS):
            yield from fetched


def among(column: str, values: list[Any]) -> tuple[str, tuple[Any, ...]]:
    """Return a condition with one parameter, however many values there are."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", (values,)
    return _IN_LIST.format(column=column), (json.dumps(values),)


def stored_ids(component_ids: Iterable[UUID]) -> list[Any]:
    """Return the ids of components as the database holds them."""
    if connection.vendor == "postgresql":
        return list(component_ids)
    return [component_id.hex for component_id in component_ids]


def who_is(stored: UUID | str | int) -> Who:
    """Return what tells a component apart, from what the database holds."""
    return _uuid(stored) if isinstance(stored, str) else stored


@lru_cache(maxsize=16_384)  # The same components come again and again.
def _uuid(stored: str) -> UUID:
    return UUID(stored)


def decoded(stored: Any) -> Any:
    """Return JSON that the database hands over as text or as values."""
    return json.loads(stored) if isinstance(stored, str | bytes) else stored
