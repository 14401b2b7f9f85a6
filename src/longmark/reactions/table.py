"""Every consequence in the system, on one page: what happened → what is done about it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from longmark.ledger.queries import SealedEntry

Reaction = Callable[[SealedEntry, datetime], None]

REACTIONS: Mapping[str, Sequence[Reaction]] = {}
