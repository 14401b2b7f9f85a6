"""Entries, their gap-free order, and blobs."""

import hashlib
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import orjson
import pytest
from django.db import transaction

from longmark.core.actors import SYSTEM
from longmark.core.canonical import leaf_hash
from longmark.core.errors import Invalid, NotFound
from longmark.ledger import queries, services
from longmark.ledger.models import Cursor
from tests.world import NINE

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Noted:
    ACTION: ClassVar[str] = "tests.noted"
    text: str


def note(text: str) -> None:
    with transaction.atomic():
        services.append(Noted(text), subject=Cursor(name="x"), actor=SYSTEM, now=NINE)


def test_an_entry_is_canonical_and_carries_its_leaf():
    note("größer")

    entry = queries.entries_page().items[0]
    assert leaf_hash(entry.body.encode()) == entry.leaf_hash
    assert orjson.loads(entry.body)["payload"] == {"text": "größer"}


@pytest.mark.django_db(transaction=True)
def test_an_entry_needs_the_transaction_of_its_change():
    with pytest.raises(AssertionError):
        services.append(Noted("loose"), subject=Cursor(name="x"), actor=SYSTEM, now=NINE)


def test_an_entry_goes_with_the_change_that_failed():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.append(Noted("lost"), subject=Cursor(name="x"), actor=SYSTEM, now=NINE)
        _ = 1 / 0
    assert not queries.entries_page().items


def test_sealing_gives_places_without_gaps():
    for text in "abc":
        note(text)
    services.seal()
    note("d")
    services.seal()

    sealed = queries.sealed_after(0, actions=["tests.noted"], limit=10)
    assert [(each.position, each.payload["text"]) for each in sealed] == [
        (1, "a"),
        (2, "b"),
        (3, "c"),
        (4, "d"),
    ]


def test_one_follower_holds_the_cursor_until_its_lease_ends():
    minute = timedelta(minutes=1)

    assert services.take_cursor("x", now=NINE, lease=minute)
    assert not services.take_cursor("x", now=NINE, lease=minute)
    assert services.take_cursor("x", now=NINE + 2 * minute, lease=minute)


def test_a_cursor_never_goes_back():
    services.take_cursor("x", now=NINE, lease=timedelta(minutes=1))
    services.advance_cursor("x", position=7)
    services.advance_cursor("x", position=3)

    assert queries.position_of("x") == 7


def test_a_blob_comes_back_byte_for_byte():
    content = b"\x00\xff Longmark"

    digest = services.store_blob(content, media_type="text/plain", now=NINE)
    again = services.store_blob_file(io.BytesIO(content), media_type="text/plain", now=NINE)

    assert digest == again == hashlib.sha256(content).hexdigest()
    assert queries.blob_bytes(digest) == content


def test_a_blob_that_is_too_large_leaves_nothing(settings):
    with pytest.raises(Invalid, match="larger than 0 MB"):
        services.store_blob_file(
            io.BytesIO(b"x" * 100), media_type="text/plain", now=NINE, limit_bytes=10
        )
    assert [path for path in settings.BLOB_FOLDER.rglob("*") if path.is_file()] == []


def test_an_unknown_blob_is_not_found():
    with pytest.raises(NotFound, match="no blob"):
        queries.blob_bytes("0" * 64)
