"""What opens the API for commands in tests: in this process, as a person with a token."""

import httpx
from django.test import Client

from longmark.config.schedule import FEED_HANDLERS, HANDLERS
from longmark.config.worker import work_once

CALLERS: list[Client] = []
"""Who calls: the last one."""


class _InProcess(httpx.BaseTransport):
    """Hands requests to Django's test client, which leaves the test's transaction open."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/api/v1/jobs/"):  # who looks how far it is has a worker
            work_once({**HANDLERS, **FEED_HANDLERS})
        given = {name: value for name, value in request.headers.items() if name != "host"}
        answer = CALLERS[-1].generic(
            request.method,
            request.url.raw_path.decode(),
            request.read(),
            given.pop("content-type", ""),
            headers=given,
        )
        return httpx.Response(answer.status_code, headers=answer.items(), content=answer.getvalue())


def open_client() -> httpx.Client:
    """Return a client of the API in this process."""
    return httpx.Client(base_url="http://localhost", transport=_InProcess())
