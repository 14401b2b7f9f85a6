"""Background work of the fleet."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from longmark.core.errors import Invalid
from longmark.fleet.queries import imports as queries
from longmark.fleet.services import (
    composition,
    imports,
    mapping,
    mismatches,
    undoing,
    watching,
)
from longmark.fleet.services.plans import plan_of
from longmark.jobs.services import Progress


def apply_import(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Take a staged list; what was cut off goes on behind its last row."""
    taken = imports.apply_import(
        queries.import_(int(arguments["import_id"])),
        advance=progress.advance,
        actor=progress.actor,
        now=progress.now,
    )
    return _(
        "{filename}: {created} created, {changed} changed, {unchanged} unchanged, "
        "{refused} refused."
    ).format(
        filename=taken.filename,
        created=taken.created_count,
        changed=taken.changed_count,
        unchanged=taken.unchanged_count,
        refused=taken.refused_count,
    )


def look_at_import(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Look at a long list; one that cannot be understood waits for a person again."""
    source = queries.import_(int(arguments["import_id"]))
    try:
        looked = mapping.map_import(
            source,
            plan_of(source),
            advance=progress.advance,
            actor=progress.actor,
            now=progress.now,
        )
    except Invalid as error:
        mapping.mark_unmapped(source)
        return _("{filename} waits for its columns: {reason}").format(
            filename=source.filename, reason=error
        )
    return _("{filename} was looked at: {rows} rows, {refused} refused.").format(
        filename=looked.filename, rows=looked.row_count, refused=looked.refused_count
    )


def undo_import(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Take a list back; what was cut off goes on before the rows that are undone."""
    undone = undoing.undo_import(
        queries.import_(int(arguments["import_id"])),
        reason=str(arguments["reason"]),
        advance=progress.advance,
        actor=progress.actor,
        now=progress.now,
    )
    return _("{filename}: {undone} rows taken back, {kept} stay.").format(
        filename=undone.filename, undone=undone.undone_count, kept=undone.kept_count
    )


def take_watched_file(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Take up one file of the watched folder."""
    file = watching.take_file(
        int(arguments["file_id"]),
        advance=progress.advance,
        actor=progress.actor,
        now=progress.now,
    )
    return f"{file.name}: {file.state} {file.reason}".strip()


def compose_anew(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Compose the configurations of units that hold these items as the catalog has them now,
    and judge them by what it allows.
    """
    item_ids = [int(pk) for pk in arguments["item_ids"]]
    changed = composition.compose_anew(item_ids, actor=progress.actor, now=progress.now)
    mismatches.judge_anew(item_ids, actor=progress.actor, now=progress.now)
    return ngettext(
        "What is inside changed for one unit.",
        "What is inside changed for {count} units.",
        changed,
    ).format(count=changed)


def judge_anew(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Judge what is in units that hold these items by what the catalog allows now."""
    item_ids = [int(pk) for pk in arguments["item_ids"]]
    changed = mismatches.judge_anew(item_ids, actor=progress.actor, now=progress.now)
    return ngettext(
        "One kind of unit is judged otherwise than before.",
        "{count} kinds of units are judged otherwise than before.",
        changed,
    ).format(count=changed)
