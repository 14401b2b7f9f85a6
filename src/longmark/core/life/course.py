"""The course of a life: state, RMAs, warranty, the number it bears and what took its place."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from longmark.core.life.events import Event, Kind, State
from longmark.core.life.returns import RmaOutcome

STATE_AFTER: Mapping[Kind, State] = {
    Kind.BUILT: State.BUILT,
    Kind.SHIPPED: State.SHIPPED,
    Kind.COMMISSIONED: State.COMMISSIONED,
    Kind.RETURNED: State.RETURNED,
    Kind.DECOMMISSIONED: State.DECOMMISSIONED,
    Kind.REPLACED_BY: State.REPLACED,
    Kind.LOST: State.LOST,
    Kind.SCRAPPED: State.SCRAPPED,
}

WARRANTY_KINDS = frozenset({Kind.WARRANTY_STARTED, Kind.WARRANTY_EXTENDED, Kind.WARRANTY_VOIDED})
IDENTITY_KINDS = frozenset({Kind.SERIAL_ASSIGNED, Kind.IDENTITY_CHANGED})
OUTCOME_OF: Mapping[Kind, RmaOutcome] = {
    Kind.REPAIRED: RmaOutcome.REPAIRED,
    Kind.REPLACED_BY: RmaOutcome.REPLACED,
    Kind.SCRAPPED: RmaOutcome.SCRAPPED,
}
_OF_RMAS = frozenset({Kind.RETURNED, Kind.RMA_CLOSED, *OUTCOME_OF})


@dataclass(frozen=True, slots=True)
class Rma:
    """A unit's stay with its maker, to be looked at; ``number`` may not have been given.

    ``outcome`` is what the events say was done, also while it is open; ``replacement`` is the unit
    that took its unit's place.
    """

    number: str
    opened_at: datetime
    closed_at: datetime | None = None
    outcome: RmaOutcome | None = None
    replacement: UUID | None = None

    @property
    def name(self) -> str:
        """What it goes by: its number, or the day on which it was opened."""
        return self.number or f"{self.opened_at:%Y-%m-%d}"

    def is_open_at(self, instant: datetime) -> bool:
        """Whether it was opened by an instant, and is not known to be closed by then."""
        is_closed = self.closed_at is not None and self.closed_at <= instant
        return self.opened_at <= instant and not is_closed


@dataclass(frozen=True, slots=True)
class Warranty:
    """The promise to mend a unit, from an instant to the end of a day; ``None``: not stated."""

    started_at: datetime
    until: date | None
    voided_at: datetime | None = None
    reason: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether the promise holds on a day; one without an end does until it is voided."""
        if day < self.started_at.date():
            return False
        if self.voided_at is not None and day >= self.voided_at.date():
            return False
        return self.until is None or day <= self.until

    def balance(self, day: date) -> timedelta | None:
        """Return what is left after a day, for a replacement to inherit; None: no end is known."""
        if self.voided_at is not None and day >= self.voided_at.date():
            return timedelta(0)
        if self.until is None:
            return None
        return max(self.until - max(day, self.started_at.date()), timedelta(0))


@dataclass(frozen=True, slots=True)
class Marking:
    """The number that a unit bears from an instant on."""

    serial: str
    since: datetime


class Course:
    """Follows events in the order in which they happened."""

    __slots__ = (
        "_before_rma", "built_at", "markings", "replaced_by", "rmas", "state", "warranty",
    )  # fmt: skip

    def __init__(self) -> None:
        self.state = State.REGISTERED
        self.built_at: datetime | None = None
        self.rmas: tuple[Rma, ...] = ()
        self.warranty: Warranty | None = None
        self.replaced_by: UUID | None = None
        self.markings: tuple[Marking, ...] = ()
        self._before_rma = State.REGISTERED

    def follow(self, event: Event) -> None:
        """Go on by one event."""
        kind = event.kind
        if kind is Kind.BUILT and self.built_at is None:
            self.built_at = event.occurred_at
        elif kind in _OF_RMAS:
            self._follow_rma(event)
        elif kind in WARRANTY_KINDS:
            self._promise(event)
        elif kind in IDENTITY_KINDS and event.details.serial:
            marking = Marking(event.details.serial, event.occurred_at)
            self.markings = (*self.markings, marking)
        self.state = STATE_AFTER.get(kind, self.state)

    def _follow_rma(self, event: Event) -> None:
        """Open, go on with or close RMAs; what is scrapped is with nobody to be looked at."""
        if event.kind is Kind.RETURNED:
            self._open_rma(event)
        elif event.kind is Kind.RMA_CLOSED:
            self._close_rma(event)
        else:
            self._do_in_rma(event)

    def _open_rma(self, event: Event) -> None:
        """Open an RMA, unless this is the one that is open; remember the state it interrupts."""
        number = event.details.rma
        waiting = [rma for rma in self.rmas if rma.closed_at is None]
        if self.state is not State.RETURNED:
            self._before_rma = self.state
        if waiting and (not number or any(rma.number == number for rma in waiting)):
            return
        self.rmas = (*self.rmas, Rma(number, event.occurred_at))

    def _close_rma(self, event: Event) -> None:
        """Close the RMA of this number, or the last one; after all, the state before counts."""
        waiting = [rma for rma in self.rmas if rma.closed_at is None]
        closed = _meant(waiting, event.details.rma)
        for rma in closed:
            outcome = rma.outcome or RmaOutcome.UNREPAIRED
            self._put(rma, replace(rma, closed_at=event.occurred_at, outcome=outcome))
        if closed == waiting and self.state is State.RETURNED:
            self.state = self._before_rma

    def _do_in_rma(self, event: Event) -> None:
        """Let an RMA know what was done: the one of this number, else the last that is open."""
        number, taker = event.details.rma, event.details.replaced_by
        outcome = OUTCOME_OF[event.kind]
        waiting = [rma for rma in self.rmas if rma.closed_at is None]
        if event.kind is Kind.REPLACED_BY:
            self.replaced_by = taker
        if event.kind is Kind.SCRAPPED:
            for rma in waiting:
                told = RmaOutcome.REPLACED if rma.replacement else outcome
                self._put(rma, replace(rma, closed_at=event.occurred_at, outcome=told))
            return
        named = [rma for rma in self.rmas if number and rma.number == number]
        for rma in named[-1:] or _meant(waiting, number):
            told = RmaOutcome.REPLACED if rma.replacement else outcome
            self._put(rma, replace(rma, outcome=told, replacement=taker or rma.replacement))

    def _put(self, rma: Rma, changed: Rma) -> None:
        self.rmas = tuple(changed if each is rma else each for each in self.rmas)

    def _promise(self, event: Event) -> None:
        """Start, extend or void the warranty; what was never started starts when it is extended."""
        known, details = self.warranty, event.details
        if event.kind is Kind.WARRANTY_STARTED or known is None:
            known = Warranty(event.occurred_at, details.until)
        elif event.kind is Kind.WARRANTY_EXTENDED:
            known = replace(known, until=details.until, voided_at=None, reason="")
        if event.kind is Kind.WARRANTY_VOIDED:
            known = replace(known, voided_at=event.occurred_at, reason=details.reason)
        self.warranty = known


def _meant(waiting: list[Rma], number: str) -> list[Rma]:
    """Return the open RMA that an event speaks of: that of its number, or the last one."""
    return [rma for rma in waiting if number in ("", rma.number) or not rma.number][-1:]
