"""The technician's page: what was scanned is found; a booking counts once, however often sent."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from longmark.accounts.models import Person
from longmark.core.actors import SYSTEM
from longmark.fleet.models import Event, Unit
from longmark.fleet.services import booking
from longmark.fleet.services.links import links
from longmark.ledger.models import Receipt
from tests.core.formats.images.test_cleaning import jpeg
from tests.fleet.world import FIRMWARE, built
from tests.web.world import CVE, World
from tests.world import NINE

START = "/phone/"


def page_of(unit: Unit) -> str:
    return f"/phone/units/{unit.pk}/"


def sent(client: Client, unit: Unit, key: str, **says: str) -> int:
    """Send a booking as the page's script does."""
    body = {
        "event": "software-changed",
        "date": "2026-02-01",
        "evidence": "confirmed",
        "source": "technician's page",
        "says": says or {FIRMWARE: "tg200-fw 2.4.0"},
    }
    return client.post(
        f"/api/v1/units/{unit.pk}/events",
        body,
        "application/json",
        headers={"Idempotency-Key": key},
    ).status_code


@pytest.mark.parametrize("text", ["1001", " 10 01 ", "https://old.example/p/1001"])
def test_what_names_one_unit_opens_it(world: World, as_technician: Client, text: str) -> None:
    answer = as_technician.get(START, {"text": text})

    assert answer["Location"] == page_of(world.affected)


def test_a_scanned_link_opens_the_unit_for_whoever_is_signed_in(
    world: World, as_technician: Client
) -> None:
    link = links(now=NINE).of(world.affected.pk)
    path = link.removeprefix("http://localhost:8000")

    assert as_technician.get(START, {"text": link})["Location"] == page_of(world.affected)
    assert as_technician.get(path, follow=True).redirect_chain[-1][0] == page_of(world.affected)


def test_one_number_of_several_items_lets_choose(world: World, as_technician: Client) -> None:
    built(world.drives.board_unit("1001"))
    told = as_technician.get(START, {"text": "1001"}).content.decode()

    assert "Several units have it" in told
    assert told.count('href="/phone/units/') == 2


def test_the_begin_of_a_number_shows_what_begins_so(world: World, as_technician: Client) -> None:
    assert "Begins with it" in as_technician.get(START, {"text": "100"}).content.decode()
    assert "No unit has this number" in as_technician.get(START, {"text": "9"}).content.decode()


def test_the_unit_offers_what_fits_and_says_what_is_wrong(
    world: World, as_technician: Client
) -> None:
    told = as_technician.get(page_of(world.affected)).content.decode()

    assert CVE in told
    for name in ("says:control-board", "says:control-board serial", f"says:{FIRMWARE}"):
        assert f'name="{name}"' in told
    assert told.index('value="tg200-fw 2.4.0"') < told.index('value="tg200-fw 2.3.1"')


def test_who_may_not_book_sees_the_unit_without_forms(world: World, as_viewer: Client) -> None:
    told = as_viewer.get(page_of(world.affected)).content.decode()

    assert "1001" in told
    assert "data-booking" not in told


def test_a_scrapped_unit_takes_no_booking(world: World, as_technician: Client) -> None:
    as_technician.post(
        f"/units/{world.affected.pk}/book/scrap/",
        {"on": "2026-02-01", "evidence": "declared", "source": ""},
    )

    assert "data-booking" not in as_technician.get(page_of(world.affected)).content.decode()


def test_ten_times_sent_is_booked_once(world: World, as_technician: Client) -> None:
    before = Event.objects.count()
    answers = {sent(as_technician, world.affected, "k" * 32) for _ in range(10)}

    assert answers == {201}
    assert Event.objects.count() == before + 1


def test_a_repeat_after_signing_in_anew_changes_nothing(
    world: World, as_technician: Client
) -> None:
    sent(as_technician, world.affected, "k" * 32)
    before = Event.objects.count()
    later = Client()
    later.force_login(Person.objects.get(username="tom"))

    assert sent(later, world.affected, "k" * 32) == 201
    assert Event.objects.count() == before


def test_a_late_repeat_does_not_bring_back_what_was_withdrawn(
    world: World, as_technician: Client
) -> None:
    sent(as_technician, world.affected, "k" * 32)
    board = Unit.objects.get(serial="B-1")
    wrong = Event.objects.filter(unit=board).latest("seq")
    booking.correct_event(
        board, wrong.seq, replacement=None, reason="other board", actor=SYSTEM, now=NINE
    )
    before = Event.objects.count()

    assert sent(as_technician, world.affected, "k" * 32) == 201
    assert Event.objects.count() == before


def test_a_refusal_is_told_again_and_a_mended_booking_has_a_key_of_its_own(
    world: World, as_technician: Client
) -> None:
    wrong = [
        sent(as_technician, world.affected, "a" * 32, **{FIRMWARE: "tg200-fw 9.9"}) for _ in "12"
    ]

    assert wrong == [422, 422]
    assert sent(as_technician, world.affected, "b" * 32) == 201


def test_who_was_not_let_in_leaves_no_receipt(
    world: World, client: Client, as_viewer: Client
) -> None:
    assert sent(client, world.affected, "k" * 32) == 401
    assert sent(as_viewer, world.affected, "k" * 32) == 403
    assert not Receipt.objects.exists()


def test_keys_of_two_people_do_not_meet(
    world: World, as_technician: Client, signed_in: Client
) -> None:
    assert sent(as_technician, world.affected, "k" * 32) == 201
    assert sent(signed_in, world.affected, "k" * 32, **{FIRMWARE: "tg200-fw 2.3.1"}) == 201


def form(**others: str) -> dict[str, str]:
    return {
        "event": "software-changed",
        "date": "2026-02-01",
        "evidence": "confirmed",
        "source": "",
        f"says:{FIRMWARE}": "tg200-fw 2.4.0",
        **others,
    }


def test_it_works_without_script(world: World, as_technician: Client) -> None:
    answer = as_technician.post(f"{page_of(world.affected)}book/", form(), follow=True)

    assert "Booked." in answer.content.decode()
    assert "tg200-fw" in answer.content.decode()


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({"date": "2030-01-01"}, "lies in the future"),
        ({"date": "soon"}, "date"),
        ({"event": "scrapped"}, "not one of the available choices"),
        ({f"says:{FIRMWARE}": " "}, "Nothing differs"),
        ({f"says:{FIRMWARE}": "tg200-fw 9.9"}, "9.9"),
        ({"says:nonsense": "x"}, "nonsense"),
    ],
)
def test_what_cannot_be_booked_is_told_on_the_page(
    world: World, as_technician: Client, others: dict[str, str], said: str
) -> None:
    before = Event.objects.count()
    answer = as_technician.post(f"{page_of(world.affected)}book/", form(**others))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Event.objects.count() == before


def test_an_empty_place_is_booked_as_a_removal(world: World, as_technician: Client) -> None:
    said = form(event="swapped") | {f"says:{FIRMWARE}": "", "says:control-board": "empty"}
    as_technician.post(f"{page_of(world.affected)}book/", said)

    assert Event.objects.filter(unit=world.affected, kind="removed").count() == 1


def test_the_worker_is_served_where_it_rules(as_technician: Client) -> None:
    answer = as_technician.get("/phone/worker.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert b"longmark-phone-pages" in answer.content


def test_the_page_costs_no_more_for_more_units(
    world: World, as_technician: Client, django_assert_max_num_queries
) -> None:
    as_technician.get(page_of(world.affected))
    with django_assert_max_num_queries(60) as few:
        as_technician.get(page_of(world.affected))
    for number in range(10):
        built(world.drives.unit(f"30{number:02}"))
    with django_assert_max_num_queries(len(few)):
        as_technician.get(page_of(world.affected))


def test_every_field_has_a_name_of_its_own(world: World, as_technician: Client) -> None:
    ids = re.findall(r'\sid="([^"]+)"', as_technician.get(page_of(world.affected)).content.decode())

    assert len(ids) == len(set(ids))


def test_a_photo_is_kept_without_script_and_shown(world: World, as_technician: Client) -> None:
    file = SimpleUploadedFile("p.jpg", jpeg(), "image/jpeg")
    path = f"{page_of(world.affected)}photo/"
    told = as_technician.post(path, {"file": file, "note": "the plate"}, follow=True)
    unit = as_technician.get(f"/units/{world.affected.pk}/")

    for answer in (told, unit):
        assert f'src="/api/v1/units/{world.affected.pk}/photos/' in answer.content.decode()
        assert "the plate" in answer.content.decode()


def test_what_is_no_photo_is_told_on_the_page(world: World, as_technician: Client) -> None:
    file = SimpleUploadedFile("p.jpg", b"<svg/>", "image/jpeg")
    answer = as_technician.post(f"{page_of(world.affected)}photo/", {"file": file})

    assert answer.status_code == 422
    assert "JPEG, PNG or WebP" in answer.content.decode()
