"""Drift: what is on a unit is not what was booked."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from longmark.catalog.services import parameters as catalog
from longmark.core.actors import SYSTEM
from longmark.core.errors import Invalid, NotFound
from longmark.core.life.events import CustodyRole, Evidence, Kind, Precision
from longmark.core.parameters.definitions import Definition, ParameterType
from longmark.core.parameters.drift import Basis
from longmark.fleet.models import ParameterDrift, Unit
from longmark.fleet.queries import snapshots as queries
from longmark.fleet.queries.snapshots import DriftFilter
from longmark.fleet.services import booking, drifting, snapshots
from longmark.fleet.services.snapshots import Found
from longmark.ledger.models import Entry
from tests.fleet.parameter_world import a_drive, changed, found, with_parameters
from tests.fleet.world import PARAMETERS, Drives, booked, day, drives, kept_by, taken
from tests.world import NINE, a_party

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> Drives:
    made = drives()
    with_parameters(made)
    return made


def drifting_names(unit: Unit) -> list[str]:
    return [each.name for each in queries.record_of(unit, PARAMETERS).drift.deviations]


def drift_of(unit: Unit) -> ParameterDrift | None:
    return ParameterDrift.objects.filter(unit_id=unit.pk).first()


def explained(unit: Unit, on_day: int, reason: str = "The integrator did.") -> Unit:
    said = Found(day(on_day), Precision.DAY, evidence=Evidence.CONFIRMED, source="call")
    return snapshots.book_drift(unit, PARAMETERS, found=said, reason=reason, actor=SYSTEM, now=NINE)


def test_what_nobody_booked_drifts(world: Drives) -> None:
    unit = a_drive(world)

    found(unit, "P10.07 = on\nP2.01 = 5\n", 100)

    kept = drift_of(unit)
    assert kept is not None
    assert kept.deviations == [["P10.07", "off", "released", "on"]]
    assert kept.item == world.params.item
    assert queries.drift_count() == 1


def test_what_was_booked_before_does_not_drift(world: Drives) -> None:
    unit = a_drive(world)
    changed(world, 90, **{"P10.07": "on"})

    found(unit, "P10.07 = 1\n", 100)

    assert drift_of(unit) is None


def test_a_change_booked_on_the_same_day_explains_what_was_found(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P10.07 = on\n", 100)

    changed(world, 100, **{"P10.07": "on"})

    assert drift_of(unit) is None


def test_late_paperwork_that_says_the_same_ends_the_drift(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P10.07 = on\nP2.01 = 9\n", 100)

    changed(world, 60, **{"P10.07": "on"})

    assert drifting_names(unit) == ["P2.01"]


def test_a_list_of_units_ends_drift_too(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P10.07 = on\n", 100)

    taken("item,serial,event,date,P10.07\nTG-200,1001,parameters-changed,2026-02-01,on\n")

    assert drift_of(unit) is None


def test_what_was_booked_afterwards_counts_from_then_on(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P10.07 = on\n", 100)

    changed(world, 110, **{"P10.07": "off"})

    assert drift_of(unit) is None


def test_a_correction_of_a_booking_brings_the_drift_back(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P10.07 = on\n", 100)
    changed(world, 60, **{"P10.07": "on"})
    seq = max(event.seq for event in unit.events.all())

    booking.correct_event(
        unit, seq, replacement=None, reason="Another unit.", actor=SYSTEM, now=NINE
    )

    assert drifting_names(unit) == ["P10.07"]
    assert drift_of(unit) is not None


def test_a_look_at_a_few_parameters_leaves_the_others_as_they_were_found(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P10.07 = on\nP2.01 = 9\n", 100)

    found(unit, "P2.01 = 5\n", 110)

    assert drifting_names(unit) == ["P10.07"]


def test_an_address_that_moves_drifts_from_where_it_was(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P1.01 = 10.1.1.1\n", 100)
    assert drift_of(unit) is None

    found(unit, "P1.01 = 10.1.1.2\n", 110)

    (deviation,) = queries.record_of(unit, PARAMETERS).drift.deviations
    assert deviation.expected.basis is Basis.FOUND


def test_a_counter_that_went_up_drifts_until_a_change_is_booked(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P99.01 = 41\n", 100)
    found(unit, "P99.01 = 43\n", 110)

    kept = drift_of(unit)
    assert kept is not None
    assert (kept.counter, kept.counter_before, kept.counter_after) == ("P99.01", 41, 43)
    assert kept.deviation_count == 0

    explained(unit, 105)

    assert drift_of(unit) is None


def test_a_counter_after_a_booked_change_is_explained(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P99.01 = 41\nP2.01 = 5\n", 100)
    changed(world, 105, **{"P2.01": "8"})

    found(unit, "P99.01 = 42\nP2.01 = 8\n", 110)

    assert drift_of(unit) is None


def test_a_changed_secret_drifts_from_the_one_found_before_only(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P90.01 = their own\n", 100)
    assert drift_of(unit) is None

    found(unit, "P90.01 = another\n", 110)
    assert drifting_names(unit) == ["P90.01"]

    explained(unit, 105)
    assert drift_of(unit) is None


def test_a_secret_still_as_delivered_is_told(world: Drives) -> None:
    unit, other = a_drive(world), a_drive(world, "1002")
    found(unit, "P90.01 = 0000\n", 100)
    found(other, "P90.01 = their own\n", 100)

    def told(one: Unit) -> list[str]:
        record = queries.record_of(one, PARAMETERS)
        rows = queries.values_now(record, NINE)
        return [row.name for row in rows if row.is_as_delivered]

    assert told(unit) == ["P90.01"]
    assert told(other) == []


def test_what_was_found_is_booked_with_a_reason(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P10.07 = on\n", 100)

    with pytest.raises(Invalid, match="why"):
        explained(unit, 90, reason=" ")
    with pytest.raises(Invalid, match="found on 2026-04-11 already"):
        explained(unit, 120)
    explained(unit, 90)

    assert drift_of(unit) is None
    assert queries.record_of(unit, PARAMETERS).booked_values(NINE)["P10.07"] == "on"
    assert Entry.objects.filter(action="fleet.drift-booked").count() == 1
    with pytest.raises(NotFound, match="Nothing drifts"):
        explained(unit, 90)


def test_other_released_values_change_what_drifts(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P10.07 = on\n", 100)
    catalog.release_parameters(world.params, b"P10.07 = on\n", actor=SYSTEM, now=NINE)

    count = drifting.recount_set(world.params.item_id, actor=SYSTEM, now=NINE)

    assert count == 0
    assert drift_of(unit) is None


def test_another_default_changes_what_drifts(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P11.01 = 1\n", 100)
    assert drift_of(unit) is None
    new = Definition("P11.01", ParameterType.BOOL, "Telnet", default="off")
    catalog.define_parameters(world.params.item, [new], actor=SYSTEM, now=NINE)

    assert drifting.recount_set(world.params.item_id, actor=SYSTEM, now=NINE) == 1
    assert drifting_names(unit) == ["P11.01"]


def test_drifts_are_listed_and_filtered(world: Drives) -> None:
    customer = a_party(country="AT")
    for number in range(3):
        unit = a_drive(world, f"100{number}")
        found(unit, "P10.07 = on\nP99.01 = 1\n", 100 + number)
    booked(
        world.unit("1001"),
        Kind.SHIPPED,
        20,
        custody={CustodyRole.OPERATOR: kept_by(customer)},
    )
    found(Unit.objects.get(serial="1002"), "P10.07 = off\nP99.01 = 2\n", 200)

    def serials(**asked: object) -> list[str]:
        return [each.unit.serial for each in queries.drift_page(DriftFilter(**asked)).items]  # type: ignore[arg-type]

    assert serials() == ["1002", "1001", "1000"]
    assert serials(by="values") == ["1001", "1000"]
    assert serials(by="counter") == ["1002"]
    assert serials(operator_id=customer.pk) == ["1001"]
    assert serials(country="AT", text="100") == ["1001"]
    assert serials(item_id=world.params.item_id, unit_item_id=world.drive.pk) == serials()
    page = queries.drift_page(limit=2)
    assert [each.unit.serial for each in queries.drift_page(after=page.next).items] == ["1000"]


@pytest.mark.parametrize("count", [1, 12])
def test_booking_costs_the_same_however_many_units_were_read(
    count: int, world: Drives, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    units = [a_drive(world, f"30{number:02}") for number in range(count)]
    for unit in units:
        found(unit, "P10.07 = on\n", 100)

    with django_assert_num_queries(7):
        drifting.recount([unit.pk for unit in units])


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(["look", "change", "look again", "explain"]))
def test_any_order_of_arrival_leads_to_the_same_drift(world: Drives, order: list[str]) -> None:
    serial = f"9{len(Unit.objects.all()):04}"
    unit = a_drive(world, serial)
    acts = {
        "look": lambda: found(unit, "P10.07 = on\nP2.01 = 9\nP99.01 = 1\n", 100),
        "change": lambda: changed(world, 90, serial, **{"P2.01": "9"}),
        "look again": lambda: found(unit, "P10.07 = on\nP99.01 = 2\n", 150),
        "explain": lambda: changed(world, 95, serial, **{"P3.01": "1"}),
    }

    for act in order:
        acts[act]()

    kept = drift_of(unit)
    assert kept is not None
    assert kept.deviations == [["P10.07", "off", "released", "on"]]
    assert (kept.counter_before, kept.counter_after) == (1, 2)
