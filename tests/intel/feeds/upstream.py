"""A small honest upstream on this machine: files with ETags and ranges, and faults on demand."""

import gzip
import hashlib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson

Query = dict[str, str]
Content = bytes | Callable[[Query], bytes]
Fault = Callable[[BaseHTTPRequestHandler, bytes], None]


@dataclass
class Asked:
    """One request that came in."""

    path: str
    query: Query
    headers: dict[str, str]
    status: int = 0


@dataclass
class Upstream:
    """What is published, what goes wrong next, and what was asked."""

    port: int
    files: dict[str, Content] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    asked: list[Asked] = field(default_factory=list)
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def publish(self, path: str, content: Content | dict[str, Any] | list[Any]) -> str:
        """Publish a file and return its address."""
        is_document = isinstance(content, dict | list)
        self.files[path] = orjson.dumps(content) if is_document else content  # type: ignore[assignment]
        return self.url + path

    def fail(self, path: str, *faults: Fault) -> None:
        """Let the next requests for a path go wrong, one after the other."""
        self.faults[path] += faults

    def asked_for(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path == path]

    def statuses(self, path: str) -> list[int]:
        return [one.status for one in self.asked_for(path)]


def status(code: int, **headers: str) -> Fault:
    """Answer with a status and nothing else."""

    def fault(handler: BaseHTTPRequestHandler, content: bytes) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return fault


def torn(share: float = 0.5) -> Fault:
    """Promise the whole file and send a part of it."""

    def fault(handler: BaseHTTPRequestHandler, content: bytes) -> None:
        handler.send_response(200)
        handler.send_header("ETag", _etag(content))
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: int(len(content) * share)])
        handler.close_connection = True

    return fault


def hang_up(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    """Say nothing at all."""
    handler.close_connection = True


def redirect(to: str) -> Fault:
    return status(302, Location=to)


@contextmanager
def upstream() -> Iterator[Upstream]:
    """Serve on a free port of this machine until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    served = Upstream(server.server_address[1])
    server.upstream = served  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        served: Upstream = self.server.upstream  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        query = {
            name: values[-1]
            for name, values in parse_qs(parts.query, keep_blank_values=True).items()
        }
        self.asked = Asked(path, query, {k.lower(): v for k, v in self.headers.items()})
        served.asked.append(self.asked)
        content = served.files.get(path)
        whole = content(query) if callable(content) else content
        if served.faults[path]:
            served.faults[path].pop(0)(self, whole or b"")
        elif whole is None:
            status(404)(self, b"")
        else:
            self._answer(whole)

    def _answer(self, content: bytes) -> None:
        etag = _etag(content)
        if self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.send_header("ETag", etag)
            self.end_headers()
            return
        start = self._start(etag)
        self.send_response(206 if start else 200)
        if start:
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.send_header("Content-Range", span)
        self.send_header("ETag", etag)
        self.send_header("Last-Modified", formatdate(1_780_000_000, usegmt=True))
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:])

    def _start(self, etag: str) -> int:
        asked = self.headers.get("Range", "")
        if not asked or self.headers.get("If-Range") != etag:
            return 0
        return int(asked.removeprefix("bytes=").rstrip("-"))

    def send_response(self, code: int, message: str | None = None) -> None:
        self.asked.status = code
        super().send_response(code, message)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:16]}"'


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
