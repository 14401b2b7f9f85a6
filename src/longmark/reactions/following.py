"""Following the sealed ledger.

Each reaction reads entries by their gap-free position and calls services. It happens at
least once per entry and in order; what it calls is idempotent. One process follows at a
time: it holds the cursor by a lease. A reaction that is refused is recorded in the ledger
and the others go on; anything else is a bug, which stops the follower where it stands.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from longmark.core.actors import SYSTEM
from longmark.core.errors import LongmarkError
from longmark.ledger import queries as ledger_queries
from longmark.ledger import services as ledger
from longmark.ledger.entries import ReactionFailed
from longmark.reactions.table import REACTIONS

FOLLOWER = "reactions"
LEASE = timedelta(minutes=10)
CHUNK_ENTRIES = 100

log = logging.getLogger(__name__)


def follow(*, now: Callable[[], datetime]) -> int:
    """Seal what was committed and react to it; return how many entries had reactions.

    Returns 0 at once when another process follows.
    """
    while ledger.seal():
        pass
    if ledger_queries.position_of(FOLLOWER) >= ledger_queries.last_position():
        return 0
    if not ledger.take_cursor(FOLLOWER, now=now(), lease=LEASE):
        return 0
    try:
        return _follow_held(now)
    finally:
        ledger.release_cursor(FOLLOWER)


def _follow_held(now: Callable[[], datetime]) -> int:
    reacted = 0
    while True:
        while ledger.seal():
            pass
        end = ledger_queries.last_position()
        position = ledger_queries.position_of(FOLLOWER)
        waiting = ledger_queries.sealed_after(position, actions=REACTIONS, limit=CHUNK_ENTRIES)
        for entry in waiting:
            _react(entry, now)
            ledger.advance_cursor(FOLLOWER, position=entry.position)
            reacted += 1
        if len(waiting) < CHUNK_ENTRIES:
            ledger.advance_cursor(FOLLOWER, position=end)
            if ledger_queries.last_position() == end:
                return reacted


def _react(entry: ledger_queries.SealedEntry, now: Callable[[], datetime]) -> None:
    for reaction in REACTIONS[entry.action]:
        try:
            reaction(entry, now())
        except LongmarkError as error:
            log.warning("Reaction to %s at %s failed: %s", entry.action, entry.position, error)
            _record_failure(entry, str(error), now())


def _record_failure(entry: ledger_queries.SealedEntry, error: str, now: datetime) -> None:
    with transaction.atomic(durable=True):
        failed = ReactionFailed(FOLLOWER, entry.position, error)
        ledger.append(failed, subject=ledger_queries.cursor(FOLLOWER), actor=SYSTEM, now=now)
