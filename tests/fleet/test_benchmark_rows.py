"""The fast loader of large fleets is honest: it writes what the services write, row for row."""

import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from benchmarks.fleet_loading import a_maker_of_many, its_parties
from benchmarks.fleet_plan import Plan
from benchmarks.fleet_rows import (
    BUILT_RECORDED,
    COLUMNS,
    UPDATED_RECORDED,
    RowMaker,
)
from django.db import connection

from longmark.core.actors import SYSTEM
from longmark.fleet.services import imports
from longmark.fleet.services.catalogue import whole_catalogue

pytestmark = pytest.mark.django_db

ADDED_UP = {"fleet_pastchange"}
UNITS = 3_004  # and the last order is a short one


def taken(content: bytes, *, now: Any) -> None:
    staged = imports.stage_import(io.BytesIO(content), filename="fleet.csv", actor=SYSTEM, now=now)
    applied = imports.apply_import(staged, actor=SYSTEM, now=now)
    assert applied.refused_count == 0


def plain(row: Iterable[object]) -> tuple[str, ...]:
    """A row as both sides can be compared: UUIDs and instants written in one way, JSON read."""
    return tuple(map(_plain, row))


def _plain(value: object) -> str:
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)
    if isinstance(value, Mapping):
        return json.dumps(value, sort_keys=True)
    if isinstance(value, bool):
        value = int(value)
    text = str(value).removesuffix("+00:00")
    return text.replace("-", "") if hasattr(value, "hex") and hasattr(value, "bytes") else text


def stored(table: str) -> Counter[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(COLUMNS[table])} FROM {table}")
        return Counter(map(plain, cursor.fetchall()))


def added_up(rows: Counter[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
    """Changes that are only ever added up, whatever the number of rows."""
    sums: Counter[tuple[str, ...]] = Counter()
    for (*key, delta), count in rows.items():
        sums[tuple(key)] += int(delta) * count
    return Counter({(*key, str(delta)): 1 for key, delta in sums.items() if delta})


def filled() -> set[str]:
    """The tables of the fleet that hold anything."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        found = set()
        for name in filter(lambda name: name.startswith("fleet_"), names):
            cursor.execute(f"SELECT 1 FROM {name} LIMIT 1")
            if cursor.fetchone():
                found.add(name)
    return found


def test_the_loader_makes_the_rows_that_the_services_write():
    plan = Plan(UNITS)
    a_maker_of_many()
    parties = its_parties(plan)

    taken(plan.built_list(), now=BUILT_RECORDED)
    taken(plan.updated_list(), now=UPDATED_RECORDED)

    is_zoned = connection.vendor == "postgresql"
    maker = RowMaker(plan, whole_catalogue(), parties, is_zoned=is_zoned)
    made: dict[str, Counter[tuple[str, ...]]] = {table: Counter() for table in COLUMNS}
    for rows in [*maker.chunks(), maker.shared()]:
        for table, found in rows.items():
            made[table].update(map(plain, found))
    for table in COLUMNS:
        written = stored(table)
        if table in ADDED_UP:
            written, made[table] = added_up(written), added_up(made[table])
        assert written - made[table] == Counter(), table
        assert made[table] - written == Counter(), table
    assert filled() == {*COLUMNS, "fleet_import", "fleet_transcript"}


def test_the_loader_knows_every_column():
    with connection.cursor() as cursor:
        for table, columns in COLUMNS.items():
            described = connection.introspection.get_table_description(cursor, table)
            numbered = {"id"} if table in ADDED_UP else set()
            assert {column.name for column in described} == {*columns} | numbered, table


def test_the_shares_are_those_that_are_promised():
    orders = list(Plan(100_000).orders())
    firmware = Counter(order.inside[1] for order in orders)

    assert 0.008 < firmware["2.9"] / len(orders) < 0.012
    assert 0.09 < firmware["2.8"] / len(orders) < 0.11
    assert 0 < firmware[""] / len(orders) < 0.003
    assert 0.06 < sum(order.updated is not None for order in orders) / len(orders) < 1
