"""Findings and matches over REST."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from longmark.catalog import queries as catalog
from longmark.core.facts import Rule
from longmark.core.formats.advisories.records import Confidence
from longmark.core.matching import ClosingReason, Step, Verdict
from longmark.findings.api.facts import SettingAsideOut
from longmark.findings.queries import findings as queries
from longmark.findings.queries.facts import setting_aside_of
from longmark.findings.queries.findings import MatchedComponent, ReleaseAffected
from longmark.findings.queries.reasons import Explanation, explanation
from longmark.findings.queries.settled import Said, said_of
from longmark.findings.services import following
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import PageOut, PageQuery, page_out
from longmark.foundation.pages import Page
from longmark.intel.api.coverage import CoveredOut, covered
from longmark.intel.queries import vulnerabilities
from longmark.intel.queries.coverage import coverage
from longmark.sboms import queries as sboms
from longmark.sboms.queries.contents import package_kinds

if TYPE_CHECKING:
    from longmark.findings.models import Finding, Match
    from longmark.intel.models import Vulnerability

router = Router(tags=["Findings"])


class FindingOut(Schema):
    id: int
    release_id: int
    item: str = Field(examples=["tg200-fw"])
    release: str = Field(examples=["2.3.1"])
    vulnerability: str = Field(examples=["CVE-2022-0367"])
    title: str
    severity_score: float | None
    severity_rating: str = Field(description="Empty means unscored, which is not low.")
    exploited_on: date | None
    epss: float | None
    verdict: Verdict
    confidence: Confidence
    component_count: int
    sentence: str = Field(description="Why, by the gravest component.")
    first_seen_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    reason: ClosingReason | None = Field(description="Why it is closed.")
    rule: Rule | None = Field(description="By which rule facts of the release settle it.")


class StepOut(Schema):
    source: str
    record: str
    pointer: str = Field(description="JSON pointer into the record.")
    wording: str = Field(description="The identity as published.")
    package: str
    provenance: str
    scheme: str
    version: str
    key: str | None
    interval: str = Field(examples=["[0, 3.1.7)"])
    low_text: str
    high_text: str
    tier: int = Field(description="Rank of the source; the lowest that decides wins.")
    verdict: Verdict
    confidence: Confidence
    reasons: list[str]


class ReasoningOut(Schema):
    component_id: UUID
    component: str
    purl: str
    cpes: list[str]
    is_patched: bool = Field(description="Its SBOM declares a patch.")
    verdict: Verdict
    confidence: Confidence
    sentence: str
    qualifications: list[str]
    steps: list[StepOut]


class SettlementOut(Schema):
    """What facts of the release say of one component; what settles nothing is a remark."""

    component_id: UUID
    rule: Rule
    is_settling: bool
    verdict: Verdict | None
    justification: str = Field(description="In the words of VEX; empty if not `not_affected`.")
    sentence: str
    document_id: int | None = Field(description="The file of facts.")
    sbom_id: int | None = Field(description="The SBOM that says so itself.")
    pointer: str = Field(description="The place in it.")
    note: str
    detail: str


class FindingDetailOut(FindingOut):
    components: list[ReasoningOut]
    settlements: list[SettlementOut]
    set_aside: SettingAsideOut | None = Field(description="Why facts do not count here.")


class MatchOut(Schema):
    vulnerability: str
    severity_score: float | None
    severity_rating: str
    exploited_on: date | None
    verdict: Verdict
    confidence: Confidence
    sentence: str
    qualifications: list[str]
    steps: list[StepOut]


class OutcomeOut(Schema):
    match_count: int
    opened_count: int
    changed_count: int
    closed_count: int


@router.get("/findings", response=PageOut[FindingOut], operation_id="findings")
def finding_list(
    request: HttpRequest, page: PageQuery, verdict: Verdict | None = None, is_open: bool = True
) -> object:
    """List findings, the last changed first."""
    found = queries.findings_page(
        verdicts=_chosen(verdict), is_open=is_open, after=page.after, limit=page.limit
    )
    return _page_of_findings(found)


@router.get(
    "/releases/{pk}/findings", response=PageOut[FindingOut], operation_id="findings_of_release"
)
def findings_of_release(
    request: HttpRequest,
    pk: int,
    page: PageQuery,
    verdict: Verdict | None = None,
    is_open: bool = True,
    is_settled: bool = False,
    rule: Rule | None = None,
) -> object:
    """List a release's findings, worst first; or those that facts settle, by any rule or one."""
    found = queries.findings_page(
        release=catalog.release(pk),
        verdicts=_chosen(verdict),
        is_open=is_open,
        is_settled=is_settled,
        rule=rule or "",
        after=page.after,
        limit=page.limit,
    )
    return _page_of_findings(found)


@router.get("/releases/{pk}/coverage", response=CoveredOut, operation_id="coverage_of_release")
def coverage_of_release(request: HttpRequest, pk: int) -> object:
    """Return which sources that speak of a release's packages are not known in full here."""
    kinds = package_kinds(catalog.release(pk))
    return covered(coverage(timezone.now()).concerning(kinds))


@router.get(
    "/vulnerabilities/{name}/findings",
    response=PageOut[FindingOut],
    operation_id="findings_of_vulnerability",
)
def findings_ofvulnerability_out(
    request: HttpRequest,
    name: str,
    page: PageQuery,
    verdict: Verdict | None = None,
    is_open: bool = True,
) -> object:
    """List the releases that a vulnerability concerns, affected ones first."""
    found = queries.findings_page(
        vulnerability=vulnerabilities.vulnerability(name),
        verdicts=_chosen(verdict),
        is_open=is_open,
        after=page.after,
        limit=page.limit,
    )
    return _page_of_findings(found)


@router.get("/findings/{pk}", response=FindingDetailOut, operation_id="finding")
def finding(request: HttpRequest, pk: int) -> object:
    """Return one finding with the evidence for it."""
    (affected,) = queries.explained([queries.finding(pk)])
    found = affected.finding
    return _finding(affected) | {
        "components": [_reasoning(one) for one in affected.components],
        "settlements": [_settlement(each) for each in said_of([found])[found.pk]],
        "set_aside": setting_aside_of(found),
    }


@router.get("/components/{pk}/matches", response=PageOut[MatchOut], operation_id="matches_page")
def matches_page(request: HttpRequest, pk: UUID, page: PageQuery) -> object:
    """List the vulnerabilities that a component meets, with the evidence, worst first."""
    found = queries.matches_page(sboms.component(pk), after=page.after, limit=page.limit)
    return page_out(found, _match)


@router.post("/releases/{pk}/matching", response=OutcomeOut, operation_id="follow_release")
def follow_release(request: HttpRequest, pk: int) -> object:
    """Match a release's current SBOMs now; it happens by itself after every change."""
    return following.follow_release(
        catalog.release(pk), actor=actor_of(request), now=timezone.now()
    )


def _chosen(verdict: Verdict | None) -> list[Verdict]:
    return [verdict] if verdict else []


def _page_of_findings(page: "Page[Finding]") -> dict[str, object]:
    return page_out(Page(queries.explained(page.items), page.next), _finding)


def _finding(affected: ReleaseAffected) -> dict[str, object]:
    found = affected.finding
    shown: dict[str, object] = {
        "item": found.release.item.name,
        "release": found.release.version,
        "release_id": found.release_id,
        "title": found.vulnerability.headline,
        "epss": found.vulnerability.epss,
        "sentence": affected.sentence,
        "reason": found.reason or None,
        "rule": found.rule or None,
    }
    columns = ("id", "verdict", "confidence", "component_count", "first_seen_at", "changed_at")
    shown |= {name: getattr(found, name) for name in (*columns, "closed_at")}
    return shown | vulnerability_out(found.vulnerability)


def vulnerability_out(vulnerability: "Vulnerability") -> dict[str, object]:
    """Return what every row says of its vulnerability."""
    return {
        "vulnerability": vulnerability.name,
        "severity_score": vulnerability.severity_score,
        "severity_rating": vulnerability.severity_rating,
        "exploited_on": vulnerability.exploited_on,
    }


def _reasoning(matched: MatchedComponent) -> dict[str, object]:
    component = matched.component
    return {
        "component_id": component.pk,
        "component": str(component),
        "purl": component.purl,
        "cpes": component.cpes,
        "is_patched": matched.is_patched,
        "verdict": matched.match.verdict,
        "confidence": matched.match.confidence,
    } | _said(matched.explanation)


def _settlement(said: Said) -> dict[str, object]:
    rule, settlement = said.rule, said.settlement
    return {
        "component_id": said.component_id,
        "rule": rule,
        "is_settling": rule.is_settling,
        "verdict": rule.verdict,
        "justification": settlement.note if rule is Rule.VEX_NOT_AFFECTED else rule.justification,
        "sentence": said.text,
        "document_id": settlement.document or None,
        "sbom_id": settlement.sbom or None,
        "pointer": settlement.pointer,
        "note": settlement.note,
        "detail": settlement.detail,
    }


def _match(match: "Match") -> dict[str, object]:
    judged = {"verdict": match.verdict, "confidence": match.confidence}
    return vulnerability_out(match.vulnerability) | judged | _said(explanation(match))


def _said(explained: Explanation) -> dict[str, object]:
    return {
        "sentence": explained.text,
        "qualifications": explained.qualifications,
        "steps": [_step(step) for step in explained.steps],
    }


def _step(step: Step) -> dict[str, object]:
    return {name: getattr(step, name) for name in StepOut.model_fields}
