"""Load a planned fleet as fast as the database takes it: indexes are made when all rows are in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from benchmarks.fleet_plan import (
    COUNTRIES,
    FIRMWARE,
    ITEM,
    RELEASES,
    SLOTS,
    Plan,
    customer,
    distributor,
)
from benchmarks.fleet_rows import (
    BUILT_RECORDED,
    COLUMNS,
    PAST_TABLES,
    UNIT_TABLES,
    Parties,
    Row,
    RowMaker,
)

PARTIES_TOGETHER = 5_000
LARGE = (*UNIT_TABLES, *PAST_TABLES)


def a_maker_of_many() -> dict[str, int]:
    """Register the product that all units are of; return firmware ids by version."""
    from longmark.catalog import services as catalog
    from longmark.core.actors import SYSTEM
    from longmark.core.vocabulary import IdentifiedBy, ItemKind

    kinds = {"main-firmware": ItemKind.FIRMWARE, "bootloader": ItemKind.FIRMWARE,
             "parameters": ItemKind.PARAMETERS}  # fmt: skip
    said = {"actor": SYSTEM, "now": BUILT_RECORDED}
    serials = catalog.ItemDetails(identified_by=IdentifiedBy.SERIAL)
    product = catalog.register_item(ITEM, kind=ItemKind.PRODUCT, details=serials, **said)
    found = {}
    for name, item in SLOTS.items():
        kind = kinds.get(name, ItemKind.HARDWARE)
        details = serials if kind is ItemKind.HARDWARE else catalog.ItemDetails()
        part = catalog.register_item(item, kind=kind, details=details, **said)
        fits = [catalog.register_release(part, version, **said) for version in RELEASES[item]]
        slot = catalog.define_slot(product, name, **said)
        catalog.allow_fits(slot, fits, **said)
        if name == FIRMWARE:
            found = {release.version: release.pk for release in fits}
    return found


def its_parties(plan: Plan) -> Parties:
    """Register the customers and distributors of a plan."""
    from longmark.core.vocabulary import PartyKind

    countries = {number: COUNTRIES[number % len(COUNTRIES)] for number in range(plan.distributors)}
    customers = [
        (customer(number), PartyKind.CUSTOMER, COUNTRIES[number % len(COUNTRIES)])
        for number in range(plan.customers)
    ]
    distributors = [
        (distributor(number), PartyKind.DISTRIBUTOR, country)
        for number, country in countries.items()
    ]
    return Parties(
        dict(enumerate(_registered(customers))),
        dict(enumerate(_registered(distributors))),
        countries,
    )


def _registered(wanted: Sequence[tuple[object, ...]]) -> Iterator[int]:
    from django.db import transaction

    from longmark.core.actors import SYSTEM
    from longmark.parties import queries, services

    for first in range(0, len(wanted), PARTIES_TOGETHER):
        some = [services.PartyName(*each) for each in wanted[first : first + PARTIES_TOGETHER]]  # type: ignore[arg-type]
        with transaction.atomic():
            ids = services.ensure_parties(some, actor=SYSTEM, now=BUILT_RECORDED)
        yield from (ids[queries.name_key(each.name)] for each in some)


def load(plan: Plan, parties: Parties) -> None:
    """Write all rows of a plan."""
    from django.db import connection, transaction

    from longmark.fleet.services.catalogue import whole_catalogue

    is_zoned = connection.vendor == "postgresql"
    maker = RowMaker(plan, whole_catalogue(), parties, is_zoned=is_zoned)
    with _without_indexes():
        for rows in maker.chunks():
            with transaction.atomic():
                _insert(rows)
        with transaction.atomic():
            _insert(maker.shared())
    with connection.cursor() as cursor:
        # What autovacuum does by itself some minutes after so many rows.
        cursor.execute("VACUUM ANALYZE" if is_zoned else "PRAGMA wal_checkpoint(TRUNCATE)")


def _insert(rows: Mapping[str, Iterable[Row]]) -> None:
    from django.db import connection

    for table, found in rows.items():
        columns = COLUMNS[table]
        names = ", ".join(columns)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in found:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", found)


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Take indexes and references away from the large tables, and make them anew afterwards."""
    from django.db import connection

    away, anew = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    with connection.cursor() as cursor:
        for statement in away:
            cursor.execute(statement)
    yield
    with connection.cursor() as cursor:
        for statement in anew:
            cursor.execute(statement)


def _postgresql() -> tuple[list[str], list[str]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('f', 'p', 'u')",
            [list(LARGE)],
        )
        constraints = cursor.fetchall()
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"
            " AND NOT indexname = ANY(%s)",
            [list(LARGE), [name for _, name, _ in constraints]],
        )
        indexes = cursor.fetchall()
    away = [f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for table, name, _ in constraints]
    away += [f'DROP INDEX "{name}"' for name, _ in indexes]
    anew = [made for _, made in indexes]
    anew += [
        f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {made}' for table, name, made in constraints
    ]
    return away, anew


def _sqlite() -> tuple[list[str], list[str]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            f" AND tbl_name IN ({', '.join(['%s'] * len(LARGE))})",
            list(LARGE),
        )
        indexes = cursor.fetchall()
    away = ["PRAGMA foreign_keys=OFF", *(f'DROP INDEX "{name}"' for name, _ in indexes)]
    return away, [*(made for _, made in indexes), "PRAGMA foreign_keys=ON"]
