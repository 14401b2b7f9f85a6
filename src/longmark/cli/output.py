"""What the command line prints: tables for people, JSON for programs.

Results go to standard output, everything else (progress, hints, errors) to standard error,
so that a result can be piped.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

PIPED_WIDTH = 200
WRONG_USE = 2

out = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
err = Console(stderr=True, highlight=False)

SEVERITY_STYLE = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "dim"}


def as_json(result: object) -> None:
    """Print a result for programs: one JSON document."""
    sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=2) + "\n")


def text(content: str) -> None:
    """Print a text as it is, to be kept in a file."""
    sys.stdout.write(content)


def line(text: str = "", style: str | None = None) -> None:
    """Print a line of the result."""
    out.print(text, style=style, markup=False)


def hint(text: str) -> None:
    """Say something beside the result."""
    err.print(text, style="dim", markup=False)


def complain(text: str, details: Iterable[tuple[str, str]] = ()) -> None:
    """Say why it did not work, and where."""
    err.print(f"longmark: {text}", style="red", markup=False)
    for place, message in details:
        err.print(f"  {place}: {message}" if place else f"  {message}", markup=False)


def check_terminal(option: str) -> None:
    """End where nobody can be asked for a secret, as in a script; ``option`` reads it instead."""
    if not sys.stdin.isatty():
        complain(f"There is no terminal to ask at: hand it in on standard input with {option}.")
        raise SystemExit(WRONG_USE)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Print a table; a column whose head begins with ``#`` stands right-aligned."""
    grid = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        is_number = column.startswith("#")
        grid.add_column(
            column.lstrip("#"),
            justify="right" if is_number else "left",
            header_style="bold",
            overflow="fold",
        )
    for row in rows:
        grid.add_row(*(_cell(value) for value in row))
    out.print(grid)
    if not grid.row_count:
        hint("There is nothing to list.")


def severity(score: float | str | None, rating: str | None) -> str:
    """Return a severity as it stands in a table: number and word."""
    if score is None:
        return rating or "not scored"
    return f"{float(score):.1f} {rating}" if rating else f"{float(score):.1f}"


def moment(instant: str | None) -> str:
    """Return an instant as it stands in a table: local day and minute."""
    if not instant:
        return "–"
    return f"{datetime.fromisoformat(instant).astimezone():%Y-%m-%d %H:%M}"


def count(value: int) -> str:
    """Return a number with its thousands set apart."""
    return f"{value:,}"


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its word: *1 unit*, *4,531 units*."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def gaps(covered: dict[str, Any]) -> None:
    """Say which sources are not known in full, and what that concerns; nothing if all are."""
    if not covered["coverage_gaps"]:
        return
    line("Partial: not every source is known in full, so more may be wrong.", style="yellow")
    for gap in covered["coverage_gaps"]:
        concerned = ", ".join(gap["kinds"]) or gap["concerns"]
        line(f"  {gap['title']}: {gap['sentence']} (concerns {concerned})", style="yellow")


@contextmanager
def job_progress(title: str) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Show a bar while a job runs; yields what to call with each state of it."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        TaskProgressColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    ) as progress:
        task = progress.add_task(title, total=None, note="")

        def report(job: dict[str, Any]) -> None:
            progress.update(
                task,
                completed=job["done_count"],
                total=job["total_count"],
                note=job["note"],
            )

        yield report


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, int) and not isinstance(value, bool):
        return count(value)
    return str(value).replace("[", r"\[")


def day_asked(arguments: argparse.Namespace) -> str:
    """Return the day that was asked about, in words; nothing if it is today as known today."""
    told = [f"on {arguments.on}"] if arguments.on else []
    told += [f"as known on {arguments.known_on}"] if arguments.known_on else []
    day = ", ".join(told)
    return day[:1].upper() + day[1:]
