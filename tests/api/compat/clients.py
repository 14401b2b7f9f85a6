"""Requests as Dependency-Track's clients put them together, made here after their source.

Each returns body and content type. Field by field they are what the client sends; what it
reads of the answer is what the tests look at.
"""

import base64
import json
from collections.abc import Callable
from typing import Any

from django.test import Client

from longmark.accounts import services as accounts
from longmark.core.actors import SYSTEM, Action, Role
from tests.world import NINE

BOUNDARY = "3f1c9a70-0d54-4b0e-9c11-7d2f6c9b8a11"
Sent = tuple[bytes, str]


def jenkins(bom: bytes, **fields: str) -> Sent:
    """okhttp: each part with its length, the BOM a plain text without file name or type."""
    values = {"bom": bom, **{name: value.encode() for name, value in fields.items()}}
    parts = []
    for name, value in values.items():
        head = f'Content-Disposition: form-data; name="{name}"\r\nContent-Length: {len(value)}'
        parts.append(f"{head}\r\n\r\n".encode() + value)
    return form(parts)


def github_action(bom: bytes, **fields: str) -> Sent:
    """undici: a file named bom of no particular type, before the fields."""
    head = (
        b'Content-Disposition: form-data; name="bom"; filename="bom"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n"
    )
    texts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in fields.items()
    ]
    return form([head + bom, *texts])


def sbom_scanner(bom: bytes, **fields: object) -> Sent:
    """requests: fields first, truth values as Python spells them, then the file."""
    texts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in fields.items()
    ]
    head = b'Content-Disposition: form-data; name="bom"; filename="bom"\r\n\r\n'
    return form([*texts, head + bom])


def curl(bom: bytes, *, media_type: str = "application/json", **fields: str) -> Sent:
    """curl -F: fields, then the file with name and type."""
    texts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in fields.items()
    ]
    head = (
        'Content-Disposition: form-data; name="bom"; filename="bom.json"\r\n'
        f"Content-Type: {media_type}\r\n\r\n"
    ).encode()
    return form([*texts, head + bom])


def older_action(bom: bytes, **fields: object) -> Sent:
    """The action before version 4, and scripts with curl: Base64 in JSON."""
    encoded = base64.b64encode(bom).decode()
    return json.dumps({**fields, "bom": encoded}).encode(), "application/json"


def form(parts: list[bytes]) -> Sent:
    mark = f"--{BOUNDARY}".encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    return body, f"multipart/form-data; boundary={BOUNDARY}"


class Caller:
    """A client with a key, calling below ``/api``."""

    def __init__(self, key: str, header: str = "X-Api-Key") -> None:
        self.key = key
        self.http = Client(headers={header: key}, enforce_csrf_checks=True)

    def get(self, path: str, **query: str) -> Any:
        return self.http.get(f"/api{path}", query)

    def send(self, method: str, path: str, sent: Sent | dict[str, Any]) -> Any:
        body, media_type = (
            (json.dumps(sent).encode(), "application/json") if isinstance(sent, dict) else sent
        )
        return self.http.generic(method, f"/api{path}", body, media_type)

    def upload(self, sent: Sent, method: str = "POST") -> Any:
        return self.send(method, "/v1/bom", sent)


def a_caller(*roles: Role, scopes: list[Action] | None = None) -> Caller:
    """Return a caller whose key is a token of ours."""
    name = f"ci-{'-'.join(roles)}"
    person = accounts.register_person(name, password=None, roles=roles, actor=SYSTEM, now=NINE)
    _, secret = accounts.issue_token(
        person, name="build", scopes=scopes or list(Action), actor=SYSTEM, now=NINE
    )
    return Caller(secret)


MakeCaller = Callable[..., Caller]
