"""Talking to the API: over a network, or in process, by the transport that it is given."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

BASE_PATH = "/api/v1"
JOB_POLL_SECONDS = 0.4
UNAUTHORIZED = 401


class Problem(Exception):
    """The server refused; holds what it said."""

    def __init__(self, status: int, detail: str, errors: list[dict[str, str]]) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors


class Unreachable(Exception):
    """The server does not answer."""


class Client:
    """A caller of the API."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def get(self, path: str, **parameters: object) -> Any:
        """Return what a resource says."""
        return self._call("GET", path, params=_stated(parameters)).json()

    def text(self, path: str, **parameters: object) -> str:
        """Return a resource as the text that it is."""
        return self._call("GET", path, params=_stated(parameters)).text

    def download(self, path: str, target: Path, **parameters: object) -> int | None:
        """Write a resource's bytes into a file, piece by piece; it is there whole or not at all.

        Return the number of the job that makes it first, if it is not to be had yet.
        """
        part = target.with_name(f"{target.name}.part")
        try:
            with self.http.stream("GET", BASE_PATH + path, params=_stated(parameters)) as answer:
                if not answer.is_success:
                    answer.read()
                    raise _problem(answer)
                if answer.status_code == 202:
                    answer.read()
                    return int(answer.json()["job_id"])
                with part.open("wb") as file:
                    for piece in answer.iter_bytes():
                        file.write(piece)
            part.replace(target)
            return None
        except httpx.TransportError as error:
            raise Unreachable(f"{self.http.base_url} does not answer: {error}") from None
        finally:
            part.unlink(missing_ok=True)

    def post(self, path: str, body: object | None = None, **parameters: object) -> Any:
        """Send a write that may be repeated safely, and return the answer."""
        answer = self._call("POST", path, json=body, params=_stated(parameters), headers=_once())
        return answer.json() if answer.content else None

    def delete(self, path: str) -> None:
        """Remove what is there."""
        self._call("DELETE", path, headers=_once())

    def send_file(self, path: str, file: Path, *, part: str = "file", **options: object) -> Any:
        """Send a file as a part of a form, and return the answer."""
        return self.send_files(path, [(part, file)], **options)

    def send_files(self, path: str, files: Sequence[tuple[str, Path]], **options: object) -> Any:
        """Send files as parts of a form, each under its name, and return the answer."""
        with ExitStack() as opened:
            parts = [
                (part, (file.name, opened.enter_context(file.open("rb")))) for part, file in files
            ]
            answer = self._call("POST", path, files=parts, params=_stated(options), headers=_once())
        return answer.json()

    def pages(self, path: str, *, limit: int, **parameters: object) -> Iterator[dict[str, Any]]:
        """Yield up to ``limit`` rows of a list, page by page."""
        after: str | None = None
        while limit > 0:
            page = self.get(path, after=after, limit=min(limit, 200), **parameters)
            yield from page["items"]
            limit -= len(page["items"])
            after = page["next"]
            if after is None:
                return

    def linked(self, path: str, **parameters: object) -> Iterator[Any]:
        """Yield the pages of a list that names its next page in the header ``Link``."""
        answer = self._call("GET", path, params=_stated(parameters))
        while True:
            yield answer.json()
            following = answer.links.get("next", {}).get("url", "")
            if not following:
                return
            answer = self._call("GET", following.removeprefix(BASE_PATH))

    def watch_job(self, pk: int, report: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        """Return a job when it is over, reporting how far it is meanwhile."""
        while True:
            job: dict[str, Any] = self.get(f"/jobs/{pk}")
            report(job)
            if job["state"] in {"done", "failed", "cancelled"}:
                return job
            time.sleep(JOB_POLL_SECONDS)

    def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            answer = self.http.request(method, BASE_PATH + path, **options)
        except httpx.TransportError as error:
            raise Unreachable(f"{self.http.base_url} does not answer: {error}") from None
        if answer.is_success:
            return answer
        raise _problem(answer)


def _stated(values: dict[str, object]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _once() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_hex(16)}


def _problem(answer: httpx.Response) -> Problem:
    try:
        document = answer.json()
        if answer.status_code == UNAUTHORIZED:
            detail = "The server does not know this token: it was revoked, or is cut off."
            return Problem(answer.status_code, detail, [])
        return Problem(answer.status_code, document["detail"], document.get("errors", []))
    except (ValueError, KeyError, TypeError):
        return Problem(answer.status_code, f"The server answered {answer.status_code}.", [])
