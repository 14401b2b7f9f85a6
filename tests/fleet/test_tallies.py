"""Many questions at once give the same answers as one by one."""

import pytest
from pytest_django import DjangoAssertNumQueries

from longmark.core.life.events import CustodyRole
from longmark.fleet.queries import tallies
from longmark.fleet.queries.reach import Asked
from longmark.fleet.queries.spreads import spread
from longmark.parties import queries as parties
from tests.fleet.world import BOARD, Drives, a, a_drive_with_board, built, drives, kept_by
from tests.world import a_party


@pytest.fixture
def world(db: None) -> Drives:
    """Two drives with tg200-fw 2.3.1, one of a customer; one whose firmware is unknown."""
    catalog = drives()
    custody = {CustodyRole.OPERATOR: kept_by(a_party())}
    a_drive_with_board(catalog, "1001", "B-1", custody=custody)
    a_drive_with_board(catalog, "1002", "B-2")
    built(catalog.unit("1003"), slots={BOARD: a(catalog.rev_d)})
    return catalog


def questions(world: Drives) -> dict[str, Asked]:
    item = world.fw_23.item_id
    return {
        "affected": Asked((world.fw_23.pk,), (item,)),
        "elsewhere": Asked((world.fw_24.pk,)),
        "in doubt": Asked((), (), (world.fw_23.pk,)),
    }


def test_each_tally_is_what_reach_says(world: Drives) -> None:
    asked = questions(world)

    for name, tally in tallies.tallies(asked).items():
        counted = spread(asked[name]).reach
        assert (tally.unit_count, tally.unknown_unit_count) == (
            counted.unit_count,
            counted.unknown_unit_count,
        )


def test_tallies_cost_three_queries_for_any_number_of_subjects(
    world: Drives, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        tallies.tallies(questions(world))


def test_tally_can_be_narrowed_to_a_customer(world: Drives) -> None:
    everyone = [party.pk for party in parties.parties_page().items]
    (party,) = tallies.units_by_operator(everyone)
    asked = questions(world)["affected"]

    assert tallies.tallies({"x": asked}, operator_id=party)["x"].unit_count == 1


def test_precision_adds_up_to_all_units(world: Drives) -> None:
    rows = {row.path: row for row in tallies.precision_of([world.drive.pk])}

    assert {row.unit_count for path, row in rows.items() if path} == {3}
    assert rows["control-board/main-firmware"].unknown_count == 1


def test_every_unit_has_an_operator_a_distributor_or_neither(world: Drives) -> None:
    keeping = tallies.keeping()

    assert (keeping.operator_count, keeping.distributor_count, keeping.unknown_count) == (1, 0, 2)
    assert keeping.total == 3
