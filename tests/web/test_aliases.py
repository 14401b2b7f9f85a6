"""Other names of a unit in the browser: recorded, ended, looked for."""

import pytest
from django.test import Client

from longmark.fleet.queries import units
from tests.web.world import World


@pytest.fixture
def world(kept_world: World) -> World:
    return kept_world


def test_name_is_recorded_shown_and_ended(world: World, signed_in: Client) -> None:
    root = f"/units/{world.affected.pk}/names/"
    said = {"kind": "mac", "value": "001b638445e6", "on": "2026-02-01"}
    page = signed_in.post(f"{root}new/", said, follow=True).content.decode()
    assert "00:1B:63:84:45:E6" in page
    assert f"{root}1/end/" in page

    page = signed_in.post(f"{root}1/end/", {"on": "2026-03-01"}, follow=True).content.decode()
    assert f"{root}1/end/" not in page
    assert "1 Mar 2026" in page


def test_name_that_is_none_stays_in_the_form(world: World, signed_in: Client) -> None:
    root = f"/units/{world.affected.pk}/names/new/"
    answer = signed_in.post(root, {"kind": "mac", "value": "zz", "on": "2026-02-01"})

    assert answer.status_code == 422
    assert "is no MAC address" in answer.content.decode()
    assert units.aliases_of(world.affected) == []


def test_list_of_units_finds_a_unit_by_another_name(world: World, signed_in: Client) -> None:
    said = {"kind": "equipment", "value": "EQ-10012345", "on": "2026-02-01"}
    signed_in.post(f"/units/{world.affected.pk}/names/new/", said)

    page = signed_in.get("/units/", {"q": "eq-10012345"}).context["page"]
    assert [unit.pk for unit in page.items] == [world.affected.pk]
