"""A pull as background work: stream by stream, page by page; then one list for the fleet."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from longmark.connections.queries import connections as queries
from longmark.connections.services import pulls
from longmark.connections.tasks.calling import Caller
from longmark.core.errors import LongmarkError, Refused
from longmark.core.formats.connectors.asking import Cursor, Page
from longmark.core.formats.connectors.reading import Torn
from longmark.foundation.client import Client
from longmark.jobs.services import Cancelled, Progress

if TYPE_CHECKING:
    from longmark.connections.models import Pull

TORN_ATTEMPTS: Final = 3


def pull(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Pull a connection; a pull that was cut off goes on where it was.

    Raises:
        Refused: it failed; the connection says why, and when it is tried again.
    """
    name = str(arguments["connection"])
    asked = queries.open_pull(name)
    if asked is None:
        raise Refused("No pull of {name} is asked for.", name=name)
    return work_through(asked, progress)


def work_through(asked: "Pull", progress: Progress, client: Client | None = None) -> str:
    """Do all that a pull consists of, and say what it brought.

    A stream that fails leaves the others alone; what came is taken in any case.

    Raises:
        Refused: something failed.
    """
    problems: list[str] = []
    try:
        pulls.begin(asked, now=progress.now)
        if asked.source is None:
            problems += _read(asked, progress, client)
        pulls.take(
            asked,
            advance=lambda done, total: progress.advance(done, total),
            actor=progress.actor,
            now=progress.now,
        )
    except Cancelled:
        pulls.end(asked, error=_("Stopped."), actor=progress.actor, now=progress.now)
        raise
    except LongmarkError as failed:
        problems.append(str(failed))
    error = " ".join(dict.fromkeys(problems))
    pulls.end(asked, error=error, actor=progress.actor, now=progress.now)
    if error:
        raise Refused("{name}: {error}", name=asked.connection.name, error=error)
    return _said(asked)


def _read(asked: "Pull", progress: Progress, client: Client | None) -> list[str]:
    """Read every stream to its end, and return what went wrong."""
    problems = []
    caller = Caller(asked.connection, client)
    try:
        for stream in caller.system.connector.streams:
            try:
                _read_stream(asked, stream, caller, progress)
            except LongmarkError as failed:
                problems.append(f"{stream}: {failed}")
    finally:
        caller.close()
    return problems


def _read_stream(asked: "Pull", stream: str, caller: Caller, progress: Progress) -> None:
    before = (asked.request_count, asked.size_bytes)
    counted = (caller.client.request_count, caller.client.size_bytes)
    try:
        while stream in asked.connection.cursors:
            pulls.check_complete(asked, stream)
            page = _page(caller, stream, asked.connection.cursors[stream])
            pulls.keep_page(asked, stream, page, actor=progress.actor, now=progress.now)
            progress.advance(asked.record_count, note=f"{asked.connection.name}: {stream}")
    finally:
        pulls.note_traffic(
            asked,
            request_count=before[0] + caller.client.request_count - counted[0],
            size_bytes=before[1] + caller.client.size_bytes - counted[1],
        )


def _page(caller: Caller, stream: str, cursor: Cursor) -> Page:
    """Return a page; one that came torn, or is another than asked for, is asked for again."""
    for _attempt in range(TORN_ATTEMPTS - 1):
        with suppress(Torn):
            return caller.system.connector.page(caller.send, caller.account, stream, cursor)
    return caller.system.connector.page(caller.send, caller.account, stream, cursor)


def try_out(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Find out what answers at the address of a connection; nothing is taken or changed.

    Raises:
        Refused: it does not work, and why.
    """
    connection = queries.connection(str(arguments["connection"]))
    caller = Caller(connection, Client(pause=lambda seconds: None))
    try:
        found = caller.system.connector.greet(caller.send, caller.account)
    except LongmarkError as failed:
        raise Refused("{name}: {reason}", name=connection.name, reason=str(failed)) from None
    finally:
        caller.close()
    return _("{name} works: {found}.").format(name=connection.name, found=found)


def _said(asked: "Pull") -> str:
    taken = asked.source
    if taken is None:
        return _("{name}: nothing new.").format(name=asked.connection.name)
    return _(
        "{name}: {created} created, {changed} changed, {unchanged} unchanged, {refused} refused."
    ).format(
        name=asked.connection.name,
        created=taken.created_count,
        changed=taken.changed_count,
        unchanged=taken.unchanged_count,
        refused=taken.refused_count,
    )
