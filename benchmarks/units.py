"""A list of units with three installations each, from CSV, against bare inserts of its rows."""

import csv
import io
import json
import sqlite3
import tempfile
import uuid
from pathlib import Path

from benchmarks.figures import Figure, peak_mb, seconds
from benchmarks.ground import NOW, chance, units_asked_for
from benchmarks.makers import a_drive_maker
from longmark.config import local

UNITS = 100_000
CUSTOMERS = 200


def run() -> list[Figure]:
    """Measure staging, taking, and taking the same file again."""
    from longmark.core.actors import SYSTEM
    from longmark.fleet.services import imports

    local.prepare()
    a_drive_maker()
    units = units_asked_for(UNITS)
    content = drive_list(units)
    bare = seconds(lambda: _bare(content))
    staged = []
    stage = seconds(
        lambda: staged.append(
            imports.stage_import(io.BytesIO(content), filename="built.csv", actor=SYSTEM, now=NOW)
        )
    )
    memory_before = peak_mb()
    take = seconds(lambda: imports.apply_import(staged[0], actor=SYSTEM, now=NOW))
    return [
        Figure("units", units, ""),
        Figure("preview", stage, "s", bare, "parse + bare inserts"),
        Figure("take", take, "s", bare, "parse + bare inserts", "≤ 3×"),
        Figure("rate of taking", units / take, "units/s"),
        Figure("memory", peak_mb(), "MB", memory_before, "before taking", "≤ 500 MB"),
    ]


def drive_list(units: int) -> bytes:
    """Return a list of drives as a plant would write it."""
    dice = chance()
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(
        ["item", "serial", "event", "date", "evidence", "control-board", "main-firmware",
         "parameters", "customer", "country"]
    )  # fmt: skip
    for number in range(units):
        rows.writerow(
            [
                "TG-200",
                f"200-{number // 100_000:04d}-{number % 100_000:05d}",
                "built",
                f"{dice.randint(2021, 2025)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}",
                dice.choice(["confirmed", "verified", "declared"]),
                dice.choice("BCD"),
                dice.choice(["2.0", "2.1", "2.2", "2.3", "2.4"]),
                dice.choice(["v5", "v6", "v7"]),
                f"Customer {dice.randint(1, CUSTOMERS)}",
                dice.choice(["DE", "AT", "NL", "US", "FR"]),
            ]
        )
    return text.getvalue().encode()


def _bare(content: bytes) -> None:
    """Parse the list and insert as many rows, of the same width, as Longmark keeps of it."""
    with tempfile.TemporaryDirectory() as folder:
        base = sqlite3.connect(Path(folder) / "bare.sqlite3")
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=NORMAL")
        base.execute(
            "CREATE TABLE unit(id TEXT PRIMARY KEY, item, serial, folded, state, built, looks,"
            " operator, country, recorded)"
        )
        base.execute("CREATE INDEX by_serial ON unit(folded, id)")
        base.execute("CREATE INDEX by_item ON unit(item, folded, id)")
        base.execute("CREATE INDEX by_look ON unit(looks, folded, id)")
        base.execute("CREATE INDEX by_operator ON unit(operator, folded, id)")
        base.execute(
            "CREATE TABLE event(unit, seq, kind, at, recorded, evidence, payload,"
            " PRIMARY KEY(unit, seq))"
        )
        base.execute(
            "CREATE TABLE installation(unit, number, slot, release, since, known, evidence,"
            " PRIMARY KEY(unit, number))"
        )
        base.execute("CREATE INDEX by_release ON installation(release, unit)")
        base.execute(
            "CREATE TABLE custody(unit, number, role, party, country, valid_from, known_from,"
            " PRIMARY KEY(unit, number))"
        )
        base.execute("CREATE INDEX by_party ON custody(party, unit)")
        with base:
            _insert(base, content)
        base.close()


def _insert(base: sqlite3.Connection, content: bytes) -> None:
    units, events, installations, custody = [], [], [], []
    for row in csv.DictReader(io.StringIO(content.decode())):
        pk = uuid.uuid5(uuid.NAMESPACE_URL, row["serial"]).hex
        units.append(
            (pk, 1, row["serial"], row["serial"].lower(), "built", row["date"],
             row["main-firmware"], row["customer"], row["country"], "now")
        )  # fmt: skip
        events.append((pk, 1, "built", row["date"], "now", row["evidence"], json.dumps(row)))
        for number, slot in enumerate(("control-board", "main-firmware", "parameters"), start=1):
            installations.append((pk, number, slot, row[slot], row["date"], "now", row["evidence"]))
        custody.append((pk, 1, "operator", row["customer"], row["country"], row["date"], "now"))
    base.executemany("INSERT INTO unit VALUES (?,?,?,?,?,?,?,?,?,?)", units)
    base.executemany("INSERT INTO event VALUES (?,?,?,?,?,?,?)", events)
    base.executemany("INSERT INTO installation VALUES (?,?,?,?,?,?,?)", installations)
    base.executemany("INSERT INTO custody VALUES (?,?,?,?,?,?,?)", custody)
