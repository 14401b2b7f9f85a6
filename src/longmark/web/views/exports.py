"""Releases as files, for people: a large one is written by a job, to whose page it leads."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from longmark.catalog import queries as catalog
from longmark.core.formats.sboms.writing.formats import ExportFormat
from longmark.core.formats.sboms.writing.release import Variant
from longmark.findings.queries import exports
from longmark.findings.services import exporting
from longmark.foundation.answers import file_answer
from longmark.web.doors import PageRequest, page
from longmark.web.filters import chosen

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase


@page()
def release(request: PageRequest, pk: int) -> "HttpResponseBase":
    """Hand out all current SBOMs of a release, merged into one document."""
    export_format = chosen(request, "format", list(ExportFormat)) or ExportFormat.CYCLONEDX_1_6_JSON
    variant = chosen(request, "variant", list(Variant)) or Variant.INVENTORY
    wanted = exports.Request(
        catalog.release(pk), ExportFormat(export_format), Variant(variant), settings.COMPANY
    )
    export = exports.export_of(wanted)
    return file_answer(
        request,
        lambda: exporting.pieces_of(export, actor=request.actor, now=timezone.now()),
        mark=export.mark,
        media_type=export.media_type,
        filename=export.filename,
    )
