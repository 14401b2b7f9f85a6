"""The join that finds candidates: coordinates against affected ranges, by key.

One indexed set operation in either direction, in raw SQL because the ORM has no join on a range.
A coordinate with a key meets the ranges that hold it; one without (no version, or a version without
order) meets every range of its package, for the judge to look at. Decisions are then made in
Python, for these pairs only. Statements carry just the ranges that were met: what they say of any
other version is not asked.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection

from longmark.core.formats.advisories.records import (
    Alternatives,
    Condition,
    Confidence,
    ExactVersion,
    Filters,
    Source,
    StatedRange,
    Statement,
    Status,
    Surroundings,
    Tier,
)
from longmark.core.identity import Coordinate, Provenance
from longmark.core.matching import Claim, Subject
from longmark.core.versions import Scheme
from longmark.findings.queries.sets import Who, among, decoded, rows, stored_ids, who_is

_HITS: Final = """
SELECT c.component_id, s.vulnerability_id, r.statement_id, r.low, r.high, r.low_text, r.high_text,
       r.status
FROM {coordinates} c
JOIN intel_affectedrange r ON r.package = c.package AND {meets}
JOIN intel_advisory a ON a.id = r.advisory_id AND a.state = 'published'
JOIN intel_subject s ON s.advisory_id = r.advisory_id AND {is_about}
WHERE {scope}
"""
IS_ABOUT: Final = """(a.source <> 'csaf' OR EXISTS (
   SELECT 1 FROM intel_statement st LEFT JOIN intel_alias al ON al.identifier = st.subject
   WHERE st.id = {alias}.statement_id
     AND (st.subject = '' OR al.vulnerability_id = s.vulnerability_id)))"""
# A document of the other sources speaks of all its subjects alike; only CSAF tells them apart.
_BY_KEY: Final = "r.low <= c.key AND r.high > c.key"
_WITHOUT_KEY: Final = "c.key IS NULL"

_EXACT_HITS: Final = """
SELECT c.component_id, s.vulnerability_id, e.statement_id, e.text, e.status
FROM {coordinates} c
JOIN intel_exactversion e
  ON e.package = c.package AND (e.text = LOWER(c.version){by_bytes} OR c.version = '')
JOIN intel_advisory a ON a.id = e.advisory_id AND a.state = 'published'
JOIN intel_subject s ON s.advisory_id = e.advisory_id AND {is_about}
WHERE {scope}
"""

_STATEMENTS: Final = """
SELECT st.id, s.vulnerability_id, a.source, a.record_id, st.package, st.scheme, st.pointer,
       st.wording, st."default", st.tier, st.cap, st.part, st.condition, st.condition_kind,
       st.needs, st.filters
FROM intel_subject s
JOIN intel_advisory a ON a.id = s.advisory_id AND a.state = 'published'
JOIN intel_statement st ON st.advisory_id = a.id
 AND (st.subject = '' OR EXISTS (
   SELECT 1 FROM intel_alias al
   WHERE al.identifier = st.subject AND al.vulnerability_id = s.vulnerability_id))
WHERE {vulnerabilities} AND {packages}
ORDER BY st.id
"""

_COMPONENTS: Final = """
SELECT id, name, version, purl, cpes FROM sboms_component WHERE {scope}
"""
_COORDINATES: Final = """
SELECT component_id, package, scheme, version, key, provenance
FROM sboms_coordinate WHERE {scope} ORDER BY id
"""
_BY_BYTES: Final = {"sqlite": "", "postgresql": ' COLLATE "C"'}
# Of each stored word what it means: to look it up is quicker than to ask the class.
STATUSES: Final = {one.value: one for one in Status}
_SCHEMES: Final = {one.value: one for one in Scheme}
_TIERS: Final = {one.value: one for one in Tier}
_CONFIDENCES: Final = {one.value: one for one in Confidence}
_PROVENANCES: Final = {one.value: one for one in Provenance}
_INLINE: Final = {
    "sqlite": """(
        SELECT json_extract(value, '$[0]') component_id, json_extract(value, '$[1]') package,
               json_extract(value, '$[2]') "key", json_extract(value, '$[3]') version
        FROM json_each(%s)
    )""",
    "postgresql": """(
        SELECT (v->>0)::int component_id, (v->>1) COLLATE "C" package,
               (v->>2) COLLATE "C" "key", (v->>3) COLLATE "C" version
        FROM jsonb_array_elements(%s::jsonb) v
    )""",
}


@dataclass(frozen=True)
class Candidates:
    """Components that some advisory may mean, and what the advisories say."""

    subjects: Mapping[Who, Subject]
    pairs: Mapping[Who, frozenset[int]]
    claims: Mapping[int, Sequence[Claim]]


@dataclass
class Met:
    """The pairs that were met, and the ranges and exact versions through which."""

    pairs: dict[Who, set[int]] = field(default_factory=lambda: defaultdict(set))
    ranges: dict[int, set[StatedRange]] = field(default_factory=lambda: defaultdict(set))
    exact: dict[int, set[ExactVersion]] = field(default_factory=lambda: defaultdict(set))


def candidates_of_components(ids: Collection[UUID]) -> Candidates:
    """Return what may mean these components. Six queries, none for none."""
    if not ids:
        return Candidates({}, {}, {})
    return _candidates_stored(*among("c.component_id", stored_ids(ids)))


def candidates_of_vulnerabilities(ids: Collection[int]) -> Candidates:
    """Return the components that these vulnerabilities may mean. Six queries."""
    return _candidates_stored(*among("s.vulnerability_id", list(ids)))


def candidates_of_subjects(subjects: Mapping[int, Subject]) -> Candidates:
    """Return what may mean components that are not stored. Four queries."""
    listed = [
        [who, one.package, one.key, one.version]
        for who, subject in subjects.items()
        for one in subject.coordinates
    ]
    met = _met(_INLINE[connection.vendor], "1 = 1", (json.dumps(listed),))
    return _gathered(met, {who: subjects[int(str(who))] for who in met.pairs})


def _candidates_stored(scope: str, parameters: tuple[Any, ...]) -> Candidates:
    met = _met("sboms_coordinate", scope, parameters)
    return _gathered(met, stored_subjects([who for who in met.pairs if isinstance(who, UUID)]))


def _gathered(met: Met, subjects: Mapping[Who, Subject]) -> Candidates:
    packages = {one.package for subject in subjects.values() for one in subject.coordinates}
    vulnerabilities = set().union(*met.pairs.values()) if met.pairs else set()
    pairs = {who: frozenset(ids) for who, ids in met.pairs.items()}
    return Candidates(subjects, pairs, claims_met(vulnerabilities, packages, met))


def _met(coordinates: str, scope: str, parameters: tuple[Any, ...]) -> Met:
    met = Met()
    for meets in (_BY_KEY, _WITHOUT_KEY):
        statement = _HITS.format(
            coordinates=coordinates,
            meets=meets,
            scope=scope,
            is_about=IS_ABOUT.format(alias="r"),
        )
        for row in rows(statement, parameters):
            who, vulnerability, number, low, high, low_text, high_text, status = row
            met.pairs[who_is(who)].add(vulnerability)
            span = StatedRange(low, high, low_text, high_text, STATUSES[status])
            met.ranges[number].add(span)
    statement = _EXACT_HITS.format(
        coordinates=coordinates,
        scope=scope,
        by_bytes=_BY_BYTES[connection.vendor],
        is_about=IS_ABOUT.format(alias="e"),
    )
    for who, vulnerability, number, text, status in rows(statement, parameters):
        met.pairs[who_is(who)].add(vulnerability)
        met.exact[number].add(ExactVersion(text, STATUSES[status]))
    return met


def claims_met(
    vulnerabilities: Collection[int], packages: Collection[str], met: Met
) -> dict[int, list[Claim]]:
    """Return what is said of packages about vulnerabilities, with the ranges met. One query."""
    claims: dict[int, list[Claim]] = defaultdict(list)
    about, ids = among("s.vulnerability_id", list(vulnerabilities))
    # An expression, so that no planner starts from the packages: it is the advisories that are few.
    on, names = among("st.package || ''", list(packages))
    statement = _STATEMENTS.format(vulnerabilities=about, packages=on)
    for number, vulnerability, source, record, *columns in rows(statement, (*ids, *names)):
        stated = _statement(columns, met.ranges.get(number, ()), met.exact.get(number, ()))
        claims[vulnerability].append(Claim(Source(source), record, stated))
    return claims


def _statement(
    columns: Sequence[Any], ranges: Iterable[StatedRange], exact: Iterable[ExactVersion]
) -> Statement:
    package, scheme, pointer, wording, default, tier, cap, part, condition, kind, needs, filters = (
        columns
    )
    return Statement(
        package=package,
        scheme=_SCHEMES[scheme],
        pointer=pointer,
        wording=wording,
        ranges=tuple(sorted(ranges, key=lambda span: span.low)),
        exact=tuple(exact),
        default=STATUSES[default],
        tier=_TIERS[tier],
        cap=_CONFIDENCES[cap],
        part=part,
        condition=_condition(condition, kind, decoded(needs)) if condition else None,
        filters=msgspec.convert(decoded(filters), Filters) if filters else None,
    )


def _condition(text: str, kind: str, needs: Any) -> Condition:
    return Condition(text, Surroundings(kind), msgspec.convert(needs, tuple[Alternatives, ...]))


def stored_subjects(ids: Collection[UUID]) -> dict[Who, Subject]:
    """Return components with their coordinates, the strongest first. Two queries."""
    scope, parameters = among("component_id", stored_ids(ids))
    coordinates: dict[Who, list[Coordinate]] = defaultdict(list)
    for who, package, scheme, version, key, provenance in rows(
        _COORDINATES.format(scope=scope), parameters
    ):
        one = Coordinate(package, _SCHEMES[scheme], version, key, _PROVENANCES[provenance])
        coordinates[who_is(who)].append(one)
    scope, parameters = among("id", stored_ids(ids))
    found = rows(_COMPONENTS.format(scope=scope), parameters)
    return {
        who_is(who): Subject(
            purl or None,
            tuple(decoded(cpes) or ()),
            name,
            version or None,
            tuple(sorted(coordinates[who_is(who)], key=_strength)),
        )
        for who, name, version, purl, cpes in found
    }


_STRENGTH: Final = {provenance: rank for rank, provenance in enumerate(Provenance)}


def _strength(coordinate: Coordinate) -> int:
    return _STRENGTH[coordinate.provenance]
