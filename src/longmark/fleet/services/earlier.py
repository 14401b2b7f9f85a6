"""Earlier: units that earlier chunks of a list would have made, while it is only looked at.

They are kept in a passing file, not in memory: all else that reading a list needs stays the same,
however long it is. Half an id is enough to tell units of one list apart.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from types import TracebackType
from uuid import UUID

import orjson

_CACHE_KB = 16_384
_BIAS = 1 << 63  # SQLite's numbers have a sign


class EarlierUnits:
    """A set of unit ids on disk, gone with the object."""

    def __init__(self) -> None:
        self._file = sqlite3.Connection("")  # a private file that SQLite removes by itself
        self._file.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("CREATE TABLE earlier (half INTEGER PRIMARY KEY)")
        self._is_empty = True

    def __enter__(self) -> "EarlierUnits":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, units: Iterable[UUID]) -> None:
        """Remember units."""
        halves = sorted({_half(unit) for unit in units})
        self._is_empty = self._is_empty and not halves
        self._file.executemany(
            "INSERT OR IGNORE INTO earlier VALUES (?)", [(half,) for half in halves]
        )

    def among(self, units: Iterable[UUID]) -> frozenset[UUID]:
        """Return those of the units that are remembered."""
        if self._is_empty:
            return frozenset()
        halves = {unit: _half(unit) for unit in units}
        asked = orjson.dumps(list(halves.values())).decode()
        query = "SELECT half FROM earlier WHERE half IN (SELECT value FROM json_each(?))"
        with closing(self._file.execute(query, [asked])) as found:
            remembered = {half for (half,) in found}
        return frozenset(unit for unit, half in halves.items() if half in remembered)


def _half(unit: UUID) -> int:
    return (unit.int >> 64) - _BIAS
