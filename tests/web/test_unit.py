"""The page of a unit: what is inside on any day, its life, what it is open to."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from longmark.catalog import services as catalog
from longmark.core.actors import SYSTEM
from longmark.core.life.events import Kind, Occupant
from longmark.fleet.models import Event, Unit
from longmark.fleet.services.workspace import Identity
from tests.fleet.world import BOARD, FIRMWARE, a, booked, built, day
from tests.web.world import CVE, World, vulnerable
from tests.world import a_board, a_release, a_slot, an_item

LATER = datetime(2027, 2, 1, tzinfo=UTC)


@pytest.fixture
def world(kept_world: World) -> World:
    return kept_world


def test_contents_of_the_board_stand_below_it(world: World, signed_in: Client) -> None:
    seats = signed_in.get(f"/units/{world.affected.pk}/").context["contents"]

    board = next(seat for seat in seats if seat.slot == BOARD)
    assert [(below.slot, str(below.release)) for below in board.seats] == [
        ("main-firmware", "tg200-fw 2.3.1")
    ]


def test_slot_that_nobody_booked_is_unknown(world: World, signed_in: Client) -> None:
    response = signed_in.get(f"/units/{world.unknown.pk}/")

    (missing,) = response.context["unjudged"]
    assert missing.path == FIRMWARE
    assert "cannot be judged" in response.content.decode()


def test_page_says_what_the_unit_is_open_to(world: World, signed_in: Client) -> None:
    page = signed_in.get(f"/units/{world.affected.pk}/").content.decode()

    assert "Open to one vulnerability." in page
    assert CVE in page


def test_past_day_shows_what_was_inside_then(world: World, signed_in: Client) -> None:
    booked(
        world.drives.unit("1001"),
        Kind.SOFTWARE_CHANGED,
        100,
        slots={FIRMWARE: a(world.drives.fw_24)},
    )

    def firmware(on: str) -> str:
        seats = signed_in.get(f"/units/{world.affected.pk}/?on={on}").context["contents"]
        return str(next(seat for seat in seats if seat.slot == BOARD).seats[0].release.version)

    assert (firmware("2026-02-01"), firmware("2026-06-01")) == ("2.3.1", "2.4.0")


def test_day_that_does_not_exist_is_told(world: World, signed_in: Client) -> None:
    response = signed_in.get(f"/units/{world.affected.pk}/?on=2026-02-30")

    assert response.status_code == 422
    assert "2026-02-30 is not a day." in response.content.decode()


def test_life_shows_the_firmware_inside_the_board(world: World, signed_in: Client) -> None:
    lanes = signed_in.get(f"/units/{world.affected.pk}/").context["lanes"]

    told = {lane.name: [span.text for span in lane.spans] for lane in lanes}
    assert told["control-board/main-firmware"] == ["2.3.1"]


def test_events_are_told_in_words(world: World, signed_in: Client) -> None:
    page = signed_in.get(f"/units/{world.affected.pk}/").content.decode()

    assert "operator: Wasserverband Nordheide, Pumpwerk Heber, Germany" in page


def test_list_finds_units_by_the_beginning_of_their_serial(world: World, signed_in: Client) -> None:
    page = signed_in.get("/units/?q=100").context["page"]

    assert [unit.serial for unit in page.items] == ["1001", "1002", "1003"]


def test_list_shows_the_units_of_a_customer(world: World, signed_in: Client) -> None:
    response = signed_in.get(f"/units/?customer={world.customer.pk}")

    assert [unit.serial for unit in response.context["page"].items] == ["1001"]
    assert "Wasserverband Nordheide" in response.content.decode()


def test_list_shows_the_units_that_contain_a_release(world: World, signed_in: Client) -> None:
    response = signed_in.get(f"/units/?release={world.drives.fw_23.pk}&use=1")

    assert [unit.serial for unit in response.context["page"].items] == ["1001", "1002"]
    assert "tg200-fw 2.3.1" in response.content.decode()


def test_file_holds_exactly_the_units_of_the_filtered_list(world: World, signed_in: Client) -> None:
    text = signed_in.get("/units.csv?q=1003").getvalue().decode("utf-8-sig")

    assert [line.split(",")[0] for line in text.splitlines()] == ["serial number", "1003"]
    assert "unknown" in text


def test_what_is_booked_on_the_drive_and_on_its_board_shares_a_lane(
    world: World, signed_in: Client
) -> None:
    drive = world.drives.unit("1004")
    unit = built(drive, slots={BOARD: a(world.drives.rev_c), FIRMWARE: a(world.drives.fw_23)})
    new = {BOARD: a(world.drives.rev_d), FIRMWARE: a(world.drives.fw_24)}
    board = {BOARD: world.drives.board_unit("B-4")}
    booked(drive, Kind.SWAPPED, 100, slots=new, children=board)

    lanes = signed_in.get(f"/units/{unit.pk}/").context["lanes"]

    told = [[span.text for span in lane.spans] for lane in lanes if lane.name == FIRMWARE]
    assert told == [["2.3.1", "2.4.0"]]


def test_what_is_known_to_a_month_is_late_only_after_it(world: World, signed_in: Client) -> None:
    now, unit = timezone.now(), world.affected
    Event.objects.filter(unit_id=unit.pk).delete()
    Unit.objects.filter(pk=unit.pk).update(recorded_at=now - timedelta(days=900))
    month = (now - timedelta(days=200)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for seq, (precision, after) in enumerate([("month", 20), ("day", 23)], start=1):
        Event.objects.create(
            unit_id=unit.pk, seq=seq, kind="tested", occurred_at=month, precision=precision,
            recorded_at=month + timedelta(days=after), evidence=2, payload={}, actor_name="Lena",
        )  # fmt: skip

    page = signed_in.get(f"/units/{unit.pk}/").content.decode()

    assert page.count("days late") == 1
    assert "booked 23 days late" in page


def test_every_finding_of_a_unit_can_be_asked_for(
    world: World, signed_in: Client, tmp_path: Path
) -> None:
    for number in range(11):
        vulnerable(tmp_path, f"CVE-2021-{20_000 + number}", world.drives)
    address = f"/units/{world.affected.pk}/"
    first = signed_in.get(address).content.decode()
    every = signed_in.get(address, {"findings": "all"}).content.decode()

    assert "10 of 12, worst first" in first
    assert 'href="?findings=all#findings"' in first
    assert every.count("/vulnerabilities/CVE-2021-2000") == 10
    assert "worst first</p>" not in every


def test_a_public_page_is_linked_only_where_it_is_open(world: World, signed_in: Client) -> None:
    address = f"/units/{world.affected.pk}/"
    closed = signed_in.get(address).content.decode()
    catalog.open_passport(world.drives.drive, actor=SYSTEM, now=timezone.now())
    opened = signed_in.get(address).content.decode()

    assert "?public" not in closed
    assert "No public page" in closed
    assert "?public" in opened


def test_life_is_drawn_through_all_levels_each_for_its_time(
    world: World, signed_in: Client
) -> None:
    """A card sits in the board, has firmware of its own, and moves on to another board."""
    drives = world.drives
    card = a_board("IO-12")
    release = a_release("1.0", item=an_item("io-fw"))
    a_slot(drives.board, "option", a_release("A", item=card), is_optional=True)
    a_slot(card, "option-firmware", release)
    unit = Identity(card.pk, card.name, "IO-1")
    built(unit, slots={"option-firmware": Occupant(release.item_id, release.pk)})
    for board, on_day in (("B-1", 10), ("B-2", 20)):
        if board == "B-2":
            booked(drives.board_unit("B-1"), Kind.REMOVED, 20, slots={"option": None})
        seat = {"slots": {"option": Occupant(item=card.pk)}, "children": {"option": unit}}
        booked(drives.board_unit(board), Kind.INSTALLED, on_day, **seat)

    lanes = signed_in.get(f"/units/{world.affected.pk}/").context["lanes"]

    told = {lane.name: lane for lane in lanes}
    firmware = told["control-board/option/option-firmware"]
    assert (firmware.label, firmware.depth) == ("option-firmware", 2)
    assert told["control-board/option"].depth == 1
    (span,) = firmware.spans
    assert (span.text, span.start, span.end) == ("1.0", day(10), day(20))
    names = [lane.name for lane in lanes]
    assert (
        names.index("control-board")
        < names.index("control-board/option")
        < names.index(firmware.name)
    )


def test_seat_tells_how_many_pieces_it_holds(world: World, signed_in: Client) -> None:
    seals = {"slots": {BOARD: Occupant(item=world.drives.board.pk, part="L-1", quantity=4)}}
    unit = built(world.drives.unit("1009"), **seals)

    page = signed_in.get(f"/units/{unit.pk}/").content.decode()

    assert "4 pieces" in page
