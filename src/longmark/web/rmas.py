"""An RMA as a reader sees it: how far it has come, what happened in it, what holds the unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from longmark.core.life.events import Kind
from longmark.core.life.returns import ENDS_FROM, FOLLOWED_BY, RmaOutcome, RmaStep
from longmark.fleet.queries import rmas as queries
from longmark.web import lives, rma_words

if TYPE_CHECKING:
    from longmark.core.life.course import Warranty
    from longmark.fleet.models import Rma, Unit

ACTS = {
    RmaStep.RECEIVED: "receive",
    RmaStep.DIAGNOSED: "diagnose",
    RmaStep.IN_REPAIR: "repair",
}
CHANGES = frozenset(
    {
        Kind.SWAPPED, Kind.INSTALLED, Kind.REMOVED, Kind.SOFTWARE_CHANGED,
        Kind.SOFTWARE_ROLLED_BACK, Kind.PARAMETERS_CHANGED,
    }
)  # fmt: skip
"""What changes the inside of a unit."""


@dataclass(frozen=True)
class Mark:
    """A step on the way of an RMA, with the day on which it was reached."""

    word: str | Promise
    on: date | None
    is_reached: bool
    is_here: bool


@dataclass(frozen=True)
class Line:
    """One thing that happened in an RMA, to its unit or to one inside."""

    unit: "Unit"
    fact: lives.Fact
    is_change: bool


@dataclass(frozen=True)
class Promised:
    """A warranty on a day: whether it holds, and how many days are left."""

    until: date | None
    is_void: bool
    reason: str
    holds: bool
    days_left: int | None


def way_of(one: "Rma") -> list[Mark]:
    """Return the steps of an RMA, from its opening to its end."""
    days = [one.opened_at.date(), one.received_on, one.diagnosed_on, one.repair_began_on]
    reached = list(RmaStep).index(RmaStep(one.step))
    marks = [
        Mark(
            rma_words.STEPS[step], day if place <= reached else None, place <= reached,
            one.is_open and place == reached,
        )
        for place, (step, day) in enumerate(zip(RmaStep, days, strict=True))
    ]  # fmt: skip
    end = rma_words.OUTCOMES[one.outcome] if not one.is_open else rma_words.CLOSED
    closed = one.closed_at.date() if one.closed_at else None
    return [*marks, Mark(end, closed, not one.is_open, not one.is_open)]


def acts_of(one: "Rma") -> list[tuple[str, str | Promise]]:
    """Return what can be done next, the usual first."""
    if not one.is_open:
        return []
    at = RmaStep(one.step)
    onward = [step for step in RmaStep if step in FOLLOWED_BY[at] and step != at]
    again = [at] if at in FOLLOWED_BY[at] else []
    found = [(ACTS[step], rma_words.ACTS[ACTS[step]]) for step in (*onward, *again)]
    closing = ("close", rma_words.ACTS["close"])
    return [closing, *found] if at is RmaStep.IN_REPAIR else [*found, closing]


def endings_of(one: "Rma") -> list[RmaOutcome]:
    """Return how an RMA may end from where it is."""
    return [outcome for outcome in RmaOutcome if RmaStep(one.step) in ENDS_FROM[outcome]]


def lines_of(one: "Rma") -> tuple[list[Line], bool]:
    """Return what happened in an RMA, latest first, and whether that is all. Nine queries."""
    happened = queries.happened_in(one)
    facts = lives.facts_among(happened.units, happened.events, happened.corrected)
    lines = [
        Line(happened.units[event.unit_id], fact, Kind(event.kind) in CHANGES)
        for event, fact in zip(happened.events, facts, strict=True)
    ]
    return lines, happened.is_all


def changed(lines: Sequence[Line]) -> list[Line]:
    """Return what changed the inside of the unit, oldest first."""
    return [line for line in reversed(lines) if line.is_change and not line.fact.is_corrected]


def promised(warranty: "Warranty | None", now: datetime) -> Promised | None:
    """Return what a warranty says today."""
    if warranty is None:
        return None
    today = now.date()
    balance = warranty.balance(today)
    is_void = warranty.voided_at is not None and today >= warranty.voided_at.date()
    return Promised(
        warranty.until,
        is_void,
        warranty.reason,
        warranty.holds_on(today),
        balance.days if balance is not None else None,
    )
