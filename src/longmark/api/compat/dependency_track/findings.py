"""Findings, as gates read them: one row for each component that a vulnerability meets."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from longmark.accounts import queries as accounts
from longmark.api.compat.dependency_track import answers
from longmark.api.compat.dependency_track.identifiers import Kind, uuid_of
from longmark.api.compat.dependency_track.projects import project_of, project_out
from longmark.api.compat.dependency_track.requests import Fields, window_of
from longmark.core.actors import Action
from longmark.core.formats.sboms.writing.cyclonedx_fields import source_of
from longmark.core.matching import Verdict
from longmark.findings.queries.export_vulnerabilities import cwe_numbers
from longmark.findings.queries.findings import MatchedComponent, ReleaseAffected
from longmark.findings.queries.whole import findings_of
from longmark.foundation.actors import actor_of
from longmark.intel.queries import vulnerabilities
from longmark.jobs import services as jobs
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.intel.models import Vulnerability

FORMAT_VERSION: Final = "1.4"
MATCH_RELEASE: Final = "findings.match-release"
ANALYZER: Final = "INTERNAL_ANALYZER"
SEVERITIES: Final = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO", "UNASSIGNED")
"""Their words, in the order of their rank."""

_SEVERITY_OF: Final = {"critical": 0, "high": 1, "medium": 2, "low": 3, "none": 4}
_STATE_OF: Final = {
    Verdict.AFFECTED: "NOT_SET",
    Verdict.UNKNOWN: "IN_TRIAGE",
    Verdict.UNDER_INVESTIGATION: "IN_TRIAGE",
    Verdict.FIXED: "RESOLVED",
    Verdict.NOT_AFFECTED: "NOT_AFFECTED",
}
"""What cannot be judged yet is in triage: it is neither hit nor clean, and is not left out."""

_ALIAS_KEYS: Final = {"NVD": "cveId", "GITHUB": "ghsaId"}


@dataclass(frozen=True)
class Row:
    """A component of a project that a vulnerability meets."""

    finding: ReleaseAffected
    part: MatchedComponent

    @property
    def severity(self) -> str:
        """Their word for how bad it is; unscored is not low."""
        rating = self.finding.finding.vulnerability.severity_rating
        return SEVERITIES[_SEVERITY_OF.get(rating, 5)]

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do about it."""
        return not self.finding.finding.is_open or self.part.is_patched


def rows_of(release: "Release", *, with_settled: bool = False) -> list[Row]:
    """Return what meets a project, worst first. Three queries, or six with what is settled."""
    found = findings_of(release)
    if with_settled:
        found += findings_of(release, is_open=False)
    rows = [Row(each, part) for each in found for part in each.components]
    kept = [row for row in rows if with_settled or not row.is_settled]
    return sorted(kept, key=lambda row: SEVERITIES.index(row.severity))


def project_findings(request: HttpRequest, project: str) -> HttpResponseBase:
    """List the findings of a project: all of them, unless a page is asked for."""
    asked, window = Fields(request.GET.dict()), window_of(request)
    release = project_of(project)
    rows = rows_of(release, with_settled=asked.flag("suppressed") or False)
    if source := asked.text("source"):
        rows = [row for row in rows if _source(row) == source.upper()]
    count = len(rows)
    if window.is_asked:
        rows = rows[window.offset : window.offset + window.limit]
    shown = list(findings_out(rows, release))
    return answers.json(shown, headers={"X-Total-Count": str(count)})


def _source(row: Row) -> str:
    return source_of(row.finding.finding.vulnerability.name)


def export(request: HttpRequest, project: str) -> HttpResponseBase:
    """Return a project's findings as a file of their Finding Packaging Format."""
    release = project_of(project)
    shown = project_out(release, sboms.documents_of(release))
    return answers.json(
        {
            "version": FORMAT_VERSION,
            "meta": {
                "application": "Dependency-Track",
                "version": answers.VERSION,
                "timestamp": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
                "baseUrl": settings.PUBLIC_URL,
            },
            "project": {
                name: shown[name]
                for name in ("uuid", "name", "version", "description")
                if name in shown
            },
            "findings": list(findings_out(rows_of(release), release)),
        }
    )


def analyze(request: HttpRequest, project: str) -> HttpResponseBase:
    """Ask for a project to be matched anew; the token tells when that is done."""
    actor, release = actor_of(request), project_of(project)
    accounts.require(actor, Action.MATCH, release)
    job = jobs.enqueue(MATCH_RELEASE, {"release_id": release.pk}, actor=actor, now=timezone.now())
    return answers.json({"token": uuid_of(Kind.JOB, job.pk)})


def violations(request: HttpRequest, project: str) -> HttpResponseBase:
    """List violations of policies: none, since there are no policies here."""
    project_of(project)
    return answers.json([], headers={"X-Total-Count": "0"})


def project_vulnerabilities(request: HttpRequest, project: str) -> HttpResponseBase:
    """List the vulnerabilities of a project, each with the components that it meets."""
    release, window = project_of(project), window_of(request)
    rows = rows_of(release)
    aliases = _aliases(rows)
    listed: dict[int, dict[str, Any]] = {}
    for row in rows:
        known = row.finding.finding.vulnerability
        shown = listed.setdefault(
            known.pk, vulnerability_out(row, aliases[known.pk]) | {"components": []}
        )
        shown["components"].append(component_out(row.part, release))
    found = list(listed.values())
    if window.is_asked:
        found = found[window.offset : window.offset + window.limit]
    return answers.json(found, headers={"X-Total-Count": str(len(listed))})


def findings_out(rows: Sequence[Row], release: "Release") -> Iterator[dict[str, Any]]:
    """Yield findings as clients read them. One query."""
    aliases = _aliases(rows)
    for row in rows:
        known = row.finding.finding.vulnerability
        ids = (
            uuid_of(Kind.PROJECT, release.pk),
            row.part.component.pk,
            uuid_of(Kind.VULNERABILITY, known.pk),
        )
        yield {
            "component": component_out(row.part, release),
            "vulnerability": vulnerability_out(row, aliases[known.pk]),
            "analysis": {
                "state": "RESOLVED"
                if row.part.is_patched
                else _STATE_OF[Verdict(row.part.match.verdict)],
                "isSuppressed": row.is_settled,
                "detail": str(row.part.explanation),
            },
            "attribution": {
                "analyzerIdentity": ANALYZER,
                "attributedOn": _milliseconds(row.part.match.matched_at),
                "referenceUrl": settings.PUBLIC_URL
                + reverse("web:vulnerability", args=[known.name]),
            },
            "matrix": ":".join(str(each) for each in ids),
        }


def _aliases(rows: Iterable[Row]) -> dict[int, list[str]]:
    return vulnerabilities.aliases_by_vulnerability(
        row.finding.finding.vulnerability_id for row in rows
    )


def component_out(part: MatchedComponent, release: "Release") -> dict[str, Any]:
    """Return a component as clients read it."""
    component = part.component
    shown: dict[str, Any] = {
        "uuid": component.pk,
        "name": component.name,
        "group": component.group,
        "version": component.version,
        "purl": component.purl,
        "cpe": component.cpe,
    }
    stated = {key: value for key, value in shown.items() if value}
    return stated | {"project": uuid_of(Kind.PROJECT, release.pk)}


def vulnerability_out(row: Row, names: Sequence[str]) -> dict[str, Any]:
    """Return a vulnerability as clients read it; what is not known is left out."""
    known = row.finding.finding.vulnerability
    shown: dict[str, Any] = {
        "uuid": uuid_of(Kind.VULNERABILITY, known.pk),
        "source": source_of(known.name),
        "vulnId": known.name,
        "title": known.title or None,
        "description": known.description or None,
        "severity": row.severity,
        "severityRank": SEVERITIES.index(row.severity),
        **_scores(known),
        "epssScore": known.epss,
        "epssPercentile": known.epss_percentile,
        "cwes": _weaknesses(known),
        "aliases": list(aliases_out(known.name, names)),
        "published": _milliseconds(known.published_at) if known.published_at else None,
    }
    if shown["cwes"]:
        shown |= {"cweId": shown["cwes"][0]["cweId"], "cweName": shown["cwes"][0]["name"]}
    return {key: value for key, value in shown.items() if value is not None}


def _weaknesses(known: "Vulnerability") -> list[dict[str, Any]]:
    return [{"cweId": number, "name": f"CWE-{number}"} for number in cwe_numbers(known.weaknesses)]


def _scores(known: "Vulnerability") -> dict[str, Any]:
    """Return score and vector under the names of the vector's version."""
    vector, score = known.severity_vector, known.severity_score
    if not vector:
        return {}
    if vector.startswith("CVSS:4"):
        return {"cvssV4Score": score, "cvssV4Vector": vector}
    version = "V3" if vector.startswith("CVSS:3") else "V2"
    return {f"cvss{version}BaseScore": score, f"cvss{version}Vector": vector}


def aliases_out(name: str, names: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield each other id beside the vulnerability's own, as theirs pair them.

    >>> list(aliases_out("CVE-2022-1", ["CVE-2022-1", "GHSA-a"]))
    [{'cveId': 'CVE-2022-1', 'ghsaId': 'GHSA-a'}]
    """
    own = _ALIAS_KEYS.get(source_of(name), "osvId")
    for other in names:
        key = _ALIAS_KEYS.get(source_of(other), "osvId")
        if other != name and key != own:
            yield {own: name, key: other}


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
