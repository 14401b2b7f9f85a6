"""What every connector has in common: questions, pages of rows, and the interface itself.

A connector knows one system: which questions to put to it and what the answers mean. It neither
opens sockets nor reads clocks: whoever drives it passes `send`, which puts one question and returns
the JSON of the answer. All it has to remember is in cursors of plain JSON, so that a pull goes on
after a kill where it was.

A stream is one kind of record. It is read from a *mark*: the latest change that the system had when
the stream was last begun, by the system's own clock, which is compared with nothing but itself. A
window before the mark is read again each time, for what was committed late or changed in the same
second; what is known already changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

PAGE_ROWS: Final = 500
OVERLAP_HOURS: Final = 1
MARKER: Final = "longmark:"
"""Before the mark by which a note is found again that may have been written already."""

Cursor = Mapping[str, Any]
CellRow = Mapping[str, str]

CUSTOMERS: Final = "customers"
UNITS: Final = "units"
MOVEMENTS: Final = "movements"

KNOWN: Final = "serial assigned"
"""The event of a row that says no more than that there is a unit. When it came to be is left open:
systems make a number before the unit is built, and what is built cannot have been there before."""


@dataclass(frozen=True)
class Ask:
    """One question. ``path`` is below the base address; a write is put once and never repeated."""

    path: str
    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    is_write: bool = False
    may_be_missing: bool = False  # then 404 is answered by `None`
    is_kept: bool = False  # the answer holds for the whole pull


Send = Callable[[Ask], Any]


@dataclass(frozen=True)
class Account:
    """Where a system is and as whom it is asked. ``zone`` is the zone of its users."""

    address: str
    secret: str = field(repr=False)
    user: str = ""
    database: str = ""
    zone: str = "UTC"


@dataclass(frozen=True)
class CustomerRow:
    """A company that the system sells to."""

    name: str
    country: str = ""


@dataclass(frozen=True)
class SourceRecord:
    """A unit as the system knows it, by its own id."""

    id: str
    item: str
    serial: str


@dataclass(frozen=True)
class Page:
    """What one page of a stream says, and how the next is asked for.

    ``rows`` are in the words of lists of units. ``record_count`` counts what the system sent,
    also what says nothing about a unit. ``remarks`` are for a person, who alone can decide.
    """

    cursor: Cursor
    is_last: bool
    record_count: int = 0
    rows: Sequence[CellRow] = ()
    customers: Sequence[CustomerRow] = ()
    records: Sequence[SourceRecord] = ()
    remarks: Sequence[str] = ()


@dataclass(frozen=True)
class NoteText:
    """A note to be written to a unit; ``mark`` tells it from every other."""

    text: str
    mark: str

    @property
    def whole(self) -> str:
        """The note as it is written."""
        return f"{self.text} ({MARKER}{self.mark})"

    @property
    def sign(self) -> str:
        """What is looked for before it is written."""
        return f"{MARKER}{self.mark}"


def known(item: str, serial: str, source: str) -> CellRow:
    """Return the row that says that there is a unit."""
    return {"item": item, "serial": serial, "event": KNOWN, "date": "unknown", "source": source}


class Connector(Protocol):
    """One system, and the streams that it is read by."""

    streams: Sequence[str]

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the headers by which the account is known, beside those of JSON."""
        ...

    def greet(self, send: Send, account: Account) -> str:
        """Return what answers there, with its version, and that the account may read it.

        Raises:
            Invalid, Refused, Unavailable: it is another system, or lets the account in nowhere.
        """
        ...

    def page(self, send: Send, account: Account, stream: str, cursor: Cursor) -> Page:
        """Return the next page of a stream.

        A cursor that only holds ``since`` begins the stream, from the mark it holds or, if that
        is empty, with all there is. The cursor of the page holds the new ``mark``.

        Raises:
            Invalid: the answer is none of this system's.
            Refused: the account may not read it.
            Unavailable: there is no good answer now.
        """
        ...

    def note(self, send: Send, account: Account, record_id: str, note: NoteText) -> bool:
        """Write a note to a unit; false if it stands there already.

        Raises:
            NotFound: the system has no such record any more.
        """
        ...
