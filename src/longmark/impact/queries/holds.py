"""Holds: what speaks against handing a unit to a customer, and what would mend it.

A unit is held while a release of firmware or software in it is open to an exploited vulnerability
and a fix exists: a newer release of the same item that fits the slot, and that its SBOM shows not
to be open to it. A slot of which nobody knows what sits there is held, if a release that may sit
there would be. What cannot be judged, or has no fix, does not hold the unit; it is shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from longmark.catalog import queries as catalog
from longmark.core.life.returns import Hold
from longmark.core.matching import Verdict
from longmark.core.vocabulary import ItemKind
from longmark.findings.queries import findings
from longmark.fleet.queries import contents
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.catalog.models import Item, Release
    from longmark.catalog.queries import SlotPlan
    from longmark.findings.models import Finding
    from longmark.fleet.models import Unit
    from longmark.fleet.queries.contents import Content
    from longmark.intel.models import Vulnerability

NESTING_LIMIT = 6
SOFTWARE = frozenset({ItemKind.FIRMWARE, ItemKind.SOFTWARE})


@dataclass(frozen=True)
class Danger:
    """An exploited vulnerability in one place of a unit.

    ``release`` is the one that is open to it, or that would be if it sat there; ``fix`` is the
    newest release that is not, if there is one.
    """

    path: str
    release: "Release"
    vulnerability: "Vulnerability"
    fix: "Release | None"
    is_release_known: bool
    is_affected: bool

    @property
    def holds(self) -> bool:
        """Whether the unit is held by it."""
        return self.is_affected and self.fix is not None

    def as_hold(self) -> Hold:
        """Return it as the service of RMAs takes it."""
        assert self.fix is not None
        return Hold(
            self.path,
            self.release.item.name,
            self.release.version if self.is_release_known else "",
            self.vulnerability.name,
            self.fix.version,
        )


@dataclass(frozen=True)
class Gate:
    """What is known of the software of a unit that is about to go out.

    ``unjudged`` are the places of which nobody knows what sits there, or of whose release nobody
    can tell what is in it.
    """

    dangers: tuple[Danger, ...]
    unjudged: tuple[str, ...]

    @property
    def holding(self) -> tuple[Danger, ...]:
        """What holds the unit."""
        return tuple(each for each in self.dangers if each.holds)

    @property
    def remaining(self) -> tuple[Danger, ...]:
        """What does not hold it: no fix exists, or it cannot be judged."""
        return tuple(each for each in self.dangers if not each.holds)

    @property
    def holds(self) -> list[Hold]:
        """What holds the unit, as the service of RMAs takes it."""
        return [each.as_hold() for each in self.holding]


@dataclass(frozen=True)
class _Place:
    """A slot for software, what sits in it if that is known, and what may."""

    path: str
    item: "Item"
    release: "Release | None"
    fits: tuple["Release", ...]


def gate_of(unit: "Unit") -> Gate:
    """Return what speaks against handing a unit to a customer now.

    Six queries, two for each level of units in it, and two for each of parts not told of.
    """
    places = _places(unit)
    concerned = {each.pk for place in places for each in (*place.fits, *_known(place))}
    open_to: dict[int, list[Finding]] = defaultdict(list)
    for one in findings.exploited_findings(concerned):
        open_to[one.release_id].append(one)
    judged = sboms.release_ids_with_sbom(concerned)
    dangers = [each for place in places for each in _dangers(place, open_to, judged)]
    dangers.sort(key=lambda each: (not each.holds, not each.is_affected))
    unjudged = [
        place.path for place in places if place.release is None or place.release.pk not in judged
    ]
    return Gate(tuple(dangers), tuple(dict.fromkeys(unjudged)))


def _known(place: _Place) -> tuple["Release", ...]:
    return (place.release,) if place.release else ()


def _dangers(
    place: _Place, open_to: Mapping[int, Sequence["Finding"]], judged: set[int]
) -> list[Danger]:
    """Return what a place is open to; of one that is not known, what it may be open to, once."""
    found: dict[int, Danger] = {}
    for release in _known(place) or place.fits:
        for one in open_to.get(release.pk, ()):
            fix = _fix(release, one, place.fits, open_to, judged)
            is_affected = one.verdict == Verdict.AFFECTED
            if place.release is None and not (fix and is_affected):
                continue
            danger = Danger(
                place.path, release, one.vulnerability, fix, place.release is not None, is_affected
            )
            found.setdefault(one.vulnerability_id, danger)
    return list(found.values())


def _fix(
    release: "Release",
    finding: "Finding",
    fits: Sequence["Release"],
    open_to: Mapping[int, Sequence["Finding"]],
    judged: set[int],
) -> "Release | None":
    """Return the newest release that fits, is newer, and is known not to be open to it."""
    better = [
        each
        for each in fits
        if each.item_id == release.item_id
        and each.version_key > release.version_key
        and each.pk in judged
        and all(
            one.vulnerability_id != finding.vulnerability_id for one in open_to.get(each.pk, ())
        )
    ]
    return better[-1] if better else None


def _places(unit: "Unit") -> list[_Place]:
    """Return the slots for software of a unit, at any depth, also those that nobody booked.

    What a part holds of which not even the part was booked is not known either.
    """
    flat = [each for content in contents.contents(unit) for each in content.flat()]
    items, told = _hardware(unit, flat), {each.path for each in flat}
    plans: dict[int, list[SlotPlan]] = {}
    missing: list[_Place] = []
    holders = list(items.items())
    for _ in range(NESTING_LIMIT):
        plans |= catalog.slots_of_items({item.pk for _, item in holders})
        software, holders = _missing(holders, plans, told)
        missing += software
        if not holders:
            break
    return [*_booked(flat, items, plans), *missing]


def _hardware(unit: "Unit", flat: Iterable["Content"]) -> dict[str, "Item"]:
    """Return what physical item sits at each path; the empty path is the unit itself."""
    found = {"": unit.item}
    for each in flat:
        item = each.child.item if each.child else each.installation.item
        if item is not None and catalog.is_hardware(item):
            found.setdefault(each.path, item)
    return found


def _booked(
    flat: Iterable["Content"],
    items: Mapping[str, "Item"],
    plans: Mapping[int, Sequence["SlotPlan"]],
) -> list[_Place]:
    found = []
    for each in flat:
        item = each.installation.item
        if item is None or item.kind not in SOFTWARE:
            continue
        above, _, slot = each.path.rpartition("/")
        holder = items.get(above)
        fits = _fits(plans.get(holder.pk, ()) if holder else (), slot, item)
        found.append(_Place(each.path, item, each.installation.release, fits))
    return found


def _missing(
    holders: Iterable[tuple[str, "Item"]],
    plans: Mapping[int, Sequence["SlotPlan"]],
    told: set[str],
) -> tuple[list[_Place], list[tuple[str, "Item"]]]:
    """Return required slots of which no event tells: those for software, and those for parts."""
    software: list[_Place] = []
    parts: list[tuple[str, Item]] = []
    for above, holder in holders:
        for plan in plans.get(holder.pk, ()):
            path = f"{above}/{plan.slot.name}".strip("/")
            if plan.slot.is_optional or path in told:
                continue
            for item in plan.items:
                if item.kind in SOFTWARE:
                    fits = _fits([plan], plan.slot.name, item)
                    software.append(_Place(path, item, None, fits))
                elif catalog.is_hardware(item):
                    parts.append((path, item))
    return software, parts


def _fits(plans: Iterable["SlotPlan"], slot: str, item: "Item") -> tuple["Release", ...]:
    """Return the usable releases of an item that fit into a slot, oldest first."""
    return tuple(
        release
        for plan in plans
        if plan.slot.name == slot
        for release in plan.usable
        if release.item_id == item.pk
    )
