"""``longmark holding`` as somebody with a token types it."""

import json

import pytest

from tests.fleet.world import a_drive_with_board, built, drives

pytestmark = pytest.mark.django_db


@pytest.fixture
def fleet(db):
    world = drives()
    a_drive_with_board(world)
    built(world.unit("1002"))
    return world


def test_units_are_told_by_version_customer_and_country(command, fleet, capsys):
    assert command("holding", "tg200-fw", "<2.4") == 0

    said = " ".join(capsys.readouterr().out.split())
    assert "1 unit; 1 more that nobody can rule out; 0 customers; 0 countries" in said
    assert "1001 TG-200 tg200-fw 2.3.1 control-board/main-firmware declared" in said
    assert "1002 TG-200 unknown" in said


def test_a_past_day_is_told_as_json(command, fleet, capsys):
    asked = ("--on", "2026-01-05", "--known-on", "2026-01-05", "--json")
    assert command("holding", "tg200-fw", *asked) == 0

    assert json.loads(capsys.readouterr().out)["units"] == 0


def test_what_is_no_range_is_wrong_use(command, fleet, capsys):
    assert command("holding", "tg200-fw", "<<") == 3

    assert "is no range of versions" in capsys.readouterr().err


def test_the_day_that_was_asked_about_stands_above_the_answer(command, fleet, capsys):
    assert command("holding", "tg200-fw", "--on", "2026-01-05", "--known-on", "2026-01-05") == 0
    assert "On 2026-01-05, as known on 2026-01-05" in capsys.readouterr().out

    assert command("holding", "tg200-fw", "--on", "someday") == 3
    assert "“someday” is no day: write it as 2026-03-01" in capsys.readouterr().err
