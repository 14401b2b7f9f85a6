"""Counting: move units in the census, in the transaction that changes them."""

from collections import Counter
from collections.abc import Mapping
from operator import attrgetter
from typing import Any, TypeAlias
from uuid import UUID, uuid5

from longmark.fleet.models import Census
from longmark.fleet.services import tables
from longmark.fleet.services.workspace import Dossier, Standing
from longmark.foundation import bulk

CENSUS_NAMESPACE = UUID("1d1ad23e-c6f7-5d1e-8a4b-3ad3b7a9ef71")
REMEMBERED_LIMIT = 65_536

_COLUMNS = (
    "id", "configuration_id", "operator_id", "distributor_id", "country", "state", "count",
)  # fmt: skip
_NUMBER = attrgetter("int")  # UUIDs compare in Python, their numbers in C

Tally: TypeAlias = tuple[Any, ...]
_tally = attrgetter("configuration", "operator", "distributor", "country", "state")


class CensusBook:
    """Moves units from tally to tally; remembers which tallies are there."""

    def __init__(self) -> None:
        self._ids: dict[Tally, UUID] = {}

    def move(self, dossiers: Mapping[UUID, Dossier], standings: Mapping[UUID, Standing]) -> None:
        """Count units as they stand now instead of as they stood before."""
        moved: Counter[Tally] = Counter()
        for pk, standing in standings.items():
            before = dossiers[pk].standing
            if before is not None and before.configuration is not None:
                moved[_tally(before)] -= 1
            if standing.configuration is not None:
                moved[_tally(standing)] += 1
        deltas = {tally: delta for tally, delta in moved.items() if delta}
        self._open(tally for tally, delta in deltas.items() if delta > 0)
        # In the order of keys, so that two bookings never wait for each other.
        added = [(delta, self._ids.get(tally) or _id(tally)) for tally, delta in deltas.items()]
        added.sort(key=lambda row: row[1].int)
        tables.add(Census, "count", "id", added)

    def _open(self, tallies: Any) -> None:
        """Let there be these tallies, at no units if they are new."""
        if len(self._ids) > REMEMBERED_LIMIT:
            self._ids.clear()
        fresh = {tally: _id(tally) for tally in tallies if tally not in self._ids}
        rows = sorted(((pk, *tally, 0) for tally, pk in fresh.items()), key=lambda row: row[0].int)
        bulk.insert_missing_rows(Census, _COLUMNS, rows)
        self._ids |= fresh


def _id(tally: Tally) -> UUID:
    return uuid5(CENSUS_NAMESPACE, "\x1f".join(map(str, tally)))
