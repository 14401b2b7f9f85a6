"""Pieces of hardware that releases are made of (HBOM), and the firmware on them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from longmark.core.formats.sboms.hardware import KIND
from longmark.foundation.pages import Page, keyset_page
from longmark.sboms.models import STEP, HardwarePart, Occurrence

if TYPE_CHECKING:
    from longmark.catalog.models import Release


@dataclass(frozen=True)
class Part:
    """A piece of hardware at its place, with what is said of it there.

    ``firmware`` is what is nested in it and is no hardware itself, and what it is said to need.
    """

    occurrence: Occurrence
    stated: HardwarePart
    firmware: tuple[Occurrence, ...]

    @property
    def part_number(self) -> str:
        """Its part number; where none is stated, what it is called."""
        return self.stated.part_number or self.stated.name


def parts_page(release: "Release", *, after: str | None = None, limit: int = 50) -> Page[Part]:
    """Return the hardware of a release's current SBOMs, in their order. Three queries or one."""
    rows = _parts(release).select_related("component", "document")
    found = keyset_page(rows, order=["document_id", "number"], after=after, limit=limit)
    if not found.items:
        return Page([])
    said = _said(found.items)
    stated = [said.get((each.document_id, each.number), _unsaid(each)) for each in found.items]
    placed = list(zip(found.items, stated, strict=True))
    firmware = _firmware(placed)
    parts = [Part(each, part, firmware[each.document_id, each.number]) for each, part in placed]
    return Page(parts, found.next)


def part_count(release: "Release") -> int:
    """Return how many places of a release's current SBOMs hold hardware. One query."""
    return _parts(release).count()


def _parts(release: "Release") -> QuerySet[Occurrence]:
    return Occurrence.objects.filter(
        document__release=release, document__is_current=True, number__gt=0, kind=KIND
    )


def _said(parts: Sequence[Occurrence]) -> dict[tuple[int, int], HardwarePart]:
    rows = HardwarePart.objects.filter(
        document_id__in={each.document_id for each in parts},
        number__in={each.number for each in parts},
    )
    return {(each.document_id, each.number): each for each in rows}


def _unsaid(part: Occurrence) -> HardwarePart:
    """Return what is known of a part whose document was taken before parts were recorded."""
    return HardwarePart(name=part.component.name)


def _firmware(
    placed: Sequence[tuple[Occurrence, HardwarePart]],
) -> dict[tuple[int, int], tuple[Occurrence, ...]]:
    """Return what is on parts and is no hardware: nested directly, or needed by them."""
    needed = [number for _, part in placed for number in part.needs]
    rows = Occurrence.objects.filter(
        Q(path__in={_within(each, part) for each, part in placed}) | Q(number__in=needed),
        document_id__in={each.document_id for each, _ in placed},
    )
    by_path: dict[tuple[int, str], list[Occurrence]] = defaultdict(list)
    by_number: dict[tuple[int, int], Occurrence] = {}
    for row in rows.exclude(kind=KIND).select_related("component").order_by("id"):
        by_path[row.document_id, row.path].append(row)
        by_number[row.document_id, row.number] = row
    found = {}
    for each, part in placed:
        nested = by_path[each.document_id, _within(each, part)]
        tied = (by_number.get((each.document_id, number)) for number in part.needs)
        on_it = {row.pk: row for row in (*nested, *filter(None, tied))}
        found[each.document_id, each.number] = tuple(on_it.values())
    return found


def _within(part: Occurrence, stated: HardwarePart) -> str:
    """Return the path of what sits in a part."""
    name = stated.name.replace(STEP, " ")
    return f"{part.path}{STEP}{name}" if part.path else name
