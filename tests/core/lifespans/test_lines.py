"""Lines of versions: what people write, and which versions lie in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.errors import Invalid
from longmark.core.identity import package_scheme
from longmark.core.lifespans import Line, read_line, shipped
from longmark.core.lifespans.lines import distribution_line
from longmark.core.versions import key

NUMBERS = st.integers(0, 30)


def holds(line: Line, version: str) -> bool:
    return line.holds(key(package_scheme(line.package), version))


@pytest.mark.parametrize(
    ("product", "versions", "package", "said"),
    [
        ("openssl", "1.1.1", "cpe:openssl:openssl", "openssl 1.1.1"),
        ("OpenSSL", "v1.1.1.x", "cpe:openssl:openssl", "openssl 1.1.1"),
        ("pkg:generic/openssl", "3.0 LTS", "cpe:openssl:openssl", "openssl 3.0"),
        ("cpe:2.3:a:arm:mbed_tls:*:*:*:*:*:*:*:*", "2.16", "cpe:arm:mbed_tls", "mbedtls 2.16"),
        ("https://github.com/openssl/openssl", "3", "cpe:openssl:openssl", "openssl 3"),
        ("linux-kernel", "6.1", "cpe:linux:linux_kernel", "linux 6.1"),
        ("pkg:npm/nx", ">=15, <16", "npm:nx", "npm:nx >= 15 < 16"),
        ("pkg:npm/nx", "", "npm:nx", "npm:nx"),
        ("debian", "bullseye", "deb:debian:11:", "debian 11"),
        ("deb:debian:11:", "", "deb:debian:11:", "debian 11"),
        ("alpine-linux", "3.19", "apk:alpine:v3.19:", "alpine v3.19"),
        ("rhel", "8.4", "rpm:redhat:8:", "redhat 8"),
    ],
)
def test_a_line_is_read_in_many_spellings(product, versions, package, said):
    line = read_line(product, versions)

    assert (line.package, str(line)) == (package, said)


@pytest.mark.parametrize(
    ("product", "versions", "field", "word"),
    [
        ("", "1", "product", "neither a product"),
        ("quux", "1", "product", "give a purl"),
        ("openssl", "bookworm", "versions", "no line of versions"),
        ("openssl", ">= 2 < 1", "versions", "holds no version"),
        ("debian", "", "versions", "which release of debian"),
        ("x" * 201, "1", "product", "At most 200"),
        ("pkg:alpm/arch/zlib", "1.2", "versions", "no order"),
    ],
)
def test_what_is_no_line_is_refused_with_its_mend(product, versions, field, word):
    with pytest.raises(Invalid, match=word) as refused:
        read_line(product, versions)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("versions", "inside", "outside"),
    [
        ("1.1.1", ["1.1.1", "1.1.1k", "1.1.1zz", "1.1.1-pre9"], ["1.1.0l", "1.1.2", "1.0.2u"]),
        ("3.0", ["3.0.0", "3.0.17", "3.0.0-alpha1"], ["3.1.0", "3.10.0", "2.9"]),
        (">= 1.0.2 < 3.0", ["1.0.2u", "1.1.1"], ["1.0.1t", "3.0.0"]),
        ("= 3.0.13", ["3.0.13"], ["3.0.12", "3.0.14"]),
    ],
)
def test_a_line_holds_its_versions_and_no_others(versions, inside, outside):
    line = read_line("openssl", versions)

    assert all(holds(line, each) for each in inside)
    assert not any(holds(line, each) for each in outside)


def test_a_version_without_order_lies_in_all_versions_only():
    assert read_line("openssl", "").holds(None)
    assert not read_line("openssl", "3.0").holds(None)


@given(st.lists(NUMBERS, min_size=1, max_size=3), st.lists(NUMBERS, min_size=1, max_size=4))
def test_a_branch_holds_just_what_begins_with_it(branch, version):
    line = read_line("linux", ".".join(map(str, branch)))
    padded = [*version, 0, 0, 0]

    assert holds(line, ".".join(map(str, version))) == (padded[: len(branch)] == branch)


@pytest.mark.parametrize(
    ("package", "release"),
    [
        ("deb:debian:11:zlib", "deb:debian:11:"),
        ("apk:alpine:v3.19:busybox", "apk:alpine:v3.19:"),
        ("deb:debian:unknown:zlib", ""),
        ("maven:org.acme:core:x", ""),
        ("cpe:openssl:openssl", ""),
    ],
)
def test_the_release_of_a_distribution_is_read_from_the_key(package, release):
    assert distribution_line(package) == release


def test_the_shipped_table_states_each_line_once_and_says_who_says_so():
    table = shipped()

    assert len({one.line for one in table}) == len(table) > 150
    assert all(one.said_by and one.source.startswith("https://") for one in table)
    assert all(one.support_ends_on or one.end_of_life_on for one in table)
    assert not [
        one
        for one in table
        if one.support_ends_on and one.end_of_life_on and one.support_ends_on > one.end_of_life_on
    ]
