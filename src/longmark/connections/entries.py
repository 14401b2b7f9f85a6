"""What connections write into the ledger. No entry holds a secret."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ConnectionMade:
    ACTION: ClassVar[str] = "connections.connection-made"
    name: str
    system: str
    address: str
    user: str
    database: str
    zone: str
    profile: str
    may_write: bool
    is_enabled: bool
    period_seconds: int


@dataclass(frozen=True)
class ConnectionChanged:
    """How it is from now on; whether the secret was replaced, and never what it is."""

    ACTION: ClassVar[str] = "connections.connection-changed"
    name: str
    address: str
    user: str
    database: str
    zone: str
    profile: str
    may_write: bool
    is_enabled: bool
    period_seconds: int
    is_secret_new: bool


@dataclass(frozen=True)
class ConnectionRemoved:
    """What was pulled stays; its records and notes that wait are forgotten."""

    ACTION: ClassVar[str] = "connections.connection-removed"
    name: str
    system: str
    address: str


@dataclass(frozen=True)
class CustomersPulled:
    ACTION: ClassVar[str] = "connections.customers-pulled"
    name: str
    customer_count: int


@dataclass(frozen=True)
class PullEnded:
    """``source`` is the list that its rows went into, 0 if there were none."""

    ACTION: ClassVar[str] = "connections.pull-ended"
    name: str
    state: str
    is_whole: bool
    record_count: int
    customer_count: int
    gone_count: int
    source: int
    error: str


@dataclass(frozen=True)
class NoteAsked:
    """Subject: the note. It is written into the system by a job."""

    ACTION: ClassVar[str] = "connections.note-asked"
    connection: str
    unit: str
    record_id: str
    mark: str
    text: str


@dataclass(frozen=True)
class NoteWritten:
    ACTION: ClassVar[str] = "connections.note-written"
    connection: str
    unit: str
    record_id: str
    mark: str


@dataclass(frozen=True)
class NoteGivenUp:
    ACTION: ClassVar[str] = "connections.note-given-up"
    connection: str
    unit: str
    mark: str
    reason: str
