"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite.

`bulk_create` makes a model instance per row and one long statement per batch; for feeds of
hundreds of thousands of records that is five times slower. Rows are tuples of what the columns
hold; times, days, JSON and UUIDs are adapted here. No signals, no defaults, no checks but those of
the database. Everything happens in the caller's transaction.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain, islice
from operator import attrgetter
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

Row = Sequence[Any]
Fields: TypeAlias = "Sequence[models.Field[Any, Any]]"

BATCH_ROWS = 1_000  # adapted together, column by column
STATEMENT_ROWS = 5_000  # in one statement
LONG_ROWS = 200  # are copied rather than passed in arrays
FEW_ROWS = 10  # are updated one by one
SORT_MEMORY = "64MB"
LOG_PAGES = 16_000  # of 4 kB


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows into the table of ``model``; ``columns`` are attribute names (``item_id``)."""
    fields = _fields(model, columns)
    _insert(model._meta.db_table, [str(field.column) for field in fields], fields, rows)


@contextmanager
def temporary_rows(
    name: str, columns: "Mapping[str, models.Field[Any, Any]]", rows: Iterable[Row]
) -> Iterator[None]:
    """Fill a table ``name`` that this transaction alone sees, and drop it in the end.

    ``columns`` say by a field what each column holds. For sets that the database shall join with
    others: what it makes of few rows by itself need not be told it row by row.
    """
    assert connection.in_atomic_block, "what is laid out goes with its transaction"
    fields = list(columns.values())
    quoted = connection.ops.quote_name
    # Of a number that counts itself, what refers to it holds the plain kind.
    types = (
        field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
        for field in map(_column_field, fields)
    )
    kept = ", ".join(
        f"{quoted(column)} {kind}" for column, kind in zip(columns, types, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {quoted(name)} ({kept})")
    _insert(name, list(columns), fields, rows)
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {quoted(name)}")


class Beside:
    """What the database does while this process goes on computing: one statement at a time.

    Between `start` and `wait` the process may not ask the database anything else: there is one
    connection, and one transaction. Leaving the block waits.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._running: Future[None] | None = None
        self._after = ExitStack()

    def __enter__(self) -> "Beside":
        return self

    def start(
        self, statement: str, parameters: Sequence[Any], *tables: AbstractContextManager[None]
    ) -> None:
        """Lay out tables, begin a statement that needs them, and return at once."""
        self.wait()
        for table in tables:
            self._after.enter_context(table)
        # Made here: a cursor that the other thread asked for would be one of another connection.
        cursor = self._after.enter_context(connection.cursor())
        self._running = self._thread.submit(cursor.execute, statement, parameters)

    def wait(self) -> None:
        """Wait for what was begun, drop its tables, and raise what it came to."""
        running, self._running = self._running, None
        if running is not None:
            running.result()
            self._after.close()

    def __exit__(self, *raised: object) -> None:
        """Wait, as a transaction can only be undone when nothing runs in it any more."""
        self._thread.shutdown()
        if not any(raised):
            self.wait()


def insert_missing_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    are_long: bool = False,
) -> None:
    """Insert rows, passing over those that a unique constraint keeps out; long ones of JSON need
    not be as many to be copied.

    Two writers that insert the same rows must do so in the same order, or they wait for each
    other in a ring (PostgreSQL).
    """
    fields = _fields(model, columns)
    if connection.vendor == "postgresql":
        _insert_missing_together(model, fields, rows, LONG_ROWS if are_long else STATEMENT_ROWS)
        return
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        _execute_many(
            cursor,
            f"{_into(model, fields)} VALUES ({marks}) ON CONFLICT DO NOTHING",
            _adapted(fields, rows),
        )


def _insert_missing_together(
    model: type[models.Model], fields: Fields, rows: Iterable[Row], many: int
) -> None:
    """Insert the rows of arrays, or, where they are ``many``, of a table that was copied first.

    An array is one text in which every quote of every value is marked: of long rows that takes
    the driver and the server longer than to copy them.
    """
    rest = iter(rows)
    first = list(islice(rest, many))
    into = _into(model, fields)
    if len(first) < many:
        arrays = [list(column) for column in zip(*_adapted(fields, first), strict=True)]
        with connection.cursor() as cursor:
            if first:
                told = f"{into} SELECT * FROM {_unnested(fields)} ON CONFLICT DO NOTHING"  # noqa: S608
                cursor.execute(told, arrays)
        return
    name = f"missing_in_{model._meta.db_table}"
    kept = {str(field.column): field for field in fields}
    with temporary_rows(name, kept, chain(first, rest)), connection.cursor() as cursor:
        source = f"{', '.join(map(_quoted, fields))} FROM {connection.ops.quote_name(name)}"
        # A temporary table is read as it was written: in the order on which the callers agree.
        cursor.execute(f"{into} SELECT {source} ON CONFLICT DO NOTHING")


def _into(model: type[models.Model], fields: Fields) -> str:
    names = ", ".join(map(_quoted, fields))
    return f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names})"


@contextmanager
def collector_paused() -> Iterator[None]:
    """Hold the cyclic garbage collector off while very many objects come to life at once.

    It runs whenever enough of them are alive, walks all of them, and finds nothing: a third of
    the time of a large import. Reference counts go on freeing what is no longer used.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def expect_large_sets() -> None:
    """Let PostgreSQL sort and join more in memory, for the rest of this transaction.

    It compiles no statement meanwhile: that pays where one runs for seconds, and the planner takes
    it for paying wherever it has to guess at the size of a set. And it takes a page by itself for
    hardly dearer than one in a row, as is so in memory and on anything but a turning disk: else it
    reads whole tables of texts for the few thousand rows of a set.
    """
    assert connection.in_atomic_block, "what is set goes with its transaction"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                f"SET LOCAL work_mem = '{SORT_MEMORY}'; SET LOCAL jit = off;"
                " SET LOCAL random_page_cost = 1.1"
            )


@contextmanager
def seldom_checkpointed() -> Iterator[None]:
    """Let SQLite's log grow to 64 MB before it is moved into the database, instead of 4.

    A bulk load changes the same pages of indexes in every transaction; so they are moved once. The
    file is not mapped meanwhile: a map of what is written all over would count as memory in use.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = {name: _pragma(cursor, name) for name in ("wal_autocheckpoint", "mmap_size")}
        cursor.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        cursor.execute("PRAGMA mmap_size = 0")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for name, value in usual.items():
                cursor.execute(f"PRAGMA {name} = {value}")


def _pragma(cursor: Any, name: str) -> int:
    cursor.execute(f"PRAGMA {name}")
    return int(cursor.fetchone()[0])


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Set ``columns`` of single rows; each row ends with the primary key of the one it changes."""
    key = model._meta.pk
    assert key is not None
    update_rows_by(model, columns, [key.attname], rows)


def update_rows_by(
    model: type[models.Model], columns: Sequence[str], keys: Sequence[str], rows: Iterable[Row]
) -> None:
    """Set ``columns`` of the rows with these ``keys``; values in the order columns, keys.

    Of several rows with the same keys the last one counts.
    """
    _update(model, _SET, _fields(model, columns), _fields(model, keys), list(rows))


def add_to_rows(
    model: type[models.Model], column: str, key: str, rows: Iterable[tuple[int, Any]]
) -> None:
    """Add a number to a column of the row with this key, each key once; number, then key.

    Rows are locked in the order in which they are given, so that two writers who keep to one
    order never wait for each other in a ring.
    """
    told, named = list(rows), _fields(model, [key])
    if connection.vendor == "postgresql" and len(told) > FEW_ROWS:
        table, name = connection.ops.quote_name(model._meta.db_table), _quoted(named[0])
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT 1 FROM {table} t JOIN {_unnested(named)} WITH ORDINALITY"  # noqa: S608
                f" AS given ({name}, place) USING ({name}) ORDER BY place FOR UPDATE OF t",
                [[row[0] for row in _adapted(named, [(key,) for _, key in told])]],
            )
    _update(model, _ADD, _fields(model, [column]), named, told)


_SET, _ADD = "{value}", "{old} + {value}"


def _update(
    model: type[models.Model], how: str, changed: Fields, named: Fields, rows: Sequence[Row]
) -> None:
    """Update rows: very many by one statement on PostgreSQL, else one by one.

    A statement about a single row names its key, so that it asks one server alone if the table is
    spread over several.
    """
    adapted = _adapted([*changed, *named], rows)
    is_by_one = connection.vendor == "postgresql" and len(rows) > FEW_ROWS
    update = _update_together if is_by_one else _update_singly
    update(connection.ops.quote_name(model._meta.db_table), how, changed, named, adapted)


def _update_singly(
    table: str, how: str, changed: Fields, named: Fields, rows: Iterable[Row]
) -> None:
    names = [_quoted(field) for field in changed]
    told = ", ".join(f"{name} = {how.format(old=name, value='%s')}" for name in names)
    where = " AND ".join(f"{_quoted(field)} = %s" for field in named)
    with connection.cursor() as cursor:
        _execute_many(cursor, f"UPDATE {table} SET {told} WHERE {where}", rows)  # noqa: S608


def _update_together(
    table: str, how: str, changed: Fields, named: Fields, rows: Iterable[Row]
) -> None:
    """Update the rows of arrays; of several with one key the last counts, as one by one."""
    names, first = [_quoted(field) for field in (*changed, *named)], len(changed)
    told = ", ".join(
        f"{name} = {how.format(old=f't.{name}', value=f'given.c{place}')}"
        for place, name in enumerate(names[:first])
    )
    where = " AND ".join(f"t.{n} = given.c{place}" for place, n in enumerate(names[first:], first))
    columns = ", ".join(f"c{place}" for place in range(len(names)))
    source = f"{_unnested([*changed, *named])} AS given ({columns})"
    statement = f"UPDATE {table} t SET {told} FROM {source} WHERE {where}"  # noqa: S608
    with connection.cursor() as cursor:
        for batch in _batches(rows):
            last = {tuple(row[first:]): row for row in batch}
            cursor.execute(statement, [list(each) for each in zip(*last.values(), strict=True)])


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, STATEMENT_ROWS)):
        yield batch


def _unnested(fields: Fields) -> str:
    """Return what makes rows of one array for each of these columns, in order (PostgreSQL)."""
    return f"unnest({', '.join(f'%s::{_array_type(field)}' for field in fields)})"


def _array_type(field: "models.Field[Any, Any]") -> str:
    """Return the type; texts are cut by the column and not by the way, which would say nothing."""
    column = _column_field(field)
    if isinstance(column, models.CharField | models.TextField):
        return "text[]"
    return f"{field.db_type(connection)}[]"


def reserve_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """Return ``count`` ids that no other row will have, in rising order.

    On SQLite the transaction is the only writer, so the ids after the highest are free; on
    PostgreSQL they are drawn from the column's sequence.
    """
    assert connection.in_atomic_block, "ids are reserved inside the transaction that uses them"
    table = model._meta.db_table
    if not count:
        return ()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), count],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute(f"SELECT MAX(id) FROM {connection.ops.quote_name(table)}")  # noqa: S608
        highest = cursor.fetchone()[0] or 0
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        used = cursor.fetchone()
        first = max(highest, used[0] if used else 0) + 1
    return range(first, first + count)


def _insert(table: str, columns: Sequence[str], fields: Fields, rows: Iterable[Row]) -> None:
    names = ", ".join(map(connection.ops.quote_name, columns))
    table = connection.ops.quote_name(table)
    adapted = _adapted(fields, rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in adapted:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(fields))
        _execute_many(cursor, f"INSERT INTO {table} ({names}) VALUES ({marks})", adapted)  # noqa: S608


def _execute_many(cursor: CursorWrapper, statement: str, rows: Iterable[Row]) -> None:
    """Execute a statement for each row; Django would hold all rows of one call until it ends."""
    for batch in _batches(rows):
        cursor.executemany(statement, batch)


def _fields(model: type[models.Model], columns: Sequence[str]) -> "list[models.Field[Any, Any]]":
    by_attribute = {field.attname: field for field in model._meta.concrete_fields}
    return [by_attribute[name] for name in columns]


def _column_field(field: "models.Field[Any, Any]") -> "models.Field[Any, Any]":
    """Return the field that says what the column holds: for a reference, the key it points to."""
    return field.target_field if isinstance(field, models.ForeignKey) else field


def _quoted(field: "models.Field[Any, Any]") -> str:
    return connection.ops.quote_name(str(field.column))


def _adapted(fields: Fields, rows: Iterable[Row]) -> Iterable[Row]:
    adapters = [
        (place, adapter)
        for place, field in enumerate(fields)
        if (adapter := _adapter(_column_field(field))) is not None
    ]
    rest = iter(rows)
    if not adapters:
        yield from rest
    while batch := list(islice(rest, BATCH_ROWS)):
        columns: list[Sequence[Any]] = list(zip(*batch, strict=True))
        for place, adapt in adapters:
            columns[place] = _adapted_column(columns[place], adapt)
        yield from zip(*columns, strict=True)


def _adapted_column(values: Sequence[Any], adapt: Callable[[Any], Any]) -> list[Any]:
    """Adapt the values of a column; one that comes again, as the unit of three rows, only once."""
    keys = list(map(id, values))  # by id: the values live as long as the column
    different = dict(zip(keys, values, strict=True))
    adapted = {k: None if value is None else adapt(value) for k, value in different.items()}
    return list(map(adapted.__getitem__, keys))


def _adapter(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    """Return what makes a value of this column one that the driver takes; most need nothing."""
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.UUIDField):
        return attrgetter("hex")
    if connection.vendor == "postgresql":
        return _text if isinstance(field, models.DateTimeField) else None
    if isinstance(field, models.DateTimeField):
        return _naive_text
    if isinstance(field, models.DateField):
        return date.isoformat
    if isinstance(field, models.DecimalField):
        return lambda value: field.get_db_prep_save(value, connection)
    return None


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


@lru_cache(maxsize=8_192)
def _text(moment: datetime) -> str:
    """Return an instant as PostgreSQL reads it; its driver would write each one anew."""
    return str(moment)


@lru_cache(maxsize=8_192)  # The same days and instants come again and again.
def _naive_text(moment: datetime) -> str:
    """Return an instant as Django writes it for SQLite: in UTC, without zone."""
    return str(moment if moment.tzinfo is UTC else moment.astimezone(UTC))[: -len("+00:00")]


class Among(models.Lookup):
    """``column__among=values``: like ``in``, with one parameter for any number of values.

    ``in`` resolves and binds each value by itself; with a thousand of them that costs more than
    the query. Values are texts, numbers or UUIDs, passed as they are.
    """

    lookup_name = "among"
    prepare_rhs = False

    def get_prep_lookup(self) -> Any:
        return [value.hex if isinstance(value, UUID) else value for value in self.rhs]

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        left, parameters = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            is_uuid = isinstance(_column_field(self.lhs.output_field), models.UUIDField)
            return f"{left} = ANY(%s{'::uuid[]' * is_uuid})", [*parameters, self.rhs]
        each = "SELECT value FROM json_each(%s)"
        return f"{left} IN ({each})", [*parameters, _json(self.rhs)]


models.Field.register_lookup(Among)
models.ForeignKey.register_lookup(Among)
