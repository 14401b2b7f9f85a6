"""Imported lists as files: the lists, and rows that were refused of all or of one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from longmark.fleet.queries import imports as queries
from longmark.web.doors import PageRequest
from longmark.web.files.tables import ROWS_AT_ONCE, Column, Table, every
from longmark.web.views import imports

if TYPE_CHECKING:
    from longmark.fleet.models import Import, Refusal


def _imports(_request: PageRequest) -> "Iterator[Import]":
    return every(lambda after: queries.imports_page(after=after, limit=ROWS_AT_ONCE))


def _refusals(request: PageRequest) -> "Iterator[Refusal]":
    return every(lambda after: imports.found_refusals(request, after=after, limit=ROWS_AT_ONCE))


def _refused(_request: PageRequest, pk: int) -> "Iterator[Refusal]":
    one = queries.import_(pk)
    return every(lambda after: queries.refusals_page(one, after=after, limit=ROWS_AT_ONCE))


_WHY = (
    Column("row", _("Row")),
    Column("column", _("Column")),
    Column("serial", _("Serial number")),
    Column("why", _("Why it was refused")),
    Column("what_to_do", _("What to do")),
)

TABLES = (
    Table(
        "imports",
        "imports",
        (
            Column("filename", _("File")),
            Column("state", _("State")),
            Column("rows", _("Rows"), lambda row: row.row_count),
            Column("created", _("Created"), lambda row: row.created_count),
            Column("changed", _("Changed"), lambda row: row.changed_count),
            Column("unchanged", _("Unchanged"), lambda row: row.unchanged_count),
            Column("refused", _("Refused"), lambda row: row.refused_count),
            Column("contested", _("Contested"), lambda row: row.contested_count),
            Column("profile", _("Profile")),
            Column("by", _("By"), lambda row: row.actor_name),
            Column("dropped_at", _("Dropped"), lambda row: row.staged_at),
            Column("taken_at", _("Taken"), lambda row: row.applied_at),
            Column("taken_back_at", _("Taken back"), lambda row: row.undone_at),
            Column("sha256", "SHA-256", lambda row: row.digest),
        ),
        _imports,
    ),
    Table(
        "refusals",
        "refusals",
        (Column("list", _("List"), lambda row: row.source.filename), *_WHY),
        _refusals,
        filename="refused-rows",
    ),
    Table(
        "import",
        "imports/<int:pk>/refusals",
        _WHY,
        _refused,
        filename="import-{pk}-refusals",
    ),
)
