"""Rows of name maps: what may be believed, and what may be used."""

import pytest

from longmark.core.errors import Invalid
from longmark.core.identity.maps import LIMIT_PRODUCTS, MapRow, map_row, usable

ACME = "cpe:2.3:a:acme:tls"


@pytest.mark.parametrize(
    ("purl", "cpe", "row"),
    [
        ("pkg:github/Acme/TLS@v1", ACME, ("git:github.com/acme/tls", "cpe:acme:tls")),
        ("pkg:generic/acme/tls", "cpe:/a:Acme:TLS:1.0", ("pkg:generic/acme/tls", "cpe:acme:tls")),
        ("pkg:npm/nx", "cpe:2.3:a:siemens:nx", ("pkg:npm/nx", "cpe:siemens:nx")),
    ],
)
def test_a_pair_becomes_names_as_they_are_looked_up(
    purl: str, cpe: str, row: tuple[str, str]
) -> None:
    assert map_row(purl, cpe) == row


@pytest.mark.parametrize(
    ("purl", "cpe"),
    [
        ("", ACME),
        ("nx", ACME),
        ("pkg:generic/a%00b", ACME),
        ("pkg:generic/a\nb", ACME),
        ("pkg:generic/" + "a" * 600, ACME),
        ("pkg:generic/a", ""),
        ("pkg:generic/a", "cpe:2.3:h:acme:board"),
        ("pkg:generic/a", "cpe:2.3:a:*:tls"),
        ("pkg:generic/a", "cpe:/a:ac%00me:tls"),
        ("pkg:generic/a", "cpe:2.3:a:ac\x00me:tls"),
        ("pkg:generic/a", "cpe:2.3:a:ac\ud800me:tls"),
        ("pkg:generic/a", "cpe:2.3:a:acme:" + "t" * 600),
    ],
)
def test_what_identifies_nothing_is_refused(purl: str, cpe: str) -> None:
    with pytest.raises(Invalid):
        map_row(purl, cpe)


@pytest.mark.parametrize("purl", ["pkg:npm/tls", "pkg:generic/TLS", "pkg:docker/tls"])
def test_one_word_in_common_is_a_guess(purl: str) -> None:
    with pytest.raises(Invalid, match="that is a guess"):
        map_row(purl, "cpe:2.3:a:tls:tls")


@pytest.mark.parametrize(
    "purl", ["pkg:github/tls/tls", "pkg:generic/tls?vcs_url=git%2Bhttps://github.com/tls/tls"]
)
def test_a_repository_backs_the_word(purl: str) -> None:
    assert map_row(purl, "cpe:2.3:a:tls:tls").package == "cpe:tls:tls"


def test_packages_with_advisories_of_their_own_are_kept_and_not_used() -> None:
    nx, tls = MapRow("pkg:npm/nx", "cpe:siemens:nx"), MapRow("git:github.com/a/b", "cpe:a:b")

    assert usable([nx, tls, nx], is_for_ecosystems=False) == {nx: False, tls: True}
    assert usable([nx, tls], is_for_ecosystems=True) == {nx: True, tls: True}


def test_a_name_of_very_many_products_is_used_for_none() -> None:
    rows = [MapRow("git:github.com/a/all", f"cpe:a:{each}") for each in range(LIMIT_PRODUCTS + 1)]

    assert set(usable(rows, is_for_ecosystems=True).values()) == {False}
    assert set(usable(rows[1:], is_for_ecosystems=True).values()) == {True}
