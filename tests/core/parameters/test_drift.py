"""What nobody booked."""

from datetime import UTC, datetime

from longmark.core.parameters.definitions import Definition, ParameterType
from longmark.core.parameters.drift import (
    Basis,
    Known,
    Reading,
    counter_move,
    counters_in,
    drift,
)

DEFINED = {
    "P10.07": Definition("P10.07", ParameterType.BOOL, default="off"),
    "P2.1": Definition("P2.1", ParameterType.DECIMAL),
    "IP": Definition("IP", is_individual=True, default="10.0.0.1"),
    "Revision": Definition("Revision", ParameterType.INT, is_counter=True),
}


def known(**others: object) -> Known:
    nothing: dict[str, object] = {"released": {}, "booked": {}, "found_before": {}}
    return Known(DEFINED, **{**nothing, **others})  # type: ignore[arg-type]


def test_what_was_booked_goes_before_what_was_released() -> None:
    told = known(released={"P10.07": "off"}, booked={"P10.07": "on"})

    assert not drift({"P10.07": "true"}, told)
    (found,) = drift({"P10.07": "0"}, told).deviations
    assert (found.expected.value, found.expected.basis) == ("on", Basis.BOOKED)


def test_the_default_is_expected_of_what_no_set_holds() -> None:
    (found,) = drift({"P10.07": "on"}, known()).deviations

    assert found.expected.basis is Basis.DEFAULT


def test_a_number_written_otherwise_is_no_drift() -> None:
    assert not drift({"P2.1": "1.0"}, known(released={"P2.1": "1"}))


def test_an_address_may_differ_from_the_released_one_but_not_from_itself() -> None:
    assert not drift({"IP": "10.1.1.7"}, known(released={"IP": "10.0.0.1"}))
    (found,) = drift({"IP": "10.1.1.8"}, known(found_before={"IP": "10.1.1.7"})).deviations
    assert found.expected.basis is Basis.FOUND


def test_what_was_not_read_is_no_drift() -> None:
    assert not drift({}, known(released={"P10.07": "on"}))


def test_what_nobody_knows_anything_of_is_no_drift() -> None:
    assert not drift({"P99.1": "7"}, known())


def at(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def readings(*counts: int) -> list[Reading]:
    return [Reading(at(day), {"Revision": count}) for day, count in enumerate(counts, start=1)]


def test_a_counter_that_went_up_without_a_booking_is_drift() -> None:
    moved = counter_move(readings(41, 43), [])

    assert moved is not None
    assert (moved.before, moved.after) == (41, 43)
    assert counter_move(readings(41, 43), [at(1)]) is None
    assert counter_move(readings(41, 41), []) is None
    assert counter_move(readings(43), []) is None


def test_a_move_stays_unexplained_though_nothing_moves_afterwards() -> None:
    moved = counter_move(readings(41, 43, 43), [])

    assert moved is not None
    assert moved.after == 43


def test_a_booking_before_the_reading_before_explains_nothing() -> None:
    assert counter_move(readings(41, 41, 44), [at(1)]) is not None


def test_a_counter_that_went_back_is_drift_whatever_was_booked() -> None:
    assert counter_move(readings(41, 3), [at(1), at(2)]) is not None


def test_counters_are_read_as_whole_numbers() -> None:
    assert counters_in({"Revision": "0x2A", "P2.1": "5"}, DEFINED) == {"Revision": 42}
    assert counters_in({"Revision": "many"}, DEFINED) == {}
