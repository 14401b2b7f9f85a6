"""Tables of units as rows of a file: all that a list shows, and what a vulnerability reaches.

What is not known is said in words, so that no empty cell is taken for *none*.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from django.utils.translation import gettext as _

from longmark.core.parameters.secrets import is_digest
from longmark.foundation.pages import Page
from longmark.web import countries, words
from longmark.web.exports import Row, Value
from longmark.web.words import evidence_code

if TYPE_CHECKING:
    from longmark.fleet.models import ParameterDrift, Unit
    from longmark.fleet.queries.reach import Kept, Place, UnitReached

Listed = TypeVar("Listed")


def unit_head() -> list[str]:
    """Return the titles of a table of units."""
    return [
        _("serial number"),
        _("item"),
        _("state"),
        _("customer"),
        _("site"),
        _("distributor"),
        _("country"),
        _("built"),
    ]


def unit_rows(pages: "Callable[[str | None], Page[Unit]]") -> Iterator[Row]:
    """Yield all units of a list."""
    return (
        [*_identity(unit), *_keepers(unit), unit.built_at and unit.built_at.date()]
        for unit in _every(pages)
    )


def reached_head() -> list[str]:
    """Return the titles of a table of units that a vulnerability reaches."""
    return [
        *unit_head()[:-1],
        _("affected or unknown"),
        _("affected parts"),
        _("evidence"),
    ]


def reached_rows(pages: "Callable[[str | None], Page[UnitReached]]") -> Iterator[Row]:
    """Yield all units that a vulnerability reaches."""
    return (_reached(each) for each in _every(pages))


DriftPages = Callable[[str | None], "Page[ParameterDrift]"]


def drift_head() -> list[str]:
    """Return the titles of a table of units that differ from what was booked."""
    return [
        *unit_head()[:-1],
        _("found on"),
        _("set"),
        _("values that nobody booked"),
        _("which"),
        _("counter before"),
        _("counter after"),
    ]


def drift_rows(pages: DriftPages) -> Iterator[Row]:
    """Yield all units that differ from what was booked."""
    return (
        [
            *_identity(row.unit),
            *_keepers(row.unit),
            row.found_at.date(),
            row.item.name if row.item else _("unknown"),
            row.deviation_count,
            ", ".join(_deviation(*each) for each in row.deviations),
            row.counter_before,
            row.counter_after,
        ]
        for row in _every(pages)
    )


def _deviation(name: str, expected: str, _basis: str, found: str) -> str:
    if is_digest(found):
        return _("%(name)s: another secret") % {"name": name}
    return f"{name}: {expected} → {found}"


def _every(pages: Callable[[str | None], Page[Listed]]) -> Iterator[Listed]:
    """Yield the rows of all pages, one page in memory at a time."""
    after: str | None = None
    while True:
        found = pages(after)
        yield from found.items
        after = found.next
        if after is None:
            return


def _identity(unit: "Unit") -> list[Value]:
    return [unit.serial, unit.item.name, str(words.UNIT_STATES.get(unit.state, unit.state))]


def _keepers(unit: "Unit | Kept") -> list[Value]:
    return [
        unit.operator.name if unit.operator else _("unknown"),
        unit.site.name if unit.site else "",
        unit.distributor.name if unit.distributor else "",
        countries.name_of(unit.country) if unit.country else _("unknown"),
    ]


def _reached(reached: "UnitReached") -> Row:
    levels = [place.evidence for place in reached.places if place.release]
    return [
        *_identity(reached.unit),
        *_keepers(reached.keeper),
        _("unknown") if reached.is_unknown else _("affected"),
        ", ".join(_part(place) for place in reached.places),
        evidence_code(max(levels, default=None)),
    ]


def _part(place: "Place") -> str:
    if place.release is not None:
        return str(place.release)
    return _("%(item)s, version unknown") % {"item": place.item}
