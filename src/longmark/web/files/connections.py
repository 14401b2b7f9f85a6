"""Connections to other systems as files: their pulls, what is gone there, what they are told."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from longmark.connections.queries import connections, notes
from longmark.web import words
from longmark.web.doors import PageRequest
from longmark.web.exports import Value
from longmark.web.files.tables import ROWS_AT_ONCE, Column, Table, every

if TYPE_CHECKING:
    from longmark.connections.models import Pull, SourceUnit, UnitNote
    from longmark.connections.queries.connections import ConnectionState

_STAMPS = {code: stamp.word for code, stamp in words.STAMPS.items()}


def _connections(_request: PageRequest) -> "Iterator[ConnectionState]":
    now = timezone.now()
    return every(lambda after: connections.states_page(now, after=after, limit=ROWS_AT_ONCE))


def _pulls(_request: PageRequest, name: str) -> "Iterator[Pull]":
    one = connections.connection(name)
    return every(lambda after: connections.pulls_page(one, after=after, limit=ROWS_AT_ONCE))


def _gone(_request: PageRequest, name: str) -> "Iterator[SourceUnit]":
    one = connections.connection(name)
    return every(lambda after: connections.gone_page(one, after=after, limit=ROWS_AT_ONCE))


def _notes(_request: PageRequest, name: str) -> "Iterator[UnitNote]":
    one = connections.connection(name)
    return every(lambda after: notes.notes_page(one, after=after, limit=ROWS_AT_ONCE))


def _of_list(name: str) -> "Callable[[Pull], Value]":
    """Return how something is read from the list that a pull came to, nothing without one."""
    return lambda pull: getattr(pull.source, name) if pull.source else None


TABLES = (
    Table(
        "connections",
        "settings/connections",
        (
            Column("name", _("Connection"), lambda row: row.connection.name),
            Column("system", _("System"), lambda row: row.system.title),
            Column("address", _("Address"), lambda row: row.connection.address),
            Column("health", _("Health"), words=_STAMPS),
            Column("succeeded_at", _("Last success"), lambda row: row.connection.succeeded_at),
            Column("due_at", _("Next pull"), lambda row: row.connection.due_at),
            Column("gone", _("Gone there"), lambda row: row.gone_count),
            Column("notes_waiting", _("Notes waiting"), lambda row: row.waiting_notes),
            Column("notes_not_written", _("Notes not written"), lambda row: row.unwritten_notes),
            Column("last_error", _("Last error"), lambda row: row.connection.last_error),
        ),
        _connections,
    ),
    Table(
        "connection",
        "settings/connections/<str:name>/pulls",
        (
            Column("asked_at", _("Asked for")),
            Column("by", _("By"), lambda row: row.actor_name),
            Column("state", _("State"), words=_STAMPS),
            Column("is_whole", _("Everything")),
            Column("records", _("Records"), lambda row: row.record_count),
            Column("created", _("Created"), _of_list("created_count")),
            Column("changed", _("Changed"), _of_list("changed_count")),
            Column("unchanged", _("Unchanged"), _of_list("unchanged_count")),
            Column("refused", _("Refused"), _of_list("refused_count")),
            Column("list", _("List"), _of_list("filename")),
            Column("requests", _("Requests"), lambda row: row.request_count),
            Column("error", _("What went wrong")),
        ),
        _pulls,
        filename="{name}-pulls",
    ),
    Table(
        "connection-gone",
        "settings/connections/<str:name>/gone",
        (
            Column("item", _("Item")),
            Column("serial", _("Serial number")),
            Column("record_id", _("Its id there")),
            Column("gone_at", _("Missed since")),
        ),
        _gone,
        filename="{name}-gone",
    ),
    Table(
        "connection-notes",
        "settings/connections/<str:name>/notes",
        (
            Column("unit", _("Unit"), lambda row: row.unit_name),
            Column("state", _("State"), words=_STAMPS),
            Column("text", _("Note")),
            Column("asked_at", _("Asked for")),
            Column("by", _("By"), lambda row: row.actor_name),
            Column("written_at", _("Written")),
            Column("tries", _("Tries"), lambda row: row.attempt),
            Column("last_error", _("Last error")),
        ),
        _notes,
        filename="{name}-notes",
    ),
)
