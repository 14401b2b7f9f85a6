"""Matching: components against all advisories, or advisories against all components.

Both ways ask the same join and the same judge, so they end in the same table. Only differences are
written.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

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
from longmark.ledger import services as ledger

CHUNK_COMPONENTS: Final = 5_000
CHUNK_VULNERABILITIES: Final = 2_000
CHUNK_ROWS: Final = 2_000

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
    for ids in _chunks(sorted(set(component_ids)), CHUNK_COMPONENTS):
        tally.looked_at += len(ids)
        before = Match.objects.filter(component_id__in=ids)
        tally.write(before, _decided(candidates_of_components(ids), now))
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
    for ids in _chunks(sorted(set(vulnerability_ids)), CHUNK_VULNERABILITIES):
        tally.looked_at += len(ids)
        before = Match.objects.filter(vulnerability_id__in=ids)
        tally.write(before, _decided(candidates_of_vulnerabilities(ids), now))
    return tally.recorded(actor)


def _chunks(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _decided(candidates: Candidates, now: datetime) -> Iterator[Match]:
    for who, vulnerability_ids in candidates.pairs.items():
        assert isinstance(who, UUID), "only stored components are written"
        subject = candidates.subjects[who]
        for vulnerability_id in vulnerability_ids:
            decision = decide(subject, candidates.claims.get(vulnerability_id, ()))
            if decision:
                yield Match(
                    component_id=who,
                    vulnerability_id=vulnerability_id,
                    verdict=decision.verdict,
                    confidence=decision.confidence,
                    evidence=Trail.of(subject, decision).as_json(),
                    matched_at=now,
                )


class _Tally:
    """What a run wrote so far."""

    def __init__(self, subject: str, now: datetime) -> None:
        self.subject = subject
        self.now = now
        self.looked_at = 0
        self.added: list[tuple[UUID, int]] = []
        self.changed: list[tuple[UUID, int]] = []
        self.removed: list[tuple[UUID, int]] = []

    def write(self, before: QuerySet[Match], decided: Iterable[Match]) -> None:
        """Write what differs between the stored matches of a scope and the decided ones."""
        stored = {(match.component_id, match.vulnerability_id): match for match in before}
        added, changed = [], []
        for match in decided:
            known = stored.pop((match.component_id, match.vulnerability_id), None)
            if known is None:
                added.append(match)
            elif _differs(known, match):
                match.pk = known.pk
                changed.append(match)
        self._write_rows(added, changed, list(stored.values()))

    def _write_rows(
        self, added: Collection[Match], changed: Collection[Match], removed: Collection[Match]
    ) -> None:
        Match.objects.bulk_create(added, batch_size=CHUNK_ROWS)
        Match.objects.bulk_update(
            changed,
            ["verdict", "confidence", "evidence", "matched_at"],
            batch_size=CHUNK_ROWS,
        )
        for rows in _chunks([match.pk for match in removed], CHUNK_ROWS):
            Match.objects.filter(pk__in=rows).delete()
        self.added += map(_pair, added)
        self.changed += map(_pair, changed)
        self.removed += map(_pair, removed)

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


def _pair(match: Match) -> tuple[UUID, int]:
    return match.component_id, match.vulnerability_id


def _differs(known: Match, decided: Match) -> bool:
    return (known.verdict, known.confidence, known.evidence) != (
        decided.verdict,
        decided.confidence,
        decided.evidence,
    )
