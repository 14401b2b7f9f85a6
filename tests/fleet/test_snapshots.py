"""Sets of parameters as they are found on units."""

import pytest

from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import Invalid, NotAllowed, NotFound, Refused
from longmark.core.formats.parameters import ParametersInvalid
from longmark.core.life.events import Evidence, Kind, Occupant
from longmark.core.parameters.differences import Change
from longmark.fleet.models import (
    Configuration,
    Event,
    ParameterSet,
    ParameterSnapshot,
    Refusal,
    Unit,
)
from longmark.fleet.queries import contents as inside
from longmark.fleet.queries import snapshots as queries
from longmark.fleet.services import booking, snapshots
from longmark.fleet.services.snapshots import Found
from longmark.ledger import queries as ledger
from longmark.ledger.models import Entry
from tests.fleet.parameter_world import a_drive, changed, found, with_parameters
from tests.fleet.world import (
    BOARD,
    PARAMETERS,
    Drives,
    a,
    a_drive_with_board,
    booked,
    built,
    day,
    drives,
    on,
    taken,
)
from tests.world import NINE, a_release, a_slot, an_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> Drives:
    made = drives()
    with_parameters(made)
    return made


def values_inside(unit: Unit) -> dict[str, str]:
    content = next(each for each in inside.contents(unit) if each.path == PARAMETERS)
    held = content.installation.parameters
    return held.values if held else {}


def test_a_set_is_kept_with_its_file_and_booked_as_observed(world: Drives) -> None:
    unit = a_drive(world)
    text = "# read out\nP10.07 = on\nP2.01 = 5\n"

    kept = found(unit, text, 100, source="service report", filename="out.txt")

    assert kept.parameters.values == {"P10.07": "on", "P2.01": "5"}
    assert ledger.blob_bytes(kept.blob) == text.encode()
    event = Event.objects.get(unit_id=unit.pk, seq=kept.seq)
    assert (event.kind, event.evidence) == (Kind.PARAMETERS_OBSERVED, Evidence.CONFIRMED)
    assert Entry.objects.filter(action="fleet.parameters-observed").count() == 1


def test_the_unit_has_what_deviates_from_the_released_set_inside(world: Drives) -> None:
    unit = a_drive(world, **{"P10.07": "off"})

    found(unit, "P10.07 = true\nP2.01 = 5\nP1.01 = 10.1.1.9\nP99.01 = 7\n", 100)

    assert values_inside(unit) == {"P10.07": "true"}


def test_what_is_written_otherwise_changes_nothing_inside(world: Drives) -> None:
    unit = a_drive(world, **{"P10.07": "off"})
    before = Configuration.objects.count()

    found(unit, "P10.07 = 0\n", 100)

    assert values_inside(unit) == {"P10.07": "off"}
    assert Configuration.objects.count() <= before + 1  # better evidence


def test_units_with_other_addresses_still_look_alike(world: Drives) -> None:
    for number in range(4):
        unit = a_drive(world, f"200{number}")
        found(unit, f"P1.01 = 10.0.0.{number}\nP90.01 = {number}\nP99.01 = {number}\n", 50)

    units = Unit.objects.filter(serial__startswith="200")
    assert units.values("configuration").distinct().count() == 1


def test_the_same_file_of_the_same_day_again_changes_nothing(world: Drives) -> None:
    unit = a_drive(world)
    first = found(unit, "P10.07 = on\n", 100)
    entries = Entry.objects.count()

    again = found(unit, "P10.07 = on\n", 100)

    assert again.number == first.number
    assert Entry.objects.count() == entries
    assert ParameterSnapshot.objects.count() == 1


def test_the_same_values_in_another_order_share_their_content(world: Drives) -> None:
    unit = a_drive(world)

    one = found(unit, "P10.07 = on\nP2.01 = 7\n", 100)
    other = found(unit, '{"P2.01": "7", "P10.07": "on"}', 101)

    assert one.parameters_id == other.parameters_id
    assert one.blob != other.blob


def test_a_secret_is_kept_nowhere_in_the_clear(world: Drives) -> None:
    unit = a_drive(world)

    kept = found(unit, "P90.01 = hunter2\nWiFi password = sesame\nP10.07 = on\n", 100)

    assert kept.is_rewritten
    assert kept.secrets == ["P90.01", "WiFi password"]
    file = ledger.blob_bytes(kept.blob)
    everything = [
        file.decode(),
        *(entry.body for entry in Entry.objects.all()),
        *(str(each.values) for each in ParameterSet.objects.all()),
        *(str(each.payload) for each in Event.objects.all()),
    ]
    assert not any(word in text for text in everything for word in ("hunter2", "sesame"))


def test_a_file_that_cannot_be_read_books_nothing(world: Drives) -> None:
    unit = a_drive(world)

    with pytest.raises(ParametersInvalid):
        found(unit, "P10.07 = on\nP10.07 = off\n", 100)

    assert Event.objects.filter(unit_id=unit.pk).count() == 1
    assert not ParameterSnapshot.objects.exists()


def test_what_was_found_on_a_scrapped_unit_or_tomorrow_is_refused(world: Drives) -> None:
    unit = a_drive(world)

    with pytest.raises(Invalid, match="future"):
        found(unit, "P10.07 = on\n", 400)
    with pytest.raises(Refused, match="built"):
        found(unit, "P10.07 = on\n", -5)
    assert not ParameterSnapshot.objects.exists()


def test_who_may_not_book_keeps_no_snapshot(world: Drives, finn: Actor) -> None:
    unit = a_drive(world)

    with pytest.raises(NotAllowed):
        snapshots.take_snapshot(unit, b"P1 = 1", Found(day(9)), actor=finn, now=NINE)


def test_a_unit_without_a_slot_for_parameters_takes_none(world: Drives) -> None:
    board = built(world.board_unit("B-9"))

    with pytest.raises(Refused, match="no slot for parameters"):
        found(board, "P1.01 = 1\n", 10)
    with pytest.raises(Invalid, match='no slot "gateway"'):
        found(a_drive(world), "P1.01 = 1\n", 10, path="gateway")


def test_parameters_of_a_board_stay_with_the_board(world: Drives) -> None:
    network = an_item("net-params", kind=world.params.item.kind)  # type: ignore[arg-type]
    a_slot(world.board, PARAMETERS, a_release("v1", item=network), is_optional=True)
    unit = a_drive_with_board(world)

    with pytest.raises(Invalid, match="several slots"):
        found(unit, "Host = x\n", 10)
    kept = found(unit, "Host = x\n", 10, path=f"{BOARD}/{PARAMETERS}")

    board = Unit.objects.get(serial="B-1")
    assert (kept.unit_id, kept.slot) == (board.pk, PARAMETERS)
    (place,) = queries.places_now(unit)
    assert (place.path, place.carrier) == (f"{BOARD}/{PARAMETERS}", board)


def test_two_snapshots_and_the_released_set_are_compared_by_type(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P10.07 = on\nP2.01 = 5.0\nX = 1\n", 100)
    found(unit, "P10.07 = 1\nP2.01 = 7\nY = 1\n", 110)
    record = queries.record_of(unit, PARAMETERS)

    between = queries.difference(record, 2, against=1)
    from_released = queries.difference(record, 2, is_released=True)

    assert [(each.name, each.change) for each in between] == [
        ("P2.01", Change.CHANGED),
        ("X", Change.MISSING),
        ("Y", Change.ADDED),
    ]
    told = {each.name: each for each in from_released}
    assert (told["P10.07"].before, told["P10.07"].after) == ("off", "1")
    assert told["P2.01"].definition is not None
    assert told["P2.01"].definition.measured_in == "s"
    with pytest.raises(NotFound):
        queries.difference(record, 9)


def test_history_tells_which_value_held_when_and_who_said_so(world: Drives) -> None:
    unit = a_drive(world)
    found(unit, "P10.07 = on\n", 100)
    changed(world, 120, **{"P10.07": "off"})
    found(unit, "P10.07 = off\n", 130)

    told = queries.histories_of(queries.record_of(unit, PARAMETERS), NINE)["P10.07"]

    assert [(each.value, each.said_by) for each in told] == [
        ("off", "released"),
        ("on", "found"),
        ("off", "booked"),
    ]
    assert [each.held_from for each in told] == [day(0), day(100), day(120)]
    assert told[-1].seen_at == day(130)


def test_a_withdrawn_observation_takes_its_snapshot_along(world: Drives) -> None:
    unit = a_drive(world)
    kept = found(unit, "P10.07 = on\n", 100)

    booking.correct_event(
        unit, kept.seq, replacement=None, reason="Another unit.", actor=SYSTEM, now=NINE
    )

    assert queries.record_of(unit, PARAMETERS).latest is None
    assert queries.snapshot(unit, 1) == kept


def test_snapshots_are_listed_latest_first(world: Drives) -> None:
    unit = a_drive(world)
    for number in range(3):
        found(unit, f"P2.01 = {number}\n", 100 + number)

    page = queries.snapshots_page([unit.pk], limit=2)
    rest = queries.snapshots_page([unit.pk], after=page.next, limit=2)

    assert [each.number for each in [*page.items, *rest.items]] == [3, 2, 1]


def test_a_past_day_knows_nothing_of_what_was_found_later(world: Drives) -> None:
    unit = a_drive(world, **{"P10.07": "off"})
    found(unit, "P10.07 = on\n", 100)

    content = inside.contents(unit, on(99))
    held = next(each for each in content if each.path == PARAMETERS).installation.parameters
    assert held is not None
    assert held.values == {"P10.07": "off"}


def test_a_secret_in_a_list_is_refused(world: Drives) -> None:
    a_drive(world)
    text = "item,serial,event,date,P90.01\nTG-200,1001,parameters-changed,2026-02-01,hunter2\n"

    done = taken(text)

    (refusal,) = Refusal.objects.filter(source=done)
    assert "P90.01 is secret" in refusal.why
    assert not any("hunter2" in str(event.payload) for event in Event.objects.all())


def test_what_is_booked_without_a_file_counts_as_found(world: Drives) -> None:
    unit = a_drive(world)
    occupant = Occupant(world.params.item_id, values=(("P10.07", "on"),))
    booked(world.unit("1001"), Kind.PARAMETERS_OBSERVED, 50, slots={PARAMETERS: occupant})

    record = queries.record_of(unit, PARAMETERS)
    assert record.values == {"P10.07": "on"}
    assert record.latest is not None
    assert record.latest.snapshot is None
    assert a(world.params).release is not None
