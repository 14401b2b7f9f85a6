"""What the catalog learns of a slot reaches the units."""

from collections.abc import Callable
from datetime import datetime

import pytest

from longmark import reactions
from longmark.config.schedule import HANDLERS
from longmark.jobs import queries as jobs
from longmark.jobs.models import Job
from tests.fleet.test_api import Watched
from tests.fleet.world import a_drive_with_board, drives, unit_named
from tests.world import NINE, a_release, a_slot, an_item

pytestmark = pytest.mark.django_db(transaction=True)


def at_nine() -> datetime:
    return NINE


CLOCK: Callable[[], datetime] = at_nine


def composing() -> list[Job]:
    return [job for job in jobs.jobs_page().items if job.kind == "fleet.compose-anew"]


def test_a_slot_that_is_defined_before_there_are_units_asks_for_no_work():
    drives()
    reactions.follow(now=CLOCK)

    assert composing() == []


def test_a_slot_that_is_defined_later_makes_units_unknown_there():
    world = drives()
    a_drive_with_board(world)
    reactions.follow(now=CLOCK)
    loader = an_item("tg200-boot")
    a_slot(world.board, "bootloader", a_release("1.0", item=loader))
    reactions.follow(now=CLOCK)

    for job in composing():
        HANDLERS[job.kind](job.arguments, Watched())
    members = unit_named(world.drive, "1001").configuration.members
    assert members.get(item=loader).release is None
