"""Statements: what someone says of a unit, and to which units' lives it belongs.

A statement speaks of one unit and may name units inside of it. Firmware that is booked on a drive
whose control board is a known unit belongs to the board, which takes it along when it is swapped.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec.structs import replace

from longmark.core.life.details import COLUMNS
from longmark.core.life.events import (
    NO_DETAILS,
    THE_UNIT_ITSELF,
    CustodyRole,
    Details,
    Event,
    Evidence,
    Holder,
    Kind,
    Occupant,
    Precision,
)
from longmark.fleet.services import rules
from longmark.fleet.services.rules import RowRefused
from longmark.fleet.services.withdrawing import withdraw_told
from longmark.fleet.services.workspace import Dossier, Identity, Step, Workspace

# A list may begin with the delivery of a unit that was built before the lists; nobody can remove
# something from a unit, or change it, that was never heard of.
BRINGS_UNITS = frozenset({Kind.BUILT, Kind.SERIAL_ASSIGNED, Kind.SHIPPED, Kind.COMMISSIONED})
# What is said of software in a part is said of the part, and of nothing else.
_OF_SOFTWARE = frozenset(
    {
        Kind.SOFTWARE_CHANGED,
        Kind.SOFTWARE_CONFIRMED,
        Kind.SOFTWARE_ROLLED_BACK,
        Kind.SOFTWARE_OBSERVED,
        Kind.PARAMETERS_CHANGED,
        Kind.PARAMETERS_OBSERVED,
    }
)
MOMENT = timedelta(microseconds=1)
_KEEPS_KIND = _OF_SOFTWARE | {Kind.REPAIRED}
_OF_CONTENTS = _KEEPS_KIND | {Kind.INSTALLED, Kind.REMOVED, Kind.SWAPPED}


class Statement(msgspec.Struct, frozen=True):
    """One row of a list, or one booking: what happened to a unit, and what it says.

    ``slots`` are paths from the unit; ``children`` are units that sit at some of them, or that left
    those that are empty since; ``replacement`` is the unit that took its place. ``is_emptied``:
    every unit left that was in it. ``wrong_because``: it was told in error, and never was so.
    """

    unit: Identity
    kind: Kind
    occurred_at: datetime
    slots: Mapping[str, Occupant | None] = msgspec.field(default_factory=dict)
    children: Mapping[str, Identity] = msgspec.field(default_factory=dict)
    custody: Mapping[CustodyRole, Holder | None] = msgspec.field(default_factory=dict)
    precision: Precision = Precision.DAY
    evidence: Evidence = Evidence.DECLARED
    source: str = ""
    details: Details = NO_DETAILS
    replacement: Identity | None = None
    is_emptied: bool = False
    wrong_because: str = ""

    def taken_back(self, reason: str) -> "Statement":
        """Return that what is stated was told in error, and why."""
        return replace(self, wrong_because=reason)

    def kept_by(self, custody: Mapping[CustodyRole, Holder | None]) -> "Statement":
        """Return the statement with who keeps the unit, as a list learns it after the rest."""
        return replace(self, custody=custody)

    def left(self, path: str) -> bool:
        """Whether the unit that is named at a path is one that left it."""
        return path in self.slots and self.slots[path] is None

    def told_at(self, now: datetime) -> "Statement":
        """Return the statement with an instant, if nobody knows when it happened."""
        is_unknown = self.precision is Precision.UNKNOWN
        return replace(self, occurred_at=now) if is_unknown else self

    def identities(self) -> Iterable[Identity]:
        """Return the unit and those named inside of it, in its place, or by its new number."""
        named = [self.unit, *self.children.values()]
        if self.replacement is not None:
            named.append(self.replacement)
        if self.details.serial:
            named.append(replace(self.unit, serial=self.details.serial))
        return named


class Told(msgspec.Struct, frozen=True):
    """What a statement did to the workspace."""

    dossier: Dossier
    is_new: bool
    event_count: int
    steps: tuple[Step, ...] = ()  # of a unit that was known before
    events: tuple[tuple[UUID, int], ...] = ()  # unit and number of each event that was added


def tell(workspace: Workspace, statement: Statement) -> Told:
    """Try a statement against the lives in a workspace; all of it counts, or nothing.

    Raises:
        RowRefused: something in it contradicts what is known.
        Invalid: something in it cannot be.
    """
    mark, statement = workspace.mark, statement.told_at(workspace.now)
    with workspace.all_or_nothing():
        dossier = workspace.dossier(statement.unit)
        is_new = dossier is None
        if dossier is None:
            _check_brings_unit(statement)
            _check_is_no_error(statement)
            dossier = workspace.register(statement.unit)
        for path, identity in statement.children.items():
            if workspace.dossier(identity) is None and not statement.left(path):
                workspace.register(identity)
        drafts = _drafts(workspace, dossier, _emptied(dossier, statement))
        why = statement.wrong_because
        booked = [
            withdraw_told(workspace, *each, reason=why) if why else rules.book(workspace, *each)
            for each in drafts
        ]
        steps = workspace.steps_since(mark)
        added = tuple([(step.dossier.id, step.event.seq) for step in steps])
        return Told(dossier, is_new, sum(booked), () if is_new else steps, added)


def tell_all(workspace: Workspace, statements: Sequence[Statement]) -> Told:
    """Try what one row says of a unit, in order; all of it counts, or nothing.

    Raises:
        RowRefused, Invalid: as `tell`.
    """
    if len(statements) == 1:
        return tell(workspace, statements[0])
    with workspace.all_or_nothing():
        told = [tell(workspace, statement) for statement in statements]
    steps = () if told[0].is_new else tuple(step for each in told for step in each.steps)
    count = sum(each.event_count for each in told)
    added = tuple(event for each in told for event in each.events)
    return Told(told[0].dossier, told[0].is_new, count, steps, added)


def _check_brings_unit(statement: Statement) -> None:
    if statement.kind not in BRINGS_UNITS:
        raise RowRefused(
            "No {item} with the serial number {serial} is known.",
            mend="Check the number, or give the row with its building first.",
            field="serial",
            item=statement.unit.item_name,
            serial=statement.unit.serial,
        )


def _check_is_no_error(statement: Statement) -> None:
    if statement.wrong_because:
        raise RowRefused(
            "No {item} with the serial number {serial} is known.",
            mend="There is nothing to take back.",
            field="serial",
            item=statement.unit.item_name,
            serial=statement.unit.serial,
        )


def _emptied(dossier: Dossier, statement: Statement) -> Statement:
    """Say of which slots a unit left, if all did that were in it.

    Raises:
        RowRefused: none is known to have been there.
    """
    if not statement.is_emptied:
        return statement
    before = statement.occurred_at - MOMENT
    left: dict[str, Occupant | None] = {
        each.place: None
        for each in dossier.life.installations
        if each.content and each.content.child and each.holds_at(before)
    }
    if not left:
        raise RowRefused(
            "No unit is known to have been in {serial} then.",
            mend="Name each part that was taken out, or book first when it was put in.",
            field="part inside",
            serial=dossier.serial,
        )
    return replace(statement, slots={**statement.slots, **left})


def _drafts(
    workspace: Workspace, dossier: Dossier, statement: Statement
) -> list[tuple[Dossier, Event]]:
    """Return the events of each unit that a statement is about, those inside first."""
    if not statement.children and not any("/" in path for path in statement.slots):
        return [(dossier, _whole(workspace, dossier, statement, statement.slots))]
    slots: dict[UUID, dict[str, Occupant | None]] = defaultdict(dict)
    named = {path: workspace.id_of(child) for path, child in statement.children.items()}
    for path, occupant in statement.slots.items():
        carrier, slot = _carrier(workspace, dossier, statement, path)
        child = named.get(path)
        if child is None or occupant is None:
            slots[carrier][slot] = occupant
            _check_left(workspace, workspace.dossiers[carrier], slot, statement, path)
            continue
        slots[carrier][slot] = Occupant(
            item=workspace.dossiers[child].item, child=child, quantity=occupant.quantity
        )
        if occupant.release is not None:
            slots[child][THE_UNIT_ITSELF] = Occupant(item=occupant.item, release=occupant.release)
        else:
            slots.setdefault(child, {})
    own = slots.pop(dossier.id, {})
    inner = [
        (workspace.dossiers[unit], _event(statement, _inner_kind(statement.kind), stated, {}))
        for unit, stated in slots.items()
        if stated or workspace.dossiers[unit].is_new
    ]
    is_all_inside = bool(slots) and not own and not statement.custody
    if is_all_inside and statement.kind in _OF_SOFTWARE:
        return [(unit, replace(event, details=statement.details)) for unit, event in inner]
    if is_all_inside and statement.kind in _OF_CONTENTS and statement.details == NO_DETAILS:
        return inner
    return [*inner, (dossier, _whole(workspace, dossier, statement, own))]


def _whole(
    workspace: Workspace,
    dossier: Dossier,
    statement: Statement,
    slots: Mapping[str, Occupant | None],
) -> Event:
    """Return what a statement says of the unit itself."""
    event = _event(statement, statement.kind, slots, statement.custody)
    details = _details(workspace, dossier, statement)
    return event if details is NO_DETAILS else replace(event, details=details)


def _check_left(
    workspace: Workspace, host: Dossier, slot: str, statement: Statement, path: str
) -> None:
    """What is said to have left a slot is not another than what sat there until then."""
    stated = statement.children.get(path)
    before = host.life.inside_at(slot, statement.occurred_at - MOMENT) if stated else None
    child = before.content.child if before and before.content else None
    if stated is not None and child is not None and child != workspace.id_of(stated):
        raise RowRefused(
            "{child} did not sit in {host} ({slot}) then, but another unit did.",
            mend="Check the serial number, or book first when it was put in.",
            field=slot,
            child=stated.serial,
            host=host.serial,
            slot=slot,
        )


def _details(workspace: Workspace, dossier: Dossier, statement: Statement) -> Details:
    """Return the details with what only those who know all units can add."""
    details = statement.details
    if details.serial:
        other = workspace.dossier(replace(statement.unit, serial=details.serial))
        if other is not None and other is not dossier:
            raise RowRefused(
                "{serial} is another {item}.",
                mend="Check the new number.",
                field=COLUMNS["serial"],
                serial=details.serial,
                item=statement.unit.item_name,
            )
        details = replace(details, former=dossier.serial)
    if statement.replacement is not None:
        taker = workspace.dossier(statement.replacement)
        if taker is None or taker is dossier:
            raise RowRefused(
                "No other {item} with the serial number {serial} is known.",
                mend="Register the unit that took its place first.",
                field=COLUMNS["replaced_by"],
                item=statement.replacement.item_name,
                serial=statement.replacement.serial,
            )
        details = replace(details, replaced_by=taker.id)
    return details


def _carrier(
    workspace: Workspace, dossier: Dossier, statement: Statement, path: str
) -> tuple[UUID, str]:
    """Return the unit that has the slot at a path then, and the slot's path within that unit."""
    unit, walked, slot = dossier, "", ""
    for part in path.split("/")[:-1]:
        walked = f"{walked}/{part}" if walked else part
        slot = f"{slot}/{part}" if slot else part
        child = _occupying_unit(workspace, unit, statement, walked, slot)
        if child is not None:
            unit, slot = child, ""
    last = path.rpartition("/")[2]
    return unit.id, f"{slot}/{last}" if slot else last


def _occupying_unit(
    workspace: Workspace, unit: Dossier, statement: Statement, walked: str, slot: str
) -> Dossier | None:
    if walked in statement.children:
        return workspace.dossier(statement.children[walked])
    if walked in statement.slots:
        return None
    there = unit.life.inside_at(slot, statement.occurred_at)
    child = there.content.child if there and there.content else None
    return workspace.dossiers.get(child) if child else None


def _inner_kind(kind: Kind) -> Kind:
    """What happens to a part: it was not built that day, and what is shipped is the whole."""
    return kind if kind in _KEEPS_KIND else Kind.INSTALLED


def own_event(statement: Statement) -> Event:
    """Return a statement as an event of its unit alone, as a correction needs it."""
    slots = dict(statement.slots)
    for path, child in statement.children.items():
        if statement.left(path):
            continue
        stated = slots.get(path)
        quantity = stated.quantity if stated else 1
        slots[path] = Occupant(item=child.item, child=child.id, quantity=quantity)
    own = _event(statement, statement.kind, slots, statement.custody)
    taker = statement.replacement
    return replace(own, details=replace(statement.details, replaced_by=taker.id if taker else None))


def _event(
    statement: Statement,
    kind: Kind,
    slots: Mapping[str, Occupant | None],
    custody: Mapping[CustodyRole, Holder | None],
) -> Event:
    return Event(
        seq=0,
        kind=kind,
        occurred_at=statement.occurred_at,
        slots=slots,
        custody=custody,
        evidence=statement.evidence,
        precision=statement.precision,
        source=statement.source,
    )
