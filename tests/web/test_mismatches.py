"""Mismatches in the browser: stating what goes together, seeing what does not, accepting it."""

import pytest
from django.test import Client
from django.urls import reverse

from longmark.catalog.models import Combination
from longmark.fleet.models import Waiver
from longmark.fleet.queries import mismatches as queries
from tests.fleet.test_mismatches import a_drive, rules_of
from tests.fleet.world import Drives, drives, unit_named

PIECES = "control-board: CB-21 C..D\n\ncontrol-board/main-firmware: tg200-fw 2.4.x\n"


@pytest.fixture
def fleet(transactional_db: None) -> Drives:
    return drives()


def page(browser: Client, name: str, *args: object, **query: object) -> str:
    return browser.get(reverse(f"web:{name}", args=args), query).content.decode()


def state(browser: Client, fleet: Drives, **fields: str):
    said = {"name": "new boards", "pieces": PIECES, "reason": "The driver."}
    path = reverse("web:combination-state", args=[fleet.drive.pk])
    return browser.post(path, said | fields)


def test_a_combination_is_stated_in_lines(fleet: Drives, signed_in: Client):
    answer = state(signed_in, fleet, serial_from="2000")

    assert answer.status_code == 302
    stated = Combination.objects.get()
    assert [piece["span"] for piece in stated.pieces] == ["C..D", "2.4.x"]
    text = page(signed_in, "combinations", fleet.drive.pk)
    assert "new boards" in text and "2.4.x" in text and "2000" in text


@pytest.mark.parametrize(
    ("pieces", "problem"),
    [
        ("control-board CB-21 C", "Line 1"),
        ("control-board: CB-99 C", "Line 1"),
        ("control-board: CB-21 C\nparameters: tg-params 1..2..3", "Line 2"),
        ("nowhere: CB-21 C", "control-board"),
    ],
)
def test_a_line_that_says_nothing_is_told_and_the_text_stays(
    fleet: Drives, signed_in: Client, pieces: str, problem: str
):
    answer = state(signed_in, fleet, pieces=pieces)

    assert answer.status_code == 422
    text = answer.content.decode()
    assert problem in text
    assert pieces.splitlines()[0] in text
    assert not Combination.objects.exists()


def test_a_unit_tells_what_may_not_be_in_it_and_why(fleet: Drives, signed_in: Client):
    rules_of(fleet)
    unit = a_drive(fleet, "1001", fleet.rev_d, fleet.fw_23)

    for text in (page(signed_in, "unit", unit.pk), page(signed_in, "mismatches")):
        assert "tg200-fw 2.3.1" in text
        assert "revision D" in text


def test_a_mismatch_is_accepted_with_a_reason_and_taken_back(fleet: Drives, signed_in: Client):
    rules_of(fleet)
    unit = a_drive(fleet, "1001", fleet.rev_d, fleet.fw_23)
    (odd,) = queries.mismatches_of(unit)

    signed_in.post(
        reverse("web:mismatch-waive", args=[unit.pk, odd.key]), {"reason": "Never sold."}
    )
    assert Waiver.objects.get().reason == "Never sold."
    assert "1001" not in page(signed_in, "mismatches")
    assert "Never sold." in page(signed_in, "mismatches", view="accepted")
    assert "Never sold." in page(signed_in, "unit", unit.pk)

    signed_in.post(reverse("web:waiver-withdraw", args=[unit.pk, odd.key]), {"reason": "Sold."})
    assert queries.mismatched_unit_count() == 1


def test_a_mismatch_that_is_mended_meanwhile_is_not_found(fleet: Drives, signed_in: Client):
    a_drive(fleet, "1001", fleet.rev_d, fleet.fw_24)
    unit = unit_named(fleet.drive, "1001")

    answer = signed_in.get(reverse("web:mismatch-waive", args=[unit.pk, "0" * 32]))

    assert answer.status_code == 404


def test_the_list_is_handed_out_as_a_file(fleet: Drives, signed_in: Client):
    rules_of(fleet)
    a_drive(fleet, "1001", fleet.rev_d, fleet.fw_23)

    answer = signed_in.get("/mismatches.csv")

    text = b"".join(answer).decode()
    assert "1001" in text and "tg200-fw 2.3.1" in text
