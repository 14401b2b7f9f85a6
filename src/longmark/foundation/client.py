"""The HTTP client of feeds and connections: patient with others, careful where it is led.

Every answer is taken piece by piece and bounded. What fails for the moment (no answer, a
torn connection, 429, 5xx) is tried again, waiting as long as the server asks. A download that was
cut off, here or by a restart, goes on where it stopped if it is still the same file. What has not
changed is not sent again. Where requests may lead: `addresses`.
"""

import json
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar
from urllib.parse import urljoin

import httpx

from longmark import __version__
from longmark.core.errors import Invalid, LongmarkError, NotFound, Refused, Unavailable
from longmark.foundation import addresses
from longmark.foundation.addresses import Target

USER_AGENT: Final = f"Longmark/{__version__}"
ATTEMPTS: Final = 5
BACKOFF_FIRST_SECONDS: Final = 2.0
LONGEST_WAIT_SECONDS: Final = 300.0  # whoever asks for more is asked again at the next run
TIMEOUT: Final = httpx.Timeout(60.0, connect=20.0)
LONGEST_ANSWER_SECONDS: Final = 6 * 3600.0
MAX_REDIRECTS: Final = 5
SMALL_BYTES: Final = 32 << 20
LARGE_BYTES: Final = 4 << 30
PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})

T = TypeVar("T")
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
Validator = tuple[str, str]
"""ETag and Last-Modified, each empty if the server names none."""


@dataclass(frozen=True)
class Fetched:
    """An answer, as a file on disk."""

    url: str
    path: Path
    validator: Validator
    answered_at: datetime | None


@dataclass(frozen=True)
class Answer:
    """What a host answers to a question, also when it refuses."""

    status: int
    content: bytes
    content_type: str = ""
    location: str = ""


@dataclass(frozen=True)
class _Question:
    """What is asked besides the address; redirects are followed for whoever only fetches."""

    method: str = "GET"
    content: bytes = b""
    attempts: int = ATTEMPTS
    takes_refusals: bool = False


_FETCH = _Question()


@dataclass
class Client:
    """Asks upstreams; counts requests and bytes for the run that it works for.

    `passing` are the answers that are worth another attempt. `credentials` are headers by host:
    no other host ever sees them, wherever a redirect leads.
    """

    trusted: Collection[str] = ()
    proxy: str = ""
    pause: Callable[[float], None] = time.sleep
    passing: Collection[int] = PASSING
    credentials: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    request_count: int = 0
    size_bytes: int = 0
    _clients: dict[tuple[str, str, int], httpx.Client] = field(default_factory=dict)
    _context: ssl.SSLContext | None = None

    def close(self) -> None:
        """Close every connection."""
        for each in self._clients.values():
            each.close()
        self._clients.clear()

    def read(self, url: str, *, limit_bytes: int = SMALL_BYTES) -> bytes:
        """Return a small document whole.

        Raises:
            Invalid: it is larger than `limit_bytes`.
            NotFound: there is none at this address.
            Refused: the address leads to where no feed may lead.
            Unavailable: there is no good answer, after several attempts.
        """

        def whole(response: httpx.Response) -> bytes:
            return b"".join(self._pieces(response, limit_bytes, 0))

        return self._persist(url, whole, dict)

    def ask(
        self,
        url: str,
        *,
        method: str = "GET",
        content: bytes = b"",
        headers: Mapping[str, str] = _NO_HEADERS,
        limit_bytes: int = SMALL_BYTES,
        attempts: int = ATTEMPTS,
    ) -> Answer:
        """Return what a host answers, also a refusal or a redirect, which is not followed.

        What must not be said twice is asked with one attempt.

        Raises:
            Invalid: the answer is larger than `limit_bytes`.
            Refused: the address leads to where nothing may lead.
            Unavailable: there is no answer, or none but a passing refusal, after all attempts.
        """

        def whole(response: httpx.Response) -> Answer:
            return Answer(
                response.status_code,
                b"".join(self._pieces(response, limit_bytes, 0)),
                response.headers.get("content-type", ""),
                response.headers.get("location", ""),
            )

        question = _Question(method, content, attempts, takes_refusals=True)
        return self._persist(url, whole, lambda: headers, question=question)

    def fetch(
        self,
        url: str,
        path: Path,
        *,
        validator: Validator = ("", ""),
        limit_bytes: int = LARGE_BYTES,
    ) -> Fetched | None:
        """Write a document to `path`; None if it is as it was by `validator`.

        Raises:
            Invalid: it is larger than `limit_bytes`.
            NotFound: there is none at this address.
            Refused: the address leads to where no feed may lead.
            Unavailable: there is no good answer, after several attempts.
        """
        partial = _Partial(path, url)

        def to_disk(response: httpx.Response) -> Fetched | None:
            if response.status_code == httpx.codes.NOT_MODIFIED:
                return None
            start = partial.start(response)
            with partial.path.open("ab" if start else "wb") as file:
                for piece in self._pieces(response, limit_bytes, start):
                    file.write(piece)
            partial.keep()
            return Fetched(url, path, _validator(response), _answered_at(response))

        return self._persist(
            url, to_disk, lambda: partial.headers() or _conditional(validator), partial.drop
        )

    def _persist(
        self,
        url: str,
        act: Callable[[httpx.Response], T],
        headers: Callable[[], Mapping[str, str]],
        forget: Callable[[], object] = bool,
        question: _Question = _FETCH,
    ) -> T:
        """Ask until an answer is whole, a few times, waiting longer each time.

        `forget` drops what is there when the server has no more of it.
        """
        problem = ""
        for attempt in range(question.attempts):
            wait = BACKOFF_FIRST_SECONDS * 3**attempt
            try:
                with self._opened(url, headers(), attempt, question) as response:
                    status = response.status_code
                    is_taken = question.takes_refusals and status not in self.passing
                    if response.is_success or status == httpx.codes.NOT_MODIFIED or is_taken:
                        return act(response)
                    problem = f"it answers {status} {response.reason_phrase}".rstrip()
                    if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                        forget()
                    elif status not in self.passing:
                        raise _final(url, status, problem)
                    wait = max(wait, _asked_to_wait(response))
            except (httpx.TransportError, httpx.DecodingError) as error:
                problem = str(error) or type(error).__name__
            if wait > LONGEST_WAIT_SECONDS:
                break
            if attempt + 1 < question.attempts:
                self.pause(wait)
        raise Unavailable("{url}: {problem}", url=url, problem=problem)

    @contextmanager
    def _opened(
        self, url: str, headers: Mapping[str, str], attempt: int, question: _Question
    ) -> Iterator[httpx.Response]:
        """Yield the answer to a request, behind its redirects, each of which is checked."""
        for _ in range(MAX_REDIRECTS + 1):
            target = addresses.checked(url, trusted=self.trusted, is_resolved_here=not self.proxy)
            response = self._send(target, headers, attempt, question)
            try:
                if question.takes_refusals or not response.has_redirect_location:
                    yield response
                    return
                url = _led_to(url, response.headers["location"])
            finally:
                response.close()
        raise Unavailable("{url}: it leads on and on.", url=url)

    def _send(
        self, target: Target, headers: Mapping[str, str], attempt: int, question: _Question
    ) -> httpx.Response:
        client = self._client(target)
        try:
            url = httpx.URL(target.url)
        except httpx.InvalidURL:
            raise Refused("{url} is no address.", url=target.url[:200]) from None
        host = url.netloc.decode()
        if target.addresses:
            url = url.copy_with(host=target.addresses[attempt % len(target.addresses)])
        request = client.build_request(
            question.method,
            url,
            content=question.content or None,
            headers={**self.credentials.get(target.host, {}), **headers, "Host": host},
            extensions={"sni_hostname": target.host},
        )
        self.request_count += 1
        return client.send(request, stream=True)

    def _client(self, target: Target) -> httpx.Client:
        """Return the connections to one host: a connection made for one serves no other."""
        place = (target.scheme, target.host, target.port)
        if place not in self._clients:
            self._context = self._context or httpx.create_ssl_context()
            self._clients[place] = httpx.Client(
                verify=self._context,
                proxy=self.proxy or None,
                timeout=TIMEOUT,
                trust_env=False,
                follow_redirects=False,
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            )
        return self._clients[place]

    def _pieces(self, response: httpx.Response, limit_bytes: int, start: int) -> Iterator[bytes]:
        size, until = start, time.monotonic() + LONGEST_ANSWER_SECONDS
        for piece in response.iter_bytes():
            size += len(piece)
            self.size_bytes += len(piece)
            if size > limit_bytes:
                raise Invalid(
                    "{url} is larger than {limit} MB.",
                    url=str(response.url),
                    limit=limit_bytes >> 20,
                )
            if time.monotonic() > until:
                raise httpx.ReadTimeout("the answer takes too long")
            yield piece


class _Partial:
    """A download that is not whole yet, beside a note of which file it is a part of."""

    def __init__(self, path: Path, url: str) -> None:
        self.whole = path
        self.path = path.with_name(f"{path.name}.part")
        self.about = path.with_name(f"{path.name}.about")
        self.url = url

    def headers(self) -> dict[str, str]:
        """Return what asks for the rest only, if this is still the same file."""
        mark = self._mark()
        size = self.path.stat().st_size if self.path.exists() else 0
        return {"Range": f"bytes={size}-", "If-Range": mark} if mark and size else {}

    def start(self, response: httpx.Response) -> int:
        """Return where the answer begins; what was there is dropped if it is another file."""
        if response.status_code == httpx.codes.PARTIAL_CONTENT and self.path.exists():
            size = self.path.stat().st_size
            if response.headers.get("content-range", "").startswith(f"bytes {size}-"):
                return size
            self.drop()
            raise httpx.RemoteProtocolError("another part was sent than asked for")
        self.drop()
        etag, last_modified = _validator(response)
        is_whole_only = etag.startswith("W/") or "content-encoding" in response.headers
        mark = "" if is_whole_only else etag or last_modified
        self.about.write_text(json.dumps({"url": self.url, "mark": mark}), encoding="utf-8")
        return 0

    def keep(self) -> None:
        """Give the whole file its name."""
        self.path.replace(self.whole)
        self.about.unlink(missing_ok=True)

    def drop(self) -> None:
        """Forget what is there."""
        self.path.unlink(missing_ok=True)
        self.about.unlink(missing_ok=True)

    def _mark(self) -> str:
        with suppress(OSError, ValueError, KeyError):
            about = json.loads(self.about.read_text(encoding="utf-8"))
            return str(about["mark"]) if about["url"] == self.url else ""
        return ""


def _final(url: str, status: int, problem: str) -> LongmarkError:
    """Return the error for an answer that another attempt would not change."""
    is_gone = status in {httpx.codes.NOT_FOUND, httpx.codes.GONE}
    return (NotFound if is_gone else Unavailable)("{url}: {problem}", url=url, problem=problem)


def _led_to(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise Refused("{url} is no address.", url=location[:200]) from None


def _asked_to_wait(response: httpx.Response) -> float:
    """Return for how many seconds the server asks to be left alone; 0 if it does not say."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    with suppress(ValueError, TypeError):
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    return 0.0


def _conditional(validator: Validator) -> dict[str, str]:
    etag, last_modified = validator
    if etag:
        return {"If-None-Match": etag}
    return {"If-Modified-Since": last_modified} if last_modified else {}


def _validator(response: httpx.Response) -> Validator:
    return response.headers.get("etag", ""), response.headers.get("last-modified", "")


def _answered_at(response: httpx.Response) -> datetime | None:
    with suppress(ValueError, TypeError):
        return parsedate_to_datetime(response.headers.get("date", "")).astimezone(UTC)
    return None
