"""The application in this process is asked as by a server: bodies are streams both ways."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from longmark.cli.client import Client, Problem
from longmark.config import transport
from longmark.config.transport import InProcess

MEGABYTES = 3


def echo(environ, start) -> Iterator[bytes]:
    """Send back what came, in pieces, with what was said of it."""
    start("200 OK", [("X-Length", environ["CONTENT_LENGTH"]), ("X-Path", environ["PATH_INFO"])])
    body = environ["wsgi.input"]
    kept = b"".join(iter(lambda: body.read(1 << 16), b""))
    return iter([kept[: len(kept) // 2], kept[len(kept) // 2 :]])


@pytest.mark.parametrize("size", [0, 5, transport.HELD_BYTES + 1])
def test_body_arrives_whole_however_long_it_is(size):
    content = bytes(range(256)) * (size // 256 + 1)

    with httpx.Client(base_url="http://localhost", transport=InProcess(echo)) as http:
        answer = http.post("/x", content=content[:size])

    assert answer.content == content[:size]
    assert (answer.headers["x-length"], answer.headers["x-path"]) == (str(size), "/x")


def test_file_is_handed_over_piece_by_piece(tmp_path: Path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * (MEGABYTES << 20))
    lengths = []

    def count(environ, start):
        start("200 OK", [])
        lengths.extend(len(piece) for piece in iter(lambda: environ["wsgi.input"].read(1000), b""))
        return [b"{}"]

    with httpx.Client(base_url="http://localhost", transport=InProcess(count)) as http:
        Client(http).send_file("/intakes", path)

    assert sum(lengths) > MEGABYTES << 20
    assert max(lengths) == 1000


def test_download_is_there_whole_or_not_at_all(tmp_path: Path):
    def half(environ, start):
        start("200 OK", [])
        yield b"half"
        raise OSError("gone")

    with (
        httpx.Client(base_url="http://localhost", transport=InProcess(half)) as http,
        pytest.raises(OSError, match="gone"),
    ):
        Client(http).download("/file", tmp_path / "file")

    assert list(tmp_path.iterdir()) == []


def test_refused_download_says_why(tmp_path: Path):
    def refuse(environ, start):
        start("404 Not Found", [("Content-Type", "application/problem+json")])
        return [b'{"detail": "There is no bundle 7."}']

    with (
        httpx.Client(base_url="http://localhost", transport=InProcess(refuse)) as http,
        pytest.raises(Problem, match="no bundle 7"),
    ):
        Client(http).download("/file", tmp_path / "file")
