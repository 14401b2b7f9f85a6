"""The whole fleet on a past day: by statements, by looks, and by what each unit says of itself."""

import contextlib
from collections import Counter
from datetime import timedelta
from operator import itemgetter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longmark.catalog import queries as catalog
from longmark.catalog.models import Item
from longmark.core.actors import SYSTEM
from longmark.core.errors import LongmarkError
from longmark.core.life.derivation import derive
from longmark.core.life.events import (
    OUT_OF_USE,
    CustodyRole,
    Details,
    Evidence,
    Kind,
    Occupant,
    State,
)
from longmark.fleet.models import (
    Census,
    Custody,
    Event,
    Installation,
    PastBuild,
    PastChange,
    PastUnit,
    Unit,
)
from longmark.fleet.queries import contents, past, past_lists, reach, spreads
from longmark.fleet.queries.lives import read_event
from longmark.fleet.queries.reach import Asked
from longmark.fleet.queries.units import UnitFilter
from longmark.fleet.services import booking
from tests.fleet.world import (
    BOARD,
    FIRMWARE,
    Drives,
    a,
    a_drive_with_board,
    booked,
    built,
    day,
    drives,
    kept_by,
    on,
)
from tests.world import NINE, a_party

pytestmark = pytest.mark.django_db

KINDS = [
    Kind.SWAPPED, Kind.REMOVED, Kind.SOFTWARE_CHANGED, Kind.SHIPPED, Kind.LOST, Kind.DECOMMISSIONED,
    Kind.COMMISSIONED, Kind.SCRAPPED, Kind.RETURNED, Kind.RMA_CLOSED,
]  # fmt: skip


@pytest.fixture
def world() -> Drives:
    return drives()


def asked_about(world: Drives) -> Asked:
    return Asked((world.fw_23.pk,), (world.fw_23.item_id,))


def found(asked: Asked, **filters: object) -> dict[str, bool]:
    """Serial numbers reached, and whether they are affected, over all pages of two."""
    said: dict[str, bool] = {}
    after = None
    while True:
        page = past_lists.units_reached(asked, after=after, limit=2, **filters)  # type: ignore[arg-type]
        said |= {each.unit.serial: not each.is_unknown for each in page.items}
        after = page.next
        if after is None:
            return said


def by_hand(world: Drives, on_day, known_on=None) -> tuple[dict[str, bool], Counter[str]]:
    """The same, from each unit's contents and events, one by one."""
    reached: dict[str, bool] = {}
    apart: Counter[str] = Counter()
    end = day(0) - timedelta(microseconds=1)
    last = end + timedelta(days=(on_day - on(0)).days + 1)
    known = known_on and end + timedelta(days=(known_on - on(0)).days + 1)
    inside_others = {
        each.child.pk
        for unit in Unit.objects.all()
        for root in contents.contents(unit, on_day, known_on)
        for each in root.flat()
        if each.child
    }
    for unit in Unit.objects.all():
        rows = Event.objects.filter(unit_id=unit.pk)
        rows = rows.filter(recorded_at__lte=known) if known else rows
        told = [read_event(row) for row in rows]
        state = derive([event for event in told if event.occurred_at <= last]).state
        is_there = any(event.occurred_at <= last for event in told)
        if unit.pk in inside_others or not is_there or state is State.SCRAPPED:
            continue
        held = [
            each.installation
            for root in contents.contents(unit, on_day, known_on)
            for each in root.flat()
            if each.installation.item_id == world.fw_23.item_id
        ]
        releases = {each.release_id for each in held}
        if world.fw_23.pk in releases or not releases or None in releases:
            if state in OUT_OF_USE:
                apart[state] += 1
            else:
                reached[unit.serial] = world.fw_23.pk in releases
    return reached, apart


def happen(world: Drives, kind: Kind, on_day: int, drive: int, board: int, fw: int, later: int):
    """Try one event; what contradicts what is known is refused, and that is fine."""
    unit, now = world.unit(f"100{drive}"), NINE + timedelta(days=later)
    releases = (world.fw_23, world.fw_24, None)
    release = releases[fw]
    firmware = Occupant(world.fw_23.item_id, release and release.pk)
    more: dict[str, object] = {}
    if kind is Kind.SWAPPED:
        more = {
            "slots": {BOARD: Occupant(item=world.board.pk)},
            "children": {BOARD: world.board_unit(f"B-{board}")},
        }
    elif kind is Kind.REMOVED:
        more = {"slots": {BOARD: None}}
    elif kind is Kind.SOFTWARE_CHANGED:
        more = {"slots": {FIRMWARE: firmware}}
    with contextlib.suppress(LongmarkError):
        booked(unit, kind, on_day, now=now, **more)


happenings = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(1, 40),
        st.integers(1, 3),
        st.integers(1, 4),
        st.integers(0, 2),
        st.integers(0, 3),
    ),
    max_size=8,
)


@given(
    told=happenings,
    on_day=st.integers(0, 41),
    known=st.sampled_from([None, 0, 2]),
    stretch=st.sampled_from([1, 1000]),
    stretches=st.sampled_from([1, 3]),
    is_whole=st.booleans(),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_statements_and_looks_find_what_each_unit_says_of_itself(
    told, on_day, known, stretch, stretches, is_whole, monkeypatch
):
    Event.objects.all().delete()
    world = _fleet()
    PastBuild.objects.all().delete()
    if not is_whole:
        PastBuild.objects.create(told_until=NINE)
    monkeypatch.setattr(past_lists, "NEAR_UNITS", (stretch,) * (stretches - 1))
    monkeypatch.setattr(past_lists, "HEAD_UNITS", stretches)
    monkeypatch.setattr(past_lists, "STRETCH_UNITS", stretch)
    monkeypatch.setattr(past_lists, "STRETCHES_LIMIT", stretches)
    monkeypatch.setattr(past_lists, "FEWEST_UNITS", stretches)
    monkeypatch.setattr(past_lists, "ENOUGH_UNITS", stretch)
    for each in sorted(told, key=itemgetter(-1)):  # as time goes by
        happen(world, *each)
    known_on = None if known is None else (NINE + timedelta(days=known)).date()

    expected, apart = by_hand(world, on(on_day), known_on)
    asked = asked_about(world)
    assert found(asked, on=on(on_day), known_on=known_on) == expected
    counted = past.reach_on(asked, on=on(on_day), known_on=known_on)
    assert counted.unit_count == sum(expected.values())
    assert counted.unknown_unit_count == len(expected) - counted.unit_count
    assert counted.apart == {str(state): count for state, count in apart.items()}
    assert len(found(asked, on=on(on_day), known_on=known_on, is_apart=True)) == sum(apart.values())


def _fleet() -> Drives:
    """Begin anew: hypothesis shares one database among its examples."""
    for model in (Event, Installation, Custody, Unit, Census, PastChange, PastUnit):
        model.objects.all().delete()
    if not Item.objects.filter(name="TG-200").exists():
        drives()
    world = _known()
    for number in (1, 2, 3):
        a_drive_with_board(world, f"100{number}", f"B-{number}")
    built(world.board_unit("B-4"), slots={"main-firmware": a(world.fw_24)})
    return world


def _known() -> Drives:
    drive, board = catalog.item_named("TG-200"), catalog.item_named("CB-21")
    firmware, params = catalog.item_named("tg200-fw"), catalog.item_named("tg-params")
    named = catalog.release_named
    return Drives(
        drive, board, named(board, "C"), named(board, "D"), named(firmware, "2.3.1"),
        named(firmware, "2.4.0"), named(params, "v6"),
    )  # fmt: skip


@pytest.mark.parametrize("stretch", [1, 1000])
def test_who_had_a_unit_is_as_it_was_then(
    world: Drives, monkeypatch: pytest.MonkeyPatch, stretch: int
):
    monkeypatch.setattr(past_lists, "NEAR_UNITS", (stretch,))
    first, second = a_party(), a_party("Stadtwerke Brenntal", country="AT")
    for number in (1, 2):
        held = {CustodyRole.OPERATOR: kept_by(first)}
        a_drive_with_board(world, f"100{number}", f"B-{number}", custody=held)
    booked(
        world.unit("1001"), Kind.TRANSFERRED, 20, custody={CustodyRole.OPERATOR: kept_by(second)}
    )

    asked = asked_about(world)
    page = past_lists.units_reached(asked, narrowed=UnitFilter(country="DE"), on=on(19))
    assert [(each.unit.serial, each.keeper.operator) for each in page.items] == [
        ("1001", first),
        ("1002", first),
    ]
    assert found(asked, on=on(20), narrowed=UnitFilter(operator_id=second.pk)) == {"1001": True}
    assert found(asked, on=on(20), narrowed=UnitFilter(is_operator_known=False)) == {}
    counted = past.reach_on(asked, on=on(20))
    assert [(each.country, each.unit_count) for each in counted.countries] == [("AT", 1), ("DE", 1)]


def test_a_transfer_booked_late_was_not_known_before(world: Drives):
    first, second = a_party(), a_party("Stadtwerke Brenntal", country="AT")
    a_drive_with_board(world, custody={CustodyRole.OPERATOR: kept_by(first)})
    late = NINE + timedelta(days=9)
    held = {CustodyRole.OPERATOR: kept_by(second)}
    booked(world.unit("1001"), Kind.TRANSFERRED, 20, now=late, custody=held)

    asked = asked_about(world)
    then = past.reach_on(asked, on=on(30), known_on=NINE.date())
    assert [each.party for each in then.parties] == [first]
    assert [each.party for each in past.reach_on(asked, on=on(30)).parties] == [second]


@pytest.mark.parametrize("stretch", [1, 1000])
def test_units_of_a_past_day_are_narrowed_by_evidence_and_doubt(
    world: Drives, monkeypatch: pytest.MonkeyPatch, stretch: int
):
    monkeypatch.setattr(past_lists, "NEAR_UNITS", (stretch,))
    a_drive_with_board(world, "1001", "B-1")
    a_drive_with_board(world, "1002", "B-2", evidence=Evidence.VERIFIED)
    built(world.unit("1003"))

    asked = asked_about(world)
    assert found(asked, on=on(9), evidence=Evidence.VERIFIED) == {"1002": True}
    assert found(asked, on=on(9), is_unknown=True) == {"1003": False}
    assert found(asked, on=on(9), is_unknown=False) == {"1001": True, "1002": True}
    assert found(asked, on=on(9), narrowed=UnitFilter(text="1002")) == {"1002": True}


def test_places_of_a_past_day_have_their_path_from_the_root(world: Drives):
    a_drive_with_board(world)

    (only,) = past_lists.units_reached(asked_about(world), on=on(9)).items
    assert [(place.path, str(place.release)) for place in only.places] == [
        (FIRMWARE, "tg200-fw 2.3.1")
    ]


@pytest.mark.parametrize("stretch", [1, 1000])
def test_a_module_whose_own_release_is_not_known_is_in_doubt(
    world: Drives, monkeypatch: pytest.MonkeyPatch, stretch: int
):
    monkeypatch.setattr(past_lists, "NEAR_UNITS", (stretch,))
    a_drive_with_board(world, "1001", "B-1")
    built(world.unit("1002"), children={BOARD: world.board_unit("B-2")},
          slots={BOARD: Occupant(item=world.board.pk)})  # fmt: skip

    asked = Asked((world.rev_d.pk,), (world.board.pk,))
    assert found(asked, on=on(9)) == {"1002": False}
    assert past.reach_on(asked, on=on(9)).unknown_unit_count == 1


@pytest.mark.parametrize(
    ("kind", "state"), [(Kind.LOST, "lost"), (Kind.DECOMMISSIONED, "decommissioned")]
)
def test_units_out_of_use_are_counted_apart_and_listed_apart(world: Drives, kind: Kind, state: str):
    a_drive_with_board(world, "1001", "B-1")
    a_drive_with_board(world, "1002", "B-2")
    booked(world.unit("1001"), kind, 9)

    asked = asked_about(world)
    now = spreads.spread(asked)
    assert (now.reach.unit_count, now.apart) == (1, {state: 1})
    assert [each.unit.serial for each in reach.units_reached(asked, is_apart=True).items] == [
        "1001"
    ]
    then = past.reach_on(asked, on=on(9))
    assert (then.unit_count, then.apart) == (1, {state: 1})
    assert past.reach_on(asked, on=on(8)).unit_count == 2
    assert reach.releases_in_use([world.fw_23.item_id]) == {world.fw_23.pk: 1}


def test_a_loss_that_was_withdrawn_never_was(world: Drives):
    drive = a_drive_with_board(world)
    booked(world.unit("1001"), Kind.LOST, 9)
    later = NINE + timedelta(days=1)
    booking.correct_event(drive, 2, replacement=None, reason="Found.", actor=SYSTEM, now=later)

    asked = asked_about(world)
    assert past.reach_on(asked, on=on(10)).unit_count == 1
    assert past.reach_on(asked, on=on(10), known_on=NINE.date()).apart == {"lost": 1}
    assert spreads.spread(asked).reach.unit_count == 1


@pytest.mark.parametrize(("number", "closed"), [("R-1", "R-1"), ("", ""), ("R-1", ""), ("", "R-1")])
def test_a_closed_return_gives_back_that_a_unit_was_out_of_use(
    world: Drives, number: str, closed: str
):
    a_drive_with_board(world)
    booked(world.unit("1001"), Kind.DECOMMISSIONED, 5)
    booked(world.unit("1001"), Kind.RETURNED, 7, details=Details(rma=number))
    booked(world.unit("1001"), Kind.RMA_CLOSED, 9, details=Details(rma=closed))

    asked = asked_about(world)
    assert past.reach_on(asked, on=on(8)).unit_count == 1
    assert past.reach_on(asked, on=on(10)).apart == {"decommissioned": 1}
    assert spreads.spread(asked).apart == {"decommissioned": 1}


def test_an_rma_of_another_number_leaves_a_unit_with_its_maker(world: Drives):
    a_drive_with_board(world)
    booked(world.unit("1001"), Kind.LOST, 5)
    for day_, kind, number in ((6, Kind.RETURNED, "R-1"), (7, Kind.RETURNED, "R-2"),
                               (8, Kind.RMA_CLOSED, "R-1")):  # fmt: skip
        booked(world.unit("1001"), kind, day_, details=Details(rma=number))

    assert past.reach_on(asked_about(world), on=on(9)).apart == {}
    booked(world.unit("1001"), Kind.RMA_CLOSED, 10, details=Details(rma="R-2"))
    assert past.reach_on(asked_about(world), on=on(11)).apart == {"lost": 1}
