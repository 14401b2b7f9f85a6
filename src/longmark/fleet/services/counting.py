"""Counting: move units in the census and its totals, in the transaction that changes them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeAlias
from uuid import UUID, uuid5

from django.db.models import Model

from longmark.fleet.models import Census, CensusTotal
from longmark.fleet.services.workspace import Dossier, Standing
from longmark.foundation import bulk

CENSUS_NAMESPACE = UUID("1d1ad23e-c6f7-5d1e-8a4b-3ad3b7a9ef71")
REMEMBERED_LIMIT = 65_536

Tally: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True)
class Book:
    """A table of tallies: what they are told apart by, and how many units each has."""

    model: type[Model]
    columns: tuple[str, ...]
    tally: Callable[[Any], Tally]


def total(row: Any) -> Tally:
    """Return the total in which a standing, or a row of columns like one, is counted."""
    operator, distributor = row.operator is not None, row.distributor is not None
    return row.configuration, row.country, row.state, operator, distributor


CENSUS = Book(
    Census,
    ("configuration_id", "operator_id", "distributor_id", "country", "state"),
    attrgetter("configuration", "operator", "distributor", "country", "state"),
)
TOTALS = Book(
    CensusTotal,
    ("configuration_id", "country", "state", "is_operator_known", "is_distributor_known"),
    total,
)


class CensusBook:
    """Moves units from tally to tally; remembers which tallies are there."""

    def __init__(self) -> None:
        self._ids: dict[Book, dict[Tally, UUID]] = {CENSUS: {}, TOTALS: {}}

    def move(self, dossiers: Mapping[UUID, Dossier], standings: Mapping[UUID, Standing]) -> None:
        """Count units as they stand now instead of as they stood before."""
        moves = [(dossiers[pk].standing, standing) for pk, standing in standings.items()]
        for book, ids in self._ids.items():
            moved: Counter[Tally] = Counter()
            for before, after in moves:
                if before is not None and before.configuration is not None:
                    moved[book.tally(before)] -= 1
                if after.configuration is not None:
                    moved[book.tally(after)] += 1
            deltas = {tally: delta for tally, delta in moved.items() if delta}
            _open(book, ids, (tally for tally, delta in deltas.items() if delta > 0))
            # In the order of keys, so that two bookings never wait for each other.
            added = [(delta, ids.get(tally) or tally_id(tally)) for tally, delta in deltas.items()]
            added.sort(key=lambda row: row[1].int)
            bulk.add_to_rows(book.model, "count", "id", added)


def _open(book: Book, ids: dict[Tally, UUID], tallies: Iterable[Tally]) -> None:
    """Let there be these tallies, at no units if they are new."""
    if len(ids) > REMEMBERED_LIMIT:
        ids.clear()
    fresh = {tally: tally_id(tally) for tally in tallies if tally not in ids}
    rows = sorted(((pk, *tally, 0) for tally, pk in fresh.items()), key=lambda row: row[0].int)
    bulk.insert_missing_rows(book.model, ("id", *book.columns, "count"), rows)
    ids |= fresh


def tally_id(tally: Tally) -> UUID:
    """Return the key of a tally, derived from what it counts."""
    return uuid5(CENSUS_NAMESPACE, "\x1f".join(map(str, tally)))
