"""The precision board: counts that agree with the lists behind them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from longmark.accounts.models import Person
from longmark.core.actors import Actor, Role
from longmark.core.errors import NotAllowed, NotFound
from longmark.core.life.events import Evidence, Kind
from longmark.fleet.queries import doubts
from longmark.ledger import queries as ledger
from longmark.precision import queries, services
from longmark.precision.models import Reading
from tests.fleet.test_mismatches import a_drive, rules_of
from tests.fleet.world import (
    BOARD,
    FIRMWARE,
    Drives,
    a,
    booked,
    built,
    drives,
    taken,
)
from tests.world import NINE

pytestmark = pytest.mark.django_db(transaction=True)

Caller = Callable[..., Client]


@pytest.fixture
def world() -> Drives:
    return drives()


def counts() -> dict[str, int]:
    return {row.rule.key: row.count for row in queries.board(NINE) if row.count}


def test_what_is_right_is_counted_nowhere(world: Drives):
    a_drive(world, "1001", world.rev_c, world.fw_23)

    assert counts() == {"no-sbom": 2}


def test_a_unit_whose_firmware_is_not_known_is_counted(world: Drives):
    built(world.unit("1001"), slots={BOARD: a(world.rev_d)})

    assert counts()["unknown-firmware"] == 1


def test_a_mismatch_is_counted(world: Drives):
    rules_of(world)
    a_drive(world, "1001", world.rev_d, world.fw_23)

    assert counts()["mismatches"] == 1


def test_a_unit_that_was_shipped_to_nobody_known_is_counted(world: Drives):
    a_drive(world, "1001", world.rev_c, world.fw_23)
    booked(world.unit("1001"), Kind.SHIPPED, 20)

    assert counts()["nobody-knows-where"] == 1


def test_a_change_on_someones_word_waits_for_its_confirmation(world: Drives):
    a_drive(world, "1001", world.rev_c, world.fw_23)
    change = {"slots": {FIRMWARE: a(world.fw_24)}}
    booked(world.unit("1001"), Kind.SOFTWARE_CHANGED, 30, **change)
    assert counts()["unconfirmed"] == 1

    booked(world.unit("1001"), Kind.SOFTWARE_CONFIRMED, 40, evidence=Evidence.CONFIRMED, **change)
    assert "unconfirmed" not in counts()


def test_a_change_of_last_week_has_time_for_its_confirmation(world: Drives):
    a_drive(world, "1001", world.rev_c, world.fw_23)
    booked(world.unit("1001"), Kind.SOFTWARE_CHANGED, 320, slots={FIRMWARE: a(world.fw_24)})

    assert doubts.unit_count_unconfirmed(queries.confirmed_before(NINE)) == 0


REFUSED = """item,serial,event,date,control-board serial
TG-200,1001,built,2026-01-01,
TG-200,7777,repaired,2026-01-05,
TG-200,1001,shipped,2031-01-05,
TG-200,1002,built,2026-01-02,B-9
TG-200,1003,built,2026-01-02,B-9
"""


def test_refused_rows_are_counted_by_what_they_say_of_the_records(world: Drives):
    taken(REFUSED)

    found = counts()
    assert (found["never-built"], found["future"], found["two-places"]) == (1, 1, 1)
    assert found["refused"] == 3
    (row,) = doubts.refusals_page(why=doubts.Refused.NEVER_BUILT).items
    assert row.serial == "7777"


def test_rules_are_read_once_a_day(world: Drives):
    assert services.read_daily(now=NINE) == len(queries.RULES)
    assert services.read_daily(now=NINE + timedelta(hours=3)) == 0
    assert services.read_daily(now=NINE + timedelta(days=1)) == len(queries.RULES)

    assert Reading.objects.count() == 2 * len(queries.RULES)
    row = next(each for each in queries.board(NINE) if each.rule.key == "no-sbom")
    assert [count for _day, count in row.readings] == [2, 2]
    assert row.change == 0


def test_a_duty_is_given_and_taken_back(world: Drives, petra: Actor):
    person = Person.objects.create(username="lena", first_name="Lena", last_name="Marsh")

    services.give_duty("no-sbom", person, actor=petra, now=NINE)
    services.give_duty("no-sbom", person, actor=petra, now=NINE)
    row = next(each for each in queries.board(NINE) if each.rule.key == "no-sbom")
    assert row.person == person

    services.give_duty("no-sbom", None, actor=petra, now=NINE)
    assert len(ledger.entries_page(action="precision.duty-given").items) == 2


def test_an_outsider_gives_no_duty_and_no_rule_is_made_up(world: Drives, petra: Actor, otto: Actor):
    with pytest.raises(NotAllowed):
        services.give_duty("no-sbom", None, actor=otto, now=NINE)
    with pytest.raises(NotFound):
        services.give_duty("nothing", None, actor=petra, now=NINE)


def test_the_board_is_told_over_rest(world: Drives, caller: Caller):
    rows = caller(Role.VIEWER).get("/api/v1/precision").json()

    assert [row["key"] for row in rows] == [rule.key for rule in queries.RULES]
    assert next(row for row in rows if row["key"] == "no-sbom")["count"] == 2


def test_the_board_makes_as_many_queries_for_many_units_as_for_one(
    world: Drives, django_assert_max_num_queries: Any
):
    for number in range(10):
        built(world.unit(f"10{number:02}"), slots={BOARD: a(world.rev_d)})

    with django_assert_max_num_queries(22):
        queries.board(NINE)
