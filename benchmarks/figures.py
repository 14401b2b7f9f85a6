"""A figure, how it is taken, and how it is printed."""

import resource
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """What was measured, beside the limit it is measured against in the same run."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    limit_name: str = ""
    goal: str = ""

    @property
    def ratio(self) -> str:
        return f"{self.value / self.limit:.2f}×" if self.limit else "–"


PATIENCE_SECONDS = 3.0
"""What has taken longer in all is not run again."""


def seconds(work: Callable[[], object], *, runs: int = 1) -> float:
    """Return the median time of ``work`` in seconds."""
    taken: list[float] = []
    while len(taken) < runs and sum(taken) < PATIENCE_SECONDS:
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def peak_mb() -> float:
    """Return the highest memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peak_mb_here() -> float:
    """Return the same without what the process was before it ran this program (Linux)."""
    status = Path("/proc/self/status").read_text()
    return float(status.partition("VmHWM:")[2].split()[0]) / 1024


def show(figures: Iterable[Figure]) -> None:
    """Print figures as a table."""
    table = Table(box=None, pad_edge=False)
    for head in ("What", "Value", "Unit", "Against", "Limit", "Ratio", "Goal"):
        table.add_column(head, justify="right" if head in {"Value", "Limit", "Ratio"} else "left")
    for each in figures:
        limit = f"{each.limit:,.3f}" if each.limit is not None else ""
        value = f"{each.value:,.3f}"
        table.add_row(each.name, value, each.unit, each.limit_name, limit, each.ratio, each.goal)
    Console(width=170).print(table)
