"""Components that nothing can be looked up for, by what SBOMs call them, and what they may be."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from longmark.core.formats.sboms.hardware import KIND
from longmark.core.identity.names import BARE
from longmark.core.identity.suggestions import Suggestion, name_of, neighbours, suggestions
from longmark.foundation.pages import Page, keyset_page
from longmark.names import queries as names
from longmark.sboms.models import Component, Coordinate, Occurrence, StatedName

COMPONENTS_SHOWN = 3
IDENTITIES_LIMIT = 2_000
_BEYOND = f"{BARE[:-1]};"
"""The first text behind every stated name without identifier."""


@dataclass(frozen=True)
class Unidentified:
    """A name without identifier: how many components go by it, the first few, what it may be."""

    stated: str
    component_count: int
    components: tuple[Component, ...]
    suggestions: tuple[Suggestion, ...]

    @property
    def name(self) -> str:
        """What SBOMs call it."""
        return self.components[0].name if self.components else name_of(self.stated)


def unidentified_page(
    *, text: str = "", after: str | None = None, limit: int = 50
) -> Page[Unidentified]:
    """Return names of current SBOMs' components that nothing is looked up for, by name.

    The SBOMs' own subjects and hardware are left out: advisories speak of software. Eight queries.
    """
    rows = _unidentified()
    sought = text.replace("\0", "").strip().casefold()
    if sought:
        rows = rows.filter(name__contains=sought)
    grouped = rows.values("name").annotate(component_count=Count("component"))
    found = keyset_page(grouped, order=["name"], after=after, limit=limit)
    counts = {row["name"]: row["component_count"] for row in found.items}
    return Page(_told(counts), found.next)


def suggestions_of(stated: str) -> tuple[Suggestion, ...]:
    """Return what a name without identifier may be now; none if it is identified. Eight queries."""
    count = _unidentified().filter(name=stated).count()
    return _told({stated: count})[0].suggestions if count else ()


def _unidentified() -> QuerySet[StatedName]:
    occurs = Occurrence.objects.filter(
        component=OuterRef("component"), document__is_current=True, number__gt=0
    ).exclude(kind=KIND)
    is_looked_up = Coordinate.objects.filter(component=OuterRef("component"))
    rows = StatedName.objects.filter(name__gte=BARE, name__lt=_BEYOND)
    return rows.filter(Exists(occurs), ~Exists(is_looked_up))


def _told(counts: dict[str, int]) -> list[Unidentified]:
    if not counts:
        return []
    components = _components(list(counts))
    called = {
        stated: found[0].folded_name for stated, found in components.items() if found
    }  # the name as components keep it, not as it is quoted in a stated name
    elsewhere = _elsewhere(sorted(set(called.values())))
    asked = {near for stated in counts for near in (stated, *neighbours(stated))}
    asked |= {name for found in elsewhere.values() for name in found}
    rulebook = names.rulebook(asked)
    return [
        Unidentified(
            stated,
            count,
            tuple(components[stated]),
            suggestions(stated, elsewhere=elsewhere[called.get(stated, "")], rulebook=rulebook),
        )
        for stated, count in counts.items()
    ]


def _components(stated: Sequence[str]) -> dict[str, list[Component]]:
    """Return the first components of each stated name. One query."""
    place = Window(RowNumber(), partition_by=[F("name")], order_by=[F("component_id")])
    rows = _unidentified().filter(name__among=list(stated)).annotate(place=place)
    first = rows.filter(place__lte=COMPONENTS_SHOWN).select_related("component")
    found: dict[str, list[Component]] = defaultdict(list)
    for each in first.order_by("name", "component_id"):
        found[each.name].append(each.component)
    return found


def _elsewhere(folded: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return what identified components of these names are stated as, and how often. One query."""
    rows = StatedName.objects.filter(component__folded_name__among=list(folded)).exclude(
        name__gte=BARE, name__lt=_BEYOND
    )
    counted = rows.values("component__folded_name", "name").annotate(count=Count("id"))
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in counted.order_by("component__folded_name", "name")[:IDENTITIES_LIMIT]:
        found[row["component__folded_name"]][row["name"]] = row["count"]
    return found
