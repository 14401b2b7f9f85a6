"""Sets of rows by sets of ids, in raw SQL that both databases plan well.

A list of any length is one parameter; ids and JSON come as each database hands them over.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple
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
_SEATS: Final = """
SELECT o.component_id, d.release_id, o.patches, o.document_id, o.ref
FROM sboms_document d JOIN sboms_occurrence o ON o.document_id = d.id
WHERE d.is_current AND {releases} AND EXISTS (
    SELECT 1 FROM findings_match m WHERE m.component_id = o.component_id AND {vulnerabilities})
"""
_VERDICTS: Final = """
SELECT m.component_id, m.vulnerability_id, m.verdict, m.confidence
FROM findings_match m WHERE {components} AND {vulnerabilities}
"""


class Seat(NamedTuple):
    """A place at which a current SBOM of a release lists a component."""

    release_id: int
    patches: Sequence[Mapping[str, Any]]
    document_id: int
    ref: str


def seats_with_matches(
    release_ids: Collection[int], vulnerability_ids: Collection[int] | None
) -> dict[UUID, list[Seat]]:
    """Return by component where releases hold one that matches, any of the vulnerabilities if
    these are given. One query."""
    releases, parameters = among("d.release_id", list(release_ids))
    about, ids = _about(vulnerability_ids)
    seats: dict[UUID, list[Seat]] = defaultdict(list)
    statement = _SEATS.format(releases=releases, vulnerabilities=about)
    for who, release_id, patches, document_id, ref in rows(statement, (*parameters, *ids)):
        # Hardly any declares a patch, and most are asked for a thousand times.
        declared = decoded(patches) if patches and patches != "[]" else ()
        seats[_component_id(who)].append(Seat(release_id, declared, document_id, ref))
    return seats


def verdicts_on(
    component_ids: Iterable[UUID], vulnerability_ids: Collection[int] | None
) -> Iterator[tuple[UUID, int, str, str]]:
    """Yield component, vulnerability, verdict and confidence of the matches of components, with
    any of the vulnerabilities if these are given. One query."""
    components, parameters = among("m.component_id", stored_ids(component_ids))
    about, ids = _about(vulnerability_ids)
    statement = _VERDICTS.format(components=components, vulnerabilities=about)
    for who, vulnerability_id, verdict, confidence in rows(statement, (*parameters, *ids)):
        yield _component_id(who), vulnerability_id, verdict, confidence


def _about(vulnerability_ids: Collection[int] | None) -> tuple[str, tuple[Any, ...]]:
    if vulnerability_ids is None:
        return "1 = 1", ()
    return among("m.vulnerability_id", list(vulnerability_ids))


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


def _component_id(stored: UUID | str) -> UUID:
    """Return the id of a component, from what the database holds."""
    return _uuid(stored) if isinstance(stored, str) else stored


@lru_cache(maxsize=16_384)  # The same components come again and again.
def _uuid(stored: str) -> UUID:
    return UUID(stored)


def decoded(stored: Any) -> Any:
    """Return JSON that the database hands over as text or as values."""
    return json.loads(stored) if isinstance(stored, str | bytes) else stored
