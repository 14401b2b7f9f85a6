"""Where the server listens: names and ports that cannot be are told before anything begins."""

import socket
from collections.abc import Iterator

import pytest

from longmark.config.processes import free_address
from longmark.core.errors import Invalid, Refused

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port at which another process listens, which shares it as web processes do."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def test_a_name_of_this_machine_is_listened_at_by_its_address() -> None:
    assert free_address("localhost", 0) in {"127.0.0.1", "::1"}


def test_a_port_that_is_taken_is_not_shared_with_a_stranger(taken_port: int) -> None:
    with pytest.raises(Refused, match=f"port {taken_port}: .*Name another port"):
        free_address("127.0.0.1", taken_port)


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(Invalid, match='"no such name" is no name or address'):
        free_address("no such name", 0)
