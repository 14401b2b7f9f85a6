"""A fleet over several database servers: what is asked of a unit is asked of its node alone.

See decision 0031. Each read on the hot path is planned on a fleet that is spread over nodes; its
plan says which nodes it asks, and the nodes' own plans say whether an index serves what is sent.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from longmark.core.actors import SYSTEM
from longmark.core.life.events import Kind
from longmark.fleet.models import PastLook, Unit
from longmark.fleet.queries import contents, reach, spreads, units
from longmark.fleet.queries.past_heads import heads
from longmark.fleet.queries.reach import Asked
from longmark.fleet.queries.units import UnitFilter
from longmark.fleet.services import booking
from tests.fleet import nodes
from tests.fleet.world import Drives, a, booked, drives, on, stated, taken, unit_named
from tests.world import NINE

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("nodes"),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is one file"),
]

HEAD = "item,serial,date,control-board,main-firmware,customer,country\n"
UNITS = 60


@contextmanager
def made_nodes(purpose: str, **others: str) -> Iterator[nodes.Nodes]:
    try:
        with nodes.nodes(purpose, **others) as made:
            yield made
    except nodes.Unavailable as error:
        # postgres_fdw comes with PostgreSQL's extra modules, which not every machine has.
        pytest.skip(f"No nodes here: {error}")


@pytest.fixture(scope="module")
def three(django_db_setup: None, django_db_blocker: Any) -> Iterator[nodes.Nodes]:
    """Three nodes, empty again after each test."""
    with django_db_blocker.unblock(), made_nodes("node") as made:
        yield made


def taken_drives() -> Drives:
    """Drives over the nodes, taken from a list by the services as they are."""
    rows = [
        f"TG-200,{n:04},2026-01-05,{'CD'[n % 2]},{('2.3.1', '2.4.0')[n % 3 == 0]},"
        f"Customer {n % 4},DE\n"
        for n in range(UNITS)
    ]
    made = drives()
    taken(HEAD + "".join(rows))
    return made


@pytest.fixture
def world(three: nodes.Nodes) -> Iterator[Drives]:
    with three.spread():
        yield taken_drives()


Read = Callable[[Drives, Unit], object]

OF_ONE_UNIT: dict[str, Read] = {
    "unit": lambda w, u: units.unit(u.pk),
    "contents now": lambda w, u: contents.contents(u),
    "contents on a day": lambda w, u: contents.contents(u, on(10)),
    "contents on a day, as known on another": lambda w, u: contents.contents(u, on(10), on(20)),
    "lifelines": lambda w, u: contents.lifelines(u),
    "events": lambda w, u: units.events_page(u),
    "one event": lambda w, u: units.event(u, 1),
    "corrections": lambda w, u: units.corrected_seqs(u),
    "other names": lambda w, u: units.aliases_of(u),
    "custody": lambda w, u: contents.custody_of(u),
}

OF_MANY: dict[str, Read] = {
    "the first page of units": lambda w, u: units.units_page(),
    "the next page": lambda w, u: units.units_page(after=units.units_page(limit=5).next),
    "units of an item": lambda w, u: units.units_page(UnitFilter(item_ids=(w.drive.pk,))),
    "units of an operator": lambda w, u: units.units_page(UnitFilter(operator_id=u.operator_id)),
    "a serial number": lambda w, u: units.unit_of(w.drive, "0007"),
    "the begin of a serial number": lambda w, u: units.find_units("00"),
    "where a unit sat": lambda w, u: contents.seats_of(u),
    "units reached": lambda w, u: reach.units_reached(Asked((w.fw_23.pk,))),
    "units that ever looked so": lambda w, u: heads(
        list(PastLook.objects.values_list("pk", flat=True)), after=None, limit=5
    ),
}


def told(read: Callable[[], object]) -> list[str]:
    """The statements of a read that concern unit tables."""
    with CaptureQueriesContext(connection) as captured:
        read()
    found = [each["sql"] for each in captured]
    return [sql for sql in found if re.search(rf"\b({'|'.join(nodes.KEYS)})\b", sql)]


@pytest.mark.parametrize("name", OF_ONE_UNIT)
def test_what_is_asked_of_a_unit_is_asked_of_one_node(three: nodes.Nodes, world: Drives, name: str):
    unit = unit_named(world.drive, "0007")

    statements = told(lambda: OF_ONE_UNIT[name](world, unit))

    assert statements
    for statement in statements:
        sent = nodes.asked(statement)
        assert len({each.node for each in sent}) == 1, statement
        assert [lack for each in sent for lack in three.unserved(each)] == []


@pytest.mark.parametrize("name", OF_MANY)
def test_what_is_asked_of_many_is_served_by_an_index_on_each_node(
    three: nodes.Nodes, world: Drives, name: str
):
    unit = unit_named(world.drive, "0007")

    statements = told(lambda: OF_MANY[name](world, unit))

    assert statements
    for statement in statements:
        sent = nodes.asked(statement)
        assert sent
        assert [lack for each in sent for lack in three.unserved(each)] == []


def test_counts_ask_no_node(world: Drives):
    asked = Asked((world.fw_23.pk,), (world.fw_23.item_id,))

    assert told(lambda: spreads.spread(asked)) == []
    assert spreads.spread(asked).reach.unit_count == UNITS - UNITS // 3


def test_booking_on_a_unit_writes_to_its_node_alone(world: Drives):
    unit = unit_named(world.drive, "0007")
    statement = stated(
        world.unit("0007"),
        Kind.SOFTWARE_CHANGED,
        40,
        slots={"control-board/main-firmware": a(world.fw_24)},
    )

    statements = told(lambda: booking.book_event(statement, actor=SYSTEM, now=NINE))

    written = [sql for sql in statements if sql.startswith("UPDATE") and "%s" not in sql]
    assert all(len({each.node for each in nodes.asked(sql)}) == 1 for sql in written)
    found = {each.path: each.installation.release for each in contents.contents(unit)}
    assert found["control-board/main-firmware"] == world.fw_24


def test_units_in_units_are_walked_from_node_to_node(world: Drives):
    booked(
        world.unit("0007"),
        Kind.SWAPPED,
        40,
        slots={"control-board": a(world.rev_d)},
        children={"control-board": world.board_unit("B-7")},
    )

    unit, board = unit_named(world.drive, "0007"), unit_named(world.board, "B-7")

    assert [each.child for each in contents.contents(unit) if each.child] == [board]
    assert [seat.unit for seat in contents.seats_of(board)] == [unit]


def test_a_lost_index_is_noticed():
    with made_nodes("poor", without="units_of_an_operator") as poor, poor.spread():
        world = taken_drives()
        unit = unit_named(world.drive, "0007")

        (statement,) = told(lambda: OF_MANY["units of an operator"](world, unit))
        lacks = [lack for each in nodes.asked(statement) for lack in poor.unserved(each)]

    assert len(lacks) == nodes.COUNT


def test_a_read_that_loses_the_unit_is_noticed(world: Drives):
    unit = unit_named(world.drive, "0007")

    (statement,) = told(lambda: list(Unit.objects.filter(serial_folded=unit.serial_folded)))

    assert len({each.node for each in nodes.asked(statement)}) == nodes.COUNT
