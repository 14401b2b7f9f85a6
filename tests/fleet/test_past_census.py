"""The census of the past counts what the intervals say, whatever was booked, and when."""

from collections import Counter
from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TransactionTestCase
from msgspec.structs import replace

from longmark.core.actors import SYSTEM
from longmark.core.errors import LongmarkError
from longmark.core.life.events import CustodyRole, Details, Evidence, Kind, Occupant, Precision
from longmark.core.vocabulary import IdentifiedBy, ItemKind
from longmark.fleet.models import PastBuild, PastChange, PastLook, PastLookMember, PastUnit
from longmark.fleet.queries import past, past_lists
from longmark.fleet.queries.moments import moment
from longmark.fleet.queries.past import PastReach
from longmark.fleet.queries.reach import Asked
from longmark.fleet.services import booking, remembering
from longmark.fleet.services.statements import Statement
from longmark.fleet.services.workspace import Identity
from tests.fleet.test_nesting import LIST
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
    taken,
    unit_named,
)
from tests.world import NINE, a_party, a_release, a_slot, an_item

KINDS = [
    Kind.BUILT, Kind.SWAPPED, Kind.REMOVED, Kind.SOFTWARE_CHANGED, Kind.TRANSFERRED, Kind.LOST,
    Kind.DECOMMISSIONED, Kind.COMMISSIONED, Kind.SCRAPPED, Kind.RETURNED, Kind.RMA_CLOSED,
]  # fmt: skip
LAST = 45


def answers(asked: Asked, on_day: date, known_on: date | None) -> tuple[PastReach, PastReach]:
    """Both ways to count: from the census, and from the intervals."""
    then, concerned = moment(on_day, known_on), past.concerned_by(asked)
    return past.counted_days(concerned, then), past.counted_intervals(concerned, then)


def told(answer: PastReach) -> tuple[object, ...]:
    """An answer to be compared: none of its lists has an order that means anything here."""
    whose = answer.whose
    counts = whose.customer_count, whose.distributor_count, whose.party_count, whose.row_count
    return (
        answer.unit_count,
        answer.unknown_unit_count,
        dict(answer.apart),
        counts,
        set(answer.parties),
        set(answer.countries),
        {each for each in answer.shares if each.unit_count},
    )


@st.composite
def statements(draw: st.DrawFn, world: Drives, parties: list[object]) -> Statement:
    """Something that is said of a drive, of its board or its firmware, sensible or not."""
    unit = draw(st.sampled_from(["1", "2", "3", "B-1", "B-2"]))
    is_board = unit.startswith("B")
    firmware = draw(
        st.sampled_from([None, a(world.fw_23), a(world.fw_24), Occupant(world.fw_23.item_id)])
    )
    slots: dict[str, Occupant | None] = {}
    children = {}
    if is_board:
        slots = {"main-firmware": firmware} if draw(st.booleans()) else {}
    else:
        if draw(st.booleans()):
            slots[BOARD] = draw(st.sampled_from([None, a(world.rev_c), a(world.rev_d)]))
            if slots[BOARD] and draw(st.booleans()):
                children[BOARD] = world.board_unit(draw(st.sampled_from(["B-1", "B-2", "B-3"])))
        if firmware and draw(st.booleans()):
            slots[FIRMWARE] = firmware
    custody = {}
    for role in (CustodyRole.OPERATOR, CustodyRole.DISTRIBUTOR):
        if not is_board and draw(st.booleans()):
            party = draw(st.sampled_from([None, *parties]))
            custody[role] = kept_by(party) if party else None
    return Statement(
        world.board_unit(unit) if is_board else world.unit(unit),
        draw(st.sampled_from(KINDS)),
        day(draw(st.integers(0, LAST - 5))) + timedelta(hours=draw(st.sampled_from([0, 0, 7, 30]))),
        slots=slots,
        children=children,
        custody=custody,
        precision=draw(st.sampled_from([*[Precision.DAY] * 5, Precision.UNKNOWN])),
        evidence=draw(st.sampled_from([Evidence.DECLARED, Evidence.CONFIRMED])),
    )


def correct(world: Drives, said: Statement, seq: int, *, now: datetime) -> None:
    """Withdraw an event of the unit, or let it have been another one."""
    item = world.board if said.unit.item == world.board.pk else world.drive
    unit = unit_named(item, said.unit.serial)
    wrong = booking.event_of(unit, seq)
    moved = replace(wrong, occurred_at=said.occurred_at, corrects=None)
    replacement = None if said.custody else moved
    booking.correct_event(unit, seq, replacement=replacement, reason="Typo.", actor=SYSTEM, now=now)


class TestAnySequenceOfBookings(TransactionTestCase):
    @settings(max_examples=40, deadline=None)
    @given(st.data())
    def test_census_and_intervals_have_one_answer(self, data: st.DataObject) -> None:
        world = drives()
        for number in ("1", "2"):
            a_drive_with_board(world, number, f"B-{number}")
        parties = [a_party("Nordheide"), a_party("Hansen", country="AT")]
        said = data.draw(st.lists(statements(world, parties), min_size=3, max_size=10))
        now = NINE
        for statement in said:
            now += timedelta(hours=data.draw(st.sampled_from([1, 30])))
            wrong = data.draw(st.sampled_from([0, 0, 1, 2, 3]))
            with suppress(LongmarkError):
                if wrong:
                    correct(world, statement, wrong, now=now)
                elif statement.kind is Kind.BUILT:
                    booking.register_units([statement], actor=SYSTEM, now=now)
                else:
                    booking.book_event(statement, actor=SYSTEM, now=now)

        fw, rev = world.fw_23, world.rev_d
        for asked in (
            Asked((fw.pk,), (fw.item_id,)),
            Asked((fw.pk, world.fw_24.pk)),
            Asked((rev.pk,), (rev.item_id,), (world.fw_24.pk,)),
        ):
            on_day = on(data.draw(st.integers(-1, LAST)))
            days = data.draw(st.sampled_from([None, -1, 0, 1, 2, 9]))
            known_on = None if days is None else (NINE + timedelta(days=days)).date()
            counted, asked_each = answers(asked, on_day, known_on)
            assert told(counted) == told(asked_each)
        assert counted_below_none() == []
        kept, looked = every_change(), ever_looked()
        remembered(now)
        assert every_change() == kept
        assert ever_looked() <= looked  # without what was believed for less than a day


TALLY = ("look_id", "operator_id", "distributor_id", "country", "state")


def every_change() -> Counter[object]:
    """What the census of the past adds up, whatever the number of rows."""
    found: Counter[object] = Counter()
    for *key, delta in PastChange.objects.values_list(*TALLY, "day", "known_day", "delta"):
        found[tuple(key)] += delta
    return Counter({key: delta for key, delta in found.items() if delta})


def ever_looked() -> set[object]:
    return set(PastUnit.objects.values_list("look_id", "serial_folded", "unit_id"))


def remembered(until: datetime) -> PastBuild:
    """Make the census of the past anew, as for units that were there before it."""
    for model in (PastChange, PastUnit, PastLookMember, PastLook, PastBuild):
        model.objects.all().delete()
    build = PastBuild.objects.create(told_until=until)
    remembering.catch_up()
    build.refresh_from_db()
    return build


def counted_below_none() -> list[object]:
    """Tallies that would be negative, as all is known by now."""
    sums: Counter[object] = Counter()
    for *key, delta in PastChange.objects.values_list(*TALLY, "delta"):
        sums[tuple(key)] += delta
    return [key for key, count in sums.items() if count < 0]


@pytest.fixture
def world() -> Drives:
    return drives()


def asked_about(world: Drives) -> Asked:
    return Asked((world.fw_23.pk,), (world.fw_23.item_id,))


@pytest.mark.django_db
def test_a_unit_that_was_taken_back_never_was(world: Drives):
    drive = built(world.unit("1"), on_day=3)
    later = NINE + timedelta(days=2)
    booking.correct_event(drive, 1, replacement=None, reason="No such.", actor=SYSTEM, now=later)

    for known_on, count in ((NINE.date(), 1), (None, 0)):
        both = answers(asked_about(world), on(5), known_on)
        assert [each.unknown_unit_count for each in both] == [count, count]


@pytest.mark.django_db
def test_a_unit_is_not_in_doubt_before_it_was_built(world: Drives):
    built(world.unit("1"), on_day=3)

    for on_day, count in ((2, 0), (3, 1)):
        both = answers(asked_about(world), on(on_day), None)
        assert [each.unknown_unit_count for each in both] == [count, count]
        listed = past_lists.units_reached(asked_about(world), on=on(on_day)).items
        assert len(listed) == count


@pytest.mark.django_db
def test_a_day_is_counted_as_it_ended(world: Drives):
    a_drive_with_board(world)
    morning, evening = day(9) + timedelta(hours=8), day(9) + timedelta(hours=20)
    for instant, release in ((morning, world.fw_24), (evening, world.fw_23)):
        said = Statement(
            world.unit("1001"), Kind.SOFTWARE_CHANGED, instant, slots={FIRMWARE: a(release)}
        )
        booking.book_event(said, actor=SYSTEM, now=NINE)

    both = answers(asked_about(world), on(9), None)
    assert [each.unit_count for each in both] == [1, 1]


@pytest.mark.django_db
def test_a_batch_that_changes_changes_the_units_that_hold_its_pieces(world: Drives):
    item = an_item("CAP-9", kind=ItemKind.HARDWARE, identified_by=IdentifiedBy.BATCH)
    first, second = a_release("A", item=item), a_release("B", item=item)
    a_slot(world.drive, "capacitors", first, second, is_optional=True)
    taken(LIST)
    batch = unit_named(item, "L-77")
    changed = Statement(
        Identity(item.pk, item.name, "L-77"), Kind.SOFTWARE_CHANGED, day(20), slots={"": a(second)}
    )
    booking.book_event(changed, actor=SYSTEM, now=NINE)

    for on_day, releases in ((19, {first.pk: 2}), (20, {second.pk: 2})):
        for answer in answers(Asked((first.pk, second.pk), (item.pk,)), on(on_day), None):
            assert {each.release_id: each.unit_count for each in answer.shares} == releases
            assert answer.unit_count == 2
    listed = past_lists.units_reached(Asked((second.pk,)), on=on(20)).items
    assert batch.pk not in {each.unit.pk for each in listed}


@pytest.mark.django_db(transaction=True)
def test_units_from_before_the_census_are_remembered_beside_new_bookings(
    world: Drives, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(remembering, "CHUNK_UNITS", 2)
    for number in (1, 2, 3):
        a_drive_with_board(world, f"100{number}", f"B-{number}")
    PastChange.objects.all().delete()
    build = PastBuild.objects.create(told_until=NINE)
    asked, later = asked_about(world), NINE + timedelta(days=1)
    firmware = {FIRMWARE: a(world.fw_24)}
    booked(world.unit("1001"), Kind.SOFTWARE_CHANGED, 9, now=later, slots=firmware)

    assert past.reach_on(asked, on=on(8)).unit_count == 3  # from the intervals
    assert remembering.catch_up(limit=4) == 4
    booked(world.unit("1002"), Kind.SOFTWARE_CHANGED, 9, now=later, slots=firmware)
    assert past.reach_on(asked, on=on(9)).unit_count == 1
    assert remembering.catch_up() == 2
    build.refresh_from_db()
    assert build.is_done
    for on_day, known_on, count in ((8, None, 3), (9, None, 1), (9, NINE.date(), 3)):
        both = answers(asked, on(on_day), known_on)
        assert [each.unit_count for each in both] == [count, count]


@pytest.mark.django_db
def test_a_unit_that_was_marked_anew_is_listed_by_its_new_number(
    world: Drives, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(past_lists, "NEAR_UNITS", ())
    monkeypatch.setattr(past_lists, "HEAD_UNITS", 1)
    for number in (1, 2):
        a_drive_with_board(world, f"100{number}", f"B-{number}")
    new = Details(serial="2000")
    booked(world.unit("1001"), Kind.IDENTITY_CHANGED, 5, details=new)

    listed = past_lists.units_reached(asked_about(world), on=on(9)).items
    assert [each.unit.serial for each in listed] == ["1002", "2000"]
    drive = unit_named(world.drive, "2000")
    booking.correct_event(drive, 2, replacement=None, reason="No.", actor=SYSTEM, now=NINE)
    listed = past_lists.units_reached(asked_about(world), on=on(9)).items
    assert [each.unit.serial for each in listed] == ["1001", "1002"]
