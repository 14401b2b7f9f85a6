"""All open findings at a glance, for what compares vulnerabilities with each other."""

from dataclasses import dataclass
from datetime import datetime

from longmark.core.matching import TO_DO, Verdict
from longmark.findings.models import Finding


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """An open finding in few words."""

    vulnerability_id: int
    release_id: int
    item_id: int
    verdict: Verdict
    confidence: str
    first_seen_at: datetime
    changed_at: datetime


def open_findings(*, limit: int) -> list[OpenFinding]:
    """Return open findings that say affected or unknown, changed last first. One query."""
    rows = Finding.objects.filter(closed_at=None, verdict__in=TO_DO).order_by("-changed_at", "-id")
    columns = rows.values(
        "vulnerability_id",
        "release_id",
        "release__item_id",
        "verdict",
        "confidence",
        "first_seen_at",
        "changed_at",
    )
    return [
        OpenFinding(
            row["vulnerability_id"],
            row["release_id"],
            row["release__item_id"],
            Verdict(row["verdict"]),
            row["confidence"],
            row["first_seen_at"],
            row["changed_at"],
        )
        for row in columns[:limit]
    ]
