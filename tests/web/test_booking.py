"""What happened to a unit, booked in the browser by someone who stands in front of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from longmark.fleet.models import Unit
from longmark.ledger.models import Entry
from longmark.ledger.queries import payload_of
from longmark.parties.models import Party
from tests.web.world import World


@pytest.fixture
def world(kept_world: World) -> World:
    return kept_world


def path(unit: Unit, act: str, slot: str = "") -> str:
    return f"/units/{unit.pk}/book/{act}/" + (f"?slot={slot}" if slot else "")


def usual(**more: object) -> dict[str, object]:
    return {"on": timezone.now().date().isoformat(), "evidence": "confirmed", **more}


def inside(browser: Client, unit: Unit) -> dict[str, str]:
    """What sits in a unit today, by slot."""
    found: dict[str, str] = {}

    def add(seats: list[object]) -> None:
        for seat in seats:
            child = getattr(seat, "child", None)
            named = [str(seat.release or seat.item or ""), child.serial if child else ""]  # type: ignore[attr-defined]
            found[seat.path] = " ".join(filter(None, named))  # type: ignore[attr-defined]
            add(seat.seats)  # type: ignore[attr-defined]

    add(browser.get(f"/units/{unit.pk}/").context["contents"])
    return found


def test_swap_is_booked_with_the_serial_that_went_in(world: World, signed_in: Client) -> None:
    said = usual(content_0="CB-21 D", serial_0="B-9", content_1="tg200-fw 2.4.0", source="RMA 4711")

    page = signed_in.post(path(world.affected, "swap"), said, follow=True).content.decode()

    assert "CB-21 C, B-1 came out." in page
    assert inside(signed_in, world.affected) == {
        "control-board": "CB-21 D B-9",
        "control-board/main-firmware": "tg200-fw 2.4.0",
    }
    booked = Entry.objects.filter(action="fleet.event-booked").order_by("-id")[0]
    assert "RMA 4711" in str(payload_of(booked))


def test_a_swap_sent_by_mistake_makes_nothing_unknown(world: World, signed_in: Client) -> None:
    before = inside(signed_in, world.affected)

    answer = signed_in.post(path(world.affected, "swap"), usual(content_0="", serial_0=""))

    assert answer.status_code == 422
    assert "its serial number, or one of these" in str(answer.context["form"].errors["content_0"])
    assert inside(signed_in, world.affected) == before


@pytest.mark.parametrize(
    ("said", "held"),
    [({"content_0": "", "serial_0": "B-77"}, "CB-21"), ({"content_0": "CB-21"}, "CB-21")],
)
def test_what_is_not_known_of_what_went_in_may_be_left_open(
    world: World, signed_in: Client, said: dict[str, str], held: str
) -> None:
    answer = signed_in.post(path(world.affected, "swap"), usual(**said))

    assert answer.status_code == 302
    assert inside(signed_in, world.affected)["control-board"].startswith(held)


@pytest.mark.parametrize(
    ("act", "said", "told"),
    [
        ("test", {"result": "failed", "reason": "E 14"}, "because: E 14"),
        ("return", {"rma": "R-7"}, "RMA R-7"),
        ("rma-close", {}, "RMA closed"),
        ("lose", {"reason": "gone"}, "because: gone"),
        ("decommission", {}, "Decommissioned"),
        ("mark", {"serial": "200-X"}, "200-X"),
        (
            "warranty",
            {"kind": "warranty-started", "until": "2030-01-31"},
            "Warranty started, until 31 Jan 2030",
        ),
        ("scrap", {"reason": "burnt"}, "because: burnt"),
    ],
)
def test_what_happens_to_a_unit_as_a_whole_is_booked(
    world: World, signed_in: Client, act: str, said: dict[str, object], told: str
) -> None:
    page = signed_in.post(path(world.affected, act), usual(**said), follow=True)

    assert page.redirect_chain
    assert told in page.content.decode()


def test_what_took_a_units_place_is_booked_and_named(world: World, signed_in: Client) -> None:
    taker = next(unit for unit in Unit.objects.order_by("pk") if unit != world.affected)
    said = usual(taker=f"{taker.item.name} {taker.serial}")

    page = signed_in.post(path(world.affected, "replace"), said, follow=True).content.decode()

    assert f"in its place: {taker.serial}" in page


def test_fields_of_a_happening_refuse_what_does_not_go_together(
    world: World, signed_in: Client
) -> None:
    answer = signed_in.post(path(world.affected, "warranty"), usual(kind="warranty-extended"))

    assert answer.status_code == 422
    assert "Say until when it lasts now." in answer.content.decode()


def test_all_that_can_be_booked_is_one_click_further(world: World, signed_in: Client) -> None:
    page = signed_in.get(f"/units/{world.affected.pk}/book/").content.decode()

    for act in ("swap", "test", "lose", "warranty", "scrap"):
        assert path(world.affected, act) in page


def test_page_of_a_swap_shows_what_comes_out(world: World, signed_in: Client) -> None:
    page = signed_in.get(path(world.affected, "swap")).content.decode()

    assert "CB-21 C, B-1" in page
    assert "tg200-fw 2.3.1" in page


def test_late_booking_says_how_late(world: World, signed_in: Client) -> None:
    on = timezone.now().date() - timedelta(days=23)
    said = usual(content_0="CB-21 D", serial_0="B-9", on=on.isoformat())

    page = signed_in.post(path(world.affected, "swap"), said, follow=True).content.decode()

    assert "Booked 23 days late." in page


def test_what_came_out_is_told_by_the_day_of_the_swap(world: World, signed_in: Client) -> None:
    signed_in.post(path(world.affected, "swap"), usual(content_0="CB-21 D", serial_0="B-9"))
    earlier = (timezone.now().date() - timedelta(days=9)).isoformat()
    said = usual(content_0="CB-21 D", serial_0="B-8", on=earlier)

    page = signed_in.post(path(world.affected, "swap"), said, follow=True).content.decode()

    assert "control-board: CB-21 D, B-8. CB-21 C, B-1 came out. Booked 9 days late." in page


def test_module_that_sits_elsewhere_is_refused_at_its_field(
    world: World, signed_in: Client
) -> None:
    said = usual(content_0="CB-21", serial_0="B-2", source="RMA 4711")
    answer = signed_in.post(path(world.affected, "swap"), said)

    assert answer.status_code == 422
    assert "B-2 sits in 1002" in str(answer.context["form"].errors)
    assert 'value="RMA 4711"' in answer.content.decode()


def test_day_in_the_future_is_refused(world: World, signed_in: Client) -> None:
    on = timezone.now().date() + timedelta(days=1)
    answer = signed_in.post(path(world.affected, "return"), usual(on=on.isoformat()))

    assert answer.status_code == 422
    assert "lies in the future" in answer.context["form"].errors["on"][0]


def test_place_cannot_be_empty_and_hold_something(world: World, signed_in: Client) -> None:
    answer = signed_in.post(path(world.affected, "swap"), usual(content_0="empty", serial_0="B-9"))

    assert answer.status_code == 422
    assert answer.context["form"].errors["content_0"]


def test_module_can_be_taken_out(world: World, signed_in: Client) -> None:
    signed_in.post(path(world.affected, "swap"), usual(content_0="empty"))

    seats = signed_in.get(f"/units/{world.affected.pk}/").context["contents"]
    assert next(seat for seat in seats if seat.slot == "control-board").is_empty


def test_firmware_is_changed_where_it_runs(world: World, signed_in: Client) -> None:
    where = path(world.affected, "software", "control-board/main-firmware")
    page = signed_in.post(where, usual(content_0="tg200-fw 2.4.0"), follow=True)

    assert "It stands among the events of B-1." in page.content.decode()
    held = inside(signed_in, world.affected)
    assert held["control-board/main-firmware"] == "tg200-fw 2.4.0"


def test_only_firmware_that_fits_can_be_chosen(world: World, signed_in: Client) -> None:
    answer = signed_in.post(path(world.affected, "software"), usual(content_0="CB-21 D"))

    assert answer.status_code == 422
    assert answer.context["form"].errors["content_0"]


def test_only_parameters_that_differ_are_booked(world: World, signed_in: Client) -> None:
    where = path(world.affected, "parameters")
    signed_in.post(where, usual(further="P10.07 = 1\nP10.08 = 2"))

    signed_in.post(where, usual(value_0="1", value_1="3"))

    page = signed_in.get(f"/units/{world.affected.pk}/").content.decode()
    assert "P10.07=1" in page
    assert "P10.08=3" in page
    assert "parameters: tg-params, P10.08 = 3" in page


@pytest.mark.parametrize(
    ("further", "said"),
    [("P10.07", "is not a parameter, an equals sign"), ("", "Nothing differs"), ("ipv6=1", "P10")],
)
def test_parameters_that_say_nothing_are_refused(
    further: str, said: str, world: World, signed_in: Client
) -> None:
    answer = signed_in.post(path(world.affected, "parameters"), usual(further=further))

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_move_to_a_known_customer_is_booked(world: World, signed_in: Client) -> None:
    said = usual(kind="transferred", customer="wasserverband nordheide", site="Pumpwerk Heber")
    signed_in.post(path(world.unknown, "move"), said)

    assert Unit.objects.get(pk=world.unknown.pk).operator == world.customer


def test_mistyped_customer_does_not_become_a_party(world: World, signed_in: Client) -> None:
    said = usual(kind="transferred", customer="Wasserverband Nordhaide")
    answer = signed_in.post(path(world.unknown, "move"), said)

    assert answer.status_code == 422
    assert "Is it Wasserverband Nordheide?" in answer.context["form"].errors["customer"][0]
    assert Party.objects.count() == 1


def test_new_customer_is_registered_when_it_is_said_to_be_new(
    world: World, signed_in: Client
) -> None:
    said = usual(kind="shipped", customer="Papier Kolbe", country="DE", is_new="on")
    signed_in.post(path(world.unknown, "move"), said)

    assert Unit.objects.get(pk=world.unknown.pk).operator == Party.objects.get(name="Papier Kolbe")


@pytest.mark.parametrize(
    ("act", "state"), [("return", "returned"), ("scrap", "scrapped"), ("repair", "built")]
)
def test_plain_acts_are_booked(act: str, state: str, world: World, signed_in: Client) -> None:
    signed_in.post(path(world.unknown, act), usual())

    assert Unit.objects.get(pk=world.unknown.pk).state == state


def test_service_technician_may_book(world: World, as_technician: Client) -> None:
    as_technician.post(path(world.unknown, "return"), usual())

    assert Unit.objects.get(pk=world.unknown.pk).state == "returned"


def test_nothing_can_be_booked_on_what_was_scrapped(world: World, signed_in: Client) -> None:
    signed_in.post(path(world.unknown, "scrap"), usual())

    assert signed_in.get(f"/units/{world.unknown.pk}/").context["acts"] == []


def test_buttons_are_for_those_who_may_book(
    world: World, signed_in: Client, as_viewer: Client
) -> None:
    unit = f"/units/{world.affected.pk}/"

    for text in ("Module swapped", "Withdraw"):
        assert text in signed_in.get(unit).content.decode()
        assert text not in as_viewer.get(unit).content.decode()


def test_event_is_withdrawn_with_a_reason(world: World, signed_in: Client) -> None:
    signed_in.post(path(world.unknown, "return"), usual())
    event = f"/units/{world.unknown.pk}/events/2/withdraw/"
    assert signed_in.post(event, {"reason": ""}).status_code == 422

    page = signed_in.post(event, {"reason": "It was another unit."}, follow=True).content.decode()

    assert "Withdrawn" in page
    assert Unit.objects.get(pk=world.unknown.pk).state == "built"
    entry = Entry.objects.get(action="fleet.event-corrected")
    assert "It was another unit." in str(payload_of(entry))


def test_correction_begins_with_what_was_booked(world: World, signed_in: Client) -> None:
    form = signed_in.get(f"/units/{world.affected.pk}/events/1/correct/").context["form"]

    assert form["serial_0"].value() == "B-1"
    assert form["customer"].value() == "Wasserverband Nordheide"
    assert form["kind"].value() == "built"


def test_event_is_corrected(world: World, signed_in: Client) -> None:
    slot = "control-board"
    where = f"/units/{world.unknown.pk}/events/1/correct/"
    stated = signed_in.get(where).context["form"].initial
    said = usual(on=stated["on"], kind="built", content_0="CB-21 C", reason="Read the label again.")

    page = signed_in.post(where, said, follow=True).content.decode()

    assert "The event was corrected." in page
    assert inside(signed_in, world.unknown)[slot] == "CB-21 C"
    assert "Corrected: Built" in page


def corrected(browser: Client, unit: Unit, **changed: object) -> Any:
    """Send the form that corrects the first event of a unit as it came, but for some fields."""
    where = f"/units/{unit.pk}/events/1/correct/"
    form = browser.get(where).context["form"]
    stated = {field.name: field.value() for field in form if field.value()}
    return browser.post(where, {**stated, "reason": "Read again.", **changed}, follow=True)


def test_correction_may_name_another_unit_in_a_slot(world: World, signed_in: Client) -> None:
    page = corrected(signed_in, world.affected, serial_0="B-77").content.decode()

    assert "The event was corrected." in page
    assert inside(signed_in, world.affected)["control-board"] == "CB-21 B-77"


def test_correction_leaves_alone_what_was_not_touched(world: World, signed_in: Client) -> None:
    before = inside(signed_in, world.affected)

    corrected(signed_in, world.affected, source="delivery note 12")

    assert inside(signed_in, world.affected) == before
    assert Unit.objects.get(pk=world.affected.pk).operator == world.customer


def test_correction_needs_a_reason(world: World, signed_in: Client) -> None:
    answer = corrected(signed_in, world.affected, reason="")

    assert answer.status_code == 422
    assert answer.context["form"].errors["reason"]
