"""Configurations: everything inside a unit at one time, as one content-addressed value.

Units that look alike share a configuration, so that a question about releases is answered from a
few thousand configurations and their tallies, however many units there are. A unit that sits in
another one is part of the other's configuration: its own slots appear below its place.

A required slot about which nothing is known makes a member without a release: such a unit is
*unknown* for findings on that item, never unaffected.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

import msgspec

from longmark.core.life.derivation import Installed
from longmark.core.life.events import THE_UNIT_ITSELF, Evidence, Occupant, parameters_digest

CONFIGURATION_NAMESPACE = UUID("0169e825-e70d-5c55-8f7a-820e82662965")  # urn:longmark:configuration
DEPTH_LIMIT = 8  # a drive in a pump set in a skid: three; a catalog that contains itself: endless


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """A slot that units of an item have, and the items that fit into it."""

    name: str
    is_optional: bool
    items: tuple[int, ...]


Plans = Mapping[int, Sequence[SlotPlan]]  # by item


class Inside(msgspec.Struct, frozen=True):
    """A unit's item and what is known to sit in its own slots at one time."""

    item: int
    slots: Mapping[str, Installed] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Member:
    """One thing inside a unit. ``release`` None: unknown; the empty path is the unit itself."""

    path: str
    item: int | None
    release: int | None
    evidence: Evidence
    parameters: str = ""


def members(unit: Inside, children: Mapping[UUID, Inside], plans: Plans) -> tuple[Member, ...]:
    """Return all that is inside a unit, with what is inside its child units, in order of path."""
    found = _unit_members("", unit, None, _Surroundings(children, plans), 0)
    return tuple(sorted(set(found), key=lambda member: (member.path, member.item or 0)))


def configuration_id(item: int, content: Sequence[Member]) -> UUID:
    """Return the content address of a configuration of units of ``item``."""
    lines = [
        f"{member.path}\x1f{member.item}\x1f{member.release}\x1f{member.evidence:d}\x1f"
        f"{member.parameters}"
        for member in content
    ]
    return uuid5(CONFIGURATION_NAMESPACE, "\x1e".join((str(item), *lines)))


@dataclass(frozen=True, slots=True)
class _Surroundings:
    children: Mapping[UUID, Inside]
    plans: Plans


def _unit_members(
    path: str, unit: Inside, seat: Installed | None, around: _Surroundings, depth: int
) -> Iterator[Member]:
    """Yield the unit itself, what sits in its slots, and what is missing there.

    ``seat`` is the interval that put the unit into its place; it may name a release that the
    unit's own events do not.
    """
    own = unit.slots.get(THE_UNIT_ITSELF)
    stated = [kept for kept in (own, seat) if kept and kept.content and kept.content.release]
    yield _member(path, unit.item, stated[0] if stated else None)
    for slot, installed in unit.slots.items():
        if slot != THE_UNIT_ITSELF and installed.content is not None:
            yield from _slot_members(_joined(path, slot), installed, around, depth)
    yield from _missing(path, unit, THE_UNIT_ITSELF, unit.item, around, depth)
    for slot, installed in unit.slots.items():
        anonymous = installed.content if slot != THE_UNIT_ITSELF else None
        if anonymous and anonymous.item and not anonymous.child:
            yield from _missing(path, unit, slot, anonymous.item, around, depth)


def _slot_members(
    path: str, installed: Installed, around: _Surroundings, depth: int
) -> Iterator[Member]:
    occupant = installed.content
    assert occupant is not None
    child = around.children.get(occupant.child) if occupant.child else None
    if child is not None and depth < DEPTH_LIMIT:
        yield from _unit_members(path, child, installed, around, depth + 1)
    else:
        yield _member(path, occupant.item, installed)


def _missing(
    path: str, unit: Inside, above: str, item: int, around: _Surroundings, depth: int
) -> Iterator[Member]:
    """Yield a member without release for each required slot of ``item`` that nobody booked."""
    if depth >= DEPTH_LIMIT:
        return
    for plan in around.plans.get(item, ()):
        slot = _joined(above, plan.name)
        if plan.is_optional or slot in unit.slots:
            continue
        for candidate in plan.items:
            yield _member(_joined(path, slot), candidate, None)
            yield from _missing(path, unit, slot, candidate, around, depth + 1)


def _member(path: str, item: int | None, installed: Installed | None) -> Member:
    if installed is None:
        return Member(path, item, None, Evidence.ASSUMED)
    occupant = installed.content or Occupant()
    digest = parameters_digest(occupant.values)
    return Member(path, item, occupant.release, installed.evidence, digest)


def _joined(above: str, name: str) -> str:
    return f"{above}/{name}" if above else name
