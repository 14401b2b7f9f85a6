"""Which of several statements is believed of a component, and where it stands on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.identity import coordinates
from longmark.core.lifespans import Book, Origin, Standing, Statement, read_line, standing

DAY = date(2026, 11, 25)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def said(number: int, product: str, versions: str, origin: Origin = Origin.SHIPPED) -> Statement:
    return Statement(number, read_line(product, versions), origin, None, DAY)


def places(purl: str):
    return coordinates(purl=purl, cpes=(), name="", version=None)


def numbers(book: Book, purl: str) -> list[int]:
    return [one.number for one in book.speaking_of(places(purl))]


def test_a_product_is_met_by_each_of_its_names():
    book = Book([said(1, "openssl", "1.1.1")])

    for purl in (
        "pkg:generic/openssl@1.1.1k",
        "pkg:github/openssl/openssl@OpenSSL_1_1_1k",
        "pkg:conan/openssl@1.1.1k",
    ):
        assert numbers(book, purl) == [1], purl


def test_a_package_of_a_distribution_lives_as_long_as_its_release():
    book = Book([said(1, "openssl", "1.1.1"), said(2, "debian", "11")])

    assert numbers(book, "pkg:deb/debian/openssl@1.1.1k-1+deb11u1?distro=debian-11") == [2]
    assert numbers(book, "pkg:deb/debian/openssl@1.1.1k-1?distro=debian-12") == []


def test_what_people_state_goes_before_lists_and_those_before_the_table():
    origins = (Origin.SHIPPED, Origin.STATED, Origin.IMPORTED)
    book = Book(said(n, "openssl", "1.1.1", each) for n, each in enumerate(origins))

    assert numbers(book, "pkg:generic/openssl@1.1.1k") == [1, 2, 0]


def test_a_part_of_the_versions_goes_before_all_of_them_and_the_own_name_before_the_products():
    book = Book(
        [
            said(1, "pkg:npm/nx", ""),
            said(2, "pkg:npm/nx", "15"),
            said(3, "linux", "5.10"),
            said(4, "pkg:generic/acme-kernel", ""),
        ]
    )

    assert numbers(book, "pkg:npm/nx@15.1.0") == [2, 1]
    own = "pkg:generic/acme-kernel@5.10.3?vcs_url=https://github.com/torvalds/linux"
    assert numbers(book, own) == [4, 3]


def test_an_unknown_version_is_met_by_statements_on_all_versions_only():
    book = Book([said(1, "pkg:npm/nx", "15"), said(2, "pkg:npm/nx", "")])

    assert numbers(book, "pkg:npm/nx") == [2]


@pytest.mark.parametrize(
    ("support", "end", "expected"),
    [
        (None, None, Standing.UNANNOUNCED),
        (None, DAY, Standing.SUPPORTED),
        (None, DAY - timedelta(1), Standing.ENDED),
        (DAY - timedelta(1), None, Standing.ENDED),
        (DAY - timedelta(1), DAY, Standing.SECURITY_ONLY),
        (DAY, DAY, Standing.SUPPORTED),
    ],
)
def test_where_a_lifespan_stands(support, end, expected):
    assert standing(support, end, today=DAY) is expected


@given(DAYS, DAYS, st.none() | DAYS, st.none() | DAYS)
def test_it_never_gets_better_with_time(one, other, support, end):
    order = [Standing.ENDED, Standing.SECURITY_ONLY, Standing.SUPPORTED, Standing.UNANNOUNCED]
    earlier, later = (standing(support, end, today=day) for day in sorted((one, other)))

    assert order.index(later) <= order.index(earlier)
