"""InvenTree, by its REST interface (versions of 2023 to 2026), with a token.

Read are companies that are customers (``/api/company/``), stock items that have a serial number
(``/api/stock/``) and their history (``/api/stock/track/``), which tells what happened to them, when
and for whom. Lists come by limit and offset. Neither has an order that is told apart to the last,
so pages overlap a little: what a deletion moved out of a page is noticed and read again; an answer
for another page is known by the offsets of its links; the count of stock items must be reached.

Seen with 0.18.0 dev (interface version 391), the last before 1.0. The day of a shipment is that on
which it was marked as shipped: what was entered as its date stands in no history.

Times are those of the server's own clock, without a zone; the day is taken as it is stated there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from longmark.core.errors import Invalid, NotFound, Refused, Unavailable
from longmark.core.formats.connectors import reading
from longmark.core.formats.connectors.asking import (
    CUSTOMERS,
    MOVEMENTS,
    PAGE_ROWS,
    UNITS,
    Account,
    Ask,
    Cursor,
    CustomerRow,
    NoteText,
    Page,
    Send,
    SourceRecord,
    known,
)
from longmark.core.formats.connectors.reading import Record, Torn

ANCHORS: Final = 5  # rows by which pages overlap
BACKS_LIMIT: Final = 20  # times that a list may shrink while it is read

_LISTS: Final = {
    CUSTOMERS: ("/api/company/", {"is_customer": "true", "ordering": "name"}),
    UNITS: ("/api/stock/", {"serialized": "true", "part_detail": "true", "ordering": "-updated"}),
    MOVEMENTS: ("/api/stock/track/", {"item_detail": "true", "ordering": "-date"}),
}
_CHANGED: Final = {CUSTOMERS: "", UNITS: "updated", MOVEMENTS: "date"}
_EVENTS: Final = {
    55: "built",  # output of a build order completed
    60: "shipped",  # against a sales order
    80: "returned",  # against a return order
    100: "shipped",  # by hand
    105: "returned",  # by hand
}
_ENDS: Final = {60: "scrapped", 70: "lost"}  # states of a stock item
_UPDATED: Final = frozenset({5, 25})  # kinds of history that tell of a new state


@dataclass(frozen=True)
class _Listed:
    """One answer of a list."""

    total: int
    rows: Sequence[Record]


class InvenTree:
    """The connector of InvenTree."""

    streams: Sequence[str] = (CUSTOMERS, UNITS, MOVEMENTS)

    def headers(self, account: Account) -> Mapping[str, str]:
        return {"Authorization": f"Token {account.secret}"}

    def greet(self, send: Send, account: Account) -> str:
        about = reading.record(send(Ask("/api/")), place="/api/")
        if reading.text(about, "server") != "InvenTree":
            raise Invalid("This is no InvenTree: {address}/api/ says so.", address=account.address)
        _listed(send, UNITS, 0, 1, "")
        version = reading.text(about, "version") or "?"
        return f"InvenTree {version}"

    def page(self, send: Send, account: Account, stream: str, cursor: Cursor) -> Page:
        offset = int(cursor.get("offset", 0))
        since = str(cursor.get("since", ""))
        anchors = list(cursor.get("anchors", ()))
        start = max(0, offset - ANCHORS) if anchors else offset
        listed = _listed(send, stream, start, PAGE_ROWS, since)
        ids = [reading.number(row, "pk", place=f"a record of {stream}") for row in listed.rows]
        if anchors and not set(anchors) & set(ids):
            return _stepped_back(cursor, stream)
        marks = [reading.text(row, _CHANGED[stream]) for row in listed.rows] or [""]
        until = reading.before(since) if stream == MOVEMENTS else ""
        is_last = start + len(ids) >= listed.total or (bool(until) and marks[-1] < until[:16])
        if not is_last and start + len(ids) <= offset:
            raise Torn("{stream}: the pages stop before their end.", stream=stream)
        following = {
            "since": since,
            "mark": cursor["mark"] if "mark" in cursor else marks[0],
            "offset": start + len(ids),
            "anchors": ids[-ANCHORS:],
            "backs": cursor.get("backs", 0),
        }
        if stream == UNITS:
            following["expected"] = listed.total
        return _READERS[stream](send, listed.rows, following, is_last)

    def note(self, send: Send, account: Account, record_id: str, note: NoteText) -> bool:
        path = f"/api/stock/{int(record_id)}/"
        found = send(Ask(path, may_be_missing=True))
        if found is None:
            raise NotFound("InvenTree has no stock item {id} any more.", id=record_id)
        item = reading.record(found, place=path)
        if "notes" not in item:
            raise Refused("This InvenTree shows no notes of stock items by its interface.")
        standing = item["notes"] or ""
        if not isinstance(standing, str):
            raise Invalid("The notes of stock item {id} are no text.", id=record_id)
        if note.sign in standing:
            return False
        told = f"{standing.rstrip()}\n\n{note.whole}".strip()
        send(Ask(path, method="PATCH", body={"notes": told}, is_write=True))
        return True


def _listed(send: Send, stream: str, offset: int, limit: int, since: str) -> _Listed:
    path, query = _LISTS[stream]
    asked = {**query, "limit": str(limit), "offset": str(offset)}
    changed = reading.moment(since)
    if changed and stream == UNITS:  # the filter knows days, and leaves out the one it names
        asked["updated_after"] = str((changed - timedelta(days=2)).date())
    answer = reading.record(send(Ask(path, query=asked)), place=path)
    rows = reading.records(answer.get("results"), place=f"{path}: results")
    total = reading.number(answer, "count", place=path)
    for link, right in (("next", offset + limit), ("previous", max(0, offset - limit))):
        stated = _offset_in(answer.get(link))
        if stated is not None and stated != right:
            raise Torn(
                "{path} answers with another page than asked for ({offset}).",
                path=path,
                offset=offset,
            )
    if not rows and offset < total:
        raise Torn(
            "{path} says that there are {total} records, and sends none from {offset} on.",
            path=path,
            total=total,
            offset=offset,
        )
    return _Listed(total, rows)


def _offset_in(link: Any) -> int | None:
    """Return the offset in a link; nothing if there is no link. The first page names none."""
    if not isinstance(link, str) or not link:
        return None
    stated = parse_qs(urlsplit(link).query).get("offset", ["0"])[0]
    return int(stated) if stated.isdecimal() else None


def _stepped_back(cursor: Cursor, stream: str) -> Page:
    """Read anew from a page before: rows were deleted, and others moved forward past us."""
    backs = int(cursor.get("backs", 0)) + 1
    if backs > BACKS_LIMIT:
        raise Unavailable("The list of {stream} changes faster than it can be read.", stream=stream)
    offset = max(0, int(cursor.get("offset", 0)) - 2 * PAGE_ROWS)
    return Page({**cursor, "offset": offset, "anchors": [], "backs": backs}, is_last=False)


def _customers(send: Send, rows: Sequence[Record], cursor: Cursor, is_last: bool) -> Page:
    names = [reading.text(row, "name") for row in rows if row.get("is_customer") is not False]
    customers = [CustomerRow(name) for name in names if name]
    return Page(cursor, is_last, len(rows), customers=customers)


def _units(send: Send, rows: Sequence[Record], cursor: Cursor, is_last: bool) -> Page:
    records, cells = [], []
    for row in rows:
        pk, serial = reading.text(row, "pk"), reading.text(row, "serial")
        item = _part_name(row.get("part_detail"))
        if not serial:
            continue
        records.append(SourceRecord(pk, item, serial))
        cells.append(known(item, serial, f"InvenTree stock item {pk}"))
    return Page(cursor, is_last, len(rows), rows=cells, records=records)


def _movements(send: Send, rows: Sequence[Record], cursor: Cursor, is_last: bool) -> Page:
    parts: dict[int, str] = {}
    told = [each for row in rows if (each := _movement(send, row, parts))]
    return Page(cursor, is_last, len(rows), rows=told)


def _movement(send: Send, row: Record, parts: dict[int, str]) -> dict[str, str] | None:
    deltas = row.get("deltas") or {}
    item = row.get("item_detail")
    event = _event(row, deltas)
    if not event or not isinstance(item, dict) or not reading.text(item, "serial"):
        return None
    order, customer = _order(deltas), _customer(send, deltas) if event == "shipped" else ""
    told = {
        "item": _part_name(item.get("part_detail")) or _part(send, item, parts),
        "serial": reading.text(item, "serial"),
        "event": event,
        "date": reading.day(reading.text(row, "date")),
        "source": f"InvenTree {order or 'stock item ' + reading.text(item, 'pk')}",
        "customer": customer,
        "RMA number": order if event == "returned" else "",
    }
    return {name: text for name, text in told.items() if text}


def _event(row: Record, deltas: Any) -> str:
    kind = row.get("tracking_type")
    if kind in _UPDATED and isinstance(deltas, dict):
        return _ENDS.get(deltas.get("status"), "")  # type: ignore[arg-type]
    return _EVENTS.get(kind, "") if isinstance(kind, int) else ""


def _order(deltas: Any) -> str:
    """Return the number of the order that a movement belongs to."""
    for name in ("salesorder", "returnorder", "buildorder"):
        detail = deltas.get(f"{name}_detail") if isinstance(deltas, dict) else None
        if isinstance(detail, dict) and reading.text(detail, "reference"):
            return reading.text(detail, "reference")
    return ""


def _customer(send: Send, deltas: Any) -> str:
    detail = deltas.get("customer_detail") if isinstance(deltas, dict) else None
    if isinstance(detail, dict) and reading.text(detail, "name"):
        return reading.text(detail, "name")
    if not isinstance(deltas, dict):
        return ""
    return reading.text(deltas, "customer_name") or _named(
        send, "/api/company/", deltas.get("customer")
    )


def _part(send: Send, item: Record, parts: dict[int, str]) -> str:
    """Return what a part is called that the history names by its key only."""
    key = reading.number(item, "part", place="a stock item of the history")
    if key not in parts:
        path = f"/api/part/{key}/"
        parts[key] = _part_name(send(Ask(path, may_be_missing=True)))
    return parts[key]


def _named(send: Send, path: str, key: Any) -> str:
    if isinstance(key, bool) or not isinstance(key, int):
        return ""
    found = send(Ask(f"{path}{key}/", may_be_missing=True))
    return reading.text(found, "name") if isinstance(found, dict) else ""


def _part_name(part: Any) -> str:
    """Return the part's number, or its name if it has none."""
    if not isinstance(part, dict):
        return ""
    return reading.text(part, "IPN") or reading.text(part, "name")


_READERS: Final = {CUSTOMERS: _customers, UNITS: _units, MOVEMENTS: _movements}
