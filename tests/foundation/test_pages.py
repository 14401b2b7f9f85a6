"""Pages by key."""

import pytest

from longmark.core.errors import Invalid
from longmark.foundation.pages import decoded, encoded, keyset_page
from longmark.parties.models import Party
from tests.world import a_party


def test_a_cursor_comes_back():
    assert decoded(encoded(["ä", 3]), 2) == ["ä", 3]


@pytest.mark.parametrize("cursor", ["", "!", "e30", "WzFd", "ü", "AAAA" * 99])
def test_a_forged_cursor_is_refused(cursor: str):
    with pytest.raises(Invalid, match="not a cursor"):
        decoded(cursor, 2)


@pytest.mark.django_db
def test_pages_meet_without_gap_or_overlap_downwards():
    for name in "edcba":
        a_party(name, country="DE" if name < "c" else "AT")

    order, names, after = ["-country", "name", "id"], [], None
    while True:
        page = keyset_page(Party.objects.all(), order=order, after=after, limit=2)
        names += [party.name for party in page.items]
        after = page.next
        if after is None:
            break
    assert names == ["a", "b", "c", "d", "e"]
