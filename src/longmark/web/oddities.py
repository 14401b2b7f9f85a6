"""Mismatches in words: where, what is there, and what would be allowed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from longmark.catalog.queries import combinations

if TYPE_CHECKING:
    from longmark.catalog.queries.combinations import PlacedSpan
    from longmark.core.composition.spans import Span
    from longmark.fleet.models import Unit, Waiver
    from longmark.fleet.queries.mismatches import Odd, OddUnit


@dataclass(frozen=True)
class Oddity:
    """One mismatch, told."""

    key: str
    place: str
    present: str
    said: str
    waiver: "Waiver | None"


@dataclass(frozen=True)
class OddRow:
    """A unit with its mismatches, told."""

    unit: "Unit"
    oddities: tuple[Oddity, ...]


def told(units: "Iterable[OddUnit]") -> list[OddRow]:
    """Tell the mismatches of units. One query."""
    rows = list(units)
    nearest = {odd.nearest for row in rows for odd in row.mismatches if odd.nearest}
    pieces = combinations.pieces_of(nearest)
    return [OddRow(row.unit, tuple(_oddity(odd, pieces) for odd in row.mismatches)) for row in rows]


def told_of(found: "Sequence[Odd]") -> tuple[Oddity, ...]:
    """Tell the mismatches of one unit. One query."""
    pieces = combinations.pieces_of({odd.nearest for odd in found if odd.nearest})
    return tuple(_oddity(odd, pieces) for odd in found)


def oddity(odd: "Odd") -> Oddity:
    """Tell one mismatch. One query."""
    return _oddity(odd, combinations.pieces_of([odd.nearest] if odd.nearest else []))


def _oddity(odd: "Odd", pieces: "dict[int, list[PlacedSpan]]") -> Oddity:
    present = ", ".join(str(each.release) for each in odd.present)
    place = ", ".join(each.path or odd.path for each in odd.present)
    if odd.nearest is None:
        said = _("is not among what the catalog allows there")
    else:
        begin = f"{odd.path}/" if odd.path else ""
        wrong = {each.path.removeprefix(begin) for each in odd.present}
        wants = [
            f"{each.item.name} {span_text(each.span)}"
            for each in pieces[odd.nearest.pk]
            if each.path in wrong
        ]
        said = _("no combination allows it; the nearest, “%(name)s”, wants %(wanted)s") % {
            "name": odd.nearest,
            "wanted": ", ".join(wants),
        }
    return Oddity(odd.key, place, present, said, odd.waiver)


def span_text(span: "Span") -> str:
    """Return versions as one says them."""
    if span.low == span.high:
        return span.low or _("in any version")
    if not span.high:
        return _("%(version)s or later") % {"version": span.low}
    if not span.low:
        return _("up to %(version)s") % {"version": span.high}
    return _("%(low)s to %(high)s") % {"low": span.low, "high": span.high}
