"""Counting: move units in the census and what adds it up, in the transaction that changes them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeAlias
from uuid import UUID, uuid5

from django.db.models import Model

from longmark.fleet.models import Census, CensusKeeper, CensusTotal
from longmark.fleet.services.workspace import Dossier, Standing
from longmark.foundation import bulk

CENSUS_NAMESPACE = UUID("1d1ad23e-c6f7-5d1e-8a4b-3ad3b7a9ef71")
REMEMBERED_LIMIT = 65_536

Tally: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True)
class Book:
    """A table of tallies: what they are told apart by, and in which of them one counts that the
    census has; ``None`` is none of them.
    """

    model: type[Model]
    columns: tuple[str, ...]
    tally: Callable[[Tally], Tally | None]


def itself(tally: Tally) -> Tally:
    """Return the tally of the census."""
    return tally


def total(tally: Tally) -> Tally:
    """Return the total in which a tally is counted."""
    configuration, operator, distributor, country, state = tally
    return configuration, country, state, operator is not None, distributor is not None


def keeper(tally: Tally) -> Tally | None:
    """Return the keeper whose units a tally counts: an operator, else who sold them.

    What nobody is known to keep is not counted: the totals have it, and each booking of such a unit
    would wait for the same row.
    """
    _, operator, distributor, _, state = tally
    if operator is not None:
        return operator, None, state
    return None if distributor is None else (None, distributor, state)


CENSUS = Book(
    Census, ("configuration_id", "operator_id", "distributor_id", "country", "state"), itself
)
TOTALS = Book(
    CensusTotal,
    ("configuration_id", "country", "state", "is_operator_known", "is_distributor_known"),
    total,
)
KEEPERS = Book(CensusKeeper, ("operator_id", "distributor_id", "state"), keeper)

_tally = attrgetter("configuration", "operator", "distributor", "country", "state")


class CensusBook:
    """Moves units from tally to tally; remembers which tallies are there."""

    def __init__(self) -> None:
        self._ids: dict[Book, dict[Tally, UUID]] = {CENSUS: {}, TOTALS: {}, KEEPERS: {}}

    def move(self, dossiers: Mapping[UUID, Dossier], standings: Mapping[UUID, Standing]) -> None:
        """Count units as they stand now instead of as they stood before."""
        moved: Counter[Tally] = Counter()
        for pk, after in standings.items():
            before = dossiers[pk].standing
            if before is not None and before.configuration is not None:
                moved[_tally(before)] -= 1
            if after.configuration is not None:
                moved[_tally(after)] += 1
        for book, ids in self._ids.items():
            deltas = _folded(book, moved)
            _open(book, ids, (tally for tally, delta in deltas.items() if delta > 0))
            # In the order of keys, so that two bookings never wait for each other.
            added = [(delta, ids.get(tally) or tally_id(tally)) for tally, delta in deltas.items()]
            added.sort(key=lambda row: row[1].int)
            bulk.add_to_rows(book.model, "count", "id", added)


def _folded(book: Book, moved: Mapping[Tally, int]) -> dict[Tally, int]:
    """Return by how much the tallies of a book change."""
    found: Counter[Tally] = Counter()
    for tally, delta in moved.items():
        own = book.tally(tally)
        if own is not None:
            found[own] += delta
    return {tally: delta for tally, delta in found.items() if delta}


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
