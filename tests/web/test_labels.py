"""The page of labels."""

import pytest
from django.test import Client

from longmark.fleet.services.links import links
from longmark.web.views import labels
from tests.web.world import World
from tests.world import NINE

PATH = "/units/labels/"


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
