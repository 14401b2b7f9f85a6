"""Many questions at once give the same answers as one by one."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from longmark.core.life.events import IN_USE, CustodyRole, Holder, Kind
from longmark.core.vocabulary import PartyKind
from longmark.fleet.models import Unit
from longmark.fleet.queries import tallies
from longmark.fleet.queries.reach import Asked
from longmark.fleet.queries.spreads import spread, whose_units
from longmark.parties import queries as parties
from tests.fleet.world import (
    BOARD,
    FIRMWARE,
    Drives,
    a,
    a_drive_with_board,
    booked,
    built,
    drives,
    kept_by,
)
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


def test_tallies_cost_four_queries_for_any_number_of_subjects(
    world: Drives, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):
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


Answer = tuple[int | None, int | None, int, int]  # operator, who sold them, units, perhaps units


def as_units_say(asked: Asked) -> list[Answer]:
    """Whose units are reached, counted unit by unit."""
    found: dict[tuple[int | None, int | None], list[int]] = {}
    for unit in Unit.objects.filter(host_id=None, state__in=IN_USE):
        members = unit.configuration.members.all()
        held = {each.release_id for each in members}
        unknown = {each.item_id for each in members if each.release_id is None}
        is_affected = bool(held & {*asked.release_ids})
        may_be = held & {*asked.doubtful_release_ids} or unknown & {*asked.unknown_item_ids}
        if is_affected or may_be:
            seller = unit.distributor_id if unit.operator_id is None else None
            counts = found.setdefault((unit.operator_id, seller), [0, 0])
            counts[0 if is_affected else 1] += 1
    return sorted(((*whose, *counts) for whose, counts in found.items()), key=str)


def as_told(asked: Asked) -> list[Answer]:
    return sorted(
        (
            (row.party and row.party.pk, row.distributor and row.distributor.pk,
             row.unit_count, row.unknown_unit_count)
            for row in whose_units(asked, limit=100).parties
        ),
        key=str,
    )  # fmt: skip


@pytest.fixture
def keepers() -> list[dict[CustodyRole, Holder | None]]:
    dealers = [a_party(f"Dealer {n}", kind=PartyKind.DISTRIBUTOR).pk for n in range(2)]
    known = [{CustodyRole.OPERATOR: kept_by(a_party(f"Customer {n}"))} for n in range(3)]
    sold = [{CustodyRole.DISTRIBUTOR: Holder(dealer)} for dealer in dealers]
    both = {**known[0], **sold[0]}
    return [{}, both, *known, *sold]


MIXES = {
    "most are affected": [0, 0, 0, 0, 0, 0, 0, 1, 2, 3],
    "most may be": [2, 2, 2, 2, 2, 2, 2, 0, 1, 3],
    "most are not": [1, 1, 1, 1, 1, 1, 1, 0, 2, 3],
    "as many each": [0, 1, 2, 3],
    "all are": [0, 0, 0],
}


@pytest.mark.parametrize("mix", MIXES)
@settings(  # An example books ten units: what fails is told as it was drawn.
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(data=st.data())
def test_whose_they_are_is_what_the_units_say(
    world: Drives, keepers: list[dict[CustodyRole, Holder | None]], mix: str, data: st.DataObject
) -> None:
    inside = [{FIRMWARE: a(world.fw_23)}, {FIRMWARE: a(world.fw_24)}, {}, {BOARD: a(world.rev_c)}]
    point = transaction.savepoint()  # each example begins anew
    try:
        for number, what in enumerate(MIXES[mix]):
            serial = f"M{number}"
            built(
                world.unit(serial),
                slots={BOARD: a(world.rev_d), **inside[what]},
                custody=data.draw(st.sampled_from(keepers)),
            )
            if data.draw(st.integers(0, 9)) == 0:
                booked(world.unit(serial), Kind.SCRAPPED, 9)
        asked = questions(world) | {"both": Asked((world.fw_23.pk, world.fw_24.pk))}

        for each in asked.values():
            assert as_told(each) == as_units_say(each)
        parties = {
            name: len({row[0] for row in as_units_say(each) if row[0]})
            for name, each in asked.items()
        }
        told = {name: tally.party_count for name, tally in tallies.tallies(asked).items()}
        assert told == parties
    finally:
        transaction.savepoint_rollback(point)
