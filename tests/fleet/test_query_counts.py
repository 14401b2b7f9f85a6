"""Every list costs the same number of queries for few units and for many."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from longmark.fleet.queries import contents, imports, past, reach, spreads, units
from longmark.fleet.queries.reach import Asked
from tests.fleet.world import Drives, drives, staged, taken, unit_named
from tests.world import NINE

pytestmark = pytest.mark.django_db

HEAD = "item,serial,date,control-board,control-board serial,main-firmware,customer,country\n"


def rows(begin: int, end: int) -> str:
    return HEAD + "".join(
        f"TG-200,{n:04},2026-01-05,C,B-{n},2.3.1,Customer {n},DE\n" for n in range(begin, end)
    )


@pytest.fixture
def world() -> Drives:
    return drives()


def asked(world: Drives) -> Asked:
    return Asked((world.fw_23.pk,), (world.fw_23.item_id,))


def queries_of(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


READS: dict[str, tuple[int, Callable[[Drives], object]]] = {
    "units_page": (1, lambda w: list(units.units_page().items)),
    "find_units": (3, lambda w: [str(unit.item) for unit in units.find_units("00")]),
    "events_page": (2, lambda w: units.events_page(unit_named(w.drive, "0001"))),
    "contents": (4, lambda w: contents.contents(unit_named(w.drive, "0001"))),
    "lifelines": (2, lambda w: contents.lifelines(unit_named(w.drive, "0001"))),
    "spread": (5, lambda w: spreads.spread(asked(w))),
    "units_reached": (
        4,
        lambda w: [
            (str(each.unit.operator), [str(place.release) for place in each.places])
            for each in reach.units_reached(asked(w)).items
        ],
    ),
    "reach_on": (12, lambda w: past.reach_on(asked(w), on=NINE.date())),
    "imports_page": (1, lambda w: imports.imports_page().items),
}


@pytest.mark.parametrize("name", READS)
def test_a_read_costs_as_many_queries_for_few_as_for_many(world: Drives, name: str):
    allowed, read = READS[name]
    taken(rows(1, 3))
    few = queries_of(lambda: read(world))
    taken(rows(3, 40))

    assert queries_of(lambda: read(world)) == few
    assert few <= allowed


def test_looking_at_a_list_costs_as_many_queries_for_few_rows_as_for_many(world: Drives):
    assert queries_of(lambda: staged(rows(1, 3))) == queries_of(lambda: staged(rows(1, 60)))


def test_taking_a_list_costs_as_many_queries_for_few_rows_as_for_many(world: Drives):
    few = queries_of(lambda: taken(rows(1, 3)))

    assert queries_of(lambda: taken(rows(3, 60))) <= few + 4


def test_refused_rows_cost_as_many_queries_for_few_as_for_many(world: Drives):
    few, many = (staged(HEAD + "TG-999,1,,,,,,\n" * count) for count in (2, 30))

    assert queries_of(lambda: imports.refusals_page(few)) == 1
    assert queries_of(lambda: list(imports.refusals_csv(few))) == queries_of(
        lambda: list(imports.refusals_csv(many))
    )
