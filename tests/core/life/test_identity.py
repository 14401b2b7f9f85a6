import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.errors import Invalid
from longmark.core.life.identity import (
    MangledSerial,
    folded_serial,
    lost_zeros,
    plausible_serial,
    shape,
    shape_of_pattern,
    unit_id,
)


@given(st.text())
def test_folding_twice_is_folding_once(serial):
    assert folded_serial(folded_serial(serial)) == folded_serial(serial)


@pytest.mark.parametrize("same", ["tg200-4711", " TG200-4711 ", "TG200–4711", "TG 200-4711"])
def test_spelling_does_not_change_the_identity(same):
    assert unit_id("TG-200", same) == unit_id("TG-200", "TG200-4711")


def test_zeros_item_and_discriminator_belong_to_the_identity():
    names = [("TG-200", "42", ""), ("TG-200", "0042", ""), ("TG-700", "42", "")]

    assert len({unit_id(*name) for name in [*names, ("TG-200", "42", "Salina")]}) == 4


@pytest.mark.parametrize("mangled", ["1.2E+10", "1,2E+10", "4E+17", "12345.0", "12345,00"])
def test_a_number_that_a_spreadsheet_made_is_refused(mangled):
    with pytest.raises(MangledSerial, match="format the column as text"):
        plausible_serial(mangled)


@pytest.mark.parametrize("fine", ["4E17", "0042", "CB21-D-20655", "1.2", "12.5E"])
def test_serials_that_only_look_odd_are_taken(fine):
    assert plausible_serial(f" {fine} ") == fine


@pytest.mark.parametrize("bad", ["", "   ", "a\x00b", "x" * 65])
def test_what_cannot_be_a_serial_is_refused(bad):
    with pytest.raises(Invalid):
        plausible_serial(bad)


def test_zeros_lost_in_front_are_noticed_where_the_width_is_fixed():
    known = frozenset({shape("00004711")})

    assert lost_zeros("4711", known) == 4
    assert lost_zeros("4711", frozenset()) == 0
    assert lost_zeros("4711", frozenset({"9999", "99999999"})) == 0
    assert lost_zeros("47-11", known) == 0


@pytest.mark.parametrize(
    ("pattern", "shape"),
    [
        (r"PN-\d{6}", "PN-######"),
        (r"[0-9]{3}\.\d", "###.#"),
        (r"\d+", ""),
        (r"A?B", ""),
        (r"AB*", ""),
        (r"\d{2,4}", ""),
        (r"[A-Z]{2}", ""),
        (r".", ""),
    ],
)
def test_a_simple_pattern_is_shown_as_it_looks(pattern: str, shape: str) -> None:
    assert shape_of_pattern(pattern) == shape
