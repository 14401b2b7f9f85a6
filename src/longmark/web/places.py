"""The slots of a unit as bookings see them: what sits in each, and what may.

Unlike the seats of a page these are all slots that the catalog plans, optional and empty ones
too, at any depth, under the paths that lists use.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from longmark.catalog import queries as catalog
from longmark.core.vocabulary import IdentifiedBy, ItemKind
from longmark.web.seats import Seat

if TYPE_CHECKING:
    from longmark.catalog.models import Item, Release
    from longmark.catalog.queries import SlotPlan
    from longmark.fleet.models import Unit

NESTING_LIMIT = 6
EMPTY = "empty"
"""The word of lists for a slot that holds nothing."""

PARAMETERS = "parameters"
HARDWARE_KINDS = (ItemKind.HARDWARE, ItemKind.PRODUCT)
SOFTWARE_KINDS = (ItemKind.FIRMWARE, ItemKind.SOFTWARE)


@dataclass(frozen=True)
class Place:
    """A slot at a path of a unit, and the releases that may sit there."""

    path: str
    fits: tuple["Release", ...]
    seat: Seat | None = None

    @property
    def name(self) -> str:
        """The slot itself, without the way to it."""
        return self.path.rpartition("/")[2]

    @property
    def items(self) -> list["Item"]:
        """The items whose releases fit, each once."""
        return list({each.item_id: each.item for each in self.fits}.values())

    @property
    def is_hardware(self) -> bool:
        return any(item.kind in HARDWARE_KINDS for item in self.items)

    @property
    def is_software(self) -> bool:
        return any(item.kind in SOFTWARE_KINDS for item in self.items)

    @property
    def is_parameters(self) -> bool:
        return self.name == PARAMETERS

    @property
    def takes_serials(self) -> bool:
        """Whether what sits here can have a serial number of its own."""
        told_apart = {item.identified_by for item in self.items}
        return bool(told_apart - {IdentifiedBy.NOTHING})

    @property
    def values(self) -> Mapping[str, str]:
        """The parameter values that are known to hold here."""
        return self.seat.values if self.seat else {}

    @property
    def inside(self) -> str:
        """What sits here now, in words."""
        return in_words(self.seat)

    @property
    def word(self) -> str:
        """What sits here now, in the words of lists; empty where nothing is known."""
        seat = self.seat
        if seat is None or (seat.item is None and not seat.is_empty):
            return ""
        if seat.is_empty:
            return EMPTY
        return str(seat.release or seat.item)

    def choices(self, *, only_items: bool = False) -> list[tuple[str, str]]:
        """Return what may be said to sit here: words of lists, and how they read."""
        said = _("%(item)s, version not known")
        options: list[tuple[str, str]] = []
        for item in self.items:
            releases = [] if only_items else [one for one in self.fits if one.item_id == item.pk]
            options += [(str(one), str(one)) for one in releases[::-1]]
            options.append((item.name, item.name if only_items else said % {"item": item.name}))
        if self.is_hardware:
            options.append((EMPTY, _("nothing, the place is empty")))
        return options


def in_words(seat: Seat | None) -> str:
    """Return what sits in a seat: *CB-21 C, B-1*."""
    if seat is None:
        return _("not known")
    if seat.is_empty:
        return _("nothing")
    named = [str(seat.release or seat.item or ""), seat.child.serial if seat.child else seat.part]
    return ", ".join(part for part in named if part) or _("not known")


def places_of(
    unit: "Unit", seats: Iterable[Seat] = (), *, opened: str | None = None
) -> dict[str, Place]:
    """Return every slot of a unit by its path, those above before those in them.

    Below the slot that is ``opened`` stands all that may be in whatever fits there; below others
    only what is in the item that is known to sit there. Two queries a level.
    """
    known = {seat.path: seat for seat in _flat(seats) if seat.path}
    plans = _plans_below(unit.item_id)
    found: dict[str, Place] = {}

    def walk(item_ids: Iterable[int], above: str, depth: int) -> None:
        for plan in (plan for pk in item_ids for plan in plans.get(pk, ())):
            path = f"{above}/{plan.slot.name}" if above else plan.slot.name
            earlier = found.get(path)
            fits = (*earlier.fits, *plan.fits) if earlier else plan.fits
            found[path] = Place(path, fits, known.get(path))
            inner = {release.item_id for release in plan.fits}
            seat = known.get(path)
            if seat and seat.item and path != opened:
                inner &= {seat.item.pk}
            if depth < NESTING_LIMIT:
                walk(sorted(inner), path, depth + 1)

    walk([unit.item_id], "", 1)
    return {path: replace(place, fits=_once(place.fits)) for path, place in found.items()}


def itself(unit: "Unit") -> Place:
    """Return the unit itself as a place: it is a release of its own item. One query."""
    return Place("", tuple(catalog.releases_of(unit.item)))


def seat_at(path: str, seats: Iterable[Seat]) -> Seat | None:
    """Return the seat at a path, at any depth."""
    return next((seat for seat in _flat(seats) if seat.path == path), None)


def _once(releases: Sequence["Release"]) -> tuple["Release", ...]:
    return tuple({release.pk: release for release in releases}.values())


def _flat(seats: Iterable[Seat]) -> Iterable[Seat]:
    for seat in seats:
        yield seat
        yield from _flat(seat.seats)


def _plans_below(item_id: int) -> dict[int, list["SlotPlan"]]:
    """Return the slots of an item and of all that may sit in them."""
    plans: dict[int, list[SlotPlan]] = {}
    level = {item_id}
    for _depth in range(NESTING_LIMIT):
        plans |= {pk: [] for pk in level} | catalog.slots_of_items(level)
        fits = {release.item_id for pk in level for plan in plans[pk] for release in plan.fits}
        level = fits - plans.keys()
        if not level:
            break
    return plans
