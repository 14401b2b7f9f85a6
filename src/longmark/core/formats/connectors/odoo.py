"""Odoo, by JSON-RPC (``/jsonrpc``, versions 13 to 19) or its JSON-2 interface (from 19 on).

With a login, calls go to ``/jsonrpc`` with login and API key; without one, to ``/json/2``, where
the key alone says who asks. Read are *res.partner* (companies that are customers), *stock.lot* and
done *stock.move.line* of lots: what goes to a location of customers was shipped, what comes from
one was returned, what comes out of production was built.

Seen with 19.0, by both interfaces. Customers are ranked by what was invoiced to them: those that
something was only shipped to come with the shipment.

Pages go by id behind the last id, among what was written since the mark: no page can move while it
is read. At the end the system is asked how many records that were. Odoo states times in UTC without
saying so; the day of a movement is the day that it was in the zone of the connection.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from longmark.core.errors import Invalid, LongmarkError, NotFound, Refused, Unavailable
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
from longmark.core.formats.connectors.keysets import confirmed, followed
from longmark.core.formats.connectors.reading import Record
from longmark.core.formats.sheets.mapping import bracketed_code

Domain = list[Any]

LOOK_UP_ROWS: Final = 1_000

_MODELS: Final = {CUSTOMERS: "res.partner", UNITS: "stock.lot", MOVEMENTS: "stock.move.line"}
_FIELDS: Final = {
    CUSTOMERS: ["name", "country_id"],
    UNITS: ["name", "product_id"],
    MOVEMENTS: [
        "lot_id", "product_id", "date", "reference", "picking_id", "location_usage",
        "location_dest_usage",
    ],
}  # fmt: skip
_ABOUT: Final[Mapping[str, Domain]] = {
    CUSTOMERS: [["customer_rank", ">", 0], ["is_company", "=", True]],
    UNITS: [],
    MOVEMENTS: [["state", "=", "done"], ["lot_id", "!=", False]],
}
_NO_RANKS: Final = (
    "This Odoo does not say which companies are customers (its accounting is not installed): those"
    " that something was shipped to are taken."
)
_DENIED: Final = ("AccessError", "AccessDenied")


class Odoo:
    """The connector of Odoo."""

    streams: Sequence[str] = (CUSTOMERS, UNITS, MOVEMENTS)

    def headers(self, account: Account) -> Mapping[str, str]:
        if account.user:
            return {}
        named = {"X-Odoo-Database": account.database} if account.database else {}
        return {"Authorization": f"bearer {account.secret}"} | named

    def greet(self, send: Send, account: Account) -> str:
        _call(send, account, "stock.lot", "search_count", domain=[])
        if not account.user:
            return "Odoo, by JSON-2"
        about = _rpc(send, "common", "version", [])
        return f"Odoo {reading.text(reading.record(about, place='version'), 'server_version')}"

    def page(self, send: Send, account: Account, stream: str, cursor: Cursor) -> Page:
        model = _MODELS[stream]
        since = str(cursor.get("since", ""))
        if stream == CUSTOMERS and "mark" not in cursor and not _ranks_customers(send, account):
            return Page({"since": since, "mark": ""}, is_last=True, remarks=[_NO_RANKS])
        mark = cursor["mark"] if "mark" in cursor else _newest(send, account, model)
        domain: Domain = list(_ABOUT[stream])
        if since:
            domain.append(["write_date", ">=", reading.before(since)])
        behind: Domain = [["id", ">", cursor["last"]]] if cursor.get("last") else []
        rows = _read(send, account, model, domain + behind, _FIELDS[stream], limit=PAGE_ROWS)
        ids = [reading.number(row, "id", place=model) for row in rows]
        following = followed({**cursor, "mark": mark}, ids, place=model)
        is_last = len(rows) < PAGE_ROWS
        if is_last:
            last = following["last"] or 0
            following, is_last = confirmed(
                following,
                behind=_count(send, account, model, [*domain, ["id", ">", last]]),
                until=_count(send, account, model, [*domain, ["id", "<=", last]]),
                place=model,
            )
        return _READERS[stream](send, account, rows, following, is_last)

    def note(self, send: Send, account: Account, record_id: str, note: NoteText) -> bool:
        lot = int(record_id)
        if not _call(send, account, "stock.lot", "search_count", domain=[["id", "=", lot]]):
            raise NotFound("Odoo has no lot {id} any more.", id=record_id)
        on_it: Domain = [
            ["model", "=", "stock.lot"],
            ["res_id", "=", lot],
            ["body", "ilike", note.sign],
        ]
        if _call(send, account, "mail.message", "search_count", domain=on_it):
            return False
        _call(send, account, "stock.lot", "message_post", ids=[lot], is_write=True, body=note.whole)
        return True


def _count(send: Send, account: Account, model: str, domain: Domain) -> int:
    total = _call(send, account, model, "search_count", domain=domain)
    if isinstance(total, bool) or not isinstance(total, int):
        raise Invalid("{model}: the count is no number.", model=model)
    return total


def _ranks_customers(send: Send, account: Account) -> bool:
    """Tell whether companies are ranked as customers: a module of the books does that."""
    found = _call(
        send, account, "res.partner", "fields_get", allfields=["customer_rank"], attributes=["type"]
    )
    return "customer_rank" in reading.record(found, place="res.partner: fields")


def _newest(send: Send, account: Account, model: str) -> str:
    rows = _read(send, account, model, [], ["write_date"], limit=1, order="write_date desc")
    return reading.text(rows[0], "write_date") if rows else ""


def _read(
    send: Send,
    account: Account,
    model: str,
    domain: Domain,
    fields: Sequence[str],
    *,
    limit: int = LOOK_UP_ROWS,
    order: str = "id asc",
) -> Sequence[Record]:
    found = _call(
        send,
        account,
        model,
        "search_read",
        domain=domain,
        fields=list(fields),
        limit=limit,
        order=order,
    )
    return reading.records(found, place=model)


def _call(
    send: Send,
    account: Account,
    model: str,
    method: str,
    *,
    ids: Sequence[int] = (),
    is_write: bool = False,
    **said: Any,
) -> Any:
    """Call a method of a model, by whichever interface the account is for."""
    if not account.user:
        body = {"ids": list(ids), **said} if ids else said
        path = f"/json/2/{model}/{method}"
        return send(Ask(path, method="POST", body=body, is_write=is_write))
    known_as = [account.database, account.user, account.secret, {}]
    user = _rpc(send, "common", "authenticate", known_as, is_kept=True)
    if not user:
        raise Refused("Odoo knows no user {user} with this key in the database {database}.",
                      user=account.user, database=account.database)  # fmt: skip
    positional = [list(ids)] if ids else []
    called = [account.database, user, account.secret, model, method, positional, said]
    return _rpc(send, "object", "execute_kw", called, is_write=is_write)


def _rpc(
    send: Send,
    service: str,
    method: str,
    said: Sequence[Any],
    *,
    is_write: bool = False,
    is_kept: bool = False,
) -> Any:
    body = {
        "jsonrpc": "2.0",
        "method": "call",
        "params": {"service": service, "method": method, "args": list(said)},
        "id": 1,
    }
    path = "/jsonrpc"
    ask = Ask(path, method="POST", body=body, is_write=is_write, is_kept=is_kept)
    answer = reading.record(send(ask), place=path)
    if "error" in answer:
        raise _error(reading.record(answer["error"], place=f"{path}: error"))
    if "result" not in answer:
        raise Invalid("{path} answers with neither result nor error.", path=path)
    return answer["result"]


def _error(error: Record) -> LongmarkError:
    """Return what Odoo says went wrong; its answer has status 200 all the same."""
    inner = error.get("data")
    detail = inner if isinstance(inner, dict) else {}
    name = str(detail.get("name", ""))
    said = reading.shown(detail.get("message") or error.get("message") or name)
    if name.endswith(_DENIED):
        return Refused("Odoo does not allow it: {said}", said=said)
    return Unavailable("Odoo could not do it: {said}", said=said)


def _customers(
    send: Send, account: Account, rows: Sequence[Record], cursor: Cursor, is_last: bool
) -> Page:
    codes = _country_codes(send, account, rows)
    customers = [
        CustomerRow(name, codes.get(_key(row.get("country_id")), ""))
        for row in rows
        if (name := reading.text(row, "name"))
    ]
    return Page(cursor, is_last, len(rows), customers=customers)


def _country_codes(send: Send, account: Account, rows: Sequence[Record]) -> dict[int, str]:
    keys = sorted({_key(row.get("country_id")) for row in rows} - {0})
    if not keys:
        return {}
    found = _read(send, account, "res.country", [["id", "in", keys]], ["code"])
    codes = {reading.number(row, "id", place="res.country"): reading.text(row, "code")
             for row in found}  # fmt: skip
    return {key: code for key, code in codes.items() if len(code) == 2 and code.isalpha()}


def _units(
    send: Send, account: Account, rows: Sequence[Record], cursor: Cursor, is_last: bool
) -> Page:
    records, cells = [], []
    for row in rows:
        item, serial = _item(row), reading.text(row, "name")
        records.append(SourceRecord(reading.text(row, "id"), item, serial))
        cells.append(known(item, serial, "Odoo"))
    return Page(cursor, is_last, len(rows), rows=cells, records=records)


def _movements(
    send: Send, account: Account, rows: Sequence[Record], cursor: Cursor, is_last: bool
) -> Page:
    wanted = [row for row in rows if _event(row)]
    buyers = _buyers(send, account, [row for row in wanted if _event(row) == "shipped"])
    told = [_movement(row, account.zone, buyers) for row in wanted]
    return Page(cursor, is_last, len(rows), rows=told)


def _event(row: Record) -> str:
    source = reading.text(row, "location_usage")
    target = reading.text(row, "location_dest_usage")
    if target == source:
        return ""
    if target == "customer":
        return "shipped"
    if source == "customer":
        return "returned"
    return "built" if source == "production" else ""


def _buyers(send: Send, account: Account, rows: Sequence[Record]) -> dict[int, tuple[str, str]]:
    """Return name and country of who received a transfer: the company, if it was a person of it."""
    transfers = sorted({_key(row.get("picking_id")) for row in rows} - {0})
    if not transfers:
        return {}
    pickings = _read(send, account, "stock.picking", [["id", "in", transfers]], ["partner_id"])
    of_transfer = {
        reading.number(row, "id", place="stock.picking"): _key(row.get("partner_id"))
        for row in pickings
    }
    people = _partners(send, account, of_transfer.values(), ["commercial_partner_id"])
    company_of = {key: _key(row.get("commercial_partner_id")) or key for key, row in people.items()}
    companies = _partners(send, account, company_of.values(), ["name", "country_id"])
    codes = _country_codes(send, account, list(companies.values()))
    named = {
        key: (reading.text(row, "name"), codes.get(_key(row.get("country_id")), ""))
        for key, row in companies.items()
    }
    found = {transfer: named.get(company_of.get(key, 0)) for transfer, key in of_transfer.items()}
    return {transfer: buyer for transfer, buyer in found.items() if buyer}


def _partners(send: Send, account: Account, keys: Any, fields: Sequence[str]) -> dict[int, Record]:
    wanted = sorted(set(keys) - {0})
    if not wanted:
        return {}
    domain: Domain = [["id", "in", wanted], ["active", "in", [True, False]]]
    rows = _read(send, account, "res.partner", domain, fields)
    return {reading.number(row, "id", place="res.partner"): row for row in rows}


def _movement(row: Record, zone: str, buyers: Mapping[int, tuple[str, str]]) -> dict[str, str]:
    event, number = _event(row), reading.text(row, "reference")
    buyer, country = buyers.get(_key(row.get("picking_id")), ("", ""))
    told = {
        "item": _item(row),
        "serial": _name(row.get("lot_id")),
        "event": event,
        "date": reading.day_in(reading.text(row, "date"), zone) or "unknown",
        "source": f"Odoo {number}".strip(),
        "customer": buyer if event == "shipped" else "",
        "country": country if event == "shipped" else "",
        "RMA number": number if event == "returned" else "",
    }
    return {name: text for name, text in told.items() if text}


def _item(row: Record) -> str:
    """Return the code of a product, or its name: Odoo writes ``[TG-200] Drive 4 kW``."""
    return bracketed_code(_name(row.get("product_id")))


def _key(pair: Any) -> int:
    """Return the id in a reference, which is false if it is empty; 0 if there is none."""
    key = pair[0] if isinstance(pair, list) and pair else pair
    return key if isinstance(key, int) and not isinstance(key, bool) else 0


def _name(pair: Any) -> str:
    return str(pair[1]).strip() if isinstance(pair, list) and len(pair) == 2 else ""


_READERS: Final = {CUSTOMERS: _customers, UNITS: _units, MOVEMENTS: _movements}
