"""A list of units with three installations each, from CSV, against bare inserts of its rows."""

import csv
import itertools
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import bare_units
from benchmarks.figures import Figure, peak_mb, seconds
from benchmarks.ground import NOW, chance, units_asked_for
from benchmarks.makers import FIRMWARE, a_drive_maker
from longmark.config import local

UNITS = 100_000
UNITS_OF_A_CUSTOMER = 250
CUSTOMERS_LEAST = 200
ORDER_LIMIT_UNITS = 20
COUNTRIES = ("DE", "AT", "NL", "US", "FR")


def run() -> list[Figure]:
    """Measure staging, taking, and taking the same file again."""
    local.prepare()
    a_drive_maker()
    units = units_asked_for(UNITS)
    with TemporaryDirectory(prefix="longmark-list-") as folder:
        return _figures(Path(folder) / "built.csv", units)


def _figures(file: Path, units: int) -> list[Figure]:
    from longmark.core.actors import SYSTEM
    from longmark.fleet.services import imports

    write_drive_list(file, units)
    memory_before = peak_mb()

    def stage():  # type: ignore[no-untyped-def]
        with file.open("rb") as content:
            return imports.stage_import(content, filename=file.name, actor=SYSTEM, now=NOW)

    staged = []
    look = seconds(lambda: staged.append(stage()))
    take = seconds(lambda: imports.apply_import(staged[0], actor=SYSTEM, now=NOW))
    memory = peak_mb()
    again = seconds(lambda: imports.apply_import(stage(), actor=SYSTEM, now=NOW))
    bare = seconds(lambda: bare_units.insert(file.read_bytes()))
    against = "parse + bare inserts"
    return [
        Figure("units", units, ""),
        Figure("preview", look, "s", bare, against),
        Figure("take", take, "s", bare, against, "≤ 3×"),
        Figure("preview and take the same again", again, "s", bare, against),
        Figure("rate of taking", units / take, "units/s"),
        Figure("memory", memory, "MB", memory_before, "before", "≤ 500 MB"),
    ]


def write_drive_list(file: Path, units: int) -> None:
    """Write a list of drives as a plant would: order by order, as they were built."""
    with file.open("w", newline="") as text:
        _write(csv.writer(text), units)


def _write(rows: Any, units: int) -> None:
    dice = chance()
    rows.writerow(
        ["item", "serial", "event", "date", "evidence", "control-board", "main-firmware",
         "parameters", "customer", "country"]
    )  # fmt: skip
    customers = max(CUSTOMERS_LEAST, units // UNITS_OF_A_CUSTOMER)
    numbers = iter(range(units))
    while order := list(itertools.islice(numbers, dice.randint(1, ORDER_LIMIT_UNITS))):
        customer = dice.randint(1, customers)
        year, month = 2021 + order[0] * 5 // units, dice.randint(1, 12)
        evidence = dice.choice(["confirmed", "verified", "declared"])
        inside = [dice.choice("BCD"), dice.choice(FIRMWARE), dice.choice(["v5", "v6", "v7"])]
        for number in order:
            serial = f"200-{number // 100_000:04d}-{number % 100_000:05d}"
            day = f"{year}-{month:02d}-{dice.randint(1, 28):02d}"
            buyer = [f"Customer {customer}", COUNTRIES[customer % len(COUNTRIES)]]
            rows.writerow(["TG-200", serial, "built", day, evidence, *inside, *buyer])
