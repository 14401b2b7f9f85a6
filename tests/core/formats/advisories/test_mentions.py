"""Products that only prose names."""

import pytest

from longmark.core.formats.advisories.mentions import statements
from longmark.core.formats.advisories.records import Confidence, Status, Tier

NAMED = [
    ("libmodbus v3.1.10 is vulnerable to a buffer overflow.", ["cpe:libmodbus:libmodbus"]),
    ("In Mbed TLS before 3.6.1, a signature is not checked.", ["cpe:arm:mbed_tls"]),
    ("A flaw in mbedtls versions prior to 2.28.", ["cpe:arm:mbed_tls"]),
    ("An issue was found in BusyBox through 1.37.0.", ["cpe:busybox:busybox"]),
    ("In Contiki-NG, versions up to 4.8 read out of bounds.", ["cpe:contiki-ng:contiki-ng"]),
    ("The curl command is passed to a shell.", []),
    ("In the Linux kernel before 6.1 a lock is missing.", []),
    ("A plugin for wolfSSLfoo 1.0 fails.", []),
    ("Core FTP Server v1.2 overflows.", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "packages"), NAMED)
def test_a_known_product_with_a_version_is_named(text: str, packages: list[str]) -> None:
    assert [one.package for one in statements(text, "/cve/descriptions")] == packages


def test_what_prose_says_is_unknown_and_trusted_least() -> None:
    (found,) = statements("libmodbus v3.1.10 fails.", "/cve/descriptions")

    assert [one.status for one in found.ranges] == [Status.UNKNOWN]
    assert (found.tier, found.cap) == (Tier.PROSE, Confidence.LOW)


def test_a_list_of_products_names_none() -> None:
    text = "zlib 1.2, libmodbus 3.1, busybox 1.3, openssl 3.0 and mbedtls 2.1 are old."

    assert statements(text, "/x") == []
