"""A slot that the catalog learns of later makes units unknown that were not."""

import pytest

from longmark.core.actors import Actor
from longmark.core.errors import NotAllowed
from longmark.fleet.queries import spreads
from longmark.fleet.queries.reach import Asked
from longmark.fleet.services import composition
from longmark.ledger import queries as ledger
from tests.fleet.test_census import composed_anew, counted, tallied
from tests.fleet.world import Drives, a_drive_with_board, drives, unit_named
from tests.world import NINE, a_release, a_slot, an_item

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Drives:
    return drives()


def test_units_are_unknown_in_a_slot_that_is_defined_later(
    world: Drives, petra: Actor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(composition, "CHUNK_UNITS", 2)
    for number in range(5):
        a_drive_with_board(world, f"100{number}", f"B-{number}")
    loader = an_item("tg200-boot")
    a_slot(world.board, "bootloader", a_release("1.0", item=loader))

    assert composition.compose_anew([world.board.pk], actor=petra, now=NINE) == 5
    assert spreads.spread(Asked((), (loader.pk,))).reach.unknown_unit_count == 5
    assert tallied() == counted()
    drive = unit_named(world.drive, "1000")
    assert composed_anew()[drive.pk] == drive.configuration_id
    (entry,) = ledger.entries_page(action="fleet.configurations-composed").items
    assert ledger.payload_of(entry)["unit_count"] == 5


def test_composing_again_changes_nothing(world: Drives, petra: Actor):
    a_drive_with_board(world)

    assert composition.compose_anew([world.drive.pk], actor=petra, now=NINE) == 0
    assert not ledger.entries_page(action="fleet.configurations-composed").items


def test_an_outsider_composes_nothing(world: Drives, otto: Actor):
    with pytest.raises(NotAllowed):
        composition.compose_anew([world.drive.pk], actor=otto, now=NINE)
