"""What the catalog allows reaches the units that are there already."""

from datetime import datetime

import pytest

from longmark import reactions
from longmark.catalog import services as catalog
from longmark.catalog.models import Slot
from longmark.config.schedule import HANDLERS
from longmark.core.actors import SYSTEM
from longmark.fleet.queries import mismatches
from longmark.jobs import queries as jobs
from tests.fleet.test_api import Watched
from tests.fleet.test_mismatches import a_combination
from tests.fleet.world import FIRMWARE, a, built, drives
from tests.world import NINE, a_release

pytestmark = pytest.mark.django_db(transaction=True)


def at_nine() -> datetime:
    return NINE


def work() -> None:
    reactions.follow(now=at_nine)
    for job in jobs.jobs_page().items:
        HANDLERS[job.kind](job.arguments, Watched())


def test_a_combination_that_is_stated_later_is_asked_of_all_units():
    world = drives()
    built(world.unit("1001"), slots={"control-board": a(world.rev_d), FIRMWARE: a(world.fw_23)})

    a_combination(world, "revision D", "D", "2.4..", judged=False)
    assert mismatches.mismatched_unit_count() == 0
    work()

    assert mismatches.mismatched_unit_count() == 1


def test_a_release_that_is_allowed_later_is_no_mismatch_any_more():
    world = drives()
    beta = a_release("2.5.0", item=world.fw_23.item)
    built(world.unit("1001"), slots={"control-board": a(world.rev_d), FIRMWARE: a(beta)})
    assert mismatches.mismatched_unit_count() == 1

    slot = Slot.objects.get(item=world.board, name="main-firmware")
    catalog.allow_fits(slot, [beta], actor=SYSTEM, now=NINE)
    work()

    assert mismatches.mismatched_unit_count() == 0
