"""Counts of a project, and badges that show them."""

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from longmark.api.compat.dependency_track import answers
from longmark.api.compat.dependency_track.findings import SEVERITIES, rows_of
from longmark.api.compat.dependency_track.projects import project_of
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.catalog.models import Release

RISK: Final = {"CRITICAL": 10, "HIGH": 5, "MEDIUM": 3, "LOW": 1, "INFO": 0, "UNASSIGNED": 5}
"""Points of each severity in their risk score; what is unscored counts like high."""

_NO_POLICIES: Final = (
    "policyViolationsTotal policyViolationsFail policyViolationsWarn policyViolationsInfo"
    " policyViolationsAudited policyViolationsUnaudited policyViolationsLicenseTotal"
    " policyViolationsSecurityTotal policyViolationsOperationalTotal"
)


def current(request: HttpRequest, project: str) -> HttpResponseBase:
    """Return the counts of a project as they are now."""
    return answers.json(metrics_of(project_of(project)))


def refresh(request: HttpRequest, project: str) -> HttpResponseBase:
    """Count anew: counts are never stored here, so there is nothing to do."""
    project_of(project)
    return HttpResponse(status=200)


def metrics_of(release: "Release") -> dict[str, Any]:
    """Return how many findings of each severity a project has. Five queries."""
    rows = rows_of(release)
    counts = Counter(row.severity for row in rows)
    now = int(timezone.now().timestamp() * 1000)
    named = {severity.lower(): counts[severity] for severity in SEVERITIES if severity != "INFO"}
    return {
        **named,
        "vulnerabilities": len(rows),
        "components": sum(each.component_count for each in sboms.documents_of(release)),
        "vulnerableComponents": len({row.part.component.pk for row in rows}),
        "suppressed": 0,
        "findingsTotal": len(rows),
        "findingsAudited": 0,
        "findingsUnaudited": len(rows),
        "inheritedRiskScore": float(sum(RISK[name] * count for name, count in counts.items())),
        **dict.fromkeys(_NO_POLICIES.split(), 0),
        "firstOccurrence": now,
        "lastOccurrence": now,
    }
