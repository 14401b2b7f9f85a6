"""Outcomes: what became of each row of a list that was taken.

Those of some thousand rows are one compressed value, kept in the transaction that takes them: by it
a report tells of every row, and an undo finds every event, without a table that grows with the
fleet.
"""

import zlib
from collections.abc import Sequence
from uuid import UUID

import msgspec
import orjson

CREATED, CHANGED, UNCHANGED, REFUSED = "created", "changed", "unchanged", "refused"
CONTESTED = "contested"  # kept beside what is believed, for a person to decide
_LEVEL = 1  # two thirds of the size for a tenth of the time of the best


class Outcome(msgspec.Struct, frozen=True):
    """What became of a row: the unit that it is about, and the events that it added."""

    row: int
    became: str
    unit: UUID | None = None
    events: tuple[tuple[UUID, int], ...] = ()


def packed(outcomes: Sequence[Outcome]) -> bytes:
    """Return outcomes as they are kept."""
    told = [
        (each.row, each.became, each.unit and each.unit.hex,
         [(unit.hex, seq) for unit, seq in each.events])
        for each in outcomes
    ]  # fmt: skip
    return zlib.compress(orjson.dumps(told), _LEVEL)


def unpacked(content: bytes) -> list[Outcome]:
    """Return outcomes that were kept."""
    return [
        Outcome(
            row,
            became,
            UUID(hex=unit) if unit else None,
            tuple((UUID(hex=of), seq) for of, seq in events),
        )
        for row, became, unit, events in orjson.loads(zlib.decompress(content))
    ]
