"""What follows when components or advisories changed: match, then bring findings in line.

Each step is a transaction of its own and idempotent, so that work which was cut off is done again
from where it stood. These compose; they hold no rule.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from longmark.core.actors import Actor
from longmark.core.matching import ClosingReason
from longmark.findings.queries.families import components_no_longer_advised, packages_in_chunks
from longmark.findings.services.matching import (
    match_components,
    match_packages,
    match_vulnerabilities,
)
from longmark.findings.services.refreshing import Refresh, refresh_findings
from longmark.foundation.bulk import seldom_checkpointed
from longmark.sboms import queries as sboms
from longmark.sboms.services import deriving

if TYPE_CHECKING:
    from longmark.catalog.models import Release

CHUNK_COMPONENTS: Final = 5_000


@dataclass(frozen=True)
class Outcome:
    """What a change came to."""

    match_count: int
    opened_count: int
    changed_count: int
    closed_count: int


def follow_release(release: "Release", *, actor: Actor, now: datetime) -> Outcome:
    """Match the components of a release's current SBOMs, and refresh its findings.

    Raises:
        NotAllowed: the actor may not match.
    """
    ids = {
        component_id
        for document in sboms.documents_of(release)
        for component_id in sboms.component_ids_of(document)
    }
    renewal = match_components(ids, actor=actor, now=now)
    refreshed = refresh_findings([release.pk], actor=actor, now=now)
    return _outcome(renewal.added_count + renewal.changed_count, refreshed)


def follow_vulnerabilities(ids: Iterable[int], *, actor: Actor, now: datetime) -> Outcome:
    """Match vulnerabilities whose advisories changed, and refresh the releases they touch.

    Raises:
        NotAllowed: the actor may not match.
    """
    renewal = match_vulnerabilities(ids, actor=actor, now=now)
    release_ids = _releases_with(renewal.component_ids)
    if not release_ids:
        return Outcome(renewal.added_count + renewal.changed_count, 0, 0, 0)
    refreshed = refresh_findings(
        release_ids, vulnerability_ids=renewal.vulnerability_ids, actor=actor, now=now
    )
    return _outcome(renewal.added_count + renewal.changed_count, refreshed)


def follow_everything(*, actor: Actor, now: datetime) -> Iterator[Outcome]:
    """Match all components anew, as after a change of rules; yield after each step.

    Raises:
        NotAllowed: the actor may not match.
    """
    touched: set[UUID] = set()
    with seldom_checkpointed():
        for packages in packages_in_chunks():
            renewal = match_packages(packages, actor=actor, now=now)
            touched |= renewal.component_ids
            yield Outcome(renewal.added_count + renewal.changed_count, 0, 0, 0)
    renewal = match_components(components_no_longer_advised(), actor=actor, now=now)
    for release_id in sorted(_releases_with(touched | renewal.component_ids)):
        yield _outcome(0, refresh_findings([release_id], actor=actor, now=now))


def follow_names(
    stated: Iterable[str], *, actor: Actor, now: datetime
) -> Iterator[tuple[int, Outcome]]:
    """Derive and match anew what SBOMs call by some names; yield after each chunk of components.

    All of them are matched, not only those that changed: work that was cut off in between is done
    again whole.

    Raises:
        NotAllowed: the actor may not match.
    """
    ids = sorted(sboms.component_ids_called(stated))
    for start in range(0, len(ids), CHUNK_COMPONENTS):
        chunk = ids[start : start + CHUNK_COMPONENTS]
        deriving.derive_components(chunk, actor=actor, now=now)
        yield len(chunk), follow_components(chunk, actor=actor, now=now)


def follow_components(ids: Iterable[UUID], *, actor: Actor, now: datetime) -> Outcome:
    """Match components whose names may have changed, and refresh the releases that hold them.

    Raises:
        NotAllowed: the actor may not match.
    """
    wanted = list(ids)
    renewal = match_components(wanted, actor=actor, now=now)
    refreshed = refresh_findings(
        _releases_with(wanted), absence=ClosingReason.RENAMED, actor=actor, now=now
    )
    return _outcome(renewal.added_count + renewal.changed_count, refreshed)


def _releases_with(component_ids: Iterable[UUID]) -> set[int]:
    ids = sorted(component_ids)
    return {
        release_id
        for start in range(0, len(ids), CHUNK_COMPONENTS)
        for found in sboms.release_ids_with(ids[start : start + CHUNK_COMPONENTS]).values()
        for release_id in found
    }


def _outcome(match_count: int, refreshed: Refresh) -> Outcome:
    return Outcome(
        match_count, len(refreshed.opened), len(refreshed.changed), len(refreshed.closed)
    )
