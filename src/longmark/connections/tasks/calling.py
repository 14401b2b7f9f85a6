"""Asking one system: its one host, as its account, for JSON and nothing else.

The host of the connection may be at a private address, since systems of stock mostly are; no other
host is ever asked, and no redirect is followed. Questions are put again when they fail for the
moment; a write is put once.
"""

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

import orjson
from django.conf import settings

from longmark.connections.services import secrets
from longmark.core.errors import LongmarkError, Refused, Unavailable
from longmark.core.formats.connectors import reading
from longmark.core.formats.connectors.asking import Account, Ask
from longmark.core.formats.connectors.systems import SYSTEMS
from longmark.core.vocabulary import ConnectedSystem
from longmark.foundation.client import ATTEMPTS, Answer, Client

if TYPE_CHECKING:
    from longmark.connections.models import Connection

ANSWER_LIMIT_BYTES: Final = 32 << 20
_NOT_LET_IN: Final = frozenset({401, 403})
_MISSING: Final = 404
_SAYING: Final = ("message", "detail", "exception", "exc_type", "_server_messages")


class Caller:
    """Puts the questions of a connector to the system of one connection."""

    def __init__(self, connection: "Connection", client: Client | None = None) -> None:
        self.system = SYSTEMS[ConnectedSystem(connection.system)]
        self.account = Account(
            address=connection.address,
            secret=secrets.read(connection.secret_name),
            user=connection.user,
            database=connection.database,
            zone=connection.zone,
        )
        host = urlsplit(connection.address).hostname or ""
        self.client = client or Client(proxy=settings.CONNECTION_PROXY)
        self.client.trusted = (host.rstrip("."),)
        self._kept: dict[bytes, Any] = {}

    def close(self) -> None:
        """Close every connection."""
        self.client.close()

    def send(self, ask: Ask) -> Any:
        """Put a question, and return the JSON of the answer.

        Raises:
            Invalid: the answer is no JSON of a system.
            Refused: the account is not let in, or the question is refused.
            Unavailable: there is no good answer now.
        """
        body = orjson.dumps(ask.body) if ask.body is not None else b""
        key = ask.path.encode() + body
        if ask.is_kept and key in self._kept:
            return self._kept[key]
        said = self._said(ask, self._asked(ask, body))
        if ask.is_kept:
            self._kept[key] = said
        return said

    def _asked(self, ask: Ask, body: bytes) -> Answer:
        path = quote(ask.path, safe="/%:")
        query = f"?{urlencode(ask.query)}" if ask.query else ""
        headers = {"Accept": "application/json", **self.system.connector.headers(self.account)}
        if body:
            headers["Content-Type"] = "application/json"
        return self.client.ask(
            f"{self.account.address}{path}{query}",
            method=ask.method,
            content=body,
            headers=headers,
            limit_bytes=ANSWER_LIMIT_BYTES,
            attempts=1 if ask.is_write else ATTEMPTS,
        )

    def _said(self, ask: Ask, answer: Answer) -> Any:
        place = f"{self.system.title} {ask.path}"
        if answer.status == _MISSING and ask.may_be_missing:
            return None
        if 300 <= answer.status < 400:
            raise Refused(
                "{place} leads on to {to}. State that address, if it is the right one.",
                place=place,
                to=reading.shown(answer.location) or "nowhere",
            )
        if answer.status >= 400:
            raise _refusal(place, answer)
        said = reading.decoded(answer.content, answer.content_type, place=place)
        return reading.record(said, place=place) if ask.may_be_missing else said


def _refusal(place: str, answer: Answer) -> LongmarkError:
    said = _complaint(answer)
    if answer.status in _NOT_LET_IN:
        return Refused(
            "{place} does not let this account in ({status}: {said}). Is the token or key right,"
            " and may its user read this?",
            place=place,
            status=answer.status,
            said=said,
        )
    return Unavailable("{place} answers {status}: {said}", place=place, status=answer.status,
                       said=said)  # fmt: skip


def _complaint(answer: Answer) -> str:
    """Return what the system says went wrong, in a line; a page for people says nothing to us."""
    try:
        said = reading.decoded(answer.content, answer.content_type, place="")
    except LongmarkError:
        return "(no reason)"
    if isinstance(said, dict):
        named = [said[name] for name in _SAYING if said.get(name)]
        return reading.shown(named[0] if named else said)
    return reading.shown(said)
