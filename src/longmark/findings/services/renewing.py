"""Matches as they should be, against those that are stored: only differences are written."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, models

from longmark.core.actors import Actor
from longmark.core.identity import ALIASES_VERSION
from longmark.core.matching import Decision, Subject, Trail
from longmark.core.versions import KEYS_VERSION
from longmark.findings.entries import MatchesRenewed
from longmark.findings.models import Match, Run
from longmark.findings.queries.sets import Content, Pair
from longmark.findings.services.evidence import Archive
from longmark.foundation.bulk import Beside, temporary_rows, update_rows
from longmark.ledger import services as ledger

CHUNK_ROWS: Final = 2_000

_COLUMNS: Final = ("component_id", "vulnerability_id", "verdict", "confidence", "evidence_id")

_INSERT: Final = """
INSERT INTO findings_match
  (component_id, vulnerability_id, verdict, confidence, evidence_id, matched_at)
SELECT s.component_id, m.vulnerability_id, m.verdict, m.confidence, m.evidence_id, %s
FROM findings_meeting m JOIN findings_share s ON s.share = m.share
ORDER BY s.component_id, m.vulnerability_id
"""
"""In the order of the index that the rows go into."""

Stored = dict[Pair, tuple[int, Content]]
"""Matches by component and vulnerability, with their ids."""

Added = tuple[tuple[UUID, ...], int, Content]
"""Components that a vulnerability meets alike, and have not met before."""


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


class Group(NamedTuple):
    """Components that a vulnerability meets alike; ``place`` is that of their evidence."""

    vulnerability_id: int
    verdict: str
    confidence: str
    place: int
    component_ids: tuple[UUID, ...]


class Gathering:
    """Groups of matches as they were decided, with the evidence that they share."""

    def __init__(self) -> None:
        self.archive = Archive()
        self.groups: list[Group] = []
        self.match_count = 0

    def add(
        self,
        vulnerability_id: int,
        decision: Decision,
        subject: Subject,
        component_ids: tuple[UUID, ...],
    ) -> None:
        """Add the decision on a subject that speaks for all these components."""
        self.match_count += len(component_ids)
        self.groups.append(
            Group(
                vulnerability_id,
                decision.verdict.value,
                decision.confidence.value,
                self.archive.place_of(Trail.of(subject, decision)),
                component_ids,
            )
        )


class Tally:
    """What a run wrote so far."""

    def __init__(self, subject: str, now: datetime) -> None:
        self.subject = subject
        self.now = now
        self.looked_at = 0
        self._counts = {"+": 0, "~": 0, "-": 0}
        self._digest = hashlib.sha256()
        self._components: set[UUID] = set()
        self._vulnerabilities: set[int] = set()

    def write(self, stored: Stored, decided: Gathering, beside: Beside) -> None:
        """Write what differs between the stored matches of a scope and those decided for it.

        The last of it, making the new matches, goes on ``beside``.
        """
        evidence_ids = decided.archive.kept()
        added: list[Added] = []
        told: dict[int, bytes] = {}
        changed: list[tuple[int, Content]] = []
        for group in sorted(decided.groups):
            content = (group.verdict, group.confidence, evidence_ids[group.place])
            new, other = _sorted_out(stored, group, content)
            if new:
                added.append((new, group.vulnerability_id, content))
                # Many vulnerabilities meet the same components: noted once, as they were.
                if id(new) not in told:
                    told[id(new)] = self._bytes_of(new)
                self._note("+", told[id(new)], len(new), group.vulnerability_id)
            changed += [(pk, content) for pk, _ in other]
            if other:
                altered_ids = self._bytes_of([component_id for _, component_id in other])
                self._note("~", altered_ids, len(other), group.vulnerability_id)
        if changed:
            altered = ((*content, self.now, pk) for pk, content in changed)
            update_rows(Match, (*_COLUMNS[2:], "matched_at"), altered)
        self._remove(stored)
        if added:
            _insert(added, self.now, beside)

    def _remove(self, left: Stored) -> None:
        pks = [pk for pk, _ in left.values()]
        for start in range(0, len(pks), CHUNK_ROWS):
            Match.objects.filter(pk__in=pks[start : start + CHUNK_ROWS]).delete()
        for component_id, vulnerability_id in left:
            self._note("-", self._bytes_of([component_id]), 1, vulnerability_id)

    def _bytes_of(self, component_ids: Sequence[UUID]) -> bytes:
        """Count components among those that changed, and return their ids end to end."""
        self._components.update(component_ids)
        return b"".join([each.bytes for each in component_ids])

    def _note(self, mark: str, ids: bytes, count: int, vulnerability_id: int) -> None:
        self._counts[mark] += count
        self._vulnerabilities.add(vulnerability_id)
        self._digest.update(f"{mark}{vulnerability_id}:".encode())
        self._digest.update(ids)

    def recorded(self, actor: Actor) -> Renewal:
        """Record the run and append it to the ledger."""
        counts = {
            "looked_at_count": self.looked_at,
            "added_count": self._counts["+"],
            "changed_count": self._counts["~"],
            "removed_count": self._counts["-"],
        }
        run = Run.objects.create(subject=self.subject, ran_at=self.now, **counts)
        entry = MatchesRenewed(
            self.subject,
            **counts,
            digest=self._digest.hexdigest(),
            keys_version=KEYS_VERSION,
            aliases_version=ALIASES_VERSION,
        )
        ledger.append(entry, subject=run, actor=actor, now=self.now)
        components, vulnerabilities = frozenset(self._components), frozenset(self._vulnerabilities)
        return Renewal(**counts, component_ids=components, vulnerability_ids=vulnerabilities)


def _sorted_out(
    stored: Stored, group: Group, content: Content
) -> tuple[tuple[UUID, ...], list[tuple[int, UUID]]]:
    """Return the components of a group that have no match yet, and those with another one."""
    if not stored:
        return group.component_ids, []
    new, other = [], []
    for component_id in group.component_ids:
        pk, known = stored.pop((component_id, group.vulnerability_id), (None, None))
        if pk is None:
            new.append(component_id)
        elif known != content:
            other.append((pk, component_id))
    return tuple(new), other


def _insert(added: Sequence[Added], now: datetime, beside: Beside) -> None:
    """Write a match for each component of each meeting.

    Many vulnerabilities meet the same components: each such share is told once, and the database
    makes the pairs. Of a thousand kernels these are millions, out of some ten thousand rows.
    """
    shares: dict[tuple[UUID, ...], int] = {}
    # By object first: to compare two shares is to compare all their members.
    numbers: dict[int, int] = {}
    meetings = []
    for component_ids, vulnerability_id, content in added:
        number = numbers.get(id(component_ids))
        if number is None:
            number = shares.setdefault(component_ids, len(shares))
            numbers[id(component_ids)] = number
        meetings.append((number, vulnerability_id, *content))
    members = ((share, one) for component_ids, share in shares.items() for one in component_ids)
    moment = Match._meta.get_field("matched_at").get_db_prep_save(now, connection)
    beside.start(
        _INSERT,
        [moment],
        temporary_rows("findings_share", _columns("component_id"), members),
        temporary_rows("findings_meeting", _columns(*_COLUMNS[1:]), meetings),
    )


def _columns(*names: str) -> dict[str, Any]:
    """Return the columns of a table of shares: their number, and some of those of matches."""
    own = {field.attname: field for field in Match._meta.concrete_fields}
    return {"share": models.IntegerField(), **{name: own[name] for name in names}}
