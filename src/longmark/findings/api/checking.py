"""Checking an SBOM without adding it to anything: answered at once, or by a job if it is large."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from longmark.core.errors import NotFound
from longmark.core.facts import Rule
from longmark.core.formats.advisories.records import Confidence
from longmark.core.formats.facts import Facts, facts_in_sbom, read_facts_file
from longmark.core.formats.sboms import read_sbom
from longmark.core.formats.sboms.reading import content_of
from longmark.core.matching import Verdict
from longmark.core.vocabulary import JobState
from longmark.findings.api.findings import vulnerability_out
from longmark.findings.queries import checks
from longmark.findings.queries.checks import Judged
from longmark.findings.queries.settled import in_words
from longmark.findings.services import checking
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import ReadingOut, reading
from longmark.foundation.uploads import is_large, upload_schema, uploaded, uploaded_beside
from longmark.intel.api.coverage import CoveredOut, covered
from longmark.intel.queries import intakes, vulnerabilities
from longmark.intel.queries.coverage import coverage
from longmark.jobs import queries as jobs
from longmark.jobs.services import Outcome, Progress
from longmark.ledger import queries as blobs
from longmark.sboms.api.lifespans import CheckedLifespanOut, checked_lifespans

if TYPE_CHECKING:
    from longmark.intel.models import Vulnerability

router = Router(tags=["Findings"])

FACTS_PART = "facts"
CHECK_UPLOAD = upload_schema(
    "A CycloneDX or SPDX document, as it is or as a part of a form, there with files of facts.",
    beside=FACTS_PART,
)


class CheckedFindingOut(Schema):
    component: str
    vulnerability: str
    severity_score: float | None
    severity_rating: str
    exploited_on: date | None
    verdict: Verdict
    confidence: Confidence
    sentence: str
    rule: Rule | None = Field(description="By which rule facts settle it, or remark on it.")
    settled_by: str = Field(description="What the facts say, empty if nothing.")


class CheckedOut(CoveredOut):
    component_count: int
    unidentified_count: int = Field(description="Without purl and CPE: not compared, not clean.")
    unversioned_count: int = Field(description="Identified, but no version is stated.")
    undecided_count: int = Field(description="Pairs that no source decides; among the findings.")
    advisory_count: int = Field(description="Advisories known here. 0: nothing was compared.")
    findings: list[CheckedFindingOut]
    settled: list[CheckedFindingOut] = Field(
        description="What facts settle: patches that the SBOM declares, and those handed over."
    )
    lifespans: list[CheckedLifespanOut] = Field(
        description="Components whose end is announced, what ended first first."
    )


@router.post(
    "/check",
    response={200: CheckedOut, 202: ReadingOut},
    operation_id="check_document",
    openapi_extra=CHECK_UPLOAD,
)
def check(request: HttpRequest, filename: str = "") -> object:
    """Say what is known to be wrong with the components of an SBOM, and what facts settle of it.

    Nothing is added to a release. One of more than 1 MB is kept and checked by a job, which the
    answer 202 names; what it found is read at `/checks/{job_id}` then.
    """
    file, name = uploaded(request)
    beside, name = uploaded_beside(request, FACTS_PART), filename or name
    if any(is_large(each) for each in (file, *(each for each, _ in beside))):
        job = checking.ask_to_check(
            (file, name), beside, actor=actor_of(request), now=timezone.now()
        )
        return Status(202, reading(job.pk))
    return _checked((file, name), beside, now=timezone.now())


@router.get("/checks/{job_id}", response=CheckedOut, operation_id="checked_document")
def checked(request: HttpRequest, job_id: int) -> object:
    """Say what the check found that a job made."""
    job = jobs.job(job_id)
    if job.kind != checking.CHECK_JOB or job.state != JobState.DONE:
        raise NotFound("Job {pk} has checked nothing, or is not done.", pk=job_id)
    return FileResponse(blobs.open_blob(job.result["digest"]), content_type="application/json")


def check_kept(arguments: Mapping[str, Any], progress: Progress) -> Outcome:
    """Check an SBOM that is in the blob store, and keep what was found as the call answers it."""
    progress.advance(0, note=_("The document is checked."))
    with ExitStack() as opened:
        sbom, *beside = [
            (opened.enter_context(blobs.open_blob(str(digest))), str(name))
            for digest, name in arguments["files"]
        ]
        found = _checked(sbom, beside, now=progress.now)
    digest = checking.keep_answer(
        CheckedOut.model_validate(found).model_dump_json().encode(), now=progress.now
    )
    said = _("{file}: {count} components, {findings} findings.").format(
        file=sbom[1], count=found["component_count"], findings=len(found["findings"])
    )
    return Outcome(said, {"digest": digest})


def _checked(
    sbom: tuple[BinaryIO, str], beside: Sequence[tuple[BinaryIO, str]], *, now: datetime
) -> dict[str, Any]:
    file, name = sbom
    content, _cut = content_of(file)
    document = read_sbom(content, filename=name)
    files = _fact_files(content, name, beside)
    del content
    sheets = checks.sheets_of(files, document.serial)
    ends: list[dict[str, Any]] = []
    look = checks.look_at(
        document, beside=lambda subjects: ends.extend(checked_lifespans(subjects))
    )
    judged = checks.check_document(document, sheets, look=look)
    undecided = [one for one in judged if not one.is_settled and not one.checked.verdict.is_decided]
    compared = checks.coverage_of(document.components)
    known = vulnerabilities.vulnerabilities_by_id({one.checked.vulnerability_id for one in judged})
    shown = [
        (one.is_settled, _judged(one, known[one.checked.vulnerability_id], files)) for one in judged
    ]
    return {
        "component_count": len(document.components),
        "unidentified_count": compared.unidentified_count,
        "unversioned_count": compared.unversioned_count,
        "undecided_count": len(undecided),
        "advisory_count": sum(one.record_count for one in intakes.sources_state(now)),
        "findings": [row for is_settled, row in shown if not is_settled],
        "settled": [row for is_settled, row in shown if is_settled],
        "lifespans": sorted(ends, key=lambda each: (each["ends_on"], each["component"])),
    } | covered(coverage(now).concerning(look.kinds))


def _fact_files(
    sbom: bytes, name: str, beside: Sequence[tuple[BinaryIO, str]]
) -> list[tuple[str, Facts]]:
    """Return the facts that an SBOM holds itself, and those that come with it, with names."""
    within = facts_in_sbom(sbom)
    found = [(name, within)] if within else []
    for file, other in beside:
        found.append((other, read_facts_file(file, filename=other)))
    return found


def _judged(
    one: Judged, vulnerability: "Vulnerability", files: Sequence[tuple[str, Facts]]
) -> dict[str, object]:
    said, document = one.settlement, _("The SBOM")
    if said and said.document:
        document = files[said.document - 1][0] or document
    return vulnerability_out(vulnerability) | {
        "component": str(one.checked.subject),
        "verdict": one.verdict,
        "confidence": one.confidence,
        "sentence": one.checked.explanation.text,
        "rule": said.rule if said else None,
        "settled_by": in_words(said, document) if said else "",
    }
