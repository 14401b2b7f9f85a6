"""What changed between two releases: components and findings."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from longmark.catalog import queries as catalog
from longmark.core.formats.sboms.difference import plain_difference
from longmark.findings.queries.changes import findings_between
from longmark.sboms import queries as sboms
from longmark.sboms.queries.differences import difference_of

router = Router(tags=["SBOMs"])


class PieceOut(Schema):
    id: str = Field(description="Of the component; empty where a file was compared.")
    key: str = Field(description="By what it is recognised in another version.")
    name: str
    version: str
    purl: str
    licence: str
    supplier: str
    hashes: list[str]
    path: list[str]


class ChangeOut(Schema):
    kind: str = Field(examples=["changed"])
    aspects: list[str] = Field(examples=[["version", "licence"]])
    direction: str = Field(description="newer, older or unknown.")
    before: PieceOut | None
    after: PieceOut | None


class DifferenceOut(Schema):
    same_count: int
    counts: dict[str, int]
    changes: list[ChangeOut]


class FindingChangeOut(Schema):
    vulnerability: str = Field(examples=["CVE-2022-0367"])
    verdict: str
    severity_score: float | None
    exploited_on: str | None


class ReleaseDifferenceOut(DifferenceOut):
    findings_come: list[FindingChangeOut]
    findings_gone: list[FindingChangeOut]
    findings_come_count: int
    findings_gone_count: int


@router.get(
    "/releases/{pk}/difference", response=ReleaseDifferenceOut, operation_id="release_difference"
)
def release_difference(
    request: HttpRequest, pk: int, against: int, only: str = "", text: str = ""
) -> object:
    """Compare a release with an earlier one: all current SBOMs together, and the findings."""
    after, before = catalog.release(pk), catalog.release(against)
    found = difference_of(before, after)
    findings = findings_between(before, after)
    return {
        **plain_difference(found, found.narrowed(only, text)),
        "findings_come": [_finding(each) for each in findings.come],
        "findings_gone": [_finding(each) for each in findings.gone],
        "findings_come_count": findings.come_count,
        "findings_gone_count": findings.gone_count,
    }


@router.get("/sboms/{pk}/difference", response=DifferenceOut, operation_id="difference_of")
def document_difference(
    request: HttpRequest, pk: int, against: int, only: str = "", text: str = ""
) -> object:
    """Compare an SBOM with an earlier one."""
    found = difference_of(sboms.document(against), sboms.document(pk))
    return plain_difference(found, found.narrowed(only, text))


def _finding(finding: Any) -> dict[str, object]:
    vulnerability = finding.vulnerability
    exploited_on = vulnerability.exploited_on
    return {
        "vulnerability": vulnerability.name,
        "verdict": finding.verdict,
        "severity_score": vulnerability.severity_score,
        "exploited_on": exploited_on.isoformat() if exploited_on else None,
    }
