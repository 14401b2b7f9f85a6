"""A fleet spread over database servers by unit, with PostgreSQL's own means.

Unit tables become tables partitioned by the hash of the unit; each partition lies in a database of
its own behind ``postgres_fdw``. That is what Citus does, as far as a statement can tell: the unit
tables know no key across nodes, and a plan shows which nodes it asks and what it sends there.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection

KEYS = {
    model._meta.db_table: "id" if model._meta.label == "fleet.Unit" else "unit_id"
    for model in apps.get_models()
    if model._meta.label == "fleet.Unit"
    or any(field.attname == "unit_id" for field in model._meta.concrete_fields)
}
"""Every table that is distributed, with the column that says where a row belongs."""
COUNT = 3
SCHEMA = "spread"

_TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)


class Unavailable(Exception):
    """This server does not have what it takes."""


@dataclass(frozen=True)
class Asked:
    """A scan that a plan sends to a node: of which table, and by which statement."""

    node: int
    table: str
    statement: str


@dataclass(frozen=True)
class Nodes:
    """Databases that hold unit tables, each its share."""

    purpose: str

    @contextmanager
    def spread(self) -> Iterator[None]:
        """Let statements find unit tables that are spread over the nodes.

        The caller's transaction is rolled back in the end, here and on the nodes.
        """
        with connection.cursor() as cursor:
            for statement in self._spreading():
                cursor.execute(statement)
            cursor.execute(f"SET LOCAL search_path = {SCHEMA}, public")
            cursor.execute("SET LOCAL enable_partitionwise_join = on")
            # An order that a node can keep is asked of the node. With tables as small as a test's,
            # the planner may find it cheaper to sort here, by the statistics of the moment.
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_hashjoin = off")
        yield

    def unserved(self, one: Asked) -> list[str]:
        """Return the scans of unit tables on a node for which no index serves the condition."""
        statement = re.sub(r"\$\d+::([a-z ]+)", r"(SELECT NULL::\1)", one.statement)
        with _reached(self.name(one.node)) as node:
            node.execute("SET enable_seqscan = off")
            (plan,) = node.execute(f"EXPLAIN (FORMAT JSON) {statement}").fetchone()  # type: ignore[misc]
        found = []
        for step, above in _with_above(plan[0]["Plan"], ()):
            if "Scan" not in step["Node Type"] or "Relation Name" not in step:
                continue
            is_in_order = "Index" in step["Node Type"] and " ORDER BY " in statement
            is_read_as_it_lies = is_in_order and "Filter" not in step and "Sort" not in above
            is_served = "Index Cond" in step or step["Node Type"] == "Bitmap Heap Scan"
            if not is_served and not is_read_as_it_lies:
                found.append(f"{step['Node Type']} on {step['Relation Name']}: {statement}")
        return found

    def name(self, node: int) -> str:
        """Return the name of a node's database."""
        return f"{connection.settings_dict['NAME']}_{self.purpose}_{node}"

    def make(self, statements: Sequence[str]) -> None:
        """Make the databases with their tables."""
        self.remove()
        for node in range(COUNT):
            with _server() as server:
                server.execute(f'CREATE DATABASE "{self.name(node)}" TEMPLATE template0')
            with _reached(self.name(node)) as own:
                for statement in statements:
                    own.execute(statement)  # type: ignore[arg-type]
                # What the server learns by itself, or not yet, must not choose between two plans.
                for (table,) in own.execute(_TABLES).fetchall():
                    own.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = false)')  # type: ignore[arg-type]

    def remove(self) -> None:
        """Remove the databases."""
        for node in range(COUNT):
            with _server() as server:
                server.execute(f'DROP DATABASE IF EXISTS "{self.name(node)}" WITH (FORCE)')

    def _spreading(self) -> Iterator[str]:
        reached = connection.get_connection_params()
        yield f"CREATE SCHEMA {SCHEMA}"
        for node in range(COUNT):
            options = {"dbname": self.name(node)}
            options |= {key: str(reached[key]) for key in ("host", "port") if reached.get(key)}
            stated = ", ".join(f"{key} '{value}'" for key, value in options.items())
            yield f"CREATE SERVER node_{node} FOREIGN DATA WRAPPER postgres_fdw OPTIONS ({stated})"
            login = {"user": reached.get("user"), "password": reached.get("password")}
            known = ", ".join(f"\"{key}\" '{value}'" for key, value in login.items() if value)
            yield f"CREATE USER MAPPING FOR CURRENT_USER SERVER node_{node} OPTIONS ({known})"
        for table, key in KEYS.items():
            like = f"(LIKE public.{table} INCLUDING DEFAULTS) PARTITION BY HASH ({key})"
            yield f"CREATE TABLE {SCHEMA}.{table} {like}"
            for node in range(COUNT):
                share = f"FOR VALUES WITH (MODULUS {COUNT}, REMAINDER {node})"
                there = f"SERVER node_{node} OPTIONS (schema_name 'public', table_name '{table}')"
                own = f"{SCHEMA}.{table}_on_{node}"
                yield f"CREATE FOREIGN TABLE {own} PARTITION OF {SCHEMA}.{table} {share} {there}"


@contextmanager
def nodes(purpose: str, *, without: str = "") -> Iterator[Nodes]:
    """Make nodes, and remove them in the end; ``without`` names an index that they then lack.

    Raises:
        Unavailable: there is no ``postgres_fdw``, or no right to make databases.
    """
    made = Nodes(purpose)
    try:
        with _server() as server:
            server.execute("CREATE EXTENSION IF NOT EXISTS postgres_fdw")
        made.make([one for table in KEYS for one in _made_like(table) if f" {without} " not in one])
    except psycopg.Error as error:
        raise Unavailable(str(error)) from error
    try:
        yield made
    finally:
        made.remove()


def asked(statement: str) -> list[Asked]:
    """Return what a statement sends to which nodes."""
    found = []
    for step in _steps(_planned(statement)):
        relations = step.get("Relation Name", step.get("Relations", ""))
        places = re.findall(r"(\w+)_on_(\d+)", relations)
        if places:
            tables = "+".join(table for table, _ in places)
            found.append(Asked(int(places[0][1]), tables, step.get("Remote SQL", "")))
    return found


def _planned(statement: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON, VERBOSE) {statement}")
        (plan,) = cursor.fetchone()
    read = plan if isinstance(plan, list) else json.loads(plan)
    return dict(read[0]["Plan"])


def _steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from _steps(each)


def _with_above(
    plan: dict[str, Any], above: tuple[str, ...]
) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    yield plan, above
    for each in plan.get("Plans", ()):
        yield from _with_above(each, (*above, plan["Node Type"]))


def _made_like(table: str) -> list[str]:
    """Return the statements that make a table with its indexes, and nothing beside."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(attname), format_type(atttypid, atttypmod),"
            " 'COLLATE ' || quote_ident(collname), CASE WHEN attnotnull THEN 'NOT NULL' END"
            " FROM pg_attribute LEFT JOIN pg_collation c"
            " ON c.oid = attcollation AND c.collname <> 'default'"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            [f"public.{table}"],
        )
        columns = [" ".join(filter(None, column)) for column in cursor.fetchall()]
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = %s",
            [table],
        )
        indexes = [made for (made,) in cursor.fetchall()]
    return [f"CREATE TABLE public.{table} ({', '.join(columns)})", *indexes]


def _server() -> psycopg.Connection[tuple[Any, ...]]:
    return _reached(str(connection.settings_dict["NAME"]))


def _reached(name: str) -> psycopg.Connection[tuple[Any, ...]]:
    known = connection.get_connection_params()
    wanted = {key: known[key] for key in ("host", "port", "user", "password") if known.get(key)}
    return psycopg.connect(**wanted, dbname=name, autocommit=True)
