"""Histories: which value of a parameter held when, from all that was ever said of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from longmark.core.life.events import Evidence
from longmark.core.parameters.definitions import Definition
from longmark.core.parameters.values import same


class SaidBy(StrEnum):
    """How something came to be known: a released set, a booking, or a look at the unit."""

    RELEASED = "released"
    BOOKED = "booked"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Saying:
    """Values that are said to hold from an instant on. ``number`` names the event or snapshot."""

    at: datetime
    said_by: SaidBy
    values: Mapping[str, str]
    evidence: Evidence
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A value from an instant (included) to another (excluded; ``None``: until now).

    ``seen_at`` is when it was last said again.
    """

    value: str
    held_from: datetime
    held_to: datetime | None
    said_by: SaidBy
    evidence: Evidence
    seen_at: datetime
    number: int | None = None


def histories(
    sayings: Iterable[Saying], definitions: Mapping[str, Definition]
) -> dict[str, tuple[Held, ...]]:
    """Return the values of each parameter in order of time, without gap or overlap.

    Of two that were said of the same instant the later in the list counts. Saying the same again
    keeps the value, with the better evidence.
    """
    told: dict[str, list[Held]] = {}
    for saying in sorted(sayings, key=lambda each: each.at):
        for name, value in saying.values.items():
            _say(told.setdefault(name, []), value, saying, definitions.get(name))
    return {name: tuple(found) for name, found in told.items()}


def _say(told: list[Held], value: str, saying: Saying, known: Definition | None) -> None:
    last = told[-1] if told else None
    if last and same(last.value, value, known):
        told[-1] = replace(last, seen_at=saying.at, evidence=max(last.evidence, saying.evidence))
        return
    if last and last.held_from == saying.at:
        told.pop()
        last = told[-1] if told else None
        if last and same(last.value, value, known):
            told[-1] = replace(last, held_to=None, seen_at=saying.at)
            return
    elif last:
        told[-1] = replace(last, held_to=saying.at)
    said = (saying.said_by, saying.evidence, saying.at, saying.number)
    told.append(Held(value, saying.at, None, *said))
