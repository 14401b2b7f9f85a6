"""The census counts what the units' rows say, whatever is booked."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TransactionTestCase

from longmark.core.actors import SYSTEM
from longmark.core.errors import LongmarkError
from longmark.core.life.configurations import configuration_id, members
from longmark.core.life.derivation import derive
from longmark.core.life.events import CustodyRole, Evidence, Holder, Kind, Occupant
from longmark.fleet.models import Census, CensusKeeper, CensusTotal, Installation, Unit, known
from longmark.fleet.models import Event as EventRow
from longmark.fleet.queries.lives import read_event
from longmark.fleet.services import booking
from longmark.fleet.services.catalogue import whole_catalogue
from longmark.fleet.services.settlement import insides_of
from longmark.fleet.services.statements import Statement
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
    stated,
    unit_named,
)
from tests.world import NINE, a_party

KINDS = [Kind.BUILT, Kind.SHIPPED, Kind.SWAPPED, Kind.REMOVED, Kind.SOFTWARE_CHANGED, Kind.SCRAPPED]


def tallied() -> Counter[tuple[object, ...]]:
    rows = Census.objects.filter(count__gt=0).values_list(
        "configuration_id", "operator_id", "distributor_id", "country", "state", "count"
    )
    return Counter({tuple(key): count for *key, count in rows})


def counted() -> Counter[tuple[object, ...]]:
    rows = Unit.objects.filter(host_id=None)
    return Counter(
        rows.values_list("configuration_id", "operator_id", "distributor_id", "country", "state")
    )


def totalled() -> Counter[tuple[object, ...]]:
    rows = CensusTotal.objects.filter(count__gt=0).values_list(
        "configuration_id", "is_operator_known", "is_distributor_known", "country", "state", "count"
    )
    return Counter({tuple(key): count for *key, count in rows})


def without_names(tallies: Counter[tuple[object, ...]]) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for (configuration, operator, distributor, *others), count in tallies.items():
        found[configuration, operator is not None, distributor is not None, *others] += count
    return found


def kept() -> Counter[tuple[object, ...]]:
    rows = CensusKeeper.objects.filter(count__gt=0).values_list(
        "operator_id", "distributor_id", "state", "count"
    )
    return Counter({tuple(key): count for *key, count in rows})


def by_keeper(tallies: Counter[tuple[object, ...]]) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for (_, operator, distributor, _, state), count in tallies.items():
        if operator is not None or distributor is not None:
            found[operator, None if operator else distributor, state] += count
    return found


def composed_anew() -> dict[object, object]:
    """The configuration of every root, from the stored intervals alone."""
    insides = insides_of(Unit.objects.values_list("pk", flat=True))
    plans = whole_catalogue().plans
    return {
        pk: configuration_id(insides[pk].item, members(insides[pk], insides, plans))
        for pk in Unit.objects.filter(host_id=None).values_list("pk", flat=True)
    }


@st.composite
def statements(draw: st.DrawFn, world: Drives, parties: list[int]) -> Statement:
    """Something that is said of one of three drives, sensible or not."""
    slots: dict[str, Occupant | None] = {}
    children = {}
    if draw(st.booleans()):
        slots[BOARD] = draw(st.sampled_from([None, a(world.rev_c), a(world.rev_d)]))
        if slots[BOARD] and draw(st.booleans()):
            children[BOARD] = world.board_unit(draw(st.sampled_from(["B-1", "B-2", "B-3"])))
    if draw(st.booleans()):
        slots[FIRMWARE] = draw(st.sampled_from([a(world.fw_23), a(world.fw_24)]))
    custody = {}
    if draw(st.booleans()):
        party = draw(st.sampled_from([None, *parties]))
        custody[CustodyRole.OPERATOR] = Holder(party, None, draw(st.sampled_from(["", "DE", "FR"])))
    if draw(st.booleans()):
        custody[CustodyRole.DISTRIBUTOR] = Holder(draw(st.sampled_from(parties)))
    return Statement(
        world.unit(draw(st.sampled_from(["1", "2", "3"]))),
        draw(st.sampled_from(KINDS)),
        day(draw(st.integers(0, 30))),
        slots=slots,
        children=children,
        custody=custody,
        evidence=draw(st.sampled_from([Evidence.DECLARED, Evidence.CONFIRMED])),
    )


class TestAnySequenceOfBookings(TransactionTestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def test_census_and_intervals_are_what_the_events_say(self, data: st.DataObject) -> None:
        world = drives()
        for number in ("1", "2"):
            a_drive_with_board(world, number, f"B-{number}")
        parties = [a_party(name).pk for name in ("Nordheide", "Hansen")]
        said = data.draw(st.lists(statements(world, parties), min_size=3, max_size=9))
        for number, statement in enumerate(said):
            now = NINE + timedelta(hours=number + 1)
            with suppress(LongmarkError):
                if statement.kind is Kind.BUILT:
                    booking.register_units([statement], actor=SYSTEM, now=now)
                else:
                    booking.book_event(statement, actor=SYSTEM, now=now)

        assert tallied() == counted()
        assert totalled() == without_names(counted())
        assert kept() == by_keeper(counted())
        stored = dict(Unit.objects.filter(host_id=None).values_list("pk", "configuration_id"))
        assert stored == composed_anew()
        self._intervals_are_derived_from_events()

    def _intervals_are_derived_from_events(self) -> None:
        """Now, and as it was believed after each booking."""
        instants = set(EventRow.objects.values_list("recorded_at", flat=True))
        for unit_id in Unit.objects.values_list("pk", flat=True):
            for instant in instants:
                rows = EventRow.objects.filter(unit_id=unit_id, recorded_at__lte=instant)
                life = derive([read_event(row) for row in rows])
                stored = Installation.objects.filter(known(instant), unit_id=unit_id)
                assert {
                    (kept.place, kept.valid_from, kept.valid_to) for kept in life.installations
                } == set(stored.values_list("slot", "valid_from", "valid_to"))


@pytest.fixture
def world() -> Drives:
    return drives()


@pytest.mark.django_db
def test_units_that_look_alike_share_a_configuration(world: Drives):
    one, other = (a_drive_with_board(world, f"100{n}", f"B-{n}") for n in (1, 2))

    assert one.configuration_id == other.configuration_id
    assert sum(tallied().values()) == 2


@pytest.mark.django_db
def test_a_swap_changes_what_both_boards_and_the_drive_count_for(world: Drives):
    a_drive_with_board(world)
    built(world.board_unit("B-2"), slots={"": a(world.rev_d), "main-firmware": a(world.fw_24)})
    seat = {BOARD: Occupant(item=world.board.pk)}
    booked(
        world.unit("1001"), Kind.SWAPPED, 9, slots=seat, children={BOARD: world.board_unit("B-2")}
    )

    spare = unit_named(world.board, "B-1")
    releases = spare.configuration.members.values_list("release__version", flat=True)
    assert sorted(releases) == ["2.3.1", "C"]
    assert tallied() == counted()
    assert totalled() == without_names(counted())


@pytest.mark.django_db
def test_a_slot_that_nobody_booked_is_unknown_in_the_configuration(world: Drives):
    unit = built(world.unit("1"))

    unknown = unit.configuration.members.filter(release=None).order_by("path")
    assert [(each.path, str(each.item)) for each in unknown] == [
        ("", "TG-200"),
        (BOARD, "CB-21"),
        (FIRMWARE, "tg200-fw"),
    ]


@pytest.mark.django_db
def test_firmware_of_a_board_changes_the_configuration_of_its_drive(world: Drives):
    before = a_drive_with_board(world).configuration_id
    statement = stated(world.board_unit("B-1"), Kind.SOFTWARE_CHANGED, 9)
    changed = {"main-firmware": a(world.fw_24)}
    booked(statement.unit, statement.kind, 9, slots=changed)

    after = unit_named(world.drive, "1001").configuration
    assert after.pk != before
    assert after.members.get(path=FIRMWARE).release == world.fw_24
