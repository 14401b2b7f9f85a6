"""Late and out of order: the stored tables, through services, whatever arrives when."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longmark.core.actors import SYSTEM
from longmark.core.life.events import CustodyRole, Holder, Kind
from longmark.fleet.models import Census, Custody, Event, Installation, Unit, known
from longmark.fleet.services import booking
from longmark.fleet.services.statements import own_event
from tests.fleet.test_past import _fleet, _known
from tests.fleet.world import (
    BOARD,
    FIRMWARE,
    PARAMETERS,
    Drives,
    a,
    booked,
    day,
    stated,
    unit_named,
)
from tests.world import NINE

pytestmark = pytest.mark.django_db

DRIVE = "1001"
SLOW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Days differ, so that the order in which things happened is known.
arrivals = st.permutations(range(1, 8)).flatmap(
    lambda days: st.tuples(st.just(days[:5]), st.permutations(range(5)))
)


def facts(world: Drives) -> list[tuple[Kind, dict[str, object]]]:
    """Five things that may happen to a drive on any day, in any order."""
    return [
        (Kind.SOFTWARE_CHANGED, {"slots": {FIRMWARE: a(world.fw_24)}}),
        (Kind.SOFTWARE_ROLLED_BACK, {"slots": {FIRMWARE: a(world.fw_23)}}),
        (Kind.SHIPPED, {"custody": {CustodyRole.OPERATOR: Holder(None, None, "FR")}}),
        (Kind.COMMISSIONED, {"custody": {CustodyRole.OPERATOR: Holder(None, None, "IT")}}),
        (Kind.INSTALLED, {"slots": {PARAMETERS: a(world.params)}}),
    ]


def believed_now() -> dict[str, list[tuple[object, ...]]]:
    """All that is believed now, without when it was learned."""
    found = {}
    for model, columns in (
        (Installation, ("unit_id", "slot", "release_id", "child_id", "parameters_id")),
        (Custody, ("unit_id", "role", "party_id", "country")),
    ):
        rows = model.objects.filter(known_to=None)
        times = ("valid_from", "valid_to", "evidence")
        found[model.__name__] = sorted(rows.values_list(*columns, *times), key=str)
    units = Unit.objects.order_by("id").values_list("id", "state", "country", "configuration_id")
    found["Unit"] = list(units)
    counted = Census.objects.filter(count__gt=0).order_by("id").values_list("id", "count")
    return found | {"Census": list(counted)}


def believed_at(instant) -> list[tuple[object, ...]]:
    """What was believed at an instant, of intervals of all kinds."""
    rows = []
    for model, place in ((Installation, "slot"), (Custody, "role")):
        columns = ("unit_id", "number", place, "valid_from", "valid_to", "evidence")
        rows += sorted(model.objects.filter(known(instant)).values_list(*columns), key=str)
    return rows


def tell(world: Drives, fact, on_day: int, later: int) -> None:
    kind, more = fact
    booked(world.unit(DRIVE), kind, on_day, now=NINE + timedelta(days=later), **more)


@given(arrivals)
@SLOW
def test_any_order_of_arrival_leads_to_the_same_tables(told):
    days, order = told
    world = _fleet()
    for number in range(5):
        tell(world, facts(world)[number], days[number], number)
    expected = believed_now()

    world = _fleet()
    for later, number in enumerate(order):
        tell(world, facts(world)[number], days[number], later)
    assert believed_now() == expected


@given(arrivals)
@SLOW
def test_what_is_believed_of_a_slot_never_overlaps_at_any_time_of_knowledge(told):
    days, order = told
    world = _fleet()
    for later, number in enumerate(order):
        tell(world, facts(world)[number], days[number], later)

    for later in range(6):
        instant = NINE + timedelta(days=later, hours=1)
        for model, place in ((Installation, "slot"), (Custody, "role")):
            spans = defaultdict(list)
            rows = model.objects.filter(known(instant))
            for unit, where, begin, end in rows.values_list(
                "unit_id", place, "valid_from", "valid_to"
            ):
                spans[unit, where].append((begin, end))
            for found in spans.values():
                for (_, ends), (begins, _) in pairwise(sorted(found, key=lambda span: span[0])):
                    assert ends is not None
                    assert ends <= begins


@given(arrivals, st.integers(0, 4), st.sampled_from([None, 3, 9, 20]))
@SLOW
def test_a_correction_never_changes_what_was_believed_before_it(told, place, moved_to):
    days, order = told
    world = _fleet()
    for later, number in enumerate(order):
        tell(world, facts(world)[number], days[number], later)
    instants = [NINE + timedelta(days=later, hours=1) for later in range(6)]
    before = [believed_at(instant) for instant in instants]

    unit = unit_named(world.drive, DRIVE)
    events = Event.objects.filter(kind__in=[Kind.SHIPPED, Kind.COMMISSIONED, Kind.INSTALLED])
    row = events.filter(unit_id=unit.pk, seq__gt=1).order_by("seq")[place % 3]
    right = None
    if moved_to is not None:
        kept = {CustodyRole.OPERATOR: Holder(None, None, "AT")}
        right = own_event(stated(world.unit(DRIVE), Kind.TRANSFERRED, moved_to, custody=kept))
    booking.correct_event(
        unit, row.seq, replacement=right, reason="Wrong.", actor=SYSTEM,
        now=NINE + timedelta(days=30),
    )  # fmt: skip

    assert [believed_at(instant) for instant in instants] == before


def test_closing_and_opening_again_leaves_two_intervals_with_a_gap(db):
    world = _fleet()
    booked(world.unit(DRIVE), Kind.REMOVED, 5, slots={BOARD: None})
    again = {"slots": {BOARD: a(world.rev_c)}, "children": {BOARD: world.board_unit("B-1")}}
    booked(world.unit(DRIVE), Kind.INSTALLED, 9, **again)

    rows = Installation.objects.filter(slot=BOARD, child_id=world.board_unit("B-1").id)
    spans = rows.filter(known_to=None).order_by("valid_from").values_list("valid_from", "valid_to")
    assert list(spans) == [(day(0), day(5)), (day(9), None)]
    assert _known() == world
