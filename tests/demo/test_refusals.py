"""Where the demo world is not made."""

import pytest

from longmark.core.errors import Refused
from longmark.demo import world
from longmark.ledger.models import Entry
from longmark.parties import services as parties
from longmark.parties.models import PartyKind
from tests.world import NINE, a_product

pytestmark = pytest.mark.django_db


def _nobody(_: str) -> None:
    """Listen to no report."""


def test_it_does_not_mix_with_a_world_of_its_own() -> None:
    a_product()
    before = Entry.objects.count()

    with pytest.raises(Refused, match="Name an empty folder"):
        world.make(NINE, report=_nobody)

    assert Entry.objects.count() == before


def test_it_does_not_go_on_with_a_demo_that_was_interrupted(system) -> None:
    parties.register_party(world.MAKER, kind=PartyKind.MANUFACTURER, actor=system, now=NINE)

    with pytest.raises(Refused, match="interrupted"):
        world.make(NINE, report=_nobody)


def test_it_needs_enough_drives_for_the_story() -> None:
    with pytest.raises(Refused, match="200 drives at least"):
        world.make(NINE, report=_nobody, units=10)
