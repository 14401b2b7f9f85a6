"""The table of units that a vulnerability reaches, as rows of a file."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from longmark.foundation.pages import Page
from longmark.web import countries, words
from longmark.web.exports import Row
from longmark.web.words import evidence_code

if TYPE_CHECKING:
    from longmark.fleet.queries.reach import Place, UnitReached


def head() -> list[str]:
    """Return the titles of the columns."""
    return [
        _("serial number"),
        _("item"),
        _("state"),
        _("affected or unknown"),
        _("affected parts"),
        _("evidence"),
        _("customer"),
        _("site"),
        _("distributor"),
        _("country"),
    ]


def row_of(reached: "UnitReached") -> Row:
    """Return one unit as a row; what is not known is said, never left for *none*."""
    unit = reached.unit
    levels = [place.evidence for place in reached.places if place.release]
    return [
        unit.serial,
        unit.item.name,
        str(words.UNIT_STATES.get(unit.state, unit.state)),
        _("unknown") if reached.is_unknown else _("affected"),
        ", ".join(_part(place) for place in reached.places),
        str(evidence_code(max(levels, default=None))),
        unit.operator.name if unit.operator else _("unknown"),
        unit.site.name if unit.site else "",
        unit.distributor.name if unit.distributor else "",
        countries.name_of(unit.country) if unit.country else _("unknown"),
    ]


def rows_of(pages: "Callable[[str | None], Page[UnitReached]]") -> Iterator[Row]:
    """Yield all units of a list as rows, page after page, so that memory stays flat."""
    after: str | None = None
    while True:
        found = pages(after)
        yield from (row_of(each) for each in found.items)
        after = found.next
        if after is None:
            return


def _part(place: "Place") -> str:
    if place.release is not None:
        return str(place.release)
    return _("%(item)s, version unknown") % {"item": place.item}
