"""Matching: components against all advisories, or advisories against all components.

Both ways ask the same join and the same judge, and so does a sweep over the whole portfolio, which
decides once for all versions of a package that lie between the same bounds. They end in the same
table. Only differences are written.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.matching import decide
from longmark.findings.queries.candidates import (
    Candidates,
    candidates_of_components,
    candidates_of_vulnerabilities,
)
from longmark.findings.queries.families import Portfolio, portfolio_of
from longmark.findings.queries.sets import (
    matches_between,
    matches_of_components,
    matches_of_vulnerabilities,
)
from longmark.findings.services.renewing import Gathering, Group, Renewal, Tally
from longmark.foundation.bulk import expect_large_sets

CHUNK_COMPONENTS: Final = 2_000
CHUNK_VULNERABILITIES: Final = 500
CHUNK_MATCHES: Final = 150_000
"""How many matches of a sweep are compared with the stored ones at a time."""

T = TypeVar("T")


@transaction.atomic(durable=True)
def match_components(component_ids: Iterable[UUID], *, actor: Actor, now: datetime) -> Renewal:
    """Match components, such as those of a new SBOM, against every advisory.

    Raises:
        NotAllowed: the actor may not match.
    """
    accounts.require(actor, Action.MATCH)
    tally = Tally("components", now)
    for ids in _chunks(list(set(component_ids)), CHUNK_COMPONENTS):
        tally.looked_at += len(ids)
        decided = _decided(candidates_of_components(ids))
        tally.write(matches_of_components(ids), decided.groups, decided.archive.kept())
    return tally.recorded(actor)


@transaction.atomic(durable=True)
def match_vulnerabilities(
    vulnerability_ids: Iterable[int], *, actor: Actor, now: datetime
) -> Renewal:
    """Match vulnerabilities whose advisories changed against every component.

    Raises:
        NotAllowed: the actor may not match.
    """
    accounts.require(actor, Action.MATCH)
    tally = Tally("vulnerabilities", now)
    for ids in _chunks(list(set(vulnerability_ids)), CHUNK_VULNERABILITIES):
        tally.looked_at += len(ids)
        decided = _decided(candidates_of_vulnerabilities(ids))
        tally.write(matches_of_vulnerabilities(ids), decided.groups, decided.archive.kept())
    return tally.recorded(actor)


@transaction.atomic(durable=True)
def match_packages(packages: Collection[str], *, actor: Actor, now: datetime) -> Renewal:
    """Match all components that are looked up under these packages, each in one place: a
    component of several packages is matched with the first of them that any advisory names.

    Raises:
        NotAllowed: the actor may not match.
    """
    accounts.require(actor, Action.MATCH)
    expect_large_sets()
    portfolio = portfolio_of(packages)
    tally = Tally("packages", now)
    tally.looked_at = len(portfolio.component_ids)
    decided = _swept(portfolio)
    evidence_ids = decided.archive.kept()
    for low, high, groups in _spans(decided.groups):
        stored = matches_between(portfolio.component_ids, low, high)
        tally.write(stored, groups, evidence_ids)
    return tally.recorded(actor)


def _chunks(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _decided(candidates: Candidates) -> Gathering:
    decided = Gathering()
    for who, vulnerability_ids in candidates.pairs.items():
        assert isinstance(who, UUID), "only stored components are written"
        subject = candidates.subjects[who]
        for vulnerability_id in vulnerability_ids:
            decision = decide(subject, candidates.claims.get(vulnerability_id, ()))
            if decision:
                decided.add(vulnerability_id, decision, subject, (who,))
    return decided


def _swept(portfolio: Portfolio) -> Gathering:
    """Decide family by family; those whose versions have no order one by one."""
    decided = _decided(portfolio.unordered)
    for family, members, hits in portfolio.families:
        for vulnerability_id, met in hits.items():
            claims = portfolio.claims.get(vulnerability_id, ())
            for one in family.verdicts(vulnerability_id, met, claims):
                ids = [members[member] for member in one.members]
                subject = family.subjects[one.members[0]]
                decided.add(vulnerability_id, one.decision, subject, ids)
    return decided


def _spans(groups: list[Group]) -> Iterator[tuple[int, int | None, list[Group]]]:
    """Yield the groups in spans of vulnerabilities ``[low, high)`` that together hold all."""
    groups.sort()
    low, size = 0, 0
    span: list[Group] = []
    for group in groups:
        if size >= CHUNK_MATCHES and group.vulnerability_id != span[-1].vulnerability_id:
            yield low, group.vulnerability_id, span
            low, span, size = group.vulnerability_id, [], 0
        span.append(group)
        size += len(group.component_ids)
    yield low, None, span
