"""Endings: the events that close an RMA, and what the replacement inherits.

What a unit that takes another one's place inherits stands in ``core.life.inheritance``: keepers
and the balance of the warranty, as events of its own life; the RMA points to it. Contexts above,
which know of campaigns and notices, hand theirs on by a reaction to ``fleet.unit-replaced``.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Max

from longmark.core.errors import Invalid, Refused
from longmark.core.life.events import CustodyRole, Details, Holder, Kind, Precision, State
from longmark.core.life.inheritance import inherited
from longmark.core.life.returns import RmaOutcome
from longmark.fleet.models import Event, Rma, Unit
from longmark.fleet.queries import rmas as queries
from longmark.fleet.queries.lives import life_of
from longmark.fleet.services.statements import Statement
from longmark.fleet.services.workspace import Identity


@dataclass(frozen=True)
class Ending:
    """How an RMA ends. ``override`` says why a unit goes out although something holds it."""

    outcome: RmaOutcome
    on: date
    reason: str = ""
    replacement: Unit | None = None
    override: str = ""

    @property
    def replacement_id(self) -> UUID | None:
        """The unit that takes the place."""
        return self.replacement.pk if self.replacement else None


@dataclass(frozen=True)
class Telling:
    """Makes statements about a unit that belong to one RMA and one day."""

    unit: Unit
    on: date
    number: str
    reason: str = ""

    def event(self, kind: Kind, details: Details | None = None, **others: object) -> Statement:
        """Return one event of that day, behind all that is known to have happened on it."""
        at = _moment(self.unit, self.on)
        is_day = at.time() == time.min
        return Statement(
            unit=identity_of(self.unit),
            kind=kind,
            occurred_at=at,
            precision=Precision.DAY if is_day else Precision.INSTANT,
            source=f"RMA {self.number}",
            details=details or Details(rma=self.number, reason=self.reason),
            **others,  # type: ignore[arg-type]
        )


@dataclass(frozen=True)
class Told:
    """The events of an ending; ``inherited`` are the kinds that the replacement's life got."""

    statements: list[Statement]
    inherited: list[str] = field(default_factory=list)


def told(row: Rma, ending: Ending) -> Told:
    """Return the events that end an RMA in this way.

    Raises:
        Invalid: a replacement is missing, or named where none is.
        Refused: the replacement cannot take the place.
    """
    telling = Telling(row.unit, ending.on, row.number, ending.reason.strip())
    if (ending.outcome is RmaOutcome.REPLACED) != (ending.replacement is not None):
        raise Invalid("Name the replacement if it was replaced, and only then.", field="taker")
    if ending.outcome is RmaOutcome.SCRAPPED:
        reason = Details(reason=ending.reason.strip())
        return Told([telling.event(Kind.SCRAPPED, reason)])
    closed = telling.event(Kind.RMA_CLOSED)
    if ending.replacement is not None:
        return _replaced(row, ending, telling, closed)
    is_repaired = ending.outcome is RmaOutcome.REPAIRED
    return Told([telling.event(Kind.REPAIRED), closed] if is_repaired else [closed])


def _replaced(row: Rma, ending: Ending, telling: Telling, closed: Statement) -> Told:
    taker = ending.replacement
    assert taker is not None
    _check_taker(row, taker)
    unit, own = life_of(row.unit_id), life_of(taker.pk)
    reason = f"It took the place of {row.unit.serial}, RMA {row.number}."
    left = inherited(unit, own, ending.on, reason=reason)
    theirs = Telling(taker, ending.on, row.number)
    replaced = telling.event(Kind.REPLACED_BY, replacement=identity_of(taker))
    handed = []
    if left.move is not None:
        custody: dict[CustodyRole, Holder | None] = dict(left.custody)
        handed.append(theirs.event(left.move, Details(reason=reason), custody=custody))
    if left.warranty is not None:
        kind, details = left.warranty
        handed.append(theirs.event(kind, details))
    kinds = [each.kind.value for each in handed]
    return Told([replaced, *handed, closed], kinds)


def _check_taker(row: Rma, taker: Unit) -> None:
    if taker.pk == row.unit_id:
        raise Refused("A unit does not take its own place.", field="taker")
    if taker.state in {State.SCRAPPED, State.LOST}:
        raise Refused("{taker} is {state}.", field="taker", taker=taker, state=taker.state)
    if taker.host_id is not None:
        raise Refused(
            "{taker} sits in another unit; book its removal there first.",
            field="taker",
            taker=taker,
        )
    waiting = [each for each in queries.rmas_of(taker) if each.is_open]
    if waiting:
        raise Refused(
            "{taker} has the open RMA {number} itself; close that first.",
            field="taker",
            taker=taker,
            number=waiting[0].number,
        )


def identity_of(unit: Unit) -> Identity:
    """Return a unit as statements name it."""
    return Identity(unit.item_id, unit.item.name, unit.serial, unit.discriminator)


def _moment(unit: Unit, on: date) -> datetime:
    """Return the begin of a day, or the last instant on it of which something is known."""
    begin = datetime.combine(on, time.min, tzinfo=UTC)
    rows = Event.objects.filter(
        unit_id=unit.pk, occurred_at__gt=begin, occurred_at__lt=begin + timedelta(days=1)
    )
    latest: datetime | None = rows.aggregate(latest=Max("occurred_at"))["latest"]
    return latest or begin
