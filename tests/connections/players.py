"""Three systems played on this machine: they answer as the real ones do, and fail on demand.

Shapes are written by us after the interfaces of InvenTree (2023 to 2026), ERPNext 14 and 15 and
Odoo 17 and 19: lists by limit and offset, filters and orders of Frappe, domains of Odoo.
"""

import threading
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson

Row = dict[str, Any]


@dataclass
class Asked:
    """One request that came in."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


@dataclass
class Reply:
    """What is answered: JSON, or bytes as they are."""

    status: int = 200
    body: Any = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)


Fault = Callable[[Asked, Reply], Reply]


class Player(ABC):
    """A system on a port of this machine. `faults` spoil answers, each one answer, by path."""

    secret = "s3cret-t0ken"

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.faults: dict[str, list[Fault | None]] = defaultdict(list)
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fail(self, path: str, *faults: Fault | None) -> None:
        """Let the next answers below a path go wrong, one after the other; none is a good one."""
        self.faults[path] += faults

    def reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        good = self.answer(asked) if self.lets_in(asked) else Reply(401, {"detail": "Invalid"})
        for path, waiting in self.faults.items():
            if waiting and asked.path.startswith(path):
                fault = waiting.pop(0)
                return fault(asked, good) if fault else good
        return good

    @abstractmethod
    def lets_in(self, asked: Asked) -> bool:
        """Tell whether the question comes with the account's key."""

    @abstractmethod
    def answer(self, asked: Asked) -> Reply:
        """Return what the system answers if nothing goes wrong."""


def status(code: int, body: Any = None, **headers: str) -> Fault:
    """Answer with a status and nothing else."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda asked, good: Reply(code, body or {}, headers=named)


def page_for_people(asked: Asked, good: Reply) -> Reply:
    """Answer with the form of a sign-in page."""
    text = b"<!DOCTYPE html><html><form>Sign in</form></html>"
    return Reply(200, text, "text/html; charset=utf-8")


def torn(asked: Asked, good: Reply) -> Reply:
    """Answer with half of the JSON, and call that all."""
    return Reply(200, good.content[: len(good.content) // 2])


def saying(body: Any) -> Fault:
    """Answer with this JSON instead."""
    return lambda asked, good: Reply(200, body)


def empty(asked: Asked, good: Reply) -> Reply:
    """Drop what is on the page."""
    return Reply(200, _with_rows(good.body, []))


def earlier() -> Fault:
    """Answer the second question as the first: a stale answer from between."""
    kept: list[Reply] = []

    def fault(asked: Asked, good: Reply) -> Reply:
        kept.append(good)
        return kept[0] if len(kept) == 2 else good

    return fault


def shuffled(asked: Asked, good: Reply) -> Reply:
    """Answer with the rows of the page in another order."""
    return Reply(200, _with_rows(good.body, rows_in(good.body)[::-1]))


def rows_in(body: Any) -> list[Any]:
    for name in ("results", "data", "result"):
        if isinstance(body, dict) and isinstance(body.get(name), list):
            return list(body[name])
    return list(body) if isinstance(body, list) else []


def _with_rows(body: Any, rows: list[Any]) -> Any:
    for name in ("results", "data", "result"):
        if isinstance(body, dict) and isinstance(body.get(name), list):
            return {**body, name: rows}
    return rows if isinstance(body, list) else body


@contextmanager
def played(player: Player) -> Iterator[Player]:
    """Let a system answer until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.player = player  # type: ignore[attr-defined]
    player.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield player
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        asked = Asked(
            self.command,
            unquote(parts.path),
            query,
            orjson.loads(content) if content else None,
            dict(self.headers.items()),
        )
        reply = self.server.player.reply(asked)  # type: ignore[attr-defined]
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.content)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.content)

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_PATCH(self) -> None:
        self._handle()

    def log_message(self, *args: Any) -> None:
        """Keep quiet."""


class InvenTreePlayer(Player):
    """InvenTree with some companies, parts, stock items and their history."""

    def __init__(self) -> None:
        super().__init__()
        self.companies: list[Row] = []
        self.parts: dict[int, Row] = {}
        self.items: list[Row] = []
        self.track: list[Row] = []

    def lets_in(self, asked: Asked) -> bool:
        is_open = asked.path == "/api/"
        return is_open or asked.headers.get("Authorization") == f"Token {self.secret}"

    # What is there

    def company(self, name: str, *, is_customer: bool = True) -> Row:
        row = {"pk": len(self.companies) + 1, "name": name, "is_customer": is_customer}
        self.companies.append(row)
        return row

    def part(self, ipn: str, name: str = "Drive") -> Row:
        pk = len(self.parts) + 1
        self.parts[pk] = {"pk": pk, "IPN": ipn, "name": name, "full_name": f"{ipn} | {name}"}
        return self.parts[pk]

    def item(self, part: Row, serial: str | None, *, updated: str = "2026-11-20") -> Row:
        pk = max((each["pk"] for each in self.items), default=0) + 1
        row = {
            "pk": pk,
            "part": part["pk"],
            "serial": serial,
            "quantity": 1.0,
            "status": 10,
            "customer": None,
            "updated": updated,
            "notes": None,
            "tracking_items": 0,
        }
        self.items.append(row)
        return row

    def happened(self, item: Row, kind: int, date: str, **deltas: Any) -> Row:
        row = {
            "pk": len(self.track) + 1,
            "item": item["pk"],
            "date": date,
            "tracking_type": kind,
            "deltas": deltas,
            "label": "",
            "notes": "",
        }
        self.track.append(row)
        item["tracking_items"] += 1
        return row

    # How it answers

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/api/":
            return Reply(200, {"server": "InvenTree", "version": "1.0.1", "apiVersion": 390})
        head, _, key = asked.path.removeprefix("/api/").rstrip("/").rpartition("/")
        if key.isdecimal():
            return self._one(asked, head, int(key))
        return self._list(asked)

    def _one(self, asked: Asked, head: str, pk: int) -> Reply:
        rows = {"part": [*self.parts.values()], "stock": self.items, "company": self.companies}
        found = next((row for row in rows[head] if row["pk"] == pk), None)
        if found is None:
            return Reply(404, {"detail": "No StockItem matches the given query."})
        if asked.method == "PATCH":
            found.update(asked.body)
        return Reply(200, found)

    def _list(self, asked: Asked) -> Reply:
        rows = self._rows(asked)
        limit, offset = int(asked.query["limit"]), int(asked.query["offset"])
        at = f"{self.url}{asked.path}?limit={limit}&offset="
        following = f"{at}{offset + limit}" if offset + limit < len(rows) else None
        before = (
            None if offset <= 0
            else f"{at}{offset - limit}" if offset > limit
            else f"{self.url}{asked.path}?limit={limit}"
        )  # fmt: skip
        shown = rows[offset : offset + limit]
        return Reply(
            200, {"count": len(rows), "next": following, "previous": before, "results": shown}
        )

    def _rows(self, asked: Asked) -> list[Row]:
        if asked.path == "/api/company/":
            return sorted((c for c in self.companies if c["is_customer"]), key=lambda c: c["name"])
        if asked.path == "/api/stock/":
            after = asked.query.get("updated_after", "")
            found = [each for each in self.items if each["serial"] and each["updated"] > after]
            found.sort(key=lambda each: each["updated"], reverse=True)
            return [self._shown(each) for each in found]
        told = sorted(self.track, key=lambda each: (each["date"], each["pk"]), reverse=True)
        by_pk = {each["pk"]: each for each in self.items}
        return [
            {**each, "item_detail": by_pk[each["item"]]} for each in told if each["item"] in by_pk
        ]

    def _shown(self, item: Row) -> Row:
        shown = {name: value for name, value in item.items() if name != "notes"}
        return {**shown, "part_detail": self.parts[item["part"]]}


class ERPNextPlayer(Player):
    """ERPNext, by the REST interface of Frappe."""

    key = "0f1e2d3c4b5a697"

    def __init__(self) -> None:
        super().__init__()
        self.docs: dict[str, list[Row]] = {
            "Customer": [],
            "Serial No": [],
            "Serial and Batch Bundle": [],
            "Serial and Batch Entry": [],
            "Delivery Note": [],
            "Stock Entry": [],
            "Sales Invoice": [],
            "Comment": [],
        }

    def lets_in(self, asked: Asked) -> bool:
        return asked.headers.get("Authorization") == f"token {self.key}:{self.secret}"

    def doc(
        self, doctype: str, name: str, *, modified: str = "2026-11-20 10:00:00.000001", **row: Any
    ) -> Row:
        found = {"name": name, "modified": modified, "creation": modified, "docstatus": 0, **row}
        self.docs[doctype].append(found)
        return found

    def delivery(
        self,
        number: str,
        item: str,
        *serials: str,
        customer: str,
        on: str,
        is_return: bool = False,
        **row: Any,
    ) -> Row:
        """A submitted delivery note with its bundle."""
        self.doc("Delivery Note", number, customer=customer, customer_name=customer, docstatus=1)
        name = f"SABB-{len(self.docs['Serial and Batch Bundle']) + 1:08}"
        for serial in serials:
            entry = f"{name}-{serial}"
            self.doc("Serial and Batch Entry", entry, parent=name, serial_no=serial)
        said = {
            "item_code": item,
            "type_of_transaction": "Inward" if is_return else "Outward",
            "voucher_type": "Delivery Note",
            "voucher_no": number,
            "posting_date": on,
            "is_cancelled": 0,
            "docstatus": 1,
        }
        return self.doc("Serial and Batch Bundle", name, **(said | row))

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/api/method/frappe.auth.get_logged_user":
            return Reply(200, {"message": "longmark@example.com"})
        if asked.path == "/api/method/frappe.desk.form.load.get_docinfo":
            return self._about(asked.query["doctype"], asked.query["name"])
        if asked.path == "/api/method/frappe.desk.form.utils.add_comment":
            return Reply(200, {"message": self.doc("Comment", "c1", **asked.body)})
        if asked.path == "/api/method/frappe.client.get_count":
            return Reply(200, {"message": len(self._found(asked.query["doctype"], asked))})
        doctype, _, name = asked.path.removeprefix("/api/resource/").partition("/")
        if doctype not in self.docs:
            return Reply(404, {"exc_type": "DoesNotExistError"})
        if doctype == "Comment":  # for administrators only
            return Reply(403, {"exc_type": "PermissionError"})
        if name:
            found = [each for each in self.docs[doctype] if each["name"] == name]
            return Reply(200, {"data": found[0]}) if found else Reply(404, {"exc_type": "Gone"})
        return self._list(doctype, asked)

    def _about(self, doctype: str, name: str) -> Reply:
        if all(each["name"] != name for each in self.docs[doctype]):
            return Reply(404, {"exc_type": "DoesNotExistError"})
        on_it = [each for each in self.docs["Comment"] if each["reference_name"] == name]
        return Reply(200, {"docinfo": {"comments": on_it}})

    def _list(self, doctype: str, asked: Asked) -> Reply:
        if doctype == "Serial and Batch Entry" and asked.query.get("parent") is None:
            return Reply(403, {"exc_type": "PermissionError"})
        field, _, way = asked.query["order_by"].partition(" ")
        rows = sorted(
            self._found(doctype, asked),
            key=lambda row: str(row[field]).casefold(),
            reverse=way == "desc",
        )
        rows = rows[: int(asked.query["limit_page_length"])]
        fields = orjson.loads(asked.query["fields"])
        if fields != ["*"]:
            rows = [{name: row.get(name) for name in fields} for row in rows]
        return Reply(200, {"data": rows})

    def _found(self, doctype: str, asked: Asked) -> list[Row]:
        filters = orjson.loads(asked.query.get("filters", "[]"))
        return [row for row in self.docs[doctype] if all(_holds(row, each) for each in filters)]


def _holds(row: Row, condition: list[Any]) -> bool:
    """Whether one condition of Frappe or Odoo holds; names are compared whatever their case."""
    name, operator, wanted = condition
    found = row.get(name)
    if isinstance(found, list):
        found = found[0]
    if operator == "in":
        return found in wanted
    if operator in ("like", "ilike"):
        return str(wanted).strip("%") in str(found)
    if isinstance(found, str) and isinstance(wanted, str):
        found, wanted = found.casefold(), wanted.casefold()
    return {
        "=": lambda: found == wanted,
        "!=": lambda: found != wanted,
        ">": lambda: found > wanted,
        ">=": lambda: found >= wanted,
        "<=": lambda: found <= wanted,
    }[operator]()


class OdooPlayer(Player):
    """Odoo, by JSON-RPC with a login, or by JSON-2 without."""

    login, database, uid = "longmark@example.com", "acme", 7

    def __init__(self) -> None:
        super().__init__()
        self.models: dict[str, list[Row]] = defaultdict(list)
        self.has_accounting = True

    def lets_in(self, asked: Asked) -> bool:
        if asked.path == "/jsonrpc":
            return True  # who asks stands in the question
        return asked.headers.get("Authorization") == f"bearer {self.secret}"

    def row(self, model: str, /, *, write_date: str = "2026-11-20 10:00:00", **row: Any) -> Row:
        made = {
            "id": max((each["id"] for each in self.models[model]), default=0) + 1,
            "write_date": write_date,
            "create_date": write_date,
            "active": True,
            **row,
        }
        self.models[model].append(made)
        return made

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/jsonrpc":
            return self._rpc(asked.body["params"])
        model, method = asked.path.removeprefix("/json/2/").split("/")
        said = dict(asked.body)
        try:
            return Reply(200, self._call(model, method, said.pop("ids", []), said))
        except LookupError as error:
            return Reply(404, {"name": "builtins.KeyError", "message": str(error)})

    def _rpc(self, said: Row) -> Reply:
        arguments = said["args"]
        if said["method"] == "version":
            return _result({"server_version": "17.0", "protocol_version": 1})
        if said["method"] == "authenticate":
            is_right = arguments[:3] == [self.database, self.login, self.secret]
            return _result(self.uid if is_right else False)
        database, uid, secret, model, method, positional, named = arguments
        if (database, uid, secret) != (self.database, self.uid, self.secret):
            return _error("odoo.exceptions.AccessDenied", "Access Denied")
        try:
            return _result(self._call(model, method, *positional, said=named))
        except LookupError as error:
            return _error("builtins.ValueError", str(error))

    def _call(self, model: str, method: str, ids: list[int] = [], said: Row = {}) -> Any:  # noqa: B006
        if method == "fields_get":
            return {"customer_rank": {"type": "integer"}} if self.has_accounting else {}
        if method == "message_post":
            self.row("mail.message", model=model, res_id=ids[0], body=f"<p>{said['body']}</p>")
            return len(self.models["mail.message"])
        found = [
            row for row in self.models[model] if all(_holds(row, each) for each in said["domain"])
        ]
        if method == "search_count":
            return len(found)
        field, way = said["order"].split()
        found.sort(key=lambda row: row[field], reverse=way == "desc")
        names = ["id", *said["fields"]]
        return [{name: row.get(name, False) for name in names} for row in found[: said["limit"]]]


def _result(value: Any) -> Reply:
    return Reply(200, {"jsonrpc": "2.0", "id": 1, "result": value})


def _error(name: str, message: str) -> Reply:
    data = {"name": name, "message": message, "debug": "Traceback …", "arguments": []}
    error = {"code": 200, "message": "Odoo Server Error", "data": data}
    return Reply(200, {"jsonrpc": "2.0", "id": 1, "error": error})
