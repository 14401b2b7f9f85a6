"""What may be booked: an event is tried against the life that it would change."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar
from uuid import UUID

from msgspec.structs import replace

from longmark.core.errors import Invalid, LongmarkError, Refused
from longmark.core.life import details
from longmark.core.life.derivation import counted
from longmark.core.life.events import (
    CORRECTIONS,
    Details,
    Event,
    Holder,
    Kind,
    Occupant,
    Precision,
)
from longmark.fleet.services.workspace import Dossier, Seat, Workspace

Place = TypeVar("Place", bound=str)

_ROUGH = {Precision.YEAR: "%Y", Precision.MONTH: "%Y-%m"}
_MOVES = frozenset({Kind.SHIPPED, Kind.COMMISSIONED})
_PARTS = frozenset({Kind.RETURNED, Kind.TRANSFERRED, Kind.DECOMMISSIONED, Kind.REPAIRED})


class RowRefused(Refused):
    """A booking that cannot be taken, and what to do about it."""

    def __init__(
        self, message: str, *, mend: str = "", field: str | None = None, **values: object
    ) -> None:
        super().__init__(message, field=field, **values)
        self.mend = mend

    def __str__(self) -> str:
        told = super().__str__()
        return f"{told} {self.mend.format(**self.values)}" if self.mend else told


class Contradicted(RowRefused):
    """A booking that contradicts one event, so that a person may decide which of them is true."""

    def __init__(self, message: str, *, dossier: Dossier, standing: Event, draft: Event,
                 about: Sequence[str], mend: str, **values: object) -> None:  # fmt: skip
        super().__init__(message, mend=mend, field=about[0], about=", ".join(about), **values)
        self.dossier = dossier
        self.standing = standing
        self.draft = draft
        self.about = about


def refusal(error: LongmarkError) -> RowRefused:
    """Return any anticipated error as a refusal."""
    if isinstance(error, RowRefused):
        return error
    refused = RowRefused(error.message, field=error.field)
    refused.values = error.values
    return refused


def book(workspace: Workspace, dossier: Dossier, draft: Event) -> bool:
    """Add an event to a unit's life, unless it is known already; tell whether it was added.

    Raises:
        RowRefused: it contradicts what is known; the workspace is then to be rolled back.
    """
    details.check(draft.stands_for or draft.kind, draft.details)
    draft = _as_built(dossier, draft)
    if dossier.events and is_known(dossier.events, draft):
        return False
    _check_time(workspace, dossier, draft)
    _check_built(dossier, draft)
    _check_same_move(dossier, draft)
    _check_which_rma(dossier, draft)
    workspace.add(dossier, draft)
    for child in _children_in(draft.slots):
        if not workspace.is_batch(child):
            check_seats(workspace, child)
        _check_no_circle(workspace, dossier, child)
    return True


def _as_built(dossier: Dossier, draft: Event) -> Event:
    """Take a building of which only the year or month is said for the one that is known in it."""
    if draft.kind is not Kind.BUILT or draft.precision not in _ROUGH:
        return draft
    shape = _ROUGH[draft.precision]
    for event in counted(dossier.events):
        is_in_it = f"{event.occurred_at:{shape}}" == f"{draft.occurred_at:{shape}}"
        if event.kind is Kind.BUILT and is_in_it:
            return replace(draft, occurred_at=event.occurred_at, precision=event.precision)
    return draft


def _says_nothing_new(told: Sequence[Event], draft: Event) -> bool:
    """That a unit bears its number is no news once it is known."""
    is_bare = not (draft.slots or draft.custody or draft.details.serial)
    return draft.kind is Kind.SERIAL_ASSIGNED and is_bare and bool(counted(told))


def is_known(events: Iterable[Event], draft: Event) -> bool:
    """Tell whether an earlier event says the same, or more, of the same kind and instant.

    A correction says what it puts in place of another. What has no source is the same from any.
    """
    told = list(events)
    if draft.kind in CORRECTIONS:
        return any(event.same_fact(draft) for event in told)
    if _says_nothing_new(told, draft):
        return True
    undone = {event.corrects for event in told if event.kind is Kind.UNDONE}
    return any(event.seq not in undone and says_as_much(event, draft) for event in told)


def says_as_much(event: Event, draft: Event) -> bool:
    """Tell whether an event says what a draft does, or more, of the same kind and instant."""
    same = (event.stands_for or event.kind) is draft.kind and _is_same_time(event, draft)
    if not same or not (event.source in ("", draft.source) or draft.kind is Kind.BUILT):
        return False
    return (
        _includes(event.slots, draft.slots)
        and _includes(event.custody, draft.custody)
        and _includes_details(event.details, draft.details)
        and event.evidence >= draft.evidence
    )


def _is_same_time(event: Event, draft: Event) -> bool:
    """Of events at a time unknown, nobody can tell that they happened at different times."""
    if draft.precision is Precision.UNKNOWN:
        return event.precision is Precision.UNKNOWN
    return event.occurred_at == draft.occurred_at and event.precision is not Precision.UNKNOWN


def _includes_details(more: Details, less: Details) -> bool:
    """What a unit was called before is not stated but found, so that it does not count."""
    if more == less:
        return True
    stated = {name: getattr(less, name) for name in details.COLUMNS}
    return all(not value or getattr(more, name) == value for name, value in stated.items())


def _includes(more: Mapping[Place, object], less: Mapping[Place, object]) -> bool:
    return all(place in more and more[place] == content for place, content in less.items())


def _check_time(workspace: Workspace, dossier: Dossier, draft: Event) -> None:
    if draft.occurred_at > workspace.now:
        raise RowRefused(
            "{date} lies in the future.",
            mend="Book it when it has happened.",
            field="date",
            date=f"{draft.occurred_at:%Y-%m-%d}",
        )
    if draft.kind in CORRECTIONS or not dossier.events:
        return
    for event in counted(dossier.events):
        if event.kind is Kind.SCRAPPED and event.occurred_at < draft.occurred_at:
            raise RowRefused(
                "{serial} was scrapped on {scrapped}.",
                mend="Correct that event first if it is wrong.",
                field="date",
                serial=dossier.serial,
                scrapped=f"{event.occurred_at:%Y-%m-%d}",
            )


def _check_built(dossier: Dossier, draft: Event) -> None:
    """A unit is built once, and before anything else happens to it."""
    kind = draft.stands_for or draft.kind
    if kind is Kind.BUILT and draft.precision is Precision.UNKNOWN:
        raise RowRefused(
            "A unit cannot be built at a time unknown: all else comes after.",
            mend='Give the month or the year; or begin its life with "serial-assigned".',
            field="date",
        )
    if draft.kind in CORRECTIONS or not dossier.events:
        return
    standing = counted(dossier.events)
    built = next((event for event in standing if event.kind is Kind.BUILT), None)
    if draft.kind is Kind.BUILT:
        if built is not None:
            _check_same_building(dossier, built, draft)
        earlier = [event for event in standing if event.occurred_at < draft.occurred_at]
        if built is None and earlier:
            raise RowRefused(
                "{serial} cannot be built on {date}: it was {kind} on {earlier}.",
                mend="Give the day on which it was built.",
                field="date",
                serial=dossier.serial,
                date=f"{draft.occurred_at:%Y-%m-%d}",
                kind=earlier[0].kind.value,
                earlier=f"{earlier[0].occurred_at:%Y-%m-%d}",
            )
    elif built is not None and draft.occurred_at < built.occurred_at:
        raise RowRefused(
            "{date} lies before {serial} was built, on {built}.",
            mend="Correct the date here, or the event there.",
            field="date",
            date=f"{draft.occurred_at:%Y-%m-%d}",
            serial=dossier.serial,
            built=f"{built.occurred_at:%Y-%m-%d}",
        )


def _check_same_building(dossier: Dossier, built: Event, draft: Event) -> None:
    contrary = [
        place or "release"
        for stated, before in ((draft.slots, built.slots), (draft.custody, built.custody))
        for place, content in stated.items()
        if place in before and before[place] != content  # type: ignore[index]
    ]
    if draft.occurred_at != built.occurred_at:
        contrary.append("date")
    if contrary:
        raise Contradicted(
            "{serial} is known as built on {date}, with another {about} than here.",
            mend="Book what changed later as an event of its own, or correct event {seq}.",
            dossier=dossier,
            standing=built,
            draft=draft,
            about=contrary,
            serial=dossier.serial,
            date=f"{built.occurred_at:%Y-%m-%d}",
            seq=built.seq,
        )


def _check_same_move(dossier: Dossier, draft: Event) -> None:
    """A unit goes to one customer, until it comes back or is passed on."""
    if draft.kind not in _MOVES or not draft.custody or not dossier.events:
        return
    standing = counted(dossier.events)
    for event in standing:
        if event.kind is not draft.kind or _is_parted(event, draft, standing):
            continue
        contrary = [
            role.value
            for role, holder in draft.custody.items()
            if role in event.custody and _is_contrary(event.custody[role], holder)
        ]
        if contrary:
            raise Contradicted(
                "{serial} is known as {kind} on {date}, with another {about} than here.",
                mend='If it moved on, book it as "transferred"; else correct event {seq}.',
                dossier=dossier,
                standing=event,
                draft=draft,
                about=contrary,
                serial=dossier.serial,
                kind=event.kind.value,
                date=f"{event.occurred_at:%Y-%m-%d}",
                seq=event.seq,
            )


def _check_which_rma(dossier: Dossier, draft: Event) -> None:
    """Of several open RMAs, which one is closed has to be said: a guess closes another's work."""
    kind = draft.stands_for or draft.kind
    if kind is not Kind.RMA_CLOSED or draft.details.rma:
        return
    waiting = [rma.name for rma in dossier.life.rmas if rma.is_open_at(draft.occurred_at)]
    if len(waiting) > 1:
        raise RowRefused(
            "{serial} has {count} open RMAs: {numbers}.",
            mend='Give the RMA number of the one that is closed (in a list: in the column "rma").',
            field="rma",
            serial=dossier.serial,
            count=len(waiting),
            numbers=", ".join(waiting),
        )


def _is_parted(one: Event, other: Event, standing: Iterable[Event]) -> bool:
    """Whether the unit came back or was passed on between two events."""
    first, last = sorted((one.occurred_at, other.occurred_at))
    return any(event.kind in _PARTS and first <= event.occurred_at <= last for event in standing)


def _is_contrary(known: Holder | None, said: Holder | None) -> bool:
    """Whether two holders cannot be the same, as far as both are known."""
    if known is None or said is None:
        return known != said
    pairs = (
        (known.party, said.party), (known.site, said.site), (known.country, said.country)
    )  # fmt: skip
    return any(one and other and one != other for one, other in pairs)


def _children_in(slots: Mapping[str, Occupant | None]) -> set[UUID]:
    return {occupant.child for occupant in slots.values() if occupant and occupant.child}


def check_seats(workspace: Workspace, child: UUID) -> None:
    """A unit sits in one place at a time.

    Raises:
        RowRefused: it would sit in two.
    """
    seats = workspace.seats(child)
    for earlier, later in pairwise(seats):
        ends = earlier.installed.valid_to
        if ends is None or ends > later.installed.valid_from:
            _refuse_seat(workspace, child, earlier, later)


def _refuse_seat(workspace: Workspace, child: UUID, earlier: Seat, later: Seat) -> None:
    dossier = workspace.dossiers.get(child)
    host = workspace.dossiers[earlier.host]
    ends = earlier.installed.valid_to
    raise RowRefused(
        "{child} sits in {host} since {since}."
        if ends is None
        else "{child} sat in {host} from {since} to {until}.",
        mend="Book its removal there first, or check the serial number.",
        field=later.installed.place,
        child=dossier.serial if dossier else str(child),
        host=f"{host.serial} ({earlier.installed.place})",
        since=f"{earlier.installed.valid_from:%Y-%m-%d}",
        until=f"{ends:%Y-%m-%d}" if ends else "",
    )


def _check_no_circle(workspace: Workspace, dossier: Dossier, child: UUID) -> None:
    """A unit does not sit in itself, nor in what sits in it."""
    above = [dossier.id]
    for _ in range(len(workspace.dossiers)):
        if not above:
            return
        if child in above:
            raise Invalid("{serial} cannot sit in itself.", serial=dossier.serial, field="serial")
        above = [host for each in above for host in workspace.hosts_now(each)]
