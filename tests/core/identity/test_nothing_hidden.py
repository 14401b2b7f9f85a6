"""What is encoded in a name and cannot be printed makes it no name."""

import pytest

from longmark.core.errors import Invalid
from longmark.core.identity import Cpe, parse_purl


@pytest.mark.parametrize(
    "text",
    [
        "pkg:generic/a%00b@1",
        "pkg:github/a/b%00@1",
        "pkg:generic/a%0Ab@1",
        "pkg:generic/a@1%00",
        "pkg:generic/a@1?distro=x%00",
    ],
)
def test_purl_with_a_control_character_is_none(text):
    assert parse_purl(text) is None


@pytest.mark.parametrize("text", ["cpe:/a:ac%00me:tls:1", "cpe:/a:acme:tls:1%0a"])
def test_cpe_with_a_control_character_is_refused(text):
    with pytest.raises(Invalid, match="is no CPE name"):
        Cpe.parse(text)


def test_what_is_encoded_and_can_be_printed_stays():
    found = parse_purl("pkg:generic/treck/tcp%2Fip@6.0%2B1")

    assert found is not None
    assert (found.name, found.version) == ("tcp/ip", "6.0+1")
