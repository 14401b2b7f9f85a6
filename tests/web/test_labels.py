"""The page of labels."""

import re
from html import unescape

import pytest
from django.test import Client

from longmark.fleet.services.links import links
from longmark.web.views import labels
from tests.web.world import World
from tests.world import NINE

PATH = "/units/labels/"


@pytest.fixture
def world(kept_world: World) -> World:
    return kept_world


def body(client: Client, **asked: object) -> str:
    answer = client.get(PATH, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_nothing_is_drawn_until_units_are_chosen(world: World, as_technician: Client) -> None:
    assert "Which units?" in body(as_technician)


def test_labels_follow_the_filters_of_the_list(world: World, as_technician: Client) -> None:
    told = body(as_technician, item=world.drives.drive.pk, q="100", paper="a4-65")

    assert 'data-paper="a4-65"' in told
    assert all(serial in told for serial in ("1001", "1002", "1003"))
    assert "B-1" not in told


def test_labels_of_units_that_hold_a_release_are_of_those_only(
    world: World, as_technician: Client
) -> None:
    told = body(as_technician, release=world.drives.fw_23.pk, item=world.drives.drive.pk)

    assert ">1001<" in told
    assert ">1003<" not in told


def test_one_unit_has_its_label(world: World, as_technician: Client) -> None:
    told = body(as_technician, unit=world.affected.pk, paper="62x29")

    assert told.count(">S/N<") == 1


@pytest.mark.parametrize("unit", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_unit_that_is_none_gives_no_label_rather_than_all(
    world: World, as_technician: Client, unit: str
) -> None:
    assert "No unit fits" in body(as_technician, unit=unit)


def test_typed_numbers_keep_their_order_and_what_is_unknown_is_told(
    world: World, as_technician: Client
) -> None:
    link = links(now=NINE).of(world.affected.pk)
    told = body(as_technician, serials=f"1003\n{link}\nnope")

    assert told.index(">1003<") < told.index(">1001<")
    assert "Not found, and not printed:" in told
    assert "nope" in told


def test_too_many_typed_numbers_are_told_of(
    world: World, as_technician: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels, "SERIALS_LIMIT", 1)

    assert "Only the first 1 are shown" in body(as_technician, serials="1001 1003")


def test_the_list_and_the_unit_lead_to_labels(world: World, as_technician: Client) -> None:
    listed = as_technician.get("/units/", {"item": world.drives.drive.pk}).content.decode()
    page = as_technician.get(f"/units/{world.affected.pk}/").content.decode()

    assert f"{PATH}?item={world.drives.drive.pk}" in listed
    assert f"{PATH}?unit={world.affected.pk}" in page
    assert links(now=NINE).of(world.affected.pk) in page


def test_strangers_are_sent_to_the_door(world: World, client: Client) -> None:
    assert client.get(PATH).status_code == 302


def test_labels_of_the_page_are_taken_as_pdf(world: World, as_technician: Client) -> None:
    told = body(as_technician, item=world.drives.drive.pk, q="100", paper="letter-30", skip=2)
    (address,) = re.findall(r'href="([^"]*labels\.pdf[^"]*)"', told)

    answer = as_technician.get(unescape(address))

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="labels-letter-30.pdf"'
    assert answer.content.startswith(b"%PDF")
    assert "labels.zpl" not in told


def test_labels_of_a_roll_are_taken_for_a_printer_as_typed(
    world: World, as_technician: Client
) -> None:
    told = body(as_technician, serials="1003\n1001", paper="57x32")
    found = re.findall(r'href="([^"]*labels\.zpl[^"]*)"', told)

    text = as_technician.get(unescape(found[1])).content.decode()

    assert len(found) == 3
    assert re.findall(r"\^FD(100\d)", text) == ["1003", "1001"]
    assert "^PW673" in text


@pytest.mark.parametrize(("asked", "status"), [({}, 404), ({"q": "nope"}, 404)])
def test_file_of_no_labels_is_a_page_that_says_so(
    world: World, as_technician: Client, asked: dict[str, str], status: int
) -> None:
    assert as_technician.get("/units/labels.pdf", asked).status_code == status


def test_more_labels_than_a_file_holds_are_not_cut_off(
    world: World, as_technician: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels, "AT_ONCE", 2)

    answer = as_technician.get("/units/labels.zpl", {"q": "100", "paper": "57x32"})

    assert answer.status_code == 422
    assert "more than 2" in answer.content.decode()


def test_no_file_is_offered_that_would_be_refused(
    world: World, as_technician: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels, "LABELS_SHOWN", 1)
    assert "labels.pdf" in body(as_technician, q="100")

    monkeypatch.setattr(labels, "AT_ONCE", 2)
    told = body(as_technician, q="100")
    assert "labels.pdf" not in told
    assert "A file holds 2 labels at most" in told
