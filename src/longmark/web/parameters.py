"""Values of parameter sets as rows of a page: what they mean, and what does not fit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from longmark.core.parameters.definitions import Definition
from longmark.core.parameters.differences import natural, natural_key
from longmark.core.parameters.values import misfit
from longmark.foundation.pages import Page, decoded, encoded

R = TypeVar("R")


@dataclass(frozen=True)
class ValueRow:
    """One value of a set. ``before`` is what it was compared with, if it differs."""

    name: str
    value: str | None
    definition: Definition | None
    misfit: str | None = None
    before: str | None = None
    differs: bool = False


def value_rows(values: Mapping[str, str], definitions: Mapping[str, Definition]) -> list[ValueRow]:
    """Return the values of a set in natural order, each with what it means."""
    return [
        ValueRow(name, values[name], known, misfit(values[name], known) if known else None)
        for name in sorted(values, key=natural)
        for known in [definitions.get(name)]
    ]


def speaks_of(name: str, definition: Definition | None, text: str) -> bool:
    """Tell whether a parameter has a text in its name or meaning."""
    wanted = text.casefold()
    title = definition.title if definition else ""
    return wanted in name.casefold() or wanted in title.casefold()


def page_of(
    rows: Sequence[R], name_of: Callable[[R], str], *, after: str | None, limit: int
) -> Page[R]:
    """Return a part of rows that are in natural order of their names, as lists are paged.

    Raises:
        Invalid: ``after`` is not a cursor of such a list.
    """
    begin = decoded(after, 1)[0] if after else ""
    ahead: Iterable[R] = rows
    if begin:
        ahead = (row for row in rows if natural_key(name_of(row)) > str(begin))
    found = list(ahead)[: limit + 1]
    if len(found) <= limit:
        return Page(found)
    return Page(found[:limit], encoded([natural_key(name_of(found[limit - 1]))]))
