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
from longmark.core.matching.sweeping import Family, families
from longmark.findings.queries.candidates import (
    Candidates,
    candidates_of_vulnerabilities,
)
from longmark.findings.queries.families import (
    Portfolio,
    Roll,
    portfolio_of,
    portfolio_of_components,
)
from longmark.findings.queries.sets import (
    Who,
    components_with_matches,
    in_order_of_packages,
    matches_between,
    matches_of_vulnerabilities,
)
from longmark.findings.services.renewing import Gathering, Renewal, Tally
from longmark.foundation.bulk import Beside, expect_large_sets

CHUNK_COMPONENTS: Final = 5_000
CHUNK_VULNERABILITIES: Final = 500
CHUNK_MATCHES: Final = 150_000
"""So many matches of a sweep are decided, compared with the stored ones, and written at a time."""

T = TypeVar("T")


@transaction.atomic(durable=True)
def match_components(component_ids: Iterable[UUID], *, actor: Actor, now: datetime) -> Renewal:
    """Match components, such as those of a new SBOM, against every advisory.

    Raises:
        NotAllowed: the actor may not match.
    """
    accounts.require(actor, Action.MATCH)
    expect_large_sets()
    tally = Tally("components", now)
    with Beside() as beside:
        for ids in _chunks(in_order_of_packages(set(component_ids)), CHUNK_COMPONENTS):
            beside.wait()
            _match_portfolio(portfolio_of_components(ids), tally, beside)
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
    with Beside() as beside:
        for ids in _chunks(list(set(vulnerability_ids)), CHUNK_VULNERABILITIES):
            beside.wait()
            tally.looked_at += len(ids)
            decided = _decided(candidates_of_vulnerabilities(ids))
            tally.write(matches_of_vulnerabilities(ids), decided, beside)
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
    tally = Tally("packages", now)
    with Beside() as beside:
        _match_portfolio(portfolio_of(packages), tally, beside)
    return tally.recorded(actor)


def _match_portfolio(portfolio: Portfolio, tally: Tally, beside: Beside) -> None:
    tally.looked_at += len(portfolio.component_ids)
    known = components_with_matches(portfolio.component_ids)
    for low, high, decided in _spans(portfolio):
        # Until here the next span was decided while the database wrote the last.
        beside.wait()
        tally.write(matches_between(known, low, high), decided, beside)


def _chunks(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _decided(candidates: Candidates) -> Gathering:
    """Decide on components that differ in their versions alone together, on all others singly."""
    decided = Gathering()
    together = set()
    for family, members in zip(*families(candidates.subjects), strict=True):
        if len(members) > 1:
            together.update(members)
            _decide_together(candidates, family, [_id(who) for who in members], decided)
    for who, vulnerability_ids in candidates.pairs.items():
        if who not in together:
            subject = candidates.subjects[who]
            for vulnerability_id in vulnerability_ids:
                decision = decide(subject, candidates.claims.get(vulnerability_id, ()))
                if decision:
                    decided.add(vulnerability_id, decision, subject, (_id(who),))
    return decided


def _decide_together(
    candidates: Candidates, family: Family, ids: Sequence[UUID], decided: Gathering
) -> None:
    roll = Roll(ids)
    for vulnerability_id in set().union(*(candidates.pairs[one] for one in ids)):
        claims = candidates.claims.get(vulnerability_id, ())
        if hits := family.hits_of(claims):
            for one in family.verdicts(vulnerability_id, hits, claims):
                subject = family.subjects[one.members[0]]
                decided.add(vulnerability_id, one.decision, subject, roll.call(one.members))


def _id(who: Who) -> UUID:
    assert isinstance(who, UUID), "only stored components are written"
    return who


def _spans(portfolio: Portfolio) -> Iterator[tuple[int, int | None, Gathering]]:
    """Yield what is decided in spans of vulnerabilities ``[low, high)`` that together hold all."""
    low, decided = 0, Gathering()
    for vulnerability_id in portfolio.vulnerability_ids:
        if decided.match_count >= CHUNK_MATCHES:
            yield low, vulnerability_id, decided
            low, decided = vulnerability_id, Gathering()
        _sweep(portfolio, vulnerability_id, decided)
    yield low, None, decided


def _sweep(portfolio: Portfolio, vulnerability_id: int, decided: Gathering) -> None:
    """Decide on one vulnerability family by family; those whose versions have no order singly."""
    unordered = portfolio.unordered
    for who in portfolio.unordered_met.get(vulnerability_id, ()):
        subject = unordered.subjects[who]
        decision = decide(subject, unordered.claims.get(vulnerability_id, ()))
        if decision:
            decided.add(vulnerability_id, decision, subject, (who,))
    claims = portfolio.claims.get(vulnerability_id, ())
    for family, roll, hits in portfolio.meetings.get(vulnerability_id, ()):
        for one in family.verdicts(vulnerability_id, hits, claims):
            subject = family.subjects[one.members[0]]
            decided.add(vulnerability_id, one.decision, subject, roll.call(one.members))
