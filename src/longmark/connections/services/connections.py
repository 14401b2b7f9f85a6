"""Connections: made, changed, removed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from longmark.accounts import queries as accounts
from longmark.connections import entries
from longmark.connections.models import Connection
from longmark.connections.queries import connections as queries
from longmark.connections.services import secrets
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.core.formats.connectors import reading
from longmark.core.formats.connectors.systems import SYSTEMS
from longmark.core.vocabulary import ConnectedSystem
from longmark.fleet.services import plans
from longmark.ledger import services as ledger

T = TypeVar("T")

USUAL_PERIOD: Final = timedelta(minutes=30)
SHORTEST_PERIOD: Final = timedelta(minutes=5)
LONGEST_PERIOD: Final = timedelta(days=60)
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_TAKEN: Final = frozenset({"new", "gone-units", "unwritten"})  # pages have these names
_WORD_LIMIT: Final = 140
_RESTARTING: Final = frozenset({"address", "database", "user"})


@dataclass(frozen=True)
class Settings:
    """What a person says of a connection; what is `None` stays as it is, or as is usual."""

    address: str | None = None
    secret: str | None = None
    user: str | None = None
    database: str | None = None
    zone: str | None = None
    profile: str | None = None
    may_write: bool | None = None
    is_enabled: bool | None = None
    period: timedelta | None = None


@transaction.atomic(durable=True)
def make_connection(
    name: str, system: ConnectedSystem, stated: Settings, *, actor: Actor, now: datetime
) -> Connection:
    """Connect to a system; it is pulled at the next pass of the worker.

    Raises:
        Invalid: something that was said makes no sense, or is missing.
        NotAllowed: `actor` may not manage connections.
        Refused: there is a connection of this name.
    """
    accounts.require(actor, Action.MANAGE_CONNECTIONS)
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise Invalid(
            "A connection is named by small letters, digits and hyphens, at most 60.", field="name"
        )
    secret = secrets.checked(stated.secret or "")
    connection = Connection(name=name, system=system, period=USUAL_PERIOD, made_at=now)
    _apply(connection, stated, now)
    connection.secret_name = secrets.keep(secret)
    try:
        with transaction.atomic():
            connection.save(force_insert=True)
    except IntegrityError:
        secrets.forget(connection.secret_name)
        raise Refused('There is a connection "{name}" already.', name=name) from None
    made = entries.ConnectionMade(system=connection.system, **_told(connection))
    ledger.append(made, subject=connection, actor=actor, now=now)
    return connection


@transaction.atomic(durable=True)
def change_connection(name: str, stated: Settings, *, actor: Actor, now: datetime) -> Connection:
    """Change what a connection is; another address, database or user is pulled from the beginning.

    Raises:
        Invalid: something that was said makes no sense.
        NotAllowed: `actor` may not manage connections.
        NotFound: there is none of this name.
    """
    accounts.require(actor, Action.MANAGE_CONNECTIONS)
    connection = queries.connection(name)
    secret = secrets.checked(stated.secret) if stated.secret else ""
    before = {field: getattr(connection, field) for field in _RESTARTING}
    _apply(connection, stated, now)
    if any(getattr(connection, field) != value for field, value in before.items()):
        connection.marks, connection.cursors = {}, {}
    former = connection.secret_name
    if secret:
        connection.secret_name = secrets.keep(secret)
        transaction.on_commit(lambda: secrets.forget(former))
    connection.save(update_fields=_SETTABLE)
    changed = entries.ConnectionChanged(is_secret_new=bool(secret), **_told(connection))
    ledger.append(changed, subject=connection, actor=actor, now=now)
    return connection


@transaction.atomic(durable=True)
def remove_connection(name: str, *, actor: Actor, now: datetime) -> None:
    """Forget a connection and its secret; what was pulled stays.

    Raises:
        NotAllowed: `actor` may not manage connections.
        NotFound: there is none of this name.
        Refused: it is being pulled.
    """
    accounts.require(actor, Action.MANAGE_CONNECTIONS)
    connection = queries.connection(name)
    if queries.open_pull(name) is not None:
        raise Refused("{name} is being pulled; stop the job first.", name=name)
    removed = entries.ConnectionRemoved(name, connection.system, connection.address)
    ledger.append(removed, subject=connection, actor=actor, now=now)
    former = connection.secret_name
    transaction.on_commit(lambda: secrets.forget(former))
    connection.delete()


_SETTABLE: Final = [
    "address", "user", "database", "zone", "profile", "may_write", "is_enabled", "period", "due_at",
    "marks", "cursors", "secret_name",
]  # fmt: skip


def _apply(connection: Connection, stated: Settings, now: datetime) -> None:
    if stated.address is not None or not connection.address:
        connection.address = _address(stated.address or "")
    connection.user = _kept(_word, stated.user, connection.user, "user")
    connection.database = _kept(_word, stated.database, connection.database, "database")
    connection.zone = _kept(_zone, stated.zone, connection.zone, "zone")
    connection.profile = _kept(_profile, stated.profile, connection.profile, "profile")
    connection.period = _kept(_period, stated.period, connection.period, "period")
    if stated.may_write is not None:
        connection.may_write = stated.may_write
    if stated.is_enabled is not None:
        connection.is_enabled = stated.is_enabled
    connection.due_at = now if connection.is_enabled else None
    _check_account(connection)


def _kept(check: Callable[[T, str], T], said: T | None, before: T, field: str) -> T:
    return before if said is None else check(said, field)


def _check_account(connection: Connection) -> None:
    system = SYSTEMS[ConnectedSystem(connection.system)]
    if system.needs_user and not connection.user:
        raise Invalid(
            "{system} needs the key of a user beside its secret.", field="user", system=system.title
        )
    if system.takes_database and connection.user and not connection.database:
        raise Invalid(
            "{system} needs the name of the database beside a login.",
            field="database",
            system=system.title,
        )


def _zone(text: str, field: str) -> str:
    return str(reading.zone_of(text.strip()))


def _profile(text: str, field: str) -> str:
    name = text.strip()
    if name:
        plans.planned(name)
    return name


def _period(period: timedelta, field: str) -> timedelta:
    if not SHORTEST_PERIOD <= period <= LONGEST_PERIOD:
        raise Invalid("Ask every 5 minutes at most, every 60 days at least.", field=field)
    return period


def _word(text: str, field: str) -> str:
    said = text.strip()
    if len(said) > _WORD_LIMIT or not (said.isascii() and said.isprintable()):
        raise Invalid("This is no name of a {field}.", field=field)
    return said


def _address(text: str) -> str:
    """Return a base address; the one host in it is all that the connection may ask."""
    try:
        parts = urlsplit(text.strip())
        is_good = parts.scheme in {"https", "http"} and bool(parts.hostname) and (parts.port or 1)
    except ValueError:
        is_good = False
    if not is_good or parts.username or parts.query or parts.fragment or len(text) > 400:
        raise Invalid(
            "This is no address of a system: write https://erp.example.com, without user name.",
            field="address",
        )
    return text.strip().rstrip("/")


def _told(connection: Connection) -> Mapping[str, Any]:
    named = ("name", "address", "user", "database", "zone", "profile", "may_write", "is_enabled")
    told = {field: getattr(connection, field) for field in named}
    return told | {"period_seconds": int(connection.period.total_seconds())}
