"""Releases as files: written while they are sent, or, if they are large, by a job beforehand.

To merge takes memory for every component, which a web process has not. What a job wrote is kept
beside the blobs for whoever asks next, under the mark of the export, until newer ones need its
room: it can be written again at any time, and is no record.
"""

import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from wsgiref.util import FileWrapper

from django.conf import settings
from django.utils.translation import gettext as _

from longmark.catalog import queries as catalog
from longmark.core.actors import Actor
from longmark.core.errors import Awaited, Refused
from longmark.core.formats.sboms.writing.formats import ExportFormat
from longmark.core.formats.sboms.writing.release import Variant
from longmark.findings.queries import exports
from longmark.findings.queries.exports import Export, Request
from longmark.jobs import services as jobs
from longmark.jobs.services import Outcome, Progress

EXPORT_JOB: Final = "findings.export-release"
LIMIT_COMPONENTS: Final = 80_000
KEPT_FILES: Final = 20
PIECE_BYTES: Final = 1 << 20


def pieces_of(export: Export, *, actor: Actor, now: datetime) -> Iterable[bytes]:
    """Return an export in pieces; what could be refused is refused first.

    Raises:
        Awaited: it is large, and is being written by a job.
        Refused: it is larger than is written.
    """
    if export.component_count <= settings.EXPORT_AT_ONCE_COMPONENTS:
        return export.chunks()
    _refuse_larger(export)
    path = _path(export)
    with suppress(FileNotFoundError):
        # Opened at once: it stays although it may be cleared away while it is sent.
        return FileWrapper(path.open("rb"), PIECE_BYTES)
    asked = export.request
    arguments = {
        "release_id": asked.release.pk,
        "format": asked.export_format.value,
        "variant": asked.variant.value,
        "company": asked.company,
    }
    raise Awaited(jobs.enqueue_unless_asked(EXPORT_JOB, arguments, actor=actor, now=now).pk)


def _refuse_larger(export: Export) -> None:
    if export.component_count > LIMIT_COMPONENTS:
        raise Refused(
            "The SBOMs of {release} name {count} components; at most {limit} are merged into one"
            " file. Each SBOM can be had as it came.",
            release=export.request.release,
            count=f"{export.component_count:,}",
            limit=f"{LIMIT_COMPONENTS:,}",
        )


def _path(export: Export) -> Path:
    return Path(settings.EXPORT_FOLDER) / export.mark


def write_export(arguments: Mapping[str, Any], progress: Progress) -> Outcome:
    """Write a release into a file, for those who asked for it and whoever does next."""
    release = catalog.release(int(arguments["release_id"]))
    export_format, variant = ExportFormat(arguments["format"]), Variant(arguments["variant"])
    request = Request(release, export_format, variant, str(arguments["company"]))
    progress.advance(0, 1, _("The SBOMs are merged."))
    export = exports.export_of(request)
    _refuse_larger(export)
    path = _path(export)
    if not path.exists():
        _write(export, path)
        _clear(path.parent)
    progress.advance(1, 1)
    said = _("{file}: {count} bytes.").format(
        file=export.filename, count=f"{path.stat().st_size:,}"
    )
    made = {"release_id": release.pk, "format": export_format.value, "variant": variant.value}
    return Outcome(said, {"export": made})


def _write(export: Export, path: Path) -> None:
    """Write a file that is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as part:
        try:
            for chunk in export.chunks():
                part.write(chunk)
        except BaseException:
            Path(part.name).unlink()
            raise
    Path(part.name).replace(path)


def _clear(folder: Path) -> None:
    """Let only the newest files stay, and what was torn off long ago go."""
    files = [each for each in folder.iterdir() if each.is_file()]
    for old in sorted(files, key=lambda each: each.stat().st_mtime, reverse=True)[KEPT_FILES:]:
        old.unlink(missing_ok=True)
