"""ERPNext, by the REST interface of Frappe (versions 13 to 16), with key and secret of a user.

Read are *Customer*, *Serial No*, and from version 15 on *Serial and Batch Bundle*, which took over
what happened to serial numbers; before, the serial number itself states its delivery. Every
field is asked for, since a field that a version does not have refuses the whole question.

Seen with a development version of December 2024, between 15 and 16. There a serial number states
neither the day it came in nor its delivery, and its document is the last that brought it in: so
what was built is taken from the bundles of stock entries of the purpose *Manufacture*.

Pages go by name behind the last name, among what was modified since the mark: no page can move
while it is read. At the end the system is asked how many records that were, and they must be there.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from longmark.core.errors import Invalid, NotFound
from longmark.core.formats.connectors import reading
from longmark.core.formats.connectors.asking import (
    CUSTOMERS,
    MOVEMENTS,
    PAGE_ROWS,
    UNITS,
    Account,
    Ask,
    CellRow,
    Cursor,
    CustomerRow,
    NoteText,
    Page,
    Send,
    SourceRecord,
    known,
)
from longmark.core.formats.connectors.keysets import confirmed, followed
from longmark.core.formats.connectors.reading import Record

_DOCTYPES: Final = {
    CUSTOMERS: "Customer",
    UNITS: "Serial No",
    MOVEMENTS: "Serial and Batch Bundle",
}
_DELIVERIES: Final = {"Delivery Note", "Sales Invoice", "POS Invoice"}
_STOCK_ENTRY: Final = "Stock Entry"
_MADE: Final = "Manufacture"
_BOUGHT: Final = {"Purchase Receipt", "Purchase Invoice"}
_ENTRY: Final = "Serial and Batch Entry"
_NO_MOVEMENTS: Final = (
    "This ERPNext has no Serial and Batch Bundle (it came with version 15): deliveries are taken"
    " from the serial numbers, and returns are not known."
)
_NAMES_ASKED: Final = 50  # names in one question: they go into its address

Filters = list[list[Any]]


class ERPNext:
    """The connector of ERPNext."""

    streams: Sequence[str] = (CUSTOMERS, UNITS, MOVEMENTS)

    def headers(self, account: Account) -> Mapping[str, str]:
        return {"Authorization": f"token {account.user}:{account.secret}"}

    def greet(self, send: Send, account: Account) -> str:
        who = _who(send)
        if not who:
            raise Invalid("This is no ERPNext: {address} names no user.", address=account.address)
        _listed(send, "Serial No", [], limit=1)
        return f"ERPNext, as {who}"

    def page(self, send: Send, account: Account, stream: str, cursor: Cursor) -> Page:
        doctype = _DOCTYPES[stream]
        since = str(cursor.get("since", ""))
        mark = cursor["mark"] if "mark" in cursor else _newest(send, doctype)
        if mark is None:  # no such kind of record
            return Page({"since": since, "mark": ""}, is_last=True, remarks=[_NO_MOVEMENTS])
        last = str(cursor.get("last", ""))
        changed: Filters = [["modified", ">=", reading.before(since)]] if since else []
        behind: Filters = [["name", ">", last]] if last else []
        rows = _listed(send, doctype, changed + behind, fields='["*"]', limit=PAGE_ROWS) or []
        names = [reading.text(row, "name") for row in rows]
        following = followed({**cursor, "mark": mark}, names, place=doctype)
        is_last = len(rows) < PAGE_ROWS
        if is_last:
            last = str(following["last"])
            more, read = ([["name", sign, last]] if last else [] for sign in (">", "<="))
            left = _count(send, doctype, changed + more)
            until = _count(send, doctype, changed + read) if last else 0
            following, is_last = confirmed(following, behind=left, until=until, place=doctype)
        return _READERS[stream](send, rows, following, is_last)

    def note(self, send: Send, account: Account, record_id: str, note: NoteText) -> bool:
        of_unit = {"doctype": "Serial No", "name": record_id}
        path = "/api/method/frappe.desk.form.load.get_docinfo"
        found = send(Ask(path, query=of_unit, may_be_missing=True))
        if found is None:
            raise NotFound("ERPNext has no serial number {id} any more.", id=record_id)
        about = reading.record(found, place=path).get("docinfo")
        comments = reading.record(about, place=f"{path}: docinfo").get("comments")
        for comment in reading.records(comments, place=f"{path}: comments"):
            if note.sign in str(comment.get("content")):
                return False
        # Comments themselves are for administrators; whoever may read a record may comment on it.
        comment = {
            "reference_doctype": "Serial No",
            "reference_name": record_id,
            "content": note.whole,
            "comment_email": _who(send),
            "comment_by": "Longmark",
        }
        path = "/api/method/frappe.desk.form.utils.add_comment"
        send(Ask(path, method="POST", body=comment, is_write=True))
        return True


def _who(send: Send) -> str:
    """Return the user that the key is of; nothing if none is named."""
    path = "/api/method/frappe.auth.get_logged_user"
    return reading.text(reading.record(send(Ask(path, is_kept=True)), place=path), "message")


def _listed(
    send: Send,
    doctype: str,
    filters: Filters,
    *,
    fields: str = '["name"]',
    limit: int = 1,
    order: str = "name asc",
    parent: str = "",
) -> Sequence[Record] | None:
    """Return records of a kind; nothing if there is no such kind."""
    query = {
        "fields": fields,
        "filters": orjson.dumps(filters).decode(),
        "order_by": order,
        "limit_start": "0",
        "limit_page_length": str(limit),
    }
    if parent:
        query["parent"] = parent
    path = f"/api/resource/{doctype}"
    answer = send(Ask(path, query=query, may_be_missing=True))
    if answer is None:
        return None
    return reading.records(reading.record(answer, place=path).get("data"), place=f"{path}: data")


def _newest(send: Send, doctype: str) -> str | None:
    rows = _listed(send, doctype, [], fields='["name","modified"]', limit=1, order="modified desc")
    if rows is None:
        return None
    return reading.text(rows[0], "modified") if rows else ""


def _count(send: Send, doctype: str, filters: Filters) -> int:
    path = "/api/method/frappe.client.get_count"
    query = {"doctype": doctype, "filters": orjson.dumps(filters).decode()}
    answer = reading.record(send(Ask(path, query=query)), place=path)
    return reading.number(answer, "message", place=path)


def _customers(send: Send, rows: Sequence[Record], cursor: Cursor, is_last: bool) -> Page:
    names = [reading.text(row, "customer_name") or reading.text(row, "name") for row in rows]
    return Page(cursor, is_last, len(rows), customers=[CustomerRow(each) for each in names if each])


def _units(send: Send, rows: Sequence[Record], cursor: Cursor, is_last: bool) -> Page:
    records: list[SourceRecord] = []
    cells: list[CellRow] = []
    for row in rows:
        name, item = reading.text(row, "name"), reading.text(row, "item_code")
        serial = reading.text(row, "serial_no") or name
        records.append(SourceRecord(name, item, serial))
        cells += _unit_rows(row, item, serial)
    return Page(cursor, is_last, len(rows), rows=cells, records=records)


def _unit_rows(row: Record, item: str, serial: str) -> list[CellRow]:
    """Return what a serial number states: that it came to be, and in old versions its delivery."""
    unit = {"item": item, "serial": serial}
    kind = reading.text(row, "purchase_document_type") or reading.text(row, "reference_doctype")
    made = reading.day(reading.text(row, "purchase_date") or reading.text(row, "posting_date"))
    document = reading.text(row, "purchase_document_no") or reading.text(row, "reference_name")
    source = f"ERPNext {document}".strip()
    told = [known(item, serial, source)]
    if made and kind not in _BOUGHT:
        told.append(unit | {"event": "built", "date": made, "source": source})
    delivered = reading.day(reading.text(row, "delivery_date"))
    if delivered:
        customer = reading.text(row, "customer_name") or reading.text(row, "customer")
        shipment = unit | {
            "event": "shipped",
            "date": delivered,
            "source": f"ERPNext {reading.text(row, 'delivery_document_no')}".strip(),
        }
        told.append(shipment | ({"customer": customer} if customer else {}))
    return told


def _movements(send: Send, rows: Sequence[Record], cursor: Cursor, is_last: bool) -> Page:
    made = _made(send, rows)
    wanted = [
        row
        for row in rows
        if reading.text(row, "voucher_type") in _DELIVERIES
        or reading.text(row, "voucher_no") in made
    ]
    entries = _entries(send, [reading.text(row, "name") for row in wanted])
    buyers = _buyers(send, wanted)
    told: list[dict[str, str]] = []
    remarks: list[str] = []
    for row in wanted:
        serials = entries.get(reading.text(row, "name"), [])
        if row.get("is_cancelled") or row.get("docstatus") == 2:
            remarks += _cancelled(row, serials)
        elif row.get("docstatus") == 1:  # 0 is a draft
            told += [_movement(row, serial, buyers) for serial in serials]
    return Page(cursor, is_last, len(rows), rows=told, remarks=remarks)


def _made(send: Send, rows: Sequence[Record]) -> set[str]:
    """Return the stock entries by which something was made, of those that brought units in.

    The serial number itself names the document that brought it in last: after a return, that one.
    """
    numbers = _numbers(
        [row for row in rows if reading.text(row, "type_of_transaction") == "Inward"], _STOCK_ENTRY
    )
    found: set[str] = set()
    for first in range(0, len(numbers), _NAMES_ASKED):
        asked: Filters = [
            ["name", "in", numbers[first : first + _NAMES_ASKED]],
            ["purpose", "=", _MADE],
        ]
        made = _listed(send, _STOCK_ENTRY, asked, limit=_NAMES_ASKED) or ()
        found |= {reading.text(row, "name") for row in made}
    return found


def _numbers(rows: Sequence[Record], voucher: str) -> list[str]:
    """Return the numbers of the vouchers of a kind, each once."""
    kinds = [(reading.text(row, "voucher_type"), reading.text(row, "voucher_no")) for row in rows]
    return sorted({number for kind, number in kinds if kind == voucher})


def _entries(send: Send, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the serial numbers in bundles, asked for without the names that are long over."""
    found: dict[str, list[str]] = {}
    for first in range(0, len(names), _NAMES_ASKED):
        asked: Filters = [["parent", "in", list(names[first : first + _NAMES_ASKED])]]
        rows = _listed(
            send,
            _ENTRY,
            asked,
            fields='["name","parent","serial_no"]',
            limit=reading.RECORDS_LIMIT,
            parent=_DOCTYPES[MOVEMENTS],
        )
        for row in rows or ():
            serial = reading.text(row, "serial_no")
            if serial:
                found.setdefault(reading.text(row, "parent"), []).append(serial)
    return found


def _buyers(send: Send, rows: Sequence[Record]) -> dict[str, str]:
    """Return who received what is on a document, by its number."""
    found: dict[str, str] = {}
    for voucher in sorted(_DELIVERIES & {reading.text(row, "voucher_type") for row in rows}):
        numbers = _numbers(rows, voucher)
        for first in range(0, len(numbers), _NAMES_ASKED):
            asked: Filters = [["name", "in", numbers[first : first + _NAMES_ASKED]]]
            fields = '["name","customer","customer_name"]'
            for row in _listed(send, voucher, asked, fields=fields, limit=_NAMES_ASKED) or ():
                buyer = reading.text(row, "customer_name") or reading.text(row, "customer")
                found[reading.text(row, "name")] = buyer
    return found


def _movement(row: Record, serial: str, buyers: Mapping[str, str]) -> dict[str, str]:
    number = reading.text(row, "voucher_no")
    stated = reading.text(row, "posting_date") or reading.text(row, "posting_datetime")
    is_made = reading.text(row, "voucher_type") == _STOCK_ENTRY
    is_return = not is_made and reading.text(row, "type_of_transaction") == "Inward"
    told = {
        "item": reading.text(row, "item_code"),
        "serial": serial,
        "event": "built" if is_made else "returned" if is_return else "shipped",
        "date": reading.day(stated) or "unknown",
        "source": f"ERPNext {number}".strip(),
        "customer": "" if is_return else buyers.get(number, ""),
        "RMA number": number if is_return else "",
    }
    return {name: text for name, text in told.items() if text}


def _cancelled(row: Record, serials: Sequence[str]) -> list[str]:
    if not serials:
        return []
    named = ", ".join(serials[:5]) + (" …" if len(serials) > 5 else "")
    return [
        f"{reading.text(row, 'voucher_type')} {reading.text(row, 'voucher_no')} is cancelled in"
        f" ERPNext; if it was taken here, correct the event: {named}"
    ]


_READERS: Final = {CUSTOMERS: _customers, UNITS: _units, MOVEMENTS: _movements}
