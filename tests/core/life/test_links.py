"""Identification links: the same each time, unguessable, and found again in what was scanned."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.errors import Invalid
from longmark.core.life.links import (
    identification_link,
    last_part,
    read_token,
    token,
    token_in,
)

SECRET, OTHER = b"s" * 32, b"o" * 32
UNIT = UUID("877c8db6-2852-5528-9c12-fcdb2c29d086")


@given(st.uuids(), st.integers(0, 255), st.binary(min_size=16, max_size=64))
def test_token_states_its_unit_and_key(unit: UUID, key: int, secret: bytes) -> None:
    read = read_token(token(unit, key=key, secret=secret))

    assert read is not None
    assert (read.unit, read.key) == (unit, key)
    assert read.is_made_with(secret)


@given(st.uuids(), st.uuids())
def test_token_of_one_unit_seals_no_other(unit: UUID, other: UUID) -> None:
    mine, others = (token(each, key=1, secret=SECRET) for each in (unit, other))
    forged = read_token(others[:27] + mine[27:])

    assert (mine == others) == (unit == other)
    assert forged is not None
    assert forged.is_made_with(SECRET) == (unit == other)


def test_token_of_another_key_is_not_ours() -> None:
    read = read_token(token(UNIT, key=1, secret=OTHER))

    assert read is not None
    assert not read.is_made_with(SECRET)


@given(st.text(max_size=60))
def test_what_is_no_token_states_nothing(text: str) -> None:
    read = read_token(text)

    assert read is None or token(read.unit, key=read.key, secret=SECRET)[:26] == text.lower()[:26]


@pytest.mark.parametrize(
    "scanned",
    [
        "https://id.example/u/{}",
        "http://old-name.example/u/{}/",
        " https://id.example/u/{}?utm=1#top ",
        "{}",
    ],
)
def test_token_is_found_in_what_was_scanned(scanned: str) -> None:
    made = token(UNIT, key=1, secret=SECRET)
    read = token_in(scanned.format(made))

    assert read is not None
    assert read.unit == UNIT


def test_token_may_be_written_in_capitals() -> None:
    read = read_token(token(UNIT, key=1, secret=SECRET).upper())

    assert read is not None
    assert read.is_made_with(SECRET)


@pytest.mark.parametrize("text", ["", "200-2240", "https://[broken/u/x", "https://id.example/"])
def test_other_texts_hold_no_token(text: str) -> None:
    assert token_in(text) is None


def test_last_part_of_a_foreign_link_is_unescaped() -> None:
    assert last_part("HTTPS://maker.example/a/200%2F7?x=1") == "200/7"


def test_link_is_short_enough_for_a_small_code() -> None:
    link = identification_link("https://id.tallgrass.example/", token(UNIT, key=1, secret=SECRET))

    assert link.startswith("https://id.tallgrass.example/u/")
    assert len(link) <= 100


@pytest.mark.parametrize(
    "base",
    [
        "",
        "id.example",
        "ftp://id.example",
        "https://ID.example",
        "https://id.example/?u=",
        "x" * 250,
    ],
)
def test_link_begins_with_an_address_that_can_last(base: str) -> None:
    with pytest.raises(Invalid, match="cannot be the begin"):
        identification_link(base, "a" * 40)
