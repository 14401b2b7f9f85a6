"""Returns in the demo world: many from lists, some on the bench, one held, one replaced."""

import pytest

from longmark.core.life.returns import RmaOutcome, RmaStep
from longmark.demo import story
from longmark.fleet.models import Rma
from longmark.fleet.queries import lives, rmas, units
from longmark.impact.queries.holds import gate_of
from tests.demo.conftest import Made

pytestmark = pytest.mark.django_db


def test_open_returns_stand_at_every_step(made: Made):
    waiting = rmas.rmas_page(limit=100).items

    assert {row.step for row in waiting} == {step.value for step in RmaStep}


def test_one_in_repair_is_held_by_the_drill(made: Made):
    on_the_bench = [row for row in rmas.rmas_page().items if row.step == RmaStep.IN_REPAIR]
    held = {hold.vulnerability for row in on_the_bench for hold in gate_of(row.unit).holds}

    assert story.DRILL in held


def test_one_was_held_and_went_out_with_a_reason(made: Made):
    assert Rma.objects.exclude(override="").count() == 1


def test_a_replacement_has_the_keepers_and_the_rest_of_the_warranty(made: Made):
    row = Rma.objects.select_related("unit").get(outcome=RmaOutcome.REPLACED)
    taker = units.unit(row.replacement_id)
    before, after = lives.warranty_of(row.unit), lives.warranty_of(taker)

    assert taker.operator_id == row.unit.operator_id is not None
    assert before and after and after.until == before.until


def test_returns_from_lists_are_rmas_that_ended(made: Made):
    listed = Rma.objects.filter(number__regex=r"^\d{5}$")

    assert listed.count() >= 10
    assert not listed.filter(closed_at=None).exists()
