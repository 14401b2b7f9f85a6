"""A list is taken back by correcting events; what others rest upon stays, with the reason."""

import csv
import io
from datetime import timedelta

import pytest

from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import Invalid, NotAllowed, Refused
from longmark.core.life.events import Kind
from longmark.core.vocabulary import ImportState
from longmark.fleet.models import Event, Import, Installation, Unit
from longmark.fleet.queries import imports as queries
from longmark.fleet.queries import reports, units
from longmark.fleet.services import booking, imports, lists, undoing
from longmark.ledger import queries as ledger
from tests.fleet.test_booking import inside
from tests.fleet.test_census import counted, tallied
from tests.fleet.test_imports import LIST, Killed, counts
from tests.fleet.world import (
    BOARD,
    FIRMWARE,
    Drives,
    a_drive_with_board,
    booked,
    drives,
    staged,
    taken,
    unit_named,
)
from tests.world import NINE

pytestmark = pytest.mark.django_db

LATER = NINE + timedelta(hours=1)
SWAP = (
    "item,serial,event,date,control-board,main-firmware\nTG-200,1001,swapped,2026-03-01,D,2.4.0\n"
)


@pytest.fixture
def world() -> Drives:
    return drives()


def undone(source: Import) -> Import:
    return undoing.undo_import(source, reason="wrong plant", actor=SYSTEM, now=LATER)


def kept(source: Import) -> list[str]:
    return [str(row) for row in queries.kept_page(source).items]


def test_units_that_a_list_created_never_were(world: Drives):
    source = undone(taken(LIST))

    assert (source.state, source.undone_count, source.kept_count) == ("undone", 3, 0)
    assert set(Unit.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert not Installation.objects.filter(known_to=None).exists()
    assert tallied() == counted()


def test_what_was_there_before_is_there_again(world: Drives):
    unit = a_drive_with_board(world)
    source = taken(SWAP)
    assert inside(unit) == {BOARD: "D", FIRMWARE: "2.4.0"}

    undone(source)
    assert inside(unit) == {BOARD: "C", FIRMWARE: "2.3.1"}
    assert tallied() == counted()


def test_what_was_believed_stays_on_record(world: Drives):
    source = taken(LIST)
    before = Event.objects.count()
    undone(source)

    told = Event.objects.filter(kind=Kind.UNDONE)
    assert Event.objects.count() == before + told.count()
    assert Installation.objects.filter(known_from=NINE, known_to=LATER).exists()


def test_one_entry_in_the_ledger_tells_of_the_whole(world: Drives, lena: Actor):
    source = taken(LIST)
    undoing.undo_import(source, reason=" wrong plant ", actor=lena, now=LATER)

    (entry,) = ledger.entries_page(action="fleet.import-undone").items
    payload = ledger.payload_of(entry)
    assert (payload["reason"], payload["undone_count"], payload["event_count"]) == (
        "wrong plant",
        3,
        5,
    )


def test_the_effect_is_told_before_and_nothing_is_written(world: Drives):
    source = taken(LIST)
    effect = undoing.undo_effect(source, now=LATER)

    assert (effect.row_count, effect.event_count, effect.unit_count) == (3, 5, 5)
    assert queries.import_(source.pk).state == ImportState.APPLIED
    assert not Event.objects.filter(kind=Kind.UNDONE).exists()


def test_a_unit_to_which_something_happened_since_stays(world: Drives):
    source = taken(LIST)
    booked(world.unit("1001"), Kind.RETURNED, 100)

    done = undone(source)
    assert (done.undone_count, done.kept_count) == (2, 1)
    assert kept(done) == ["2: returned on 2026-04-11 rests on it."]
    assert unit_named(world.drive, "1001").state == "returned"


def test_once_what_rests_on_it_is_gone_the_rest_is_undone(world: Drives):
    source = taken(LIST)
    unit = booked(world.unit("1001"), Kind.RETURNED, 100)
    undone(source)
    seq = Event.objects.get(unit=unit, kind=Kind.RETURNED).seq
    booking.correct_event(unit, seq, replacement=None, reason="no", actor=SYSTEM, now=LATER)

    again = undone(queries.import_(source.pk))
    assert (again.undone_count, again.kept_count) == (1, 0)
    assert units.unit(unit.pk).state == "withdrawn"


def test_firmware_in_a_board_that_a_list_put_in_holds_the_board(world: Drives):
    a_drive_with_board(world)
    source = taken("item,serial,event,date,control-board\nTG-200,1001,swapped,2026-03-01,D\n")
    taken("item,serial,event,date,main-firmware\nTG-200,1001,updated,2026-04-01,2.4.0\n")

    done = undone(source)
    assert kept(done) == ["2: software-changed on 2026-04-01 rests on it."]


def test_a_removal_whose_board_sits_elsewhere_now_stays(world: Drives):
    a_drive_with_board(world, "1001", "B-1")
    a_drive_with_board(world, "1002", "B-2")
    source = taken("item,serial,event,date,control-board\nTG-200,1001,removed,2026-03-01,empty\n")
    head = "item,serial,event,date,control-board serial\n"
    taken(head + "TG-200,1002,swapped,2026-03-02,B-1\n")

    done = undone(source)
    assert done.kept_count == 1
    assert "B-1 sits in 1001 (control-board)" in kept(done)[0]


def test_what_was_undone_can_be_imported_again(world: Drives):
    undone(taken(LIST))

    assert counts(taken(LIST)) == (0, 3, 0, 0)
    assert unit_named(world.drive, "1001").state == "built"
    assert inside(unit_named(world.drive, "1001"))[BOARD] == "C"
    assert tallied() == counted()


def test_what_a_person_withdrew_is_not_imported_again(world: Drives):
    unit = a_drive_with_board(world)
    taken(SWAP)
    seq = Event.objects.filter(unit=unit).latest("seq").seq
    booking.correct_event(unit, seq, replacement=None, reason="no", actor=SYSTEM, now=LATER)

    assert counts(taken(SWAP)) == (0, 0, 1, 0)
    assert Event.objects.filter(unit=unit, kind=Kind.SWAPPED).count() == 1


def test_a_list_is_undone_once(world: Drives):
    source = undone(taken(LIST))

    again = undone(source)
    assert (again.undone_count, again.kept_count) == (0, 0)
    assert Event.objects.filter(kind=Kind.UNDONE).count() == 5


@pytest.mark.parametrize("state", ["staged", "discarded"])
def test_a_list_that_was_not_taken_is_not_undone(world: Drives, state: str):
    source = staged(LIST)
    if state == "discarded":
        imports.discard_import(source, actor=SYSTEM, now=NINE)

    with pytest.raises(Refused, match="was not taken"):
        undone(queries.import_(source.pk))


def test_who_undoes_says_why_and_may(world: Drives, otto: Actor):
    source = taken(LIST)
    with pytest.raises(Invalid, match="Say why"):
        undoing.undo_import(source, reason=" ", actor=SYSTEM, now=LATER)
    with pytest.raises(NotAllowed):
        undoing.undo_import(source, reason="x", actor=otto, now=LATER)


def test_an_undo_that_was_killed_goes_on(world: Drives, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lists, "CHUNK_ROWS", 1)
    source = taken(LIST)

    def advance(done: int, total: int | None) -> None:
        raise Killed

    with pytest.raises(Killed):
        undoing.undo_import(source, reason="x", advance=advance, actor=SYSTEM, now=LATER)
    assert Unit.objects.filter(item=world.drive, state="withdrawn").count() == 1

    done = undone(queries.import_(source.pk))
    assert (done.state, done.undone_count, done.undone_event_count) == ("undone", 3, 5)
    assert tallied() == counted()


def report(source: Import) -> list[dict[str, str]]:
    text = "".join(reports.report_csv(source)).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_a_report_tells_what_became_of_every_row(world: Drives):
    taken(LIST)
    source = taken(LIST + "TG-200;1004;2026-01-06;;;;;\nTG-999;1005;2026-01-05;;;;;\n")

    rows = report(source)
    assert [row["what happened"] for row in rows] == ["unchanged"] * 3 + ["created", "refused"]
    assert rows[3]["unit"] == str(unit_named(world.drive, "1004").pk)
    assert "no item" in rows[4]["refused because"]
    assert rows[0]["customer"] == "Wasserverband Nordheide"


def test_a_report_of_an_undone_list_tells_what_stays(world: Drives):
    source = taken(LIST)
    booked(world.unit("1001"), Kind.RETURNED, 100)

    rows = report(undone(source))
    assert [row["what happened"] for row in rows] == [
        "created, stays",
        "created, taken back",
        "created, taken back",
    ]
    assert "rests on it" in rows[0]["refused because"]


def test_there_is_no_report_of_what_was_not_taken(world: Drives):
    with pytest.raises(Refused, match="nothing has happened yet"):
        reports.report_csv(staged(LIST))
