"""What is done when something happened: each reads what it needs afresh and calls services.

All are idempotent: done twice, they find nothing left to change. What takes long becomes a job.
"""

from datetime import datetime

from longmark.catalog import queries as catalog
from longmark.core.actors import SYSTEM
from longmark.findings.services import following, refreshing
from longmark.intel.queries import intakes
from longmark.jobs import services as jobs
from longmark.ledger.queries import SealedEntry
from longmark.sboms import queries as sboms

MATCH_INTAKE_JOB = "findings.match-intake"
AT_ONCE_LIMIT_VULNERABILITIES = 5_000
"""More are matched by a job, so that the follower goes on meanwhile."""


def match_document(entry: SealedEntry, now: datetime) -> None:
    """Match the components of a new SBOM, and refresh the findings of its release."""
    document = sboms.document(int(entry.subject_id))
    release = catalog.release(document.release_id)
    following.follow_release(release, actor=SYSTEM, now=now)


def refresh_release(entry: SealedEntry, now: datetime) -> None:
    """Refresh the findings of a release whose SBOMs changed."""
    refreshing.refresh_findings([int(entry.payload["release_id"])], actor=SYSTEM, now=now)


def match_intake(entry: SealedEntry, now: datetime) -> None:
    """Match what a file of advisories changed, and refresh the findings of releases concerned."""
    intake = intakes.intake(int(entry.subject_id))
    if intake.vulnerability_count > AT_ONCE_LIMIT_VULNERABILITIES:
        jobs.enqueue(MATCH_INTAKE_JOB, {"intake_id": intake.pk}, actor=SYSTEM, now=now)
        return
    for ids in intakes.vulnerabilities_changed_by(intake, only_applicability=True):
        following.follow_vulnerabilities(ids, actor=SYSTEM, now=now)
