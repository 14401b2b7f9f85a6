"""Ranges as npm, pip and nginx write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.versions import NotVers, parse_vers, vers_of_native

NUMBERS = st.integers(0, 4)
VERSIONS = st.tuples(NUMBERS, NUMBERS, NUMBERS).map(lambda parts: ".".join(map(str, parts)))
BOUNDS = st.tuples(st.sampled_from(["<", "<=", ">", ">=", "="]), VERSIONS).map("".join)


@pytest.mark.parametrize(
    ("native", "expected"),
    [
        ("", "*"),
        ("*", "*"),
        ("x", "*"),
        ("1.2.3 - 2.3", ">=1.2.3|<2.4.0"),
        ("1.2 - 2.3.4", ">=1.2.0|<=2.3.4"),
        ("~1.2.3", ">=1.2.3|<1.3.0"),
        ("~1", ">=1.0.0|<2.0.0"),
        ("~> 1.2", ">=1.2.0|<1.3.0"),
        ("^1.2.3", ">=1.2.3|<2.0.0"),
        ("^0.2.3", ">=0.2.3|<0.3.0"),
        ("^0.0.3", ">=0.0.3|<0.0.4"),
        ("^0.0", ">=0.0.0|<0.1.0"),
        ("^0.x", ">=0.0.0|<1.0.0"),
        ("=3.x.2", ">=3.0.0|<4.0.0"),
        (">1", ">=2.0.0"),
        (">1.2", ">=1.3.0"),
        ("<1.2", "<1.2.0"),
        ("v1.2.3 || =1.2.4", "1.2.3|1.2.4"),
        (">= 1.0, < 2.0", ">=1.0.0|<2.0.0"),
        ("<1.0.0 || >1.0.0", "!=1.0.0"),
        ("1.0.0 || >1.0.0 <2.0.0", ">=1.0.0|<2.0.0"),
    ],
)
def test_npm_is_read_as_npm_reads_it(native: str, expected: str) -> None:
    assert str(vers_of_native("npm", native)) == f"vers:npm/{expected}"


@pytest.mark.parametrize("native", ["<x", "1.0.0 2.0.0", ">2 <1"])
def test_what_no_version_fulfils_holds_none(native: str) -> None:
    assert str(vers_of_native("npm", native)) == "vers:none/*"


@pytest.mark.parametrize(
    ("native", "expected"),
    [
        ("~=2.2.1", ">=2.2.1|<2.3.dev0"),
        ("~=2.2", ">=2.2|<3.dev0"),
        ("==1.4.*", ">=1.4.dev0|<1.5.dev0"),
        ("!=1.4.*", "<1.4.dev0|>=1.5.dev0"),
        (">=1.0,!=1.3,<2.0", ">=1.0|!=1.3|<2.0"),
        ("=== 1.0", "1.0"),
        ("<=1.0-Beta.2", "<=1.0b2"),
        ("==1!2.0.post1.dev3+ubuntu_1", "1%212.0.post1.dev3+ubuntu.1"),
        (">=1.0,<2.0||", ">=1.0|<2.0"),
        ("", "*"),
    ],
)
def test_pip_is_read_as_pep_440_says(native: str, expected: str) -> None:
    assert str(vers_of_native("pypi", native)) == f"vers:pypi/{expected}"


@pytest.mark.parametrize(
    ("native", "expected"),
    [
        ("0.6.18-1.20.0", "vers:nginx/>=0.6.18|<=1.20.0"),
        ("1.21.0+, 1.20.1+", "vers:nginx/>=1.20.1"),
        ("1.20.1+", "vers:nginx/>=1.20.1|<1.21.0"),
        ("1.21.0+", "vers:nginx/>=1.21.0"),
        ("all", "vers:nginx/*"),
        ("none", "vers:none/*"),
    ],
)
def test_nginx_is_read_by_branch(native: str, expected: str) -> None:
    assert str(vers_of_native("nginx", native)) == expected


@pytest.mark.parametrize(
    ("kind", "native"),
    [
        ("npm", "latest"),
        ("npm", "1.2.3.4"),
        ("npm", ">=1.0.0 -"),
        ("npm", "git+ssh://example.com/x"),
        ("pypi", "1.0"),
        ("pypi", "~=1"),
        ("pypi", ">=1.*"),
        ("pypi", "==one"),
        ("nginx", "nginx/Windows 0.7.52"),
        ("nginx", "1.0++"),
        ("maven", "[1,2)"),
        ("npm", "1" * 30_000),
        ("npm", "||".join(["1.0.0"] * 2_000)),
    ],
)
def test_what_is_no_native_range_is_refused_in_words(kind: str, native: str) -> None:
    with pytest.raises(NotVers, match=r"is no|not read|longer|more than|alone|needs"):
        vers_of_native(kind, native)


@given(st.lists(st.lists(BOUNDS, min_size=1, max_size=3), min_size=1, max_size=4), VERSIONS)
def test_a_version_lies_in_it_if_all_bounds_of_one_alternative_hold(
    alternatives: list[list[str]], version: str
) -> None:
    native = " || ".join(" ".join(bounds) for bounds in alternatives)
    holds = any(
        all(version in parse_vers(f"vers:npm/{bound.removeprefix('=')}") for bound in bounds)
        for bounds in alternatives
    )

    assert (version in vers_of_native("npm", native)) is holds


@given(st.lists(BOUNDS, min_size=1, max_size=4))
def test_what_comes_out_is_canonical(bounds: list[str]) -> None:
    text = str(vers_of_native("npm", " || ".join(bounds)))

    assert str(parse_vers(text)) == text
