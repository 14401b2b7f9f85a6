"""Matching: components against all advisories, or advisories against all components.

Both ways ask the same join and the same judge, so they end in the same table. Only differences are
written.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.identity import ALIASES_VERSION
from longmark.core.matching import Trail, decide
from longmark.core.versions import KEYS_VERSION
from longmark.findings.entries import MatchesRenewed
from longmark.findings.models import Match, Run
from longmark.findings.queries.candidates import (
    Candidates,
    candidates_of_components,
    candidates_of_vulnerabilities,
)
from longmark.findings.queries.sets import (
    Content,
    Pair,
    matches_of_components,
    matches_of_vulnerabilities,
)
from longmark.findings.services.evidence import Archive
from longmark.foundation.bulk import insert_rows, update_rows
from longmark.ledger import services as ledger

CHUNK_COMPONENTS: Final = 2_000
CHUNK_VULNERABILITIES: Final = 500
CHUNK_ROWS: Final = 2_000

_COLUMNS: Final = ("component_id", "vulnerability_id", "verdict", "confidence", "evidence_id")

T = TypeVar("T")


@dataclass(frozen=True)
class Renewal:
    """What a run of the matcher changed, and whom it concerns."""

    looked_at_count: int
    added_count: int
    changed_count: int
    removed_count: int
    component_ids: frozenset[UUID]
    vulnerability_ids: frozenset[int]

    @property
    def has_changes(self) -> bool:
        """Whether any match is other than before."""
        return bool(self.component_ids)


@transaction.atomic(durable=True)
def match_components(component_ids: Iterable[UUID], *, actor: Actor, now: datetime) -> Renewal:
    """Match components, such as those of a new SBOM, against every advisory.

    Raises:
        NotAllowed: the actor may not match.
    """
    accounts.require(actor, Action.MATCH)
    tally = _Tally("components", now)
    for ids in _chunks(list(set(component_ids)), CHUNK_COMPONENTS):
        tally.looked_at += len(ids)
        tally.write(matches_of_components(ids), _decided(candidates_of_components(ids)))
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
    tally = _Tally("vulnerabilities", now)
    for ids in _chunks(list(set(vulnerability_ids)), CHUNK_VULNERABILITIES):
        tally.looked_at += len(ids)
        tally.write(matches_of_vulnerabilities(ids), _decided(candidates_of_vulnerabilities(ids)))
    return tally.recorded(actor)


def _chunks(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


@dataclass(frozen=True, slots=True)
class _Decided:
    """A match as it should be stored."""

    component_id: UUID
    vulnerability_id: int
    verdict: str
    confidence: str
    evidence_id: int

    @property
    def pair(self) -> Pair:
        return self.component_id, self.vulnerability_id

    @property
    def content(self) -> Content:
        return self.verdict, self.confidence, self.evidence_id


def _decided(candidates: Candidates) -> Iterator[_Decided]:
    archive = Archive()
    found = []
    for who, vulnerability_ids in candidates.pairs.items():
        assert isinstance(who, UUID), "only stored components are written"
        subject = candidates.subjects[who]
        for vulnerability_id in vulnerability_ids:
            decision = decide(subject, candidates.claims.get(vulnerability_id, ()))
            if decision:
                place = archive.place_of(Trail.of(subject, decision))
                found.append((who, vulnerability_id, decision, place))
    ids = archive.kept()
    for who, vulnerability_id, decision, place in found:
        yield _Decided(who, vulnerability_id, decision.verdict, decision.confidence, ids[place])


class _Tally:
    """What a run wrote so far."""

    def __init__(self, subject: str, now: datetime) -> None:
        self.subject = subject
        self.now = now
        self.looked_at = 0
        self.added: list[Pair] = []
        self.changed: list[Pair] = []
        self.removed: list[Pair] = []

    def write(self, stored: dict[Pair, tuple[int, Content]], decided: Iterable[_Decided]) -> None:
        """Write what differs between the stored matches of a scope and the decided ones."""
        added, changed = [], []
        for match in decided:
            pk, content = stored.pop(match.pair, (None, None))
            if pk is None:
                added.append(match)
            elif content != match.content:
                changed.append((pk, match))
        if added:
            rows = ((*one.pair, *one.content, self.now) for one in added)
            insert_rows(Match, (*_COLUMNS, "matched_at"), rows)
        if changed:
            altered = ((*one.content, self.now, pk) for pk, one in changed)
            update_rows(Match, (*_COLUMNS[2:], "matched_at"), altered)
        for pks in _chunks([pk for pk, _ in stored.values()], CHUNK_ROWS):
            Match.objects.filter(pk__in=pks).delete()
        self.added += [one.pair for one in added]
        self.changed += [one.pair for _, one in changed]
        self.removed += stored

    def recorded(self, actor: Actor) -> Renewal:
        """Record the run and append it to the ledger."""
        counts = {
            "looked_at_count": self.looked_at,
            "added_count": len(self.added),
            "changed_count": len(self.changed),
            "removed_count": len(self.removed),
        }
        run = Run.objects.create(subject=self.subject, ran_at=self.now, **counts)
        entry = MatchesRenewed(
            self.subject,
            **counts,
            digest=self._digest(),
            keys_version=KEYS_VERSION,
            aliases_version=ALIASES_VERSION,
        )
        ledger.append(entry, subject=run, actor=actor, now=self.now)
        touched = [*self.added, *self.changed, *self.removed]
        components = frozenset(component_id for component_id, _ in touched)
        return Renewal(
            **counts, component_ids=components, vulnerability_ids=frozenset(v for _, v in touched)
        )

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for mark, pairs in (("+", self.added), ("~", self.changed), ("-", self.removed)):
            for component_id, vulnerability_id in sorted(pairs):
                digest.update(f"{mark}{component_id} {vulnerability_id}\n".encode())
        return digest.hexdigest()
