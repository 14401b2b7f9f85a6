"""A fresh data folder with Django set up, and the small world that benchmarks need."""

import os
import random
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[1]


def corpus() -> Path | None:
    """Return the folder of real public records, if it is here."""
    folder = Path(os.environ.get("LONGMARK_CORPUS") or ROOT.parent / "shared" / "data")
    return folder if folder.is_dir() else None


def chance() -> random.Random:
    """Return the same dice for every run."""
    return random.Random(20261124)


def units_asked_for(default: int) -> int:
    """Return how many units to make: the default, or what the command line says."""
    return int(os.environ.get("LONGMARK_BENCH_UNITS") or default)
