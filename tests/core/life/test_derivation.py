from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from longmark.core.life.derivation import derive
from longmark.core.life.events import (
    CustodyRole,
    Event,
    Evidence,
    Holder,
    Kind,
    Occupant,
    Precision,
    State,
    payload,
    stated_custody,
    stated_slots,
)

START = datetime(2024, 3, 3, tzinfo=UTC)
BOARD, FIRMWARE = "control-board", "control-board/main-firmware"
FW_1, FW_2 = Occupant(item=9, release=91), Occupant(item=9, release=92)
REV_C, REV_D = Occupant(item=7, release=73), Occupant(item=7, release=74)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def an_event(seq: int, on_day: int, slots=None, **others) -> Event:
    kind = others.pop("kind", Kind.INSTALLED)
    return Event(seq, kind, day(on_day), slots or {}, **others)


def spans(life, slot):
    return [
        (
            kept.content,
            (kept.valid_from - START).days,
            kept.valid_to and (kept.valid_to - START).days,
        )
        for kept in life.installations
        if kept.place == slot
    ]


occupants = st.sampled_from(
    [None, FW_1, FW_2, REV_C, Occupant(part="fan"), Occupant(child=UUID(int=5))]
)
slot_names = st.sampled_from(["", BOARD, FIRMWARE, "control-board/cpu/rom", "parameters"])


@st.composite
def histories(draw, most: int = 8) -> list[Event]:
    """Events at different instants, some of them corrections of earlier ones."""
    days = draw(st.lists(st.integers(0, 60), unique=True, max_size=most))
    history: list[Event] = []
    for seq, on_day in enumerate(days, start=1):
        corrects = draw(st.none() | st.integers(1, seq - 1)) if seq > 1 else None
        kind = draw(st.sampled_from([kind for kind in Kind if kind is not Kind.CORRECTED]))
        history.append(
            Event(
                seq,
                Kind.CORRECTED if corrects else kind,
                day(on_day),
                draw(st.dictionaries(slot_names, occupants, max_size=3)),
                evidence=draw(st.sampled_from(Evidence)),
                corrects=corrects,
                stands_for=draw(st.sampled_from([None, kind])) if corrects else None,
            )
        )
    return history


@given(histories(), st.randoms())
def test_any_order_of_arrival_gives_the_same_life(history, random):
    arrived = list(history)
    random.shuffle(arrived)

    assert derive(arrived) == derive(history)


@given(histories())
def test_intervals_of_a_slot_never_overlap_and_never_are_empty(history):
    by_slot = {}
    for kept in derive(history).installations:
        by_slot.setdefault(kept.place, []).append(kept)

    for kept_there in by_slot.values():
        assert all(k.valid_to is None or k.valid_from < k.valid_to for k in kept_there)
        for earlier, later in pairwise(kept_there):
            assert earlier.valid_to is not None
            assert earlier.valid_to <= later.valid_from


@given(histories())
def test_upper_slots_leave_no_gap(history):
    """Nothing lies above a top slot, so what follows ends what was before, to the instant."""
    for slot in ["", BOARD, "parameters"]:
        there = [kept for kept in derive(history).installations if kept.place == slot]
        ends = [kept.valid_to for kept in there]

        assert ends == [kept.valid_from for kept in there][1:] + [None] * bool(there)


@given(histories())
def test_saying_all_again_changes_nothing(history):
    plain = [event for event in history if event.corrects is None]
    again = [
        Event(len(history) + event.seq, event.kind, event.occurred_at, event.slots, event.custody)
        for event in plain
        if event.kind is not Kind.PARAMETERS_CHANGED
    ]
    facts = [(k.place, k.content, k.valid_from, k.valid_to) for k in derive(plain).installations]

    repeated = derive([*plain, *again]).installations
    assert [(k.place, k.content, k.valid_from, k.valid_to) for k in repeated] == facts


@given(histories())
def test_what_an_event_states_survives_its_payload(history):
    for event in history:
        stated = payload(event)

        assert stated_slots(stated) == dict(event.slots)
        assert stated_custody(stated) == dict(event.custody)


def test_a_late_booking_takes_its_place_in_time():
    life = derive(
        [an_event(1, 0, {"fw": FW_1}), an_event(2, 20, {"fw": FW_1}), an_event(3, 10, {"fw": FW_2})]
    )

    assert spans(life, "fw") == [(FW_1, 0, 10), (FW_2, 10, 20), (FW_1, 20, None)]


def test_what_was_below_a_swapped_board_went_with_it():
    life = derive([an_event(1, 0, {BOARD: REV_C, FIRMWARE: FW_1}), an_event(2, 5, {BOARD: REV_D})])

    assert spans(life, FIRMWARE) == [(FW_1, 0, 5)]
    assert spans(life, BOARD) == [(REV_C, 0, 5), (REV_D, 5, None)]


def test_a_swap_may_state_what_sits_below_the_new_board():
    swap = an_event(2, 5, {FIRMWARE: FW_2, BOARD: REV_D}, kind=Kind.SWAPPED)
    life = derive([an_event(1, 0, {BOARD: REV_C, FIRMWARE: FW_1}), swap])

    assert spans(life, FIRMWARE) == [(FW_1, 0, 5), (FW_2, 5, None)]


def test_known_emptiness_is_an_interval_of_its_own():
    life = derive(
        [an_event(1, 0, {BOARD: REV_C}), an_event(2, 5, {BOARD: None}, kind=Kind.REMOVED)]
    )

    assert spans(life, BOARD) == [(REV_C, 0, 5), (None, 5, None)]


def test_better_evidence_replaces_weaker_and_never_the_other_way():
    weak = an_event(1, 0, {"fw": FW_1}, evidence=Evidence.DECLARED)
    strong = an_event(2, 5, {"fw": FW_1}, evidence=Evidence.VERIFIED)
    weaker = an_event(3, 9, {"fw": FW_1}, evidence=Evidence.ASSUMED)

    (installed,) = derive([weak, strong, weaker]).installations
    assert (installed.valid_from, installed.evidence) == (START, Evidence.VERIFIED)


def test_changed_parameters_state_only_what_they_change():
    first = Occupant(item=3, release=6, values=(("P10.01", "1"), ("P10.07", "1")))
    change = Occupant(item=3, values=(("P10.07", "0"),))
    life = derive(
        [an_event(1, 0, {"parameters": first}),
         an_event(2, 4, {"parameters": change}, kind=Kind.PARAMETERS_CHANGED)]
    )  # fmt: skip

    now = life.inside_now()["parameters"].content
    assert now == Occupant(item=3, release=6, values=(("P10.01", "1"), ("P10.07", "0")))


def test_a_correction_counts_in_place_of_what_it_corrects():
    wrong = an_event(1, 0, {"fw": FW_1}, kind=Kind.BUILT)
    right = an_event(2, 1, {"fw": FW_2}, kind=Kind.CORRECTED, corrects=1, stands_for=Kind.BUILT)
    life = derive([wrong, right])

    assert spans(life, "fw") == [(FW_2, 1, None)]
    assert (life.state, life.built_at) == (State.BUILT, day(1))


def test_a_correction_can_withdraw_an_event():
    withdrawn = an_event(2, 0, kind=Kind.CORRECTED, corrects=1)

    assert derive([an_event(1, 0, {"fw": FW_1}), withdrawn]).installations == ()


def test_custody_follows_transfers():
    carla, otto = Holder(party=1, country="DE"), Holder(party=2, country="FR")
    shipped = an_event(1, 0, kind=Kind.SHIPPED, custody={CustodyRole.OPERATOR: carla})
    sold = an_event(2, 9, kind=Kind.TRANSFERRED, custody={CustodyRole.OPERATOR: otto})

    life = derive([sold, shipped])
    assert life.kept_now()[CustodyRole.OPERATOR].content == otto
    assert [kept.valid_to for kept in life.custody] == [day(9), None]
    assert life.state is State.SHIPPED


def test_a_unit_is_built_before_anything_else_of_that_day():
    shipped = an_event(1, 0, kind=Kind.SHIPPED)
    built = an_event(2, 0, kind=Kind.BUILT, precision=Precision.DAY)

    assert derive([shipped, built]).state is State.SHIPPED
