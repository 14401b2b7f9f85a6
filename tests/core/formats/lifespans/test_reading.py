"""Lists of lifespans: tables and JSON, row by row, with what is refused."""

import io
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from longmark.core.errors import Invalid
from longmark.core.formats.lifespans import LIMIT_BYTES, Refused, Said, read_lifespans

TABLE = b"""product,cycle,eol,support,by,note
openssl,1.1.1,2023-09-11,,OpenSSL project,
debian,11,2026-08-31,2024-08-14,,LTS
quux,1,2023-01-01,,,
openssl,3.9,true,,,
openssl,1.0.2,soon,,,
zephyr,3.7,false,,,
"""


def read(content: bytes, **options: str) -> list[Said | Refused]:
    return list(read_lifespans(content, **options))


def said(found: list[Said | Refused]):
    return [
        (str(one.line), one.support_ends_on, one.end_of_life_on)
        for one in found
        if isinstance(one, Said)
    ]


def test_a_table_is_read_and_each_bad_row_handed_back():
    found = read(TABLE)

    assert said(found) == [
        ("openssl 1.1.1", None, date(2023, 9, 11)),
        ("debian 11", date(2024, 8, 14), date(2026, 8, 31)),
        ("zephyr 3.7", None, None),
    ]
    refused = {one.place: one.reason for one in found if isinstance(one, Refused)}
    assert list(refused) == ["row 4", "row 5", "row 6"]
    assert "neither a product" in refused["row 4"]
    assert "not when" in refused["row 5"]
    assert '"soon"' in refused["row 6"]


def test_a_list_about_one_product_needs_no_column_for_it():
    rows = [{"cycle": "1.1.1", "eol": "2023-09-11", "latest": "1.1.1w", "lts": True}]

    found = read(json.dumps(rows).encode(), product="openssl")

    assert said(found) == [("openssl 1.1.1", None, date(2023, 9, 11))]
    assert "names no product" in read(json.dumps(rows).encode())[0].reason


def test_an_object_from_products_to_rows_is_read():
    document = {"openssl": [{"cycle": "3.0", "eol": "2026-09-07", "support": False}], "quux": [7]}

    found = read(json.dumps(document).encode())

    assert said(found) == [("openssl 3.0", None, date(2026, 9, 7))]
    assert found[1] == Refused("quux/0", "It is no object.")


def test_a_number_is_no_version_since_its_zeros_are_gone():
    book = Workbook()
    book.active.append(["product", "cycle", "eol"])
    book.active.append(["openssl", 3.1, "2025-03-14"])
    book.active.append(["openssl", "3.1", date(2025, 3, 14)])
    file = io.BytesIO()
    book.save(file)

    found = read(file.getvalue())

    assert "3.10 would be 3.1" in found[0].reason
    assert said(found) == [("openssl 3.1", None, date(2025, 3, 14))]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "must name the columns"),
        (b'{"openssl": {"cycle": 1}}', "holds no list"),
        (b"[1, 2", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b" " * (LIMIT_BYTES + 1), "larger than"),
        (b"product,cycle,eol\n" + b"openssl,1.1.1,\n" * 20_001, "more than 20,000 rows"),
    ],
)
def test_what_is_no_list_is_refused_whole(content, word):
    with pytest.raises(Invalid, match=word):
        read(content)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=9))
def test_any_json_is_read_or_refused(value):
    content = json.dumps([{"product": "openssl", "cycle": value, "eol": value}]).encode()

    try:
        (found,) = read(content)
    except Invalid:
        return
    assert isinstance(found, Said | Refused)
