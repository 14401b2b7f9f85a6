"""Links of units: one key for all, made once; what was scanned finds its unit and no other."""

import pytest
from django.conf import LazySettings

from longmark.core.actors import SYSTEM
from longmark.core.errors import NotFound
from longmark.core.life.links import token, token_in
from longmark.core.vocabulary import AliasKind
from longmark.fleet.models.lives import LinkKey
from longmark.fleet.queries.links import unit_behind, units_scanned
from longmark.fleet.services.aliases import record_alias
from longmark.fleet.services.links import links, make_first_key
from longmark.ledger.models import Entry
from tests.fleet.world import Drives, built, day, drives
from tests.world import NINE

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Drives:
    return drives()


def test_the_key_is_made_once_and_the_ledger_knows_its_fingerprint_only() -> None:
    first, again = links(now=NINE), links(now=NINE)

    assert first == again
    assert LinkKey.objects.count() == 1
    (entry,) = Entry.objects.filter(action="fleet.link-key-made")
    assert first.secret.hex() not in entry.body


def test_two_that_make_the_first_key_at_once_use_the_same() -> None:
    assert make_first_key(now=NINE) == make_first_key(now=NINE)


def test_links_are_made_with_the_newest_key_and_older_ones_still_lead_home(world: Drives) -> None:
    unit = built(world.unit("1001"))
    old = links(now=NINE).of(unit.pk)
    LinkKey.objects.create(number=2, secret=b"n" * 32, made_at=NINE)
    new = links(now=NINE).of(unit.pk)

    assert old != new
    assert units_scanned(old) == units_scanned(new) == [unit]


def test_links_stand_under_the_address_of_the_settings(
    world: Drives, settings: LazySettings
) -> None:
    settings.LINK_URL = "https://id.tallgrass.example"

    assert (
        links(now=NINE)
        .of(built(world.unit("1001")).pk)
        .startswith("https://id.tallgrass.example/u/")
    )


def test_a_link_that_another_key_made_leads_nowhere(world: Drives) -> None:
    unit = built(world.unit("1001"))
    links(now=NINE)
    forged = token_in(token(unit.pk, key=1, secret=b"guessed"))

    assert forged is not None
    with pytest.raises(NotFound, match="leads to no unit"):
        unit_behind(forged)


def test_a_link_of_a_key_that_is_not_ours_leads_nowhere(world: Drives) -> None:
    unit = built(world.unit("1001"))
    made = links(now=NINE)

    assert units_scanned(token(unit.pk, key=9, secret=made.secret)) == []


@pytest.mark.parametrize(
    "text", ["1001", " 10 01", "https://old.example/TG-200/1001", "00:1B:63:84:45:E6"]
)
def test_serial_numbers_aliases_and_foreign_links_find_the_unit(world: Drives, text: str) -> None:
    unit = built(world.unit("1001"))
    built(world.unit("10011"))
    record_alias(
        unit, kind=AliasKind.MAC, value="00:1b:63:84:45:e6", since=day(1), actor=SYSTEM, now=NINE
    )

    assert units_scanned(text) == [unit]


def test_a_link_that_was_printed_before_is_an_alias(world: Drives) -> None:
    unit, link = built(world.unit("1001")), "https://maker.example/p?id=77&x=1"
    record_alias(unit, kind=AliasKind.LINK, value=link, since=day(1), actor=SYSTEM, now=NINE)

    assert units_scanned(link) == [unit]


@pytest.mark.parametrize("text", ["", "   ", "unheard-of", "https://", "https://[x/1001"])
def test_what_names_nothing_finds_nothing(world: Drives, text: str) -> None:
    built(world.unit("1001"))

    assert units_scanned(text) == []


def test_a_serial_number_of_two_items_finds_both(world: Drives) -> None:
    units = {built(world.unit("77")), built(world.board_unit("77"))}

    assert set(units_scanned("77")) == units
