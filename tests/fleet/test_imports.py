"""Lists of units: looked at, taken, taken again, interrupted, refused row by row."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest

from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import Invalid, NotAllowed, Refused
from longmark.core.vocabulary import PartyKind
from longmark.fleet.models import Custody, Event, Import, Installation, Unit
from longmark.fleet.queries import imports as queries
from longmark.fleet.queries import units
from longmark.fleet.services import aliases, imports, lists
from longmark.ledger import queries as ledger
from tests.fleet.test_booking import inside
from tests.fleet.test_census import counted, tallied
from tests.fleet.world import (
    BOARD,
    FIRMWARE,
    Drives,
    a_drive_with_board,
    drives,
    on,
    staged,
    taken,
    unit_named,
)
from tests.world import NINE, a_party, an_item

pytestmark = pytest.mark.django_db

LIST = """item;serial;date;control-board;control-board serial;main-firmware;customer;country
TG-200;1001;2026-01-05;C;B-1;2.3.1;Wasserverband Nordheide;DE
TG-200;1002;05.01.2026;CB-21 D;B-2;tg200-fw 2.4.0;Stadtwerke Brenntal;AT
TG-200;1003;2026-01;;;unknown;;FR
"""


@pytest.fixture
def world() -> Drives:
    return drives()


def counts(source: Import) -> tuple[int, ...]:
    """Rows created, changed, unchanged, refused."""
    names = ("created_count", "changed_count", "unchanged_count", "refused_count")
    return tuple(getattr(source, name) for name in names)


def refused(text: str) -> list[str]:
    """Why each refused row of a list is refused."""
    return [str(row) for row in queries.refusals_page(staged(text)).items]


def everything() -> list[list[tuple[object, ...]]]:
    """All that is known of units, without the instants of recording."""
    columns = {
        Unit: ("pk", "state", "host_id", "configuration_id", "operator__name", "country"),
        Event: ("unit_id", "seq", "kind", "occurred_at"),
        Installation: ("unit_id", "number", "slot", "release_id", "child_id", "valid_from"),
        Custody: ("unit_id", "number", "role", "party__name", "country"),
    }
    return [
        list(model.objects.order_by(*names).values_list(*names))  # type: ignore[attr-defined]
        for model, names in columns.items()
    ]


def test_a_staged_list_says_what_it_would_do_and_does_nothing(world: Drives, lena: Actor):
    source = staged(LIST)

    assert counts(source) == (3, 0, 0, 0)
    assert source.preview["created"] == [
        {"item": "TG-200", "count": 3, "first": "1001", "last": "1003"}
    ]
    assert not Unit.objects.exists()
    assert source.sheet["delimiter"] == ";"


def test_a_list_is_taken_with_boards_customers_and_unknowns(world: Drives):
    assert counts(taken(LIST)) == (3, 0, 0, 0)

    second, third = (unit_named(world.drive, serial) for serial in ("1002", "1003"))
    assert inside(second) == {BOARD: "D", FIRMWARE: "2.4.0"}
    assert (str(second.operator), second.country) == ("Stadtwerke Brenntal", "AT")
    assert inside(third) == {FIRMWARE: "?"}
    assert (third.operator, third.country) == (None, "FR")
    assert tallied() == counted()


def test_a_list_is_one_entry_in_the_ledger_with_its_file(world: Drives, lena: Actor):
    source = imports.apply_import(staged(LIST), actor=lena, now=NINE)

    (entry,) = ledger.entries_page(action="fleet.import-applied").items
    payload = ledger.payload_of(entry)
    assert (payload["created_count"], payload["manifest"]) == (3, source.manifest)
    assert ledger.blob_bytes(payload["digest"]).decode() == LIST


def test_the_same_list_again_changes_nothing(world: Drives):
    taken(LIST)
    before = everything()

    assert counts(taken(LIST)) == (0, 0, 3, 0)
    assert everything() == before


def test_an_outsider_drops_nothing(world: Drives, otto: Actor):
    with pytest.raises(NotAllowed, match="import-units"):
        imports.stage_import(io.BytesIO(b"x"), filename="x.csv", actor=otto, now=NINE)


def test_rows_that_cannot_be_taken_do_not_hold_up_the_others(world: Drives):
    source = taken(LIST + "TG-999;1004;2026-01-05;;;;;\n")

    assert counts(source) == (3, 0, 0, 1)
    (row,) = queries.refusals_page(source).items
    assert (row.row, row.column, row.serial) == (5, "item", "1004")


def test_refused_rows_come_back_as_a_file_that_can_be_mended_and_dropped(world: Drives):
    source = taken(LIST + "TG-20O;=1004;2026-01-05;;;;;\n")
    text = "".join(queries.refusals_csv(source))
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")

    assert row["serial"] == "'=1004"
    assert "Did you mean TG-200" in row["refused because"]
    mended = taken(text.replace("TG-20O", "TG-200").replace("'=", ""))
    assert counts(mended) == (1, 0, 0, 0)


def test_all_or_nothing_takes_nothing_when_a_row_is_refused(world: Drives):
    source = staged(LIST + "TG-999;1;2026-01-05;;;;;\n", is_all_or_nothing=True)
    with pytest.raises(Refused, match=r"1 rows of .* are refused"):
        imports.apply_import(source, actor=SYSTEM, now=NINE)

    assert not Unit.objects.exists()


def test_all_or_nothing_holds_when_things_changed_meanwhile(world: Drives):
    source = staged(LIST, is_all_or_nothing=True)
    a_drive_with_board(world, "9000", "B-2")

    with pytest.raises(Refused, match=r"Row 3 of .* B-2 sits in 9000"):
        imports.apply_import(source, actor=SYSTEM, now=NINE)
    assert Unit.objects.count() == 2
    assert queries.import_(source.pk).state == "staged"


def test_a_list_is_taken_once_and_can_be_thrown_away(world: Drives):
    source = taken(LIST)
    with pytest.raises(Refused, match="was applied already"):
        imports.apply_import(source, actor=SYSTEM, now=NINE)
    with pytest.raises(Refused, match="not waiting any more"):
        imports.discard_import(source, actor=SYSTEM, now=NINE)

    other = staged(LIST)
    imports.discard_import(other, actor=SYSTEM, now=NINE)
    assert queries.import_(other.pk).state == "discarded"


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("killed_after", [1, 2])
def test_an_import_that_was_killed_half_way_goes_on_where_it_was(
    world: Drives, monkeypatch: pytest.MonkeyPatch, killed_after: int
):
    monkeypatch.setattr(lists, "CHUNK_ROWS", 1)
    source, taken_chunks = staged(LIST), []

    def advance(done: int, total: int | None) -> None:
        taken_chunks.append(done)
        if len(taken_chunks) == killed_after:
            raise Killed

    with pytest.raises(Killed):
        imports.apply_import(source, advance=advance, actor=SYSTEM, now=NINE)
    assert Unit.objects.filter(item=world.drive).count() == killed_after

    done = imports.apply_import(queries.import_(source.pk), actor=SYSTEM, now=NINE)
    assert (done.state, counts(done)) == ("applied", (3, 0, 0, 0))
    assert tallied() == counted()
    assert len(ledger.entries_page(action="fleet.import-applied").items) == 1


def test_a_list_is_taken_by_one_at_a_time(world: Drives, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lists, "CHUNK_ROWS", 1)
    source = staged(LIST)

    def someone_else(done: int, total: int | None) -> None:
        Import.objects.filter(pk=source.pk).update(last_row=99)

    with pytest.raises(Refused, match="Someone else is taking"):
        imports.apply_import(source, advance=someone_else, actor=SYSTEM, now=NINE)


def test_later_rows_of_a_long_list_know_the_earlier_ones(
    world: Drives, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lists, "CHUNK_ROWS", 1)
    text = "item,serial,event,date\nTG-200,1,built,2026-01-01\nTG-200,1,returned,2026-02-01\n"

    assert counts(staged(text)) == (1, 1, 0, 0)
    assert counts(taken(text)) == (1, 1, 0, 0)


def test_a_workbook_is_taken_like_a_text_file(world: Drives):
    book = openpyxl.Workbook()
    book.active.append(["Artikel", "Serien-Nr.", "Datum", "main firmware", "Kunde"])
    book.active.append(["TG-200", "0042", NINE.replace(tzinfo=None), "2.3.1", "Müller AG"])
    kept = io.BytesIO()
    book.save(kept)

    assert counts(taken(kept.getvalue(), filename="liste.xlsx")) == (1, 0, 0, 0)
    unit = unit_named(world.drive, "0042")
    assert (str(unit.operator), inside(unit)) == ("Müller AG", {FIRMWARE: "2.3.1"})


def test_parameters_stand_in_columns_of_their_own(world: Drives):
    taken("item,serial,date,parameters,P10.01,P10.07\nTG-200,1,2026-01-01,v6,1,0\n")

    (installed,) = Installation.objects.filter(slot="parameters")
    assert installed.parameters is not None
    assert installed.parameters.values == {"P10.01": "1", "P10.07": "0"}
    assert installed.release == world.params


def test_a_customer_that_is_a_distributor_is_not_the_operator(world: Drives):
    dealer = a_party("Hansen A/S", kind=PartyKind.DISTRIBUTOR, country="DK")
    taken("item,serial,event,date,customer\nTG-200,1,shipped,2026-01-01,hansen a/s\n")

    unit = unit_named(world.drive, "1")
    assert (unit.operator, unit.distributor, unit.country) == (None, dealer, "")


def test_a_late_row_is_counted_and_shown(world: Drives):
    taken("item,serial,date,control-board\nTG-200,1,2026-01-01,C\n")
    late = "item,serial,event,date,control-board\nTG-200,1,swapped,2026-03-01,D\n"

    source = staged(late)
    (change,) = source.preview["changes"]
    assert source.late_count == 1
    assert (change["fact"], change["before"]["release"], change["after"]["release"]) == (
        BOARD,
        "C",
        "D",
    )


def facts(text: str) -> list[tuple[int, str, str, str]]:
    def shown(held: dict[str, str]) -> str:
        return f"{held['item']} {held['release']}".strip() if "item" in held else ""

    changes = staged(text).preview["changes"]
    return [(c["row"], c["fact"], shown(c["before"]), shown(c["after"])) for c in changes]


def test_the_preview_names_the_units_that_leave_and_come(world: Drives):
    taken("item,serial,date\nTG-200,1,2026-01-01\n")
    text = "item,serial,event,date,control-board,control-board serial,main-firmware\n"
    first, second = (
        "TG-200,1,installed,2026-03-01,C,B-7,",
        "TG-200,1,swapped,2026-04-01,D,B-8,2.4.0",
    )

    assert facts(f"{text}{first}\n{second}\n") == [
        (2, BOARD, "", "CB-21 B-7 C"),
        (3, FIRMWARE, "", "tg200-fw 2.4.0"),
        (3, BOARD, "CB-21 B-7 C", "CB-21 B-8 D"),
    ]


def test_the_preview_of_a_past_event_shows_what_was_there_then(world: Drives):
    taken("item,serial,date,control-board,main-firmware\nTG-200,1,2026-01-01,C,2.3.1\n")
    taken("item,serial,event,date,main-firmware\nTG-200,1,updated,2026-05-01,2.4.0\n")
    late = "item,serial,event,date,control-board\nTG-200,1,swapped,2026-03-01,D\n"

    assert facts(late) == [
        (2, BOARD, "CB-21 C", "CB-21 D"),
        (2, FIRMWARE, "tg200-fw 2.3.1", ""),
    ]


def test_the_preview_shows_a_row_that_changes_no_slot(world: Drives):
    taken("item,serial,date\nTG-200,1,2026-01-01\n")

    assert facts("item,serial,event,date\nTG-200,1,shipped,2026-03-01\n") == [(2, "", "", "")]


HEAD = "item,serial,event,date,evidence,country,site,control-board,control-board serial\n"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("TG-2000,1,,2026-01-01,,,,,", 'There is no item "TG-2000". Did you mean TG-200?'),
        ("TG-200,,,2026-01-01,,,,,", "The serial number is missing"),
        ("TG-200,1.2E+10,,2026-01-01,,,,,", "turned the serial number into 1.2E+10"),
        ("TG-200,1,exploded,2026-01-01,,,,,", '"exploded" is no event'),
        ("TG-200,1,,2026-12-27,,,,,", "2026-12-27 lies in the future"),
        ("TG-200,1,,2021-02-30,,,,,", '"2021-02-30" is not a date'),
        ("TG-200,1,,03/04/2026,,,,,", "can be read in two ways"),
        ("TG-200,1,,,,,,,", '"" is not a date'),
        ("TG-200,1,,2026-01-01,sure,,,,", '"sure" is no level of evidence'),
        ("TG-200,1,,2026-01-01,,GER,,,", '"GER" is not a country'),
        ("TG-200,1,,2026-01-01,,,Halle 2,,", "A site needs the customer"),
        ("TG-200,1,,2026-01-01,,,,Q,", '"Q" does not fit there'),
        ("TG-200,1,,2026-01-01,,,,empty,B-1", "said to be empty, and to hold a unit"),
        ("tg200-fw,1,,2026-01-01,,,,,", "Pieces of tg200-fw have no serial numbers"),
        ("TG-200,1,returned,2026-01-01,,,,,", "No TG-200 with the serial number 1 is known"),
        ("TG-200,1,,2026-01-01,,,,,,,too,long", "The row has 12 cells and the header 9"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(world: Drives, row: str, reason: str):
    (why,) = refused(HEAD + row + "\n")

    assert why.startswith("2: ")
    assert reason in why


def test_rows_of_one_list_that_contradict_each_other_are_refused(world: Drives):
    head = "item,serial,date,control-board\n"
    (why,) = refused(head + "TG-200,1,2026-01-01,C\nTG-200,1,2026-01-01,D\n")

    assert "3: 1 is known as built on 2026-01-01, with another control-board than here" in why
    assert counts(staged(head + "TG-200,1,2026-01-01,C\nTG-200,1,2026-01-01,C\n")) == (1, 0, 1, 0)


def test_a_board_in_two_drives_of_one_list_is_refused(world: Drives):
    head = "item,serial,date,control-board serial\n"
    (why,) = refused(head + "TG-200,1,2026-01-01,B-1\nTG-200,2,2026-01-01,B-1\n")

    assert "B-1 sits in 1 (control-board) since 2026-01-01" in why


def test_zeros_that_a_spreadsheet_ate_are_not_guessed(world: Drives):
    taken("item,serial,date\nTG-200,00004711,2026-01-01\n")
    (why,) = refused("item,serial,date\nTG-200,4712,2026-01-01\n")

    assert "4712 is 4 digits shorter than every other serial number of TG-200" in why


def test_a_serial_that_does_not_look_like_one_of_the_item_is_refused(world: Drives):
    an_item("TG-700", kind="product", identified_by="serial", serial_pattern=r"700-\d{4}-\d{5}")
    (why,) = refused("item,serial,date\nTG-700,200-2240-0510Z,2026-01-01\n")

    assert "200-2240-0510Z is not a serial number of TG-700: they look like 700-####-#####" in why


def test_a_slot_that_the_item_does_not_have_is_refused_by_name(world: Drives):
    (why,) = refused("item,serial,date,main-frimware\nTG-200,1,2026-01-01,2.3.1\n")

    assert 'have no slot "main-frimware". Did you mean main-firmware' in why


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty"),
        (b"item,serial\nTG-200,1\n", 'No column "date"'),
        (b"item,serial,S/N,date\n", "mean the same"),
        (b"item,serial,date\nTG-200,\x81\x8d,2026-01-01\n", "Line 2 holds bytes"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "not a table"),
    ],
)
def test_a_file_that_is_no_list_is_refused_and_kept(world: Drives, content: bytes, reason: str):
    with pytest.raises(Invalid, match=reason):
        staged(content)

    assert not Import.objects.exists()


def test_a_corrected_serial_number_still_finds_its_unit(world: Drives):
    unit = a_drive_with_board(world, "1001")
    mistyped = "item,serial,event,date\nTG-200,1OO1,shipped,2026-03-01\n"
    aliases.record_alias(
        unit, kind="serial", value="1OO1", since=NINE - timedelta(days=90), actor=SYSTEM, now=NINE
    )

    assert counts(taken(mistyped)) == (0, 1, 0, 0)
    assert units.unit(unit.pk).state == "shipped"


def test_an_as_of_day_sees_what_a_list_said_of_it(world: Drives):
    taken(LIST)
    later = LIST.replace("date;", "event;date;", 1).replace("1001;", "1001;swapped;")
    head, row, *_ = later.splitlines()
    taken("\n".join([head, row.replace("2026-01-05", "2026-06-01").replace(";C;B-1", ";D;B-9")]))

    unit = unit_named(world.drive, "1001")
    assert [inside(unit, on(number))[BOARD] for number in (20, 200)] == ["C", "D"]


def test_a_module_that_sits_in_another_unit_of_the_same_list_refuses_its_row_alone(
    world: Drives,
):
    done = taken(
        "item,serial,event,date,control-board serial\n"
        "TG-200,1001,built,2026-01-01,B-9\n"
        "TG-200,1002,built,2026-01-02,B-9\n"
        "TG-200,1003,built,2026-01-03,B-10\n"
    )

    assert (done.created_count, done.refused_count) == (2, 1)
    (refused,) = done.refusals.all()
    assert refused.serial == "1002"
