"""Requests to the application in this process, whose bodies may be larger than memory."""

import tempfile
from collections.abc import Callable, Iterable
from typing import Any

import httpx

HELD_BYTES = 1 << 20
"""A body that is longer waits in a file."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class InProcess(httpx.BaseTransport):
    """Hands a request to an application as a server would: its body as a stream."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream), "the client is not asynchronous"
        with tempfile.SpooledTemporaryFile(max_size=HELD_BYTES) as body:
            for piece in request.stream:
                body.write(piece)
            body.seek(0)
            bare = httpx.Request(request.method, request.url, headers=request.headers)
            return httpx.WSGITransport(
                app=lambda environ, start: self.application(environ | {"wsgi.input": body}, start),
                raise_app_exceptions=False,
            ).handle_request(bare)
