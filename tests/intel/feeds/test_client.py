"""The client: patient with upstreams, careful where it is led, never fetching twice."""

import socket
from pathlib import Path

import pytest

from longmark.core.errors import Invalid, NotFound, Refused, Unavailable
from longmark.foundation import addresses
from longmark.foundation.client import ATTEMPTS, Client
from tests.intel.feeds.upstream import Upstream, hang_up, redirect, status, torn

CONTENT = b"0123456789" * 5_000


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(waits):
    client = Client(trusted={"127.0.0.1"}, pause=waits.append)
    yield client
    client.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.mark.parametrize("fault", [status(500), status(503), status(429), torn(), hang_up])
def test_what_fails_for_the_moment_is_tried_again(source: Upstream, client, waits, path, fault):
    url = source.publish("/file", CONTENT)
    source.fail("/file", fault, fault)

    fetched = client.fetch(url, path)

    assert fetched is not None
    assert path.read_bytes() == CONTENT
    assert waits == [2.0, 6.0]


def test_server_that_never_answers_well_is_given_up(source, client, waits, path):
    url = source.publish("/file", CONTENT)
    source.fail("/file", *[status(500)] * ATTEMPTS)

    with pytest.raises(Unavailable, match="/file: it answers 500"):
        client.fetch(url, path)

    assert len(waits) == ATTEMPTS - 1
    assert not path.exists()


def test_client_waits_as_long_as_it_is_asked_to(source, client, waits):
    url = source.publish("/file", CONTENT)
    source.fail("/file", status(429, Retry_After="42"))

    client.read(url)

    assert waits == [42.0]


def test_who_asks_for_hours_is_left_alone_at_once(source, client, waits):
    url = source.publish("/file", CONTENT)
    source.fail("/file", status(429, Retry_After="7200"))

    with pytest.raises(Unavailable, match="429"):
        client.read(url)

    assert waits == []


def test_torn_download_goes_on_where_it_stopped(source, client, path):
    url = source.publish("/file", CONTENT)
    source.fail("/file", torn(0.6))

    client.fetch(url, path)

    first, second = source.asked_for("/file")
    assert path.read_bytes() == CONTENT
    assert (first.status, second.status) == (200, 206)
    assert 0 < int(second.headers["range"].removeprefix("bytes=").rstrip("-")) <= 30_000


def test_part_of_another_file_is_not_glued_to_this_one(source, client, path):
    url = source.publish("/file", CONTENT)
    source.fail("/file", torn(0.6), *[status(500)] * (ATTEMPTS - 1))
    with pytest.raises(Unavailable):
        client.fetch(url, path)

    changed = CONTENT[::-1]
    source.publish("/file", changed)
    client.fetch(url, path)

    assert path.read_bytes() == changed


def test_unchanged_file_is_not_sent_again(source, client, path):
    url = source.publish("/file", CONTENT)
    fetched = client.fetch(url, path)

    assert client.fetch(url, path, validator=fetched.validator) is None
    assert source.statuses("/file") == [200, 304]


def test_missing_file_is_not_asked_for_twice(source, client, path):
    with pytest.raises(NotFound, match="404"):
        client.fetch(f"{source.url}/nothing", path)

    assert len(source.asked) == 1


def test_file_beyond_the_limit_is_refused(source, client, path):
    url = source.publish("/file", CONTENT)

    with pytest.raises(Invalid, match="larger than 0 MB"):
        client.fetch(url, path, limit_bytes=1_000)

    assert not path.exists()


def test_redirects_are_followed_while_they_lead_somewhere_allowed(source, client):
    source.publish("/file", CONTENT)
    url = source.publish("/old", b"")
    source.fail("/old", redirect("/file"))

    assert client.read(url) == CONTENT


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.8/file",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://127.0.0.2/",
        "file:///etc/passwd",
        "https://user:secret@example.org/",
    ],
)
def test_redirect_to_a_private_place_is_refused(source, client, target):
    url = source.publish("/old", b"")
    source.fail("/old", redirect(target))

    with pytest.raises(Refused):
        client.read(url)


def test_redirects_that_never_end_are_given_up(source, client):
    url = source.publish("/old", b"")
    source.fail("/old", *[redirect("/old")] * 10)

    with pytest.raises(Unavailable, match="on and on"):
        client.read(url)


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("2002:0a00:0001::", False),
    ],
)
def test_only_addresses_of_the_open_network_are_asked(address, is_public):
    host = f"[{address}]" if ":" in address else address
    url = f"https://{host}/"
    if is_public:
        assert addresses.checked(url, trusted=()).addresses == (address,)
        return

    with pytest.raises(Refused, match="not a public address"):
        addresses.checked(url, trusted=())


def test_name_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    rows = [(socket.AF_INET, 0, 0, "", (one, 443)) for one in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)

    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        addresses.checked("https://feed.example/", trusted=())


def test_connection_goes_to_the_address_that_was_checked(source, monkeypatch, path):
    """A name server that answers otherwise the second time is not asked a second time."""
    genuine, asked = socket.getaddrinfo, []

    def resolve(host, *arguments, **options):
        asked.append(host)
        return genuine("127.0.0.1" if host == "feed.example" else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = source.publish("/file", CONTENT).replace("127.0.0.1", "feed.example")
    client = Client(trusted={"feed.example"}, pause=lambda _: None)

    client.fetch(url, path)
    client.close()

    assert path.read_bytes() == CONTENT
    assert asked == ["feed.example", "127.0.0.1"]
    assert source.asked[0].headers["host"] == f"feed.example:{source.port}"


def test_plain_http_is_for_trusted_hosts_only(source):
    with pytest.raises(Refused, match="not encrypted"):
        Client().read(source.publish("/file", CONTENT))
