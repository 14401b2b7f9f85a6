"""Findings follow the matches of a release's components: opened, changed, closed for a reason.

``first_seen_at`` never changes: a finding that comes back is the one that went. What facts of the
release settle (a declared patch, code that was not compiled) is settled there, and only there: its
finding is closed and stays listed, with the rule and what it rests on.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.facts import REASON_OF
from longmark.core.matching import ClosingReason, Verdict
from longmark.findings.entries import FindingsRefreshed
from longmark.findings.models import Finding, Run
from longmark.findings.queries import standing
from longmark.findings.queries.standing import Standing
from longmark.foundation.bulk import insert_rows, reserve_ids, update_rows
from longmark.ledger import services as ledger

CHUNK_RELEASES: Final = 100

_CLOSED_BY: Final = {
    Verdict.FIXED: ClosingReason.PATCHED,
    Verdict.NOT_AFFECTED: ClosingReason.CLEARED,
}
_COLUMNS: Final = (
    "verdict",
    "confidence",
    "component_count",
    "changed_at",
    "closed_at",
    "reason",
    "rule",
    "settlements",
)
_VALUES: Final = attrgetter(*_COLUMNS)
_NEW_COLUMNS: Final = ("id", "release_id", "vulnerability_id", "first_seen_at", *_COLUMNS)
_NEW_VALUES: Final = attrgetter(*_NEW_COLUMNS)


@dataclass(frozen=True)
class Refresh:
    """What became of the findings of some releases."""

    opened: tuple[Finding, ...]
    changed: tuple[Finding, ...]
    closed: tuple[Finding, ...]


@transaction.atomic(durable=True)
def refresh_findings(
    release_ids: Iterable[int],
    *,
    vulnerability_ids: Collection[int] | None = None,
    absence: ClosingReason = ClosingReason.ABSENT,
    actor: Actor,
    now: datetime,
) -> Refresh:
    """Bring the findings of releases in line with the matches of their current components.

    With ``vulnerability_ids`` findings of those alone, when no others can have changed;
    ``absence`` says why a finding has no match any more, where its vulnerability stands.

    Raises:
        NotAllowed: the actor may not match.
    """
    accounts.require(actor, Action.MATCH)
    ids = sorted(set(release_ids))
    changes = _Changes(now, absence)
    for start in range(0, len(ids), CHUNK_RELEASES):
        chunk = ids[start : start + CHUNK_RELEASES]
        rows = standing.findings_among(chunk, vulnerability_ids)
        stored = {_pair(one): one for one in rows}
        changes.gather(stored, standing.standings_of(chunk, vulnerability_ids))
    return changes.recorded(ids, actor)


def _pair(finding: Finding) -> tuple[int, int]:
    return finding.release_id, finding.vulnerability_id


class _Changes:
    """Findings that differ from what is stored."""

    def __init__(self, now: datetime, absence: ClosingReason) -> None:
        self.now = now
        self.absence = absence
        self.opened: list[Finding] = []
        self.changed: list[Finding] = []
        self.closed: list[Finding] = []

    def gather(
        self, stored: dict[tuple[int, int], Finding], standings: Mapping[tuple[int, int], Standing]
    ) -> None:
        """Compare what is stored with how things stand, and write the differences."""
        before = len(self.opened), len(self.changed), len(self.closed)
        added = []
        for pair, now_standing in standings.items():
            finding = stored.pop(pair, None)
            if finding is None:
                added += self._first(pair, now_standing)
            elif _differs(finding, now_standing):
                self._follow(finding, now_standing)
        absent = [finding for finding in stored.values() if finding.is_open or finding.rule]
        self._close_absent(absent)
        lists = (self.opened, self.changed, self.closed)
        touched = [one for rows, start in zip(lists, before, strict=True) for one in rows[start:]]
        known = [one for one in touched if one.pk is not None]
        update_rows(Finding, _COLUMNS, ((*_VALUES(one), one.pk) for one in known))
        for one, pk in zip(added, reserve_ids(Finding, len(added)), strict=True):
            one.pk = pk
        insert_rows(Finding, _NEW_COLUMNS, map(_NEW_VALUES, added))

    def _first(self, pair: tuple[int, int], now_standing: Standing) -> list[Finding]:
        """Return a new finding; what was never a problem makes none, but what facts settle does."""
        if now_standing.verdict is Verdict.NOT_AFFECTED and not now_standing.rule:
            return []
        finding = Finding(release_id=pair[0], vulnerability_id=pair[1], first_seen_at=self.now)
        self._stand(finding, now_standing)
        (self.opened if finding.is_open else self.closed).append(finding)
        return [finding]

    def _follow(self, finding: Finding, now_standing: Standing) -> None:
        was_open = finding.is_open
        self._stand(finding, now_standing)
        if finding.is_open:
            (self.changed if was_open else self.opened).append(finding)
        else:
            (self.closed if was_open else self.changed).append(finding)

    def _stand(self, finding: Finding, now_standing: Standing) -> None:
        reason = _closing_reason(now_standing)
        finding.verdict = now_standing.verdict
        finding.confidence = now_standing.confidence
        finding.component_count = now_standing.component_count
        finding.changed_at = self.now
        finding.closed_at = self.now if reason else None
        finding.reason = reason
        finding.rule = now_standing.rule or ""
        finding.settlements = _listed(now_standing) or None

    def _close_absent(self, absent: Sequence[Finding]) -> None:
        reasons = standing.reasons_of_absence([finding.pk for finding in absent])
        for finding in absent:
            (self.closed if finding.is_open else self.changed).append(finding)
            finding.component_count = 0
            finding.changed_at = finding.closed_at = self.now
            reason = reasons[finding.pk]
            finding.reason = self.absence if reason is ClosingReason.ABSENT else reason
            finding.rule, finding.settlements = "", None

    def recorded(self, release_ids: list[int], actor: Actor) -> Refresh:
        """Record the run and append it to the ledger."""
        run = Run.objects.create(
            subject="releases",
            looked_at_count=len(release_ids),
            added_count=len(self.opened),
            changed_count=len(self.changed),
            removed_count=len(self.closed),
            ran_at=self.now,
        )
        entry = FindingsRefreshed(
            release_ids,
            opened_count=len(self.opened),
            changed_count=len(self.changed),
            closed_count=len(self.closed),
            digest=self._digest(),
        )
        ledger.append(entry, subject=run, actor=actor, now=self.now)
        return Refresh(tuple(self.opened), tuple(self.changed), tuple(self.closed))

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for finding in sorted([*self.opened, *self.changed, *self.closed], key=_pair):
            stands = f"{finding.verdict} {finding.confidence} {finding.reason}"
            digest.update(f"{finding.release_id} {finding.vulnerability_id} {stands}\n".encode())
        return digest.hexdigest()


def _closing_reason(now_standing: Standing) -> ClosingReason | str:
    if now_standing.rule:
        return REASON_OF[now_standing.rule]
    return _CLOSED_BY.get(now_standing.verdict, "")


def _listed(now_standing: Standing) -> list[list[Any]]:
    return [list(each) for each in now_standing.settlements]


def _differs(finding: Finding, now_standing: Standing) -> bool:
    """Tell whether a finding is stored otherwise; one that closed for good stays closed."""
    stored = (
        finding.verdict,
        finding.confidence,
        finding.component_count,
        finding.reason if finding.rule else finding.is_open,
        finding.settlements or [],
    )
    expected = (
        now_standing.verdict,
        now_standing.confidence,
        now_standing.component_count,
        _closing_reason(now_standing) if now_standing.rule else not _closing_reason(now_standing),
        _listed(now_standing),
    )
    return stored != expected
