"""What is done when something happened: each reads what it needs afresh and calls services.

All are idempotent: done twice, they find nothing left to change.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from longmark.core.actors import SYSTEM
from longmark.findings.services import matching, refreshing
from longmark.intel.queries import intakes
from longmark.ledger.queries import SealedEntry
from longmark.sboms import queries as sboms


def match_document(entry: SealedEntry, now: datetime) -> None:
    """Match the components of a new SBOM, and refresh the findings of its release."""
    document = sboms.document(int(entry.subject_id))
    matching.match_components(sboms.component_ids_of(document), actor=SYSTEM, now=now)
    refreshing.refresh_findings([document.release_id], actor=SYSTEM, now=now)


def refresh_release(entry: SealedEntry, now: datetime) -> None:
    """Refresh the findings of a release whose SBOMs changed."""
    refreshing.refresh_findings([int(entry.payload["release_id"])], actor=SYSTEM, now=now)


def match_intake(entry: SealedEntry, now: datetime) -> None:
    """Match what an intake changed, and refresh the findings of every release concerned."""
    intake = intakes.intake(int(entry.subject_id))
    concerned: set[UUID] = set()
    for ids in intakes.vulnerabilities_changed_by(intake, only_applicability=True):
        renewal = matching.match_vulnerabilities(ids, actor=SYSTEM, now=now)
        concerned |= renewal.component_ids
    _refresh_releases_with(concerned, now)


def _refresh_releases_with(component_ids: Iterable[UUID], now: datetime) -> None:
    holders = sboms.release_ids_with(component_ids)
    releases = {release for found in holders.values() for release in found}
    if releases:
        refreshing.refresh_findings(releases, actor=SYSTEM, now=now)
