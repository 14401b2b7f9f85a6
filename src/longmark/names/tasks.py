"""Background work of names."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from longmark.jobs.services import Progress
from longmark.names.services import maps
from longmark.names.services.maps import MapDetails


def import_map(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Take in a table that lies in the blob store."""
    found = maps.import_map(
        str(arguments["digest"]),
        filename=str(arguments["filename"]),
        details=MapDetails(
            name=str(arguments["name"]),
            edition=str(arguments["edition"]),
            source=str(arguments["source"]),
            is_for_ecosystems=bool(arguments["is_for_ecosystems"]),
        ),
        actor=progress.actor,
        now=progress.now,
        progress=progress,
    )
    return _("{map}: {rows} rows, {used} used, {refused} refused.").format(
        map=found, rows=found.row_count, used=found.used_count, refused=found.refused_count
    )
