"""What sits in a unit as a reader sees it: contents as booked, and what its plan misses.

A slot that the composition requires and of which no event tells is shown as unknown, at its
place; a path like ``control-board/main-firmware`` that was booked on the drive itself, since its
board is anonymous, stands below the board.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from longmark.catalog import queries as catalog
from longmark.web.words import evidence_code

if TYPE_CHECKING:
    from longmark.catalog.models import Item, Release
    from longmark.catalog.queries import SlotPlan
    from longmark.fleet.models import Unit
    from longmark.fleet.queries.contents import Content


@dataclass
class Seat:
    """A slot with what sits in it, and the slots below."""

    path: str
    slot: str
    item: "Item | None" = None
    release: "Release | None" = None
    child: "Unit | None" = None
    part: str = ""
    quantity: int = 1
    values: Mapping[str, str] = field(default_factory=dict)
    evidence: str = "unknown"
    since: datetime | None = None
    is_empty: bool = False
    is_exploited: bool = False
    seats: list["Seat"] = field(default_factory=list)


def seats_of(unit: "Unit", contents: Iterable["Content"]) -> list[Seat]:
    """Return the slots of a unit in the order of its plan. Two queries."""
    top = Seat("", "", unit.item)
    known: dict[str, Seat] = {"": top}
    for content in sorted(_flat(contents), key=lambda each: (each.path.count("/"), each.path)):
        _take_place(content, known)
    items = {seat.item.pk for seat in known.values() if seat.item}
    _add_missing(known, catalog.slots_of_items(items))
    own = [_itself(top)] if top.release else []
    return own + top.seats


def releases_in(seats: Iterable[Seat]) -> set[int]:
    """Return the ids of all releases that sit in the seats, at any depth."""
    found: set[int] = set()
    for seat in seats:
        found |= releases_in(seat.seats)
        if seat.release:
            found.add(seat.release.pk)
    return found


def unknown_in(seats: Iterable[Seat]) -> list[Seat]:
    """Return the seats of which it is not known what sits there, at any depth."""
    found = []
    for seat in seats:
        if seat.release is None and not seat.is_empty and not seat.part:
            found.append(seat)
        found += unknown_in(seat.seats)
    return found


def children_in(seats: Iterable[Seat]) -> set[UUID]:
    """Return the ids of the units that sit in the seats, at any depth."""
    found: set[UUID] = set()
    for seat in seats:
        found |= children_in(seat.seats)
        if seat.child:
            found.add(seat.child.pk)
    return found


def mark_exploited(seats: Iterable[Seat], release_ids: set[int]) -> None:
    """Mark the seats whose release has a finding that is exploited."""
    for seat in seats:
        seat.is_exploited = seat.release is not None and seat.release.pk in release_ids
        mark_exploited(seat.seats, release_ids)


def _flat(contents: Iterable["Content"]) -> list["Content"]:
    return [each for content in contents for each in content.flat()]


def _itself(top: Seat) -> Seat:
    return Seat("", "", top.item, top.release, evidence=top.evidence, since=top.since)


def _take_place(content: "Content", known: dict[str, Seat]) -> None:
    placed = content.installation
    seat = known.get(content.path)
    if seat is None:
        seat = _new_seat(content.path, known)
        seat.since, seat.evidence = placed.valid_from, evidence_code(placed.evidence)
        seat.is_empty, seat.part = placed.is_empty, placed.part
        seat.quantity = placed.quantity
    if placed.release or not seat.release:
        seat.item = placed.item or seat.item
        seat.release = placed.release
    if not content.path:
        seat.since, seat.evidence = placed.valid_from, evidence_code(placed.evidence)
    seat.child = content.child or seat.child
    seat.values = placed.parameters.values if placed.parameters else seat.values


def _new_seat(path: str, known: dict[str, Seat]) -> Seat:
    above, _, slot = path.rpartition("/")
    if above not in known:
        _new_seat(above, known)
    seat = Seat(path, slot)
    known[above].seats.append(seat)
    known[path] = seat
    return seat


def _add_missing(known: dict[str, Seat], plans: Mapping[int, Sequence["SlotPlan"]]) -> None:
    """Add the slots that are required and not told of, and order all as planned."""
    for seat in list(known.values()):
        plan = plans.get(seat.item.pk, ()) if seat.item and not seat.is_empty else ()
        told = {below.slot for below in seat.seats}
        for slot in plan:
            if slot.slot.name not in told and not slot.slot.is_optional:
                items = slot.items
                path = f"{seat.path}/{slot.slot.name}".strip("/")
                seat.seats.append(Seat(path, slot.slot.name, items[0] if len(items) == 1 else None))
        order = {slot.slot.name: number for number, slot in enumerate(plan)}
        seat.seats.sort(key=lambda below: (order.get(below.slot, len(order)), below.slot))
