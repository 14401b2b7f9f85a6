"""Reads of connections: how they fare, what each pull brought, what is gone at the source."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max, Q

from longmark.connections.models import Connection, Pull, PulledPage, SourceUnit, UnitNote
from longmark.core.errors import NotFound
from longmark.core.formats.connectors.systems import SYSTEMS, System
from longmark.core.vocabulary import ConnectedSystem, NoteState
from longmark.foundation.pages import Page, keyset_page

STALE_PERIODS: Final = 4
"""So many times may a connection miss its turn before what it brought is called stale."""


@dataclass(frozen=True)
class ConnectionState:
    """A connection as its health page shows it; ``age`` counts from its last success."""

    connection: Connection
    system: System
    last_pull: Pull | None
    age: timedelta | None
    waiting_notes: int
    failing_notes: int
    given_up_notes: int
    gone_count: int

    @property
    def is_running(self) -> bool:
        """Whether a pull is asked for or under way."""
        return self.last_pull is not None and self.last_pull.ended_at is None

    @property
    def unwritten_notes(self) -> int:
        """How many notes failed and are tried again, or were given up."""
        return self.failing_notes + self.given_up_notes

    @property
    def health(self) -> str:
        """Return the one word for it: off, failing, stale, fresh, or waiting."""
        if not self.connection.is_enabled:
            return "off"
        if self.connection.last_error:
            return "failing"
        if self.age is None:
            return "waiting"
        return "stale" if self.age > STALE_PERIODS * self.connection.period else "fresh"


def connection(name: str) -> Connection:
    """Return one connection.

    Raises:
        NotFound: there is none of this name.
    """
    found = Connection.objects.filter(name=name).first()
    if found is None:
        raise NotFound("There is no connection {name}.", name=name)
    return found


def states_page(
    now: datetime, *, only_failing: bool = False, after: str | None = None, limit: int = 50
) -> Page[ConnectionState]:
    """Return connections by name, each with its last pull. Five queries, six of failing ones."""
    rows = Connection.objects.all()
    if only_failing:
        rows = rows.filter(pk__in=_failing_ids(now))
    found = keyset_page(rows, order=["name", "id"], after=after, limit=limit)
    return Page(_states(found.items, now), found.next)


def state(name: str, now: datetime) -> ConnectionState:
    """Return one connection with its last pull. Five queries.

    Raises:
        NotFound: there is none of this name.
    """
    return _states([connection(name)], now)[0]


def pulls_page(connection: Connection, *, after: str | None = None, limit: int = 25) -> Page[Pull]:
    """Return the pulls of a connection, newest first, each with its list. One query."""
    rows = Pull.objects.filter(connection=connection).select_related("source")
    return keyset_page(rows, order=["-id"], after=after, limit=limit)


def gone_page(
    connection: Connection | None = None, *, after: str | None = None, limit: int = 50
) -> Page[SourceUnit]:
    """Return what a system, or any, had once and has no more, longest gone first. One query."""
    rows = SourceUnit.objects.filter(gone_at__isnull=False).select_related("connection")
    if connection is not None:
        rows = rows.filter(connection=connection)
    return keyset_page(rows, order=["gone_at", "id"], after=after, limit=limit)


def open_pull(name: str) -> Pull | None:
    """Return the pull of a connection that is asked for or under way. One query."""
    rows = Pull.objects.filter(connection__name=name, ended_at=None)
    return rows.select_related("connection", "source").order_by("-id").first()


def pages_of(pull: Pull) -> list[PulledPage]:
    """Return the pages of a pull that hold rows, in their order. One query."""
    return list(PulledPage.objects.filter(pull=pull, row_count__gt=0).order_by("number"))


def due(now: datetime) -> list[Connection]:
    """Return connections that are to be pulled, the longest due first. One query."""
    rows = Connection.objects.filter(is_enabled=True, due_at__lte=now)
    return list(rows.order_by("due_at", "id"))


def failing_count(now: datetime) -> int:
    """Return how many connections do not bring what they should. One query."""
    return len(_failing_ids(now))


def _failing_ids(now: datetime) -> list[int]:
    rows = Connection.objects.filter(is_enabled=True).order_by("id")
    states = [_state(each, None, Counter(), 0, now) for each in rows]
    return [each.connection.pk for each in states if each.health in ("failing", "stale")]


def gone_count() -> int:
    """Return how many units systems had once and have no more. One query."""
    return SourceUnit.objects.filter(gone_at__isnull=False).count()


def _states(rows: Sequence[Connection], now: datetime) -> list[ConnectionState]:
    ids = [each.pk for each in rows]
    latest = Pull.objects.filter(connection__in=ids).order_by("connection_id")
    newest_ids = [pk for _, pk in latest.values_list("connection_id").annotate(last=Max("id"))]
    pulls = {
        each.connection_id: each
        for each in Pull.objects.filter(pk__in=newest_ids).select_related("source")
    }
    notes = UnitNote.objects.filter(connection__in=ids).order_by("connection_id")
    counted = notes.values("connection_id").annotate(
        waiting=Count("id", filter=Q(state=NoteState.WAITING)),
        failing=Count("id", filter=Q(state=NoteState.WAITING, attempt__gt=0)),
        given_up=Count("id", filter=Q(state=NoteState.GIVEN_UP)),
    )
    by_note = {each["connection_id"]: Counter(dict(each)) for each in counted}
    gone = SourceUnit.objects.filter(connection__in=ids, gone_at__isnull=False)
    by_gone = dict(
        gone.order_by("connection_id").values_list("connection_id").annotate(n=Count("id"))
    )
    return [
        _state(
            each, pulls.get(each.pk), by_note.get(each.pk, Counter()), by_gone.get(each.pk, 0), now
        )
        for each in rows
    ]


def _state(
    one: Connection, pull: Pull | None, notes: Counter[str], gone: int, now: datetime
) -> ConnectionState:
    return ConnectionState(
        connection=one,
        system=SYSTEMS[ConnectedSystem(one.system)],
        last_pull=pull,
        age=now - one.succeeded_at if one.succeeded_at else None,
        waiting_notes=notes["waiting"],
        failing_notes=notes["failing"],
        given_up_notes=notes["given_up"],
        gone_count=gone,
    )
