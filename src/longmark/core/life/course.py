"""The course of a life: state, RMAs, warranty, the number it bears and what took its place."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from longmark.core.life.events import Event, Kind, State

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


@dataclass(frozen=True, slots=True)
class Rma:
    """A unit's stay with its maker, to be looked at; ``number`` may not have been given."""

    number: str
    opened_at: datetime
    closed_at: datetime | None = None


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
        elif kind is Kind.RETURNED:
            self._open_rma(event)
        elif kind is Kind.RMA_CLOSED:
            self._close_rma(event)
        elif kind in WARRANTY_KINDS:
            self._promise(event)
        elif kind is Kind.REPLACED_BY:
            self.replaced_by = event.details.replaced_by
        elif kind in IDENTITY_KINDS and event.details.serial:
            marking = Marking(event.details.serial, event.occurred_at)
            self.markings = (*self.markings, marking)
        self.state = STATE_AFTER.get(kind, self.state)

    def _open_rma(self, event: Event) -> None:
        """Open an RMA, unless this is the one that is open; remember the state it interrupts."""
        number = event.details.rma
        waiting = [rma for rma in self.rmas if rma.closed_at is None]
        if not waiting:
            self._before_rma = self.state
        elif not number or any(rma.number == number for rma in waiting):
            return
        self.rmas = (*self.rmas, Rma(number, event.occurred_at))

    def _close_rma(self, event: Event) -> None:
        """Close the RMA of this number, or the last one; after all, the state before counts."""
        number = event.details.rma
        waiting = [rma for rma in self.rmas if rma.closed_at is None]
        closed = [rma for rma in waiting if number in ("", rma.number) or not rma.number][-1:]
        self.rmas = tuple(
            replace(rma, closed_at=event.occurred_at) if rma in closed else rma for rma in self.rmas
        )
        if closed == waiting and self.state is State.RETURNED:
            self.state = self._before_rma

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
