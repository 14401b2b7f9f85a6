"""What a list is as a file: its columns, its rows, and where it is fetched.

A table is declared beside nothing else: routes, links on pages and the three kinds of file follow
from it. Its rows come from the same function as those of the page, with the same filters, page by
page, so that a file of any length takes little memory and few queries.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext

from longmark.core.actors import Action
from longmark.foundation.pages import Page
from longmark.web.exports import Row, Value

Listed = TypeVar("Listed")

ROWS_AT_ONCE: Final = 500
"""So many rows are read, and held in memory, at a time."""

ENDINGS: Final = ("csv", "xlsx", "json")


@dataclass(frozen=True)
class Column:
    """One column: its name in JSON, its title in a sheet, and what a row has there.

    Without ``value`` it is the attribute of the row that is called like the column. Sheets say
    codes in ``words``, and of what is not known that it is unknown, if nothing would be misread.
    """

    name: str
    title: str | Promise
    value: Callable[[Any], Value] | None = None
    words: Mapping[str, str | Promise] | None = None
    is_unknown_said: bool = False

    def of(self, row: object) -> Value:
        """Return what a row has in this column, as programs read it."""
        value: Value = self.value(row) if self.value else attrgetter(self.name)(row)
        return value

    def told(self, row: object) -> Value:
        """Return what a row has in this column, as people read it."""
        value = self.of(row)
        if value is None and self.is_unknown_said:
            return gettext("unknown")
        if self.words is not None:
            return str(self.words.get(str(value), value or ""))
        return value


@dataclass(frozen=True)
class Table:
    """A list that can be taken as a file.

    ``name`` is that of the page that shows it; ``path`` is its address, without the ending;
    ``rows`` takes the request and what the address names, and yields all rows that the page's
    filters leave; ``filename`` may name parts of the address in braces.
    """

    name: str
    path: str
    columns: Sequence[Column]
    rows: Callable[..., Iterator[Any]]
    filename: str = ""
    action: Action = Action.READ

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    @property
    def titles(self) -> list[str]:
        """The titles of the columns, in the reader's language."""
        return [str(column.title) for column in self.columns]

    def cells(self, row: object) -> Row:
        """Return what a row has in each column of a sheet."""
        return [column.told(row) for column in self.columns]

    def values(self, row: object) -> Row:
        """Return what a row has in each column, as programs read it."""
        return [column.of(row) for column in self.columns]


def batches(page_after: Callable[[str | None], Page[Listed]]) -> Iterator[list[Listed]]:
    """Yield the rows of all pages of a list, page by page."""
    after: str | None = None
    while True:
        found = page_after(after)
        yield found.items
        after = found.next
        if after is None:
            return


def every(page_after: Callable[[str | None], Page[Listed]]) -> Iterator[Listed]:
    """Yield the rows of all pages of a list, one page in memory at a time."""
    for found in batches(page_after):
        yield from found
