"""Ranges in the notation of `vers`: canonical form, containment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.versions import NotVers, parse_vers, read_vers

bounds = st.lists(
    st.tuples(st.sampled_from([">", ">=", "<", "<=", "=", "!=", ""]), st.integers(0, 9)),
    min_size=1,
    max_size=6,
).map(lambda parts: "|".join(f"{sign}{number}" for sign, number in parts))


@pytest.mark.parametrize(
    "text",
    [
        "vers:npm/>=1.0.0|<2.0.0|3.0.0",
        "vers:npm/<1.0.0|>=2.0.0|!=2.5.0|<3.0.0",
        "vers:deb/1:1.0~rc1+dfsg-1",
        "vers:generic/1.0%252F0%7C",
        "vers:pypi/*",
        "vers:all/*",
    ],
)
def test_the_canonical_form_is_read_and_written_alike(text: str) -> None:
    assert str(parse_vers(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "npm/1.0.0",
        "vers:NPM/1.0.0",
        "vers:npm/",
        "vers:npm/>=1.0.0 |<2.0.0",
        "vers:npm/|1.0.0",
        "vers:npm/1.0.0||2.0.0",
        "vers:npm/=1.0.0",
        "vers:npm/*|1.0.0",
        "vers:npm/2.0.0|1.0.0",
        "vers:npm/1.0.0|1.0.0",
        "vers:npm/>=1.0.0|>=2.0.0",
        "vers:npm/1.0.0|<2.0.0",
        "vers:npm/>=1.0.0|2.0.0",
        "vers:npm/1.0%2B1",
        "vers:npm/1.0%3c1",
        "vers:npm/1.0%ff",
        "vers:npm/1.2.3.4|1.2.3.5",
        "vers:datetime/2024-01-01t00:00:00z",
        "vers:npm/" + "|".join(map(str, range(2000))),
    ],
)
def test_any_other_form_is_an_error(text: str) -> None:
    with pytest.raises(NotVers):
        parse_vers(text)


@pytest.mark.parametrize(
    ("text", "version", "is_inside"),
    [
        ("vers:semver/>=1.0.0|<2.0.0|>=3.0.0", "2.5.0", False),
        ("vers:semver/>=1.0.0|<2.0.0|>=3.0.0", "3.5.0", True),
        ("vers:semver/>=1.0.0|>=2.0.0|<3.0.0", "1.5.0", True),
        ("vers:semver/<1.0.0|<2.0.0", "1.5.0", True),
        ("vers:semver/!=1.0.0", "1.5.0", True),
        ("vers:semver/!=1.0.0", "1.0.0", False),
        ("vers:semver/1.0.0|!=2.0.0", "3.0.0", False),
        ("vers:openssl/>=1.0.2|<1.0.2zd", "1.0.2k-fips", True),
        ("vers:none/*", "1.0", False),
        ("vers:firmware/>=2.0|<2.10", "V2.9", True),
    ],
)
def test_a_version_lies_in_a_range_or_not(text: str, version: str, *, is_inside: bool) -> None:
    assert (version in read_vers(text)) is is_inside


@given(bounds, st.integers(0, 9))
def test_reading_twice_changes_nothing(parts: str, version: int) -> None:
    once = read_vers(f"vers:intdot/{parts}")
    again = read_vers(str(once))

    assert again == once
    assert (str(version) in again) == (str(version) in once)
