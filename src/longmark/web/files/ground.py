"""The ledger, jobs, people and the precision board as files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from longmark.accounts import queries as accounts
from longmark.core.actors import Action
from longmark.ledger import queries as ledger_queries
from longmark.precision import queries as precision
from longmark.web.doors import PageRequest
from longmark.web.files.tables import ROWS_AT_ONCE, Column, Table, every
from longmark.web.filters import JOB_STATES
from longmark.web.views import jobs, ledger

if TYPE_CHECKING:
    from longmark.accounts.models import Person
    from longmark.jobs.models import Job
    from longmark.ledger.models import Entry
    from longmark.precision.queries import BoardRow


def _entries(request: PageRequest) -> "Iterator[Entry]":
    return every(lambda after: ledger.found_entries(request, after=after, limit=ROWS_AT_ONCE))


def _details(entry: "Entry") -> str:
    return orjson.dumps(ledger_queries.payload_of(entry)).decode()


def _jobs(request: PageRequest) -> "Iterator[Job]":
    return every(lambda after: jobs.found_jobs(request, after=after, limit=ROWS_AT_ONCE))


@dataclass(frozen=True)
class _Person:
    person: "Person"
    roles: str


def _people(_request: PageRequest) -> Iterator[_Person]:
    for one in every(lambda after: accounts.people_page(after=after, limit=ROWS_AT_ONCE)):
        yield _Person(one, ", ".join(sorted(grant.role for grant in one.grants.all())))


def _board(_request: PageRequest) -> "Iterator[BoardRow]":
    yield from precision.board(timezone.now())


TABLES: tuple[Table, ...] = (
    Table(
        "precision",
        "precision",
        (
            Column("rule", _("Rule"), lambda row: row.rule.key),
            Column("title", _("What"), lambda row: str(row.rule.title)),
            Column("count", _("Now")),
            Column("change", _("Change in the course shown")),
            Column("person", _("Who sees to it"), lambda row: str(row.person or "")),
        ),
        _board,
        filename="precision-board",
    ),
    Table(
        "ledger",
        "ledger",
        (
            Column("number", _("Entry"), lambda row: row.pk),
            Column("position", _("Position")),
            Column("recorded_at", _("When")),
            Column("by", _("Who"), lambda row: row.actor_name),
            Column("action", _("What")),
            Column("subject_kind", _("About")),
            Column("subject_id", _("Its number")),
            Column("details", _("Details"), _details),
            Column("leaf_hash", _("Leaf hash")),
        ),
        _entries,
        action=Action.READ_LEDGER,
    ),
    Table(
        "jobs",
        "jobs",
        (
            Column("number", _("Job"), lambda row: row.pk),
            Column("kind", _("Kind")),
            Column("state", _("State"), words=JOB_STATES),
            Column("done", _("Done"), lambda row: row.done_count),
            Column("total", _("Of"), lambda row: row.total_count),
            Column("outcome", _("Outcome"), lambda row: row.outcome or row.note),
            Column("by", _("By"), lambda row: row.actor_name),
            Column("asked_at", _("Asked for"), lambda row: row.enqueued_at),
            Column("started_at", _("Started")),
            Column("ended_at", _("Ended")),
        ),
        _jobs,
    ),
    Table(
        "people",
        "settings/people",
        (
            Column("username", _("User name"), lambda row: row.person.username),
            Column("name", _("Full name"), lambda row: row.person.get_full_name()),
            Column("email", _("Mail address"), lambda row: row.person.email),
            Column("roles", _("Roles")),
        ),
        _people,
        action=Action.MANAGE_ACCOUNTS,
    ),
)
