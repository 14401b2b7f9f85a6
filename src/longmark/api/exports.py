"""Releases as SBOMs, for customers, authorities and tools."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from ninja import Router

from longmark.catalog import queries as catalog
from longmark.core.formats.sboms.writing.formats import ExportFormat
from longmark.core.formats.sboms.writing.release import Variant
from longmark.findings.queries import exports
from longmark.findings.queries.exports import Export, Request

router = Router(tags=["SBOMs"])


@router.get("/releases/{pk}/sbom", operation_id="export_of")
def export_of(
    request: HttpRequest,
    pk: int,
    format: ExportFormat = ExportFormat.CYCLONEDX_1_6_JSON,  # noqa: A002  # the word of the query
    variant: Variant = Variant.INVENTORY,
) -> HttpResponseBase:
    """Return all current SBOMs of a release merged into one document.

    The same state of the release gives the same bytes; send the `ETag` back as `If-None-Match`.
    """
    wanted = Request(catalog.release(pk), format, variant, settings.COMPANY)
    return exported(request, exports.export_of(wanted))


def exported(request: HttpRequest, export: Export) -> HttpResponseBase:
    """Return an export as a file, in pieces, or that the caller has it already."""
    etag = f'"{export.mark}"'
    answer: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = StreamingHttpResponse(export.chunks(), content_type=export.media_type)
        answer["Content-Disposition"] = f'attachment; filename="{export.filename}"'
    answer["ETag"] = etag
    patch_cache_control(answer, private=True, no_cache=True)
    return answer
