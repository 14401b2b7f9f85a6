"""Names of pieces survive the way out and in, and what names no piece is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.errors import Invalid
from longmark.core.formats.epcis.naming import (
    RESOLVER,
    Piece,
    party_of,
    party_uri,
    piece_of,
    uri_of,
)
from longmark.core.identity.gtin import check_digit, gtin_of, spellings

texts = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
gtins = st.from_regex(r"[0-9]{13}", fullmatch=True).map(lambda body: body + check_digit(body))


@given(texts, texts, st.just("") | texts)
def test_a_unit_without_gtin_keeps_its_name(item: str, serial: str, discriminator: str):
    piece = Piece(item, serial, discriminator)
    assert piece_of(uri_of(piece)) == piece


@given(gtins, texts, st.booleans())
def test_a_unit_with_gtin_keeps_its_number(gtin: str, serial: str, is_batch: bool):
    uri = uri_of(Piece("TG-200", serial, gtin=gtin, is_batch=is_batch))
    assert piece_of(uri) == Piece(gtin if uri.startswith(RESOLVER) else "TG-200", serial)


@given(gtins)
def test_a_gtin_is_the_same_with_and_without_zeros_in_front(gtin: str):
    assert {gtin_of(each) for each in spellings(gtin)} == {gtin}
    assert gtin_of(gtin[:-1] + str((int(gtin[-1]) + 1) % 10)) == ""


@pytest.mark.parametrize(
    ("uri", "serial"),
    [
        ("urn:epc:id:sgtin:4012345.000001.A%2F1", "A/1"),
        ("urn:epc:class:lgtin:4012345.000001.L7", "L7"),
        ("https://example.com/any/01/04012345000016/22/2A/21/1001?17=270101", "1001"),
        ("https://id.gs1.org/01/4012345000016/10/L7/21/1001", "1001"),
        ("https://id.gs1.org/gtin/04012345000016/lot/L7", "L7"),
    ],
)
def test_all_ways_to_name_a_piece_are_read(uri: str, serial: str):
    assert piece_of(uri) == Piece("04012345000016", serial)


@pytest.mark.parametrize(
    "uri",
    [
        None, 7, "", "TG-200", "urn:epc:id:sscc:4012345.0000000001", "urn:longmark:unit:TG-200",
        "urn:longmark:unit::1", "https://id.gs1.org/01/04012345000016", "https://[", "https://x",
        "https://id.gs1.org/01/04012345000017/21/1", "urn:epc:id:sgtin:401234.000001.1",
        "https://id.gs1.org/01", "x" * 5_000, "urn:longmark:unit:TG-200:%ff",
    ],
)  # fmt: skip
def test_what_names_no_piece_is_refused(uri: object):
    with pytest.raises(Invalid):
        piece_of(uri)


@given(texts)
def test_a_party_keeps_its_name(name: str):
    assert party_of(party_uri(name, "")) == name


def test_a_party_with_a_gln_is_named_by_it():
    uri = party_uri("Nordsee Wasser", "4012345000030")
    assert (uri, party_of(uri)) == (f"{RESOLVER}/417/4012345000030", "4012345000030")
    assert party_of("urn:epc:id:sgln:4012345.00003.0") == "4012345000030"
    assert party_uri("Nordsee Wasser", "K-7") == "urn:longmark:party:Nordsee%20Wasser"
    assert party_of("urn:epc:id:sscc:4012345.0000000001") == ""
