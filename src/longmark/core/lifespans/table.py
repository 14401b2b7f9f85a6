"""The lifespans that come with the package, read from ``lifespans.toml``."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from longmark.core.lifespans.lines import Line, read_line


@dataclass(frozen=True, slots=True)
class Shipped:
    """One line of versions, when it ends, who says so, and where."""

    line: Line
    support_ends_on: date | None
    end_of_life_on: date | None
    said_by: str
    source: str
    note: str = ""


@cache
def shipped() -> tuple[Shipped, ...]:
    """Return every lifespan of the table."""
    table = tomllib.loads(files(__package__).joinpath("lifespans.toml").read_text("utf-8"))
    return tuple(one for name, row in table.items() for one in _lines(name, row))


def _lines(name: str, row: Mapping[str, Any]) -> Iterator[Shipped]:
    ends, support = row.get("ends", {}), row.get("support", {})
    for product in row.get("products", [name]):
        for versions in dict.fromkeys((*support, *ends)):
            yield Shipped(
                line=read_line(product, versions),
                support_ends_on=support.get(versions),
                end_of_life_on=ends.get(versions),
                said_by=row["by"],
                source=row["source"],
                note=row.get("note", ""),
            )
