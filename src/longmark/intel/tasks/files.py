"""Files of advisories, taken in as background work."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from longmark.intel.services import intakes, rereading
from longmark.jobs.services import Progress


def import_advisory_file(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Take in a file that lies in the blob store; what was cut off goes on where it stopped."""
    intake = intakes.import_blob(
        str(arguments["digest"]),
        filename=str(arguments["filename"]),
        actor=progress.actor,
        now=progress.now,
        progress=progress,
    )
    return _(
        "{filename}: {added} new, {changed} changed, {unchanged} unchanged, {refused} refused."
    ).format(
        filename=intake.filename,
        added=intake.added_count,
        changed=intake.changed_count,
        unchanged=intake.unchanged_count,
        refused=intake.refused_count,
    )


def read_anew(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Read the records of a source again, from where the rereading ``rereading_id`` stands."""
    row = rereading.rereading(int(arguments["rereading_id"]))
    while rereading.read_further(row):
        progress.advance(row.reached)
    intake = rereading.end(row, actor=progress.actor, now=progress.now)
    return _("{read} records read again, {changed} state otherwise now.").format(
        read=intake.read_count, changed=intake.changed_count
    )
