"""EPCIS in: events of a document as rows of a list of units, each in the words of lists.

A document is an ``EPCISDocument``, an ``EPCISQueryDocument`` or a single event. What has no
counterpart becomes a row with a defect that says so; nothing is passed over in silence. Rows come
in the order in which things happened. An event that Longmark wrote says in a row of its own all
that EPCIS has no words for; events that say a part of such an event are passed over beside it.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from longmark.core.errors import Invalid
from longmark.core.formats.epcis import vocabulary
from longmark.core.formats.epcis.happenings import Cells, Said, corrective_ids, said_by
from longmark.core.formats.epcis.naming import piece_of
from longmark.core.formats.sheets.headers import Column

LIMIT_BYTES: Final = 100_000_000
LIMIT_EVENTS: Final = 500_000
LIMIT_ROWS: Final = 2_000_000
REMARK: Final = "remark"
RANKS: Final = 10
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EventRow:
    """What an event says of one unit, in the words of lists."""

    cells: Cells
    defect: Invalid | None = None


def read_events(content: bytes) -> list[EventRow]:
    """Return the rows of a document.

    Raises:
        Invalid: it is no EPCIS document, or over a limit.
    """
    events = _events(_tree(content))
    if len(events) > LIMIT_EVENTS:
        raise Invalid("More than {limit} events: split the document.", limit=LIMIT_EVENTS)
    whole = {
        event["eventID"]
        for event in events
        if isinstance(event, dict)
        and vocabulary.ROW in event
        and isinstance(event.get("eventID"), str)
    }
    found: list[tuple[datetime, int, EventRow]] = []
    instead = _instead(events)
    for number, event in enumerate(events, start=1):
        if isinstance(event, dict) and _is_told_elsewhere(event, whole):
            continue
        found += _later(_rows(event, number), instead.get(_id(event)))
        if len(found) > LIMIT_ROWS:
            raise Invalid("The events speak of more than {limit} units.", limit=LIMIT_ROWS)
    found.sort(key=lambda each: each[:2])
    return [row for *_, row in found]


def _instead(events: list[Any]) -> Mapping[str, datetime]:
    """Return which events say what is true instead of others, and when those happened."""
    found: dict[str, datetime] = {}
    for event in events:
        if not isinstance(event, dict) or not (ids := corrective_ids(event)):
            continue
        with suppress(Invalid):  # an event without an instant is refused where it is read
            at = instant_of(event)
            found |= {each: max(at, found.get(each, at)) for each in ids}
    return found


def _id(event: Any) -> str:
    stated = _member(event, "eventID")
    return stated if isinstance(stated, str) else ""


def _later(
    rows: Iterator[tuple[datetime, int, EventRow]], wrong_at: datetime | None
) -> Iterator[tuple[datetime, int, EventRow]]:
    """Let what is true come after what is taken back for it, whenever each happened."""
    for at, rank, row in rows:
        yield (at, rank, row) if wrong_at is None else (max(at, wrong_at), rank + RANKS, row)


def _tree(content: bytes) -> Mapping[str, Any]:
    try:
        tree = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise Invalid(
            "The document is no JSON, at line {line}, column {column}: {reason}.",
            line=error.lineno,
            column=error.colno,
            reason=error.msg,
        ) from None
    if not isinstance(tree, dict):
        raise Invalid("This is no EPCIS document: it is JSON, but no object.")
    return tree


def _events(tree: Mapping[str, Any]) -> list[Any]:
    kind = tree.get("type")
    version = tree.get("schemaVersion", "2.0")
    if not str(version).startswith("2."):
        raise Invalid(
            "The document is EPCIS {version}; 2.0 is read.",
            field="schemaVersion",
            version=str(version)[:20],
        )
    if isinstance(kind, str) and kind in vocabulary.EVENT_TYPES:
        return [tree]
    inside: Any = tree.get("epcisBody")
    if kind == "EPCISQueryDocument":
        inside = _member(_member(inside, "queryResults"), "resultsBody")
    if kind not in ("EPCISDocument", "EPCISQueryDocument"):
        raise Invalid(
            "This is no EPCIS document: its type is {type}.", field="type", type=str(kind)[:40]
        )
    single = _member(inside, "event")
    events = [single] if single is not None else _member(inside, "eventList")
    if not isinstance(events, list):
        raise Invalid("The document has no list of events.", field="eventList")
    return events


def _member(node: Any, name: str) -> Any:
    return node.get(name) if isinstance(node, dict) else None


def _is_told_elsewhere(event: Mapping[str, Any], whole: set[str]) -> bool:
    stated = event.get(vocabulary.PART_OF)
    return isinstance(stated, str) and stated in whole


def _rows(event: Any, number: int) -> Iterator[tuple[datetime, int, EventRow]]:
    """Yield the rows of an event, each with when it happened and what comes first then."""
    remark = _remark(event, number)
    try:
        if not isinstance(event, dict):
            raise Invalid("It is no event, but something else.")
        at = instant_of(event)
        for said in said_by(event, at):
            yield at, said.rank, _row(said, remark)
    except Invalid as error:
        cells = {Column.EVENT.value: _step(event), REMARK: remark, **_named(event)}
        yield _LAST, number, EventRow(cells, error)


def _row(said: Said, remark: str) -> EventRow:
    cells = {**said.cells, REMARK: remark}
    long = [name for name, text in cells.items() if len(text) > 4_000 or not text.isprintable()]
    if not long:
        return EventRow(cells)
    defect = Invalid(
        "{column} is too long, or holds what cannot be printed.", field=long[0], column=long[0]
    )
    return EventRow({REMARK: remark}, defect)


def _remark(event: Any, number: int) -> str:
    stated = _member(event, "eventID")
    is_shown = isinstance(stated, str) and len(stated) < 200 and stated.isprintable()
    return f"event {number}" + (f", {stated}" if is_shown else "")


def _step(event: Any) -> str:
    step = _member(event, "bizStep") or _member(event, "type")
    return vocabulary.term(step)[:80] if isinstance(step, str) and step.isprintable() else ""


def _named(event: Any) -> dict[str, str]:
    """Return which unit a refused event is about, if that can be said."""
    stated = _member(event, "epcList")
    uri = stated[0] if isinstance(stated, list) and stated else _member(event, "parentID")
    try:
        piece = piece_of(uri)
    except Invalid:
        return {}
    told = {Column.ITEM.value: piece.item, Column.SERIAL.value: piece.serial}
    return told if "".join(told.values()).isprintable() else {}


def instant_of(event: Mapping[str, Any]) -> datetime:
    """Return when an event happened, in UTC.

    Raises:
        Invalid: it does not say, or not in which zone.
    """
    stated, offset = event.get("eventTime"), event.get("eventTimeZoneOffset")
    try:
        at = datetime.fromisoformat(stated) if isinstance(stated, str) else None
        if at is not None and at.tzinfo is None and isinstance(offset, str):
            at = datetime.fromisoformat(f"{stated}{offset}")
        if at is not None and at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid(
        'The eventTime "{stated}" is no instant with its zone, as in 2026-03-31T08:00:00Z.',
        field=Column.DATE.value,
        stated=str(stated or "")[:60],
    )
