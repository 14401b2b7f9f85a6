"""Order of versions: tables of what people get wrong, and the laws that every scheme keeps."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.versions import (
    END,
    PAIRWISE,
    Scheme,
    Unkeyable,
    branch_end,
    compare,
    is_unstated,
    just_above,
    key,
)

RISING = {
    Scheme.SEMVER: "1.0.0-alpha 1.0.0-alpha.1 1.0.0-beta.2 1.0.0-beta.11 1.0.0 1.0.1 1.10.0 v2",
    Scheme.PEP440: "1.0.dev1 1.0a1.dev1 1.0a1 1.0b2 1.0rc1 1.0 1.0+local 1.0.post1 1.1 1!0.1",
    Scheme.DPKG: "1.0~rc1-1 1.0-1~bpo12+1 1.0-1 1.0-1+deb12u1 1.0a-1 1.0+dfsg-1 1:0.1-1",
    Scheme.RPM: "1.0~rc1 1.0 1.0-1.el9_2 1.0-1.el9_4 1.0-10.el9 1.0^git1 1.0a 1.0.1-1 1:0.1-1",
    Scheme.APK: "1.0_alpha 1.0_beta1 1.0_rc1 1.0 1.0-r1 1.0_p1 1.0a 1.0.01 1.0.1 1.1",
    Scheme.GEM: "1.0.a 1.0.rc1 1.0 1.0.1.pre 1.0.1 1.10",
    Scheme.NUGET: "1.0.0-Alpha 1.0.0-beta 1.0.0 1.0.0.1 1.0.1",
    Scheme.MAVEN: "1-alpha-1 1-beta-1 1-M1 1-rc-1 1-SNAPSHOT 1 1-sp 1-jre 1.0.1 1.10",
    Scheme.OPENSSL: "0.9.8zh 1.0.2 1.0.2zc 1.0.2zd 1.1.0g 1.1.1-pre1 1.1.1 1.1.1n 1.1.1za 3.0.0",
    Scheme.GENERIC: "8.9p1 10.2.9-beta 10.2.9-rc1 10.2.9 10.2.9-h1 10.2.10 2022.07-rc5 2022.07",
    Scheme.INTDOT: "1 1.0 1.0.0 1.1 1.10",
    Scheme.COMPOSER: "1.0.x-dev 2.0-dev 2.0-alpha1 2.0b1 2.0RC1 2.0 2.0pl1 2.0.1 2.x-dev 3",
    Scheme.CRAN: "0.9 0.75 1.0 1.0-0 1.0.1 1.1-2 1.1-10",
    Scheme.HACKAGE: "1 1.0 1.0.0 1.0.1 1.2 1.10",
    Scheme.PUB: "1.0.0-dev 1.0.0-dev+1 1.0.0 1.0.0+2 1.0.0+10 1.0.0+a 1.0.0+a.1 1.0.1",
    Scheme.CONAN: "1.0-alpha.3 1.0-alpha.22 1.0-pre 1.0 1.0+b1 1.0.1 1.1 1.a 2 10",
    Scheme.ALPM: "1.0a 1.0alpha 1.0rc 1.0 1.0.a 1.0.1-1 1.0.1-2 1.1 1:0.1",
    Scheme.GENTOO: "1_alpha 1_rc2 1 1-r1 1_p1 1a 1.0 1.010 1.1 1.1.1 1.10",
    Scheme.NGINX: "0.8.55 1.5 1.5.1 1.5.10 1.25.3",
    Scheme.LEXICOGRAPHIC: "1 1.10 1.9 A Z a aa z ä €",
    Scheme.DATETIME: "2024-01-01T00:00:00Z 2024-01-01T00:00:00.5Z 2024-01-01T00:00:60Z"
    " 2024-01-01T00:30:00-01:00",
}

EQUAL = [
    (Scheme.SEMVER, "v1.2.3", "1.2.3+build.7"),
    (Scheme.SEMVER, "go1.16rc1", "1.16.0-rc.1"),
    (Scheme.SEMVER, "20.10.9+incompatible", "v20.10.9"),
    (Scheme.PEP440, "1.0", "1.0.0"),
    (Scheme.DPKG, "1.0", "0:1.0-0"),
    (Scheme.RPM, "1.0-1", "0:1.0-1"),
    (Scheme.GEM, "1.13.6-x86_64-linux", "1.13.6"),
    (Scheme.NUGET, "1.0.0-RC", "1.0.0-rc"),
    (Scheme.MAVEN, "5.2.20.RELEASE", "5.2.20"),
    (Scheme.OPENSSL, "1.0.2k-fips", "1.0.2k"),
    (Scheme.OPENSSL, "OpenSSL_1_1_1n", "1.1.1n"),
    (Scheme.COMPOSER, "v1.25.0-beta2.1", "1.25.0-b.2.1"),
    (Scheme.COMPOSER, "1.0", "1.0.0"),
    (Scheme.COMPOSER, "1.0.0+no-extras", "1.0.0"),
    (Scheme.CRAN, "0.01.0", "0.1-0"),
    (Scheme.HACKAGE, "1.2.3-tag", "1.2.3"),
    (Scheme.CONAN, "1.0-pre1.0+b1.0", "1.0.0-pre1+b1"),
    (Scheme.GENTOO, "1.0-r0", "1.0"),
    (Scheme.NGINX, "nginx/1.5", "1.5.0"),
    (Scheme.DATETIME, "2024-01-01T01:30:00.50+01:30", "2024-01-01T00:00:00.5Z"),
    (Scheme.GENERIC, "V2.5", "2.5.0"),
    (Scheme.GENERIC, "FW 2.4.1-yocto-standard", "2.4.1"),
    (Scheme.GENERIC, "5.6.1+really5.4.5", "5.4.5"),
]

WITHOUT_BRANCHES = {Scheme.INTDOT, Scheme.ALPM, Scheme.LEXICOGRAPHIC, Scheme.DATETIME}

WORDS = ["a", "b", "rc", "rc1", "alpha", "beta2", "sp1", "final", "p1", "dev", "post1", "zh", "-r1"]
versions = st.lists(
    st.tuples(
        st.sampled_from([".", "-", "", "_", "~", "+"]), st.sampled_from([*WORDS, *"0123", "10"])
    ),
    max_size=5,
).map(lambda parts: "1" + "".join(separator + word for separator, word in parts))


def keyed(scheme: Scheme, version: str) -> str | None:
    try:
        return key(scheme, version)
    except Unkeyable:
        return None


@pytest.mark.parametrize("scheme", Scheme)
def test_versions_rise_as_the_scheme_says(scheme: Scheme) -> None:
    for lower, higher in pairwise(RISING[scheme].split()):
        assert compare(scheme, lower, higher) == -1, (lower, higher)


@pytest.mark.parametrize(("scheme", "left", "right"), EQUAL)
def test_spellings_of_one_version_share_a_key(scheme: Scheme, left: str, right: str) -> None:
    assert key(scheme, left) == key(scheme, right)


@given(scheme=st.sampled_from(Scheme), version=versions)
def test_keys_are_printable_ascii_between_the_bounds(scheme: Scheme, version: str) -> None:
    place = keyed(scheme, version)

    assert place is None or all("!" <= character <= "~" for character in place)
    assert place is None or place < just_above(place) < END


@given(scheme=st.sampled_from(Scheme), version=versions)
def test_nothing_lies_between_a_key_and_just_above_it(scheme: Scheme, version: str) -> None:
    place, longer = keyed(scheme, version), keyed(scheme, version + ".1")

    assert place is None or longer is None or not place < longer < just_above(place)


@given(scheme=st.sampled_from(Scheme), left=versions, right=versions)
def test_comparing_agrees_with_the_order_of_keys(scheme: Scheme, left: str, right: str) -> None:
    lower, higher = keyed(scheme, left), keyed(scheme, right)
    if lower is not None and higher is not None:
        assert compare(scheme, left, right) == (lower > higher) - (lower < higher)
        assert compare(scheme, right, left) == -compare(scheme, left, right)


@pytest.mark.parametrize("scheme", sorted(PAIRWISE | {Scheme.APK, Scheme.COMPOSER, Scheme.PEP440}))
@given(left=versions, right=versions)
def test_some_schemes_order_what_they_cannot_key(scheme: Scheme, left: str, right: str) -> None:
    assert compare(scheme, left, right) == -compare(scheme, right, left)


@pytest.mark.parametrize(
    ("scheme", "lower", "higher"),
    [
        (Scheme.COMPOSER, "dev-main", "0.1"),
        (Scheme.PEP440, "0.9-final-fantasy", "0.1.dev1"),
        (Scheme.APK, "1.2_blah", "1.2"),
        (Scheme.CONAN, "10", "1a"),
        (Scheme.CONAN, "1a", "2"),
    ],
)
def test_what_has_no_key_has_a_place(scheme: Scheme, lower: str, higher: str) -> None:
    assert compare(scheme, lower, higher) == -1


def test_a_release_that_only_one_side_states_says_nothing_to_pacman() -> None:
    assert compare(Scheme.ALPM, "1.5-1", "1.5") == compare(Scheme.ALPM, "1.5", "1.5-2") == 0
    assert compare(Scheme.ALPM, "1.5-1", "1.5-2") == -1


@pytest.mark.parametrize("scheme", sorted(set(Scheme) - {Scheme.DATETIME}))
def test_a_text_equals_itself_with_or_without_a_key(scheme: Scheme) -> None:
    assert compare(scheme, "1.1.3.4.5", "1.1.3.4.5") == 0


@given(st.integers(0, 10**40), st.integers(0, 10**40))
def test_numbers_of_any_size_compare_by_value(left: int, right: int) -> None:
    lower, higher = key(Scheme.GENERIC, f"1.{left}"), key(Scheme.GENERIC, f"1.{right}")

    assert (lower < higher) == (left < right)


@pytest.mark.parametrize("scheme", sorted(set(Scheme) - WITHOUT_BRANCHES))
@pytest.mark.parametrize("branch", ["6.1", "6.0", "6", "1.9"])
def test_a_branch_ends_above_its_last_and_below_the_next(scheme: Scheme, branch: str) -> None:
    end = branch_end(scheme, branch)
    parts = [int(part) for part in branch.split(".")]
    following = ".".join(map(str, [*parts[:-1], parts[-1] + 1]))

    assert key(scheme, branch) < key(scheme, f"{branch}.999") < end <= key(scheme, following)


@pytest.mark.parametrize(
    "version",
    [None, "", " ", "*", "unknown", "latest", "master", "HEAD", "0", "(devel)", "87dc89f01550"],
)
def test_some_versions_say_nothing(version: str | None) -> None:
    assert is_unstated(version)


@pytest.mark.parametrize("version", ["0.1", "1.1.1n", "20230219", "v0.0.0-2019", "R2", "6.0.1.28"])
def test_real_versions_say_something(version: str) -> None:
    assert not is_unstated(version)


@pytest.mark.parametrize(
    ("scheme", "version"),
    [
        (Scheme.PEP440, "0.2.0-n653"),
        (Scheme.SEMVER, "1.2.3.4"),
        (Scheme.GENERIC, "Snapdragon 855"),
        (Scheme.GENERIC, "1.0²"),
        (Scheme.MAVEN, "1.foo.2"),
        (Scheme.COMPOSER, "dev-main"),
        (Scheme.CRAN, "1.0.rc1"),
        (Scheme.CONAN, "1.1a"),
        (Scheme.ALPM, "1.5-1"),
        (Scheme.DATETIME, "2024-02-30T00:00:00Z"),
        (Scheme.GENERIC, "1" * 301),
    ],
)
def test_what_has_no_order_has_no_key(scheme: Scheme, version: str) -> None:
    with pytest.raises(Unkeyable):
        key(scheme, version)
