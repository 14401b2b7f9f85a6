"""The least that a list of units costs: parse it, and insert the rows that Longmark keeps of it.

The tables are made like Longmark's own, with the same columns and indexes, without references to
others; no rule is checked, nothing is looked up, and all is inserted at once.
"""

import csv
import io
import json
import sqlite3
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

RELEASES = {name: number for number, name in enumerate(("B", "C", "D", "v5", "v6", "v7"), start=1)}
EVIDENCE = {"declared": 2, "confirmed": 4, "verified": 5}
NOW = "2026-11-24 09:00:00"

_TIMES = ("valid_from", "valid_to", "known_from", "known_to", "evidence")
COLUMNS = {
    "fleet_unit": (
        "id", "item_id", "serial", "serial_folded", "discriminator", "recorded_at", "state",
        "built_at", "configuration_id", "operator_id", "country",
    ),
    "fleet_event": (
        "unit_id", "seq", "kind", "occurred_at", "precision", "recorded_at", "source", "evidence",
        "payload", "corrects", "actor_name",
    ),
    "fleet_installation": (
        "unit_id", "number", "slot", "item_id", "release_id", "child_id", "part", "parameters_id",
        *_TIMES,
    ),
    "fleet_custody": ("unit_id", "number", "role", "party_id", "site_id", "country", *_TIMES),
    "fleet_census": (
        "id", "configuration_id", "operator_id", "distributor_id", "country", "state", "count",
    ),
}  # fmt: skip

Rows = dict[str, list[tuple[object, ...]]]


def insert(content: bytes) -> None:
    """Parse a list and insert its rows into fresh tables."""
    from django.db import connection

    rows = _rows(content)
    make = _postgresql if connection.vendor == "postgresql" else _sqlite
    make(rows)


def _sqlite(rows: Rows) -> None:
    """Insert into a file of its own, under the settings that Longmark runs on."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC"
        )
        makes = [sql for table, sql in cursor.fetchall() if table in COLUMNS]
    settings = connection.settings_dict["OPTIONS"]["init_command"]
    with tempfile.TemporaryDirectory() as folder:
        base = sqlite3.connect(Path(folder) / "bare.sqlite3")
        base.executescript(settings)
        base.execute("PRAGMA foreign_keys=OFF")
        for make in makes:
            base.execute(make)
        with base:
            for table, columns in COLUMNS.items():
                into = _target(table, columns)
                marks = ", ".join("?" * len(columns))
                base.executemany(f"INSERT INTO {into} VALUES ({marks})", rows[table])
        base.close()


def _postgresql(rows: Rows) -> None:
    """Insert into tables beside Longmark's own, by COPY; they are gone afterwards."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in COLUMNS:
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        for table, columns in COLUMNS.items():
            with cursor.copy(f"COPY bare_{_target(table, columns)} FROM STDIN") as copy:
                for row in rows[table]:
                    copy.write_row(row)
        for table in COLUMNS:
            cursor.execute(f"DROP TABLE bare_{table}")


def _target(table: str, columns: Iterable[str]) -> str:
    return f"{table} ({', '.join(columns)})"


def _rows(content: bytes) -> Rows:
    rows: Rows = {table: [] for table in COLUMNS}
    census: Counter[tuple[object, ...]] = Counter()
    looks: dict[tuple[str, ...], str] = {}
    for row in csv.DictReader(io.StringIO(content.decode())):
        pk = uuid.uuid5(uuid.NAMESPACE_URL, row["serial"]).hex
        inside = {slot: row[slot] for slot in ("control-board", "main-firmware", "parameters")}
        look = looks.setdefault((*inside.values(), row["evidence"]), uuid.uuid4().hex)
        operator = int(row["customer"].rpartition(" ")[2])
        built, evidence = f"{row['date']} 00:00:00", EVIDENCE[row["evidence"]]
        times = (built, None, NOW, None, evidence)
        slots = {
            slot: {"item": number, "release": RELEASES.get(version, 7)}
            for number, (slot, version) in enumerate(inside.items(), start=1)
        }
        stated = {"slots": slots, "custody": {"operator": [operator, None, row["country"]]}}
        rows["fleet_unit"].append(
            (pk, 1, row["serial"], row["serial"].upper(), "", NOW, "built", built, look, operator,
             row["country"])
        )  # fmt: skip
        rows["fleet_event"].append(
            (pk, 1, "built", built, "day", NOW, "list", evidence, json.dumps(stated), None, "bench")
        )  # fmt: skip
        for number, (slot, placed) in enumerate(slots.items(), start=1):
            own = (placed["item"], placed["release"], None, "", None)
            rows["fleet_installation"].append((pk, number, slot, *own, *times))
        rows["fleet_custody"].append((pk, 1, "operator", operator, None, row["country"], *times))
        census[look, operator, None, row["country"], "built"] += 1
    rows["fleet_census"] = [(uuid.uuid4().hex, *key, count) for key, count in census.items()]
    return rows
