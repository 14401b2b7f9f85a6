"""What a technician in front of a unit can book in three taps: the act, the value, the button.

Each act is one form that says what a row of a list would: the browser sends it to the API, or
keeps it until there is a connection.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from longmark.core.life.events import State
from longmark.web.places import EMPTY, Place, places_of

if TYPE_CHECKING:
    from longmark.fleet.models import Unit
    from longmark.web.seats import Seat

Option = tuple[str, str]


@dataclass(frozen=True)
class PhoneAct:
    """One form: what happened where, and what can be chosen. ``column`` is what a list calls it."""

    event: str
    word: str
    place: Place
    options: tuple[Option, ...] = ()
    values: tuple[Option, ...] = ()
    takes_serial: bool = False

    @property
    def column(self) -> str:
        return self.place.path

    @property
    def number(self) -> str:
        """What tells this form from the others of its page."""
        return f"{self.event}-{self.place.path.replace('/', '-')}"


def phone_acts(unit: "Unit", seats: "Sequence[Seat]") -> list[PhoneAct]:
    """Return what can be booked on a unit from a phone, the usual first. Two queries a level."""
    if unit.state == State.SCRAPPED:
        return []
    places = list(places_of(unit, seats).values())
    return [*_software(places), *_swaps(places), *_parameters(places)]


def _software(places: Iterable[Place]) -> list[PhoneAct]:
    """Return a form for each place of firmware, the newest version first."""
    return [
        PhoneAct("software-changed", _("Firmware"), place, _releases(place))
        for place in places
        if place.is_software
    ]


def _swaps(places: Iterable[Place]) -> list[PhoneAct]:
    found = []
    for place in places:
        if place.is_hardware:
            bare = [(item.name, _("%(item)s, version not read") % {"item": item.name})
                    for item in place.items]  # fmt: skip
            options = (*_releases(place), *bare, (EMPTY, _("nothing, the place is empty")))
            found.append(
                PhoneAct("swapped", _("Swap"), place, options, takes_serial=place.takes_serials)
            )
    return found


def _parameters(places: Iterable[Place]) -> list[PhoneAct]:
    return [
        PhoneAct(
            "parameters-changed", _("Parameters"), place, values=tuple(sorted(place.values.items()))
        )
        for place in places
        if place.is_parameters
    ]


def _releases(place: Place) -> tuple[Option, ...]:
    """Return the releases that fit, newest first."""
    return tuple((str(release), str(release)) for release in reversed(place.fits))
