"""From releases to units, parties and countries, now and on past days."""

from uuid import UUID

import pytest

from longmark.catalog.models import Release
from longmark.core.life.events import CustodyRole, Evidence, Holder, Kind, Occupant
from longmark.core.vocabulary import PartyKind
from longmark.fleet.queries import heads, past, past_lists, reach, spreads
from longmark.fleet.queries.reach import Asked
from longmark.fleet.queries.units import UnitFilter
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
    on,
    unit_named,
)
from tests.world import NINE, a_party

pytestmark = pytest.mark.django_db

OPERATOR, DISTRIBUTOR = CustodyRole.OPERATOR, CustodyRole.DISTRIBUTOR


@pytest.fixture
def world() -> Drives:
    return drives()


def holding(release: Release) -> Asked:
    return Asked((release.pk,))


def serials(asked: Asked, **filters: object) -> list[str]:
    page = reach.units_reached(asked, **filters)  # type: ignore[arg-type]
    return [each.unit.serial for each in page.items]


def test_component_units_count_for_the_product_that_they_sit_in(world: Drives):
    a_drive_with_board(world, "1001", "B-1")
    a_drive_with_board(world, "1002", "B-2")

    found = spreads.spread(holding(world.fw_23)).reach
    assert (found.unit_count, found.unknown_unit_count) == (2, 0)
    assert serials(holding(world.fw_23)) == ["1001", "1002"]


def test_a_swapped_board_counts_where_it_is_and_the_old_one_as_a_spare(world: Drives):
    a_drive_with_board(world)
    built(world.board_unit("B-2"), slots={"": a(world.rev_d), "main-firmware": a(world.fw_24)})
    seat, new = {BOARD: Occupant(item=world.board.pk)}, {BOARD: world.board_unit("B-2")}
    booked(world.unit("1001"), Kind.SWAPPED, 50, slots=seat, children=new)

    assert serials(holding(world.fw_23)) == ["B-1"]
    assert serials(holding(world.fw_24)) == ["1001"]


def test_a_unit_whose_firmware_is_not_known_is_counted_apart(world: Drives):
    a_drive_with_board(world)
    built(world.unit("1002"))
    asked = Asked((world.fw_23.pk,), (world.fw_23.item_id,))

    found = spreads.spread(asked).reach
    assert (found.unit_count, found.unknown_unit_count) == (1, 1)
    page = reach.units_reached(asked)
    assert [(each.unit.serial, each.is_unknown) for each in page.items] == [
        ("1001", False),
        ("1002", True),
    ]
    assert [place.path for place in page.items[1].places] == [FIRMWARE]


def test_scrapped_units_are_out_of_reach(world: Drives):
    a_drive_with_board(world)
    booked(world.unit("1001"), Kind.SCRAPPED, 9)

    assert spreads.spread(holding(world.fw_23)).reach.unit_count == 0
    assert serials(holding(world.fw_23)) == []


def test_shares_say_how_well_it_is_known(world: Drives):
    a_drive_with_board(world, "1001", "B-1")
    a_drive_with_board(world, "1002", "B-2", evidence=Evidence.VERIFIED)

    shares = spreads.spread(holding(world.fw_23)).reach.shares
    assert [(share.evidence.word, share.unit_count) for share in shares] == [
        ("declared", 1),
        ("verified", 1),
    ]
    assert serials(holding(world.fw_23), evidence=Evidence.VERIFIED) == ["1002"]


def test_parties_and_countries_are_those_that_have_the_units(world: Drives):
    nordheide, dealer = a_party(), a_party("Hansen A/S", kind=PartyKind.DISTRIBUTOR, country="DK")
    for number in (1, 2):
        a_drive_with_board(world, f"100{number}", f"B-{number}")
        held = {OPERATOR: kept_by(nordheide)}
        booked(world.unit(f"100{number}"), Kind.SHIPPED, 5, custody=held)
    a_drive_with_board(world, "1003", "B-3", custody={DISTRIBUTOR: Holder(dealer.pk)})

    whole = spreads.spread(holding(world.fw_23))
    assert [(each.party, each.distributor, each.unit_count) for each in whole.whose.parties] == [
        (nordheide, None, 2),
        (None, dealer, 1),
    ]
    assert [(each.country, each.unit_count) for each in whole.countries] == [("DE", 2), ("", 1)]
    assert (whole.reach.party_count, whole.reach.country_count) == (1, 1)
    assert whole.reach.unknown_operator_unit_count == 1
    assert whole.whose == spreads.whose_of(whole.whose.parties)


def test_parties_come_page_by_page_with_the_counts_of_all(world: Drives):
    for number in range(5):
        held = {OPERATOR: kept_by(a_party(f"Customer {number}"))}
        a_drive_with_board(world, f"100{number}", f"B-{number}", custody=held)

    first, last = (
        spreads.whose_units(holding(world.fw_23), behind=behind, limit=3) for behind in (0, 3)
    )

    names = [each.party.name for each in [*first.parties, *last.parties] if each.party]
    assert names == [f"Customer {number}" for number in range(5)]
    assert (first.row_count, first.unit_count, last.customer_count) == (5, 5, 5)


@pytest.mark.parametrize(
    ("few", "stretch", "limit"), [(100, 9, 100), (0, 9, 1), (0, 2, 1), (100, 9, 1), (100, 9, 2)]
)
def test_units_are_filtered_and_paged_by_serial_number(
    world: Drives, monkeypatch: pytest.MonkeyPatch, few: int, stretch: int, limit: int
):
    monkeypatch.setattr(heads, "LISTS_FEW", few)
    monkeypatch.setattr(heads, "STRETCH_UNITS", stretch)
    monkeypatch.setattr(heads, "LISTS_LIMIT", limit)
    levels = list(Evidence)
    for number in (3, 0, 4, 1, 2):
        a_drive_with_board(world, f"100{number}", f"B-{number}", evidence=levels[number])

    first = reach.units_reached(holding(world.fw_23), limit=3)
    rest = reach.units_reached(holding(world.fw_23), after=first.next, limit=3)
    assert [each.unit.serial for each in [*first.items, *rest.items]] == [
        "1000", "1001", "1002", "1003", "1004",
    ]  # fmt: skip
    assert serials(holding(world.fw_23), asked_for=UnitFilter(text="1003")) == ["1003"]
    assert serials(holding(world.fw_23), asked_for=UnitFilter(country="FR")) == []


def test_a_past_day_is_walked_from_the_boards_to_the_drives(world: Drives):
    party = a_party()
    drive = a_drive_with_board(world, custody={OPERATOR: kept_by(party)})
    built(world.board_unit("B-2"), slots={"main-firmware": a(world.fw_24)}, on_day=10)
    seat, new = {BOARD: Occupant(item=world.board.pk)}, {BOARD: world.board_unit("B-2")}
    booked(world.unit("1001"), Kind.SWAPPED, 50, slots=seat, children=new)

    def at(day: int) -> list[UUID]:
        page = past_lists.units_reached(holding(world.fw_23), on=on(day))
        return [each.unit.pk for each in page.items]

    then, later = (past.reach_on(holding(world.fw_23), on=on(day)) for day in (49, 50))
    assert at(49) == [drive.pk]
    assert [each.party for each in then.parties] == [party]
    assert [each.country for each in then.countries] == ["DE"]
    assert (at(50), later.unit_count) == ([unit_named(world.board, "B-1").pk], 1)


def test_a_past_day_can_be_seen_as_it_was_known_then(world: Drives):
    a_drive_with_board(world)

    asked = holding(world.fw_23)
    assert past.reach_on(asked, on=on(9), known_on=on(9)).unit_count == 0
    assert past.reach_on(asked, on=on(9), known_on=NINE.date()).unit_count == 1


def test_the_census_of_an_item_and_its_releases(world: Drives):
    a_drive_with_board(world)
    built(world.board_unit("B-9"), slots={"main-firmware": a(world.fw_23)})

    assert (reach.census_of(world.drive), reach.census_of(world.board)) == (1, 1)
    assert reach.releases_in_use([world.fw_23.item_id]) == {world.fw_23.pk: 2}
