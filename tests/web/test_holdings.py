"""Who runs what, on any day: the page, its filters and its files."""

import csv
import io

import pytest
from django.test import Client

from longmark.catalog.models import Item
from tests.web.world import World

PAGE = "/units/holding/"


@pytest.fixture
def world(kept_world: World) -> World:
    return kept_world


@pytest.fixture
def firmware(world: World) -> Item:
    return Item.objects.get(name="tg200-fw")


def test_page_asks_before_it_answers(world: World, signed_in: Client) -> None:
    page = signed_in.get(PAGE)

    assert page.status_code == 200
    assert "Who runs what, on any day" in page.content.decode()


def test_page_answers_with_counts_and_units(
    world: World, signed_in: Client, firmware: Item
) -> None:
    answer = signed_in.get(PAGE, {"of": firmware.pk, "versions": "<2.4"})

    assert (answer.context["reach"].unit_count, answer.context["reach"].unknown_count) == (2, 1)
    assert {row.unit.serial for row in answer.context["page"].items} >= {"1001", "1003"}
    assert "Wasserverband Nordheide" in answer.content.decode()


def test_counts_lead_to_the_units_and_keep_the_question(
    world: World, signed_in: Client, firmware: Item
) -> None:
    asked = {"of": firmware.pk, "versions": "<2.4", "certainty": "unknown"}
    answer = signed_in.get(PAGE, asked)

    assert [row.unit.serial for row in answer.context["page"].items] == ["1003"]
    assert f"of={firmware.pk}&amp;versions=%3C2.4&amp;certainty=affected#units" in (
        answer.content.decode()
    )


def test_page_tells_what_was_known_on_another_day(
    world: World, signed_in: Client, firmware: Item
) -> None:
    asked = {"of": firmware.pk, "on": "2026-01-01", "known_on": "2025-12-01"}
    answer = signed_in.get(PAGE, asked)

    assert answer.context["reach"].unit_count == 0
    assert "as we knew it on" in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"versions": "<"}, "is no range of versions"),
        ({"versions": "<<2"}, "is no range of versions"),
        ({"on": "2026-02-30"}, "is not a day"),
        ({"on": "2999-01-01"}, "lies in the future"),
    ],
)
def test_a_question_that_cannot_be_asked_stays_in_the_form(
    world: World, signed_in: Client, firmware: Item, asked: dict[str, str], why: str
) -> None:
    answer = signed_in.get(PAGE, {"of": firmware.pk, **asked})

    assert answer.status_code == 422
    assert why in answer.content.decode()


def test_only_the_units_come_for_htmx(world: World, signed_in: Client, firmware: Item) -> None:
    page = signed_in.get(PAGE, {"of": firmware.pk}, headers={"HX-Request": "true"})

    assert "<h1" not in page.content.decode()


def test_file_holds_the_units_with_who_had_them(
    world: World, signed_in: Client, firmware: Item
) -> None:
    response = signed_in.get("/units/holding.csv", {"of": firmware.pk, "versions": "<2.4"})

    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert {row["serial number"]: row["customer"] for row in rows}["1001"] == (
        "Wasserverband Nordheide"
    )
    assert signed_in.get("/units/holding.xlsx", {"of": firmware.pk}).getvalue()[:2] == b"PK"


def test_what_was_asked_stays_in_the_form_when_it_is_refused(
    world: World, signed_in: Client
) -> None:
    asked = {"of": world.drives.fw_23.item_id, "versions": "<<", "on": "2026-01-05"}
    answer = signed_in.get("/units/holding/", asked)

    assert answer.status_code == 422
    assert 'name="on" value="2026-01-05"' in answer.content.decode()
    assert answer.content.decode().count('aria-invalid="true"') == 1
