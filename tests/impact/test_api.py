"""The first line of the drill over REST."""

from pathlib import Path

import pytest
from django.test import Client

from longmark.core.actors import Role
from tests.web.world import CVE, PURL, World, a_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_world(tmp_path)


@pytest.fixture
def viewer(caller) -> Client:
    client: Client = caller(Role.VIEWER)
    return client


def get(client: Client, path: str, **parameters: str):
    return client.get(f"/api/v1{path}", parameters)


def test_one_call_answers_the_drill(viewer: Client, world: World):
    answer = get(viewer, "/impact", subject=CVE).json()

    assert (answer["units"], answer["unknown_units"], answer["customers"]) == (2, 1, 1)
    assert answer["releases"][0]["release"] == "tg200-fw 2.3.1"
    assert "lies in [0, 3.1.7)" in answer["releases"][0]["sentence"]


def test_units_are_listed_with_what_is_in_them_and_whose_they_are(viewer: Client, world: World):
    rows = get(viewer, "/impact/units", subject=CVE).json()["items"]

    assert [row["serial"] for row in rows] == ["1001", "1002", "1003"]
    assert rows[0]["customer"] == world.customer.name
    assert rows[0]["slot"] == "control-board/main-firmware"
    assert (rows[2]["release"], rows[2]["is_unknown"]) == (None, True)


@pytest.mark.parametrize(("country", "count"), [("DE", 1), ("AT", 0), ("", 2)])
def test_units_are_narrowed_to_a_country(viewer: Client, world: World, country: str, count: int):
    rows = get(viewer, "/impact/units", subject=CVE, country=country).json()["items"]

    assert len(rows) == count


def test_parties_and_countries_add_up_to_the_units(viewer: Client, world: World):
    parties = get(viewer, "/impact/parties", subject=CVE).json()["items"]
    countries = get(viewer, "/impact/countries", subject=CVE).json()

    assert sum(row["units"] for row in parties) == 2
    assert sum(row["units"] for row in countries) == 2
    assert {row["kind"] for row in parties} == {"customer", "unknown"}


def test_a_component_is_asked_about_by_its_purl(viewer: Client, world: World):
    assert get(viewer, "/impact", subject=PURL).json()["units"] == 2


def test_a_past_day_is_asked_about(viewer: Client, world: World):
    assert get(viewer, "/impact", subject=CVE, on="2020-01-01").json()["units"] == 0


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({}, 422),
        ({"subject": "CVE-1999-0001"}, 404),
        ({"subject": CVE, "on": "yesterday"}, 422),
        ({"subject": CVE, "evidence": "hearsay"}, 422),
    ],
)
def test_wrong_questions_are_told_so(
    viewer: Client, world: World, parameters: dict[str, str], status: int
):
    assert get(viewer, "/impact/units", **parameters).status_code == status


def test_the_desk_lists_the_worst(viewer: Client, world: World):
    (row,) = get(viewer, "/desk").json()["items"]

    assert (row["vulnerability"], row["units"], row["customers"]) == (CVE, 2, 1)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("yesterday", "“yesterday” is no day: write it as 2026-03-01"),
        ("2026-02-30", "“2026-02-30” is no day"),
        ("9999-01-01", "9999-01-01 lies in the future"),
    ],
)
@pytest.mark.parametrize("asked", ["on", "known_on"])
@pytest.mark.parametrize("path", ["/impact", "/holding", "/units/{unit}/contents"])
def test_a_day_that_none_can_tell_of_is_refused(
    viewer: Client, world: World, path: str, asked: str, day: str, why: str
):
    what = {"subject": CVE, "item": "tg200-fw", asked: day}
    answer = get(viewer, path.format(unit=world.affected.pk), **what)

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"].endswith(asked)
    assert why in error["message"]
