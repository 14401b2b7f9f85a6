"""What stands in the rows of a file, of few things that are there."""

import io

import orjson
import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.world import a_party, a_release, an_item


@pytest.fixture
def two_parties(db: None) -> None:
    a_party("Alpha Wasser", country="DE")
    a_party("=Beta()", country="AT")


def lines(client: Client, path: str) -> list[str]:
    return client.get(path).getvalue().decode("utf-8-sig").splitlines()


def test_parties_are_all_in_the_file_and_none_is_a_formula(two_parties, signed_in: Client):
    assert lines(signed_in, "/parties.csv")[1:] == [
        "'=Beta(),customer,AT,,0,0", "Alpha Wasser,customer,DE,,0,0",
    ]  # fmt: skip
    beta, _alpha = orjson.loads(signed_in.get("/parties.json").getvalue())
    assert beta == {
        "name": "=Beta()", "kind": "customer", "country": "AT", "number": "", "units": 0,
        "sold_on": 0,
    }  # fmt: skip


def test_the_file_has_the_filters_of_the_list(two_parties, signed_in: Client):
    assert len(lines(signed_in, "/parties.csv?q=alpha")) == 2
    assert len(lines(signed_in, "/parties.csv?kind=distributor")) == 1
    assert "/parties.csv?q=alpha" in signed_in.get("/parties/?q=alpha").content.decode()


def test_cursor_and_size_of_the_page_are_no_filters(two_parties, signed_in: Client):
    page = signed_in.get("/parties/?q=a&rows=100").content.decode()

    assert 'href="/parties.xlsx?q=a"' in page


def test_releases_are_told_with_what_is_not_known_left_open(db, signed_in: Client):
    a_release("2.3.1", item=an_item())

    (row,) = lines(signed_in, "/releases.csv?q=2.3")[1:]
    assert row.startswith("tg200-fw,2.3.1,")
    assert row.endswith(",,,0")
    book = load_workbook(io.BytesIO(signed_in.get("/releases.xlsx").getvalue()))
    assert [cell.value for cell in book.worksheets[0][2]][:2] == ["tg200-fw", "2.3.1"]
    assert lines(signed_in, "/releases.csv?q=nothing-like-it")[1:] == []
