"""Releases as SBOMs, for customers, authorities and tools."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from ninja import Router

from longmark.catalog import queries as catalog
from longmark.core.formats.sboms.writing.formats import ExportFormat
from longmark.core.formats.sboms.writing.release import Variant
from longmark.findings.queries import exports
from longmark.findings.queries.exports import Export, Request
from longmark.findings.services import exporting
from longmark.foundation.actors import actor_of
from longmark.foundation.answers import READING_ANSWER, file_answer

router = Router(tags=["SBOMs"])


@router.get(
    "/releases/{pk}/sbom",
    operation_id="export_of",
    openapi_extra={"responses": {202: READING_ANSWER}},
)
def export_of(
    request: HttpRequest,
    pk: int,
    format: ExportFormat = ExportFormat.CYCLONEDX_1_6_JSON,  # noqa: A002  # the word of the query
    variant: Variant = Variant.INVENTORY,
) -> HttpResponseBase:
    """Return all current SBOMs of a release merged into one document.

    The same state of the release gives the same bytes; send the `ETag` back as `If-None-Match`.
    One of more than 5,000 components is written by a job, which the answer 202 names; ask again
    when that is over.
    """
    wanted = Request(catalog.release(pk), format, variant, settings.COMPANY)
    return exported(request, exports.export_of(wanted))


def exported(request: HttpRequest, export: Export) -> HttpResponseBase:
    """Return an export as a file, in pieces, or that the caller has it already."""
    return file_answer(
        request,
        lambda: exporting.pieces_of(export, actor=actor_of(request), now=timezone.now()),
        mark=export.mark,
        media_type=export.media_type,
        filename=export.filename,
    )
