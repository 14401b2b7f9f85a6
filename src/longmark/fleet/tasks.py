"""Background work of the fleet."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from longmark.fleet.queries import imports as queries
from longmark.fleet.services import composition, imports, mismatches
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


def compose_anew(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Compose the configurations of units that hold these items as the catalog has them now,
    and judge them by what it allows.
    """
    item_ids = [int(pk) for pk in arguments["item_ids"]]
    changed = composition.compose_anew(item_ids, actor=progress.actor, now=progress.now)
    mismatches.judge_anew(item_ids, actor=progress.actor, now=progress.now)
    return _("{count} units are composed anew.").format(count=changed)


def judge_anew(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Judge what is in units that hold these items by what the catalog allows now."""
    item_ids = [int(pk) for pk in arguments["item_ids"]]
    changed = mismatches.judge_anew(item_ids, actor=progress.actor, now=progress.now)
    return _("{count} configurations are judged otherwise than before.").format(count=changed)
