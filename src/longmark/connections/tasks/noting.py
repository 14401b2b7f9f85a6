"""Writing notes into systems, as background work."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from longmark.connections.queries import notes as queries
from longmark.connections.services import notes as services
from longmark.connections.tasks.calling import Caller
from longmark.core.errors import LongmarkError, NotFound
from longmark.core.formats.connectors.asking import NoteText
from longmark.foundation.client import Client
from longmark.jobs.services import Progress

if TYPE_CHECKING:
    from longmark.connections.models import UnitNote


def write_notes(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Write what is due; what fails waits longer each time."""
    return write_due(progress)


def write_due(progress: Progress, client: Client | None = None) -> str:
    """Write notes that are due, each on the record that it is for."""
    callers: dict[int, Caller] = {}
    written = failed = 0
    try:
        for note in queries.waiting(progress.now):
            if not services.claim(note, now=progress.now):
                continue
            if _write(note, callers, progress, client):
                written += 1
            else:
                failed += 1
            progress.advance(written + failed)
    finally:
        for caller in callers.values():
            caller.close()
    return _("{written} notes are written, {failed} are not.").format(
        written=written, failed=failed
    )


def _write(
    note: "UnitNote", callers: dict[int, Caller], progress: Progress, client: Client | None
) -> bool:
    actor = progress.actor
    try:
        key = note.connection_id
        if key not in callers:
            callers[key] = Caller(note.connection, client or Client(pause=lambda seconds: None))
        caller = callers[key]
        said = NoteText(note.text, note.mark)
        caller.system.connector.note(caller.send, caller.account, note.record_id, said)
    except NotFound as gone:
        services.give_up(note, str(gone), actor=actor, now=progress.now)
        return False
    except LongmarkError as failed:
        services.mark_failed(note, str(failed), actor=actor, now=progress.now)
        return False
    services.mark_written(note, actor=actor, now=progress.now)
    return True
