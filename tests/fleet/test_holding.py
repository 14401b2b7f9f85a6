"""Which units hold some versions of an item, whose and where, on any day as known on any."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from longmark.core.actors import Role
from longmark.core.errors import Invalid
from longmark.core.life.events import CustodyRole, Kind
from longmark.fleet.queries import holding
from tests.fleet.world import (
    FIRMWARE,
    Drives,
    a,
    a_drive_with_board,
    booked,
    built,
    drives,
    kept_by,
    on,
)
from tests.world import NINE, a_party

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Drives:
    """Two drives with a known customer; one was updated on day 60, and that was told a day late."""
    made, party = drives(), a_party()
    for number in (1, 2):
        held = {CustodyRole.OPERATOR: kept_by(party)}
        a_drive_with_board(made, f"100{number}", f"B-{number}", custody=held)
    built(made.unit("1003"))
    late = NINE + timedelta(days=1)
    update = {FIRMWARE: a(made.fw_24)}
    booked(made.unit("1001"), Kind.SOFTWARE_CHANGED, 60, now=late, slots=update)
    return made


@pytest.fixture
def viewer(caller: Callable[..., Client]) -> Client:
    return caller(Role.VIEWER)


def serials(asked: holding.Question, **filters: Any) -> dict[str, bool]:
    page = holding.units_holding(asked, **filters)
    return {each.unit.serial: each.is_unknown for each in page.items}


def test_now_and_then_are_asked_alike(world: Drives):
    firmware = world.fw_23.item
    now = holding.question(firmware, "<2.4")
    then = holding.question(firmware, "<2.4", on=on(59))

    assert serials(now) == {"1002": False, "1003": True}
    assert serials(then) == {"1001": False, "1002": False, "1003": True}
    assert [holding.answer(asked).unit_count for asked in (now, then)] == [1, 2]
    assert holding.answer(then).unknown_unit_count == 1


def test_what_was_believed_then_is_not_what_is_known_now(world: Drives):
    firmware = world.fw_23.item
    believed = holding.question(firmware, "<2.4", on=on(61), known_on=NINE.date())

    assert serials(believed) == {"1001": False, "1002": False, "1003": True}
    assert serials(holding.question(firmware, "<2.4", on=on(61))) == {"1002": False, "1003": True}


def test_an_answer_counts_by_release_customer_and_country(world: Drives):
    found = holding.answer(holding.question(world.fw_23.item, "", on=on(61)))

    assert found.by_release == {world.fw_23.pk: 1, world.fw_24.pk: 1}
    assert [(each.country, each.unit_count) for each in found.countries] == [("DE", 2), ("", 0)]
    assert (found.customer_count, found.country_count) == (1, 1)


def test_hardware_is_asked_about_too(world: Drives):
    assert serials(holding.question(world.board, "<D")) == {
        "1001": False,
        "1002": False,
        "1003": True,
    }


def test_what_is_no_range_is_refused(world: Drives):
    with pytest.raises(Invalid, match='"<<" is no range of versions'):
        holding.question(world.fw_23.item, "<<")


def test_the_fleet_on_a_day_over_rest(world: Drives, viewer: Client):
    asked = {"item": "tg200-fw", "versions": "<2.4", "on": str(on(61)), "known_on": "2026-11-24"}
    found = viewer.get("/api/v1/holding", asked).json()

    assert (found["units"], found["unknown_units"], found["customers"]) == (2, 1, 1)
    assert [(row["version"], row["units"]) for row in found["releases"]] == [("2.3.1", 2)]
    units = viewer.get("/api/v1/holding/units", {**asked, "limit": 1}).json()
    assert [unit["serial"] for unit in units["items"]] == ["1001"]
    assert units["items"][0]["places"][0]["release"] == "tg200-fw 2.3.1"
    rest = viewer.get("/api/v1/holding/units", {**asked, "after": units["next"]}).json()
    assert [unit["is_unknown"] for unit in rest["items"]] == [False, True]
    parties = viewer.get("/api/v1/holding/parties", asked).json()
    assert [(row["name"], row["units"]) for row in parties["items"]] == [
        ("Wasserverband Nordheide", 2),
        ("not known", 0),
    ]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"item": "nothing"}, 404),
        ({"item": "tg200-fw", "versions": "<<"}, 422),
        ({"item": "tg200-fw", "on": "2026-02-30"}, 422),
    ],
)
def test_a_question_that_cannot_be_asked_says_why(
    world: Drives, viewer: Client, asked: dict[str, str], status: int
):
    answer = viewer.get("/api/v1/holding", asked)

    assert answer.status_code == status
    assert answer.json()["title"]
