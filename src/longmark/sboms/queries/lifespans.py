"""Lifespans, and the components that are past their end, near it, or of which none is known."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from longmark.catalog import queries as catalog
from longmark.core.errors import NotFound
from longmark.core.lifespans import (
    Book,
    Line,
    Origin,
    Placed,
    Standing,
    Statement,
    standing,
)
from longmark.foundation.pages import Page, keyset_page
from longmark.sboms import queries as sboms
from longmark.sboms.models import (
    Component,
    ComponentLifespan,
    Coordinate,
    Lifespan,
    LifespanList,
    Occurrence,
)

if TYPE_CHECKING:
    from longmark.catalog.models import SupportPeriod

SOON_DAYS: Final = 365
IDS_CHUNK: Final = 2_000
LOCK: Final = 0x4C494645
"""The number of the lock on all lifespans (PostgreSQL): any will do that no other lock has."""


class View(StrEnum):
    """What components are asked for."""

    PAST = "past"
    SUPPORT = "support"
    SOON = "soon"
    KNOWN = "known"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Asked:
    """What a list of components is narrowed to; ``days`` counts for what ends soon."""

    view: View = View.PAST
    days: int = SOON_DAYS
    release_ids: Collection[int] | None = None
    text: str = ""


@dataclass(frozen=True)
class Due:
    """A component with the lifespan that is believed of it, and where it is used.

    ``supported`` is the support period that ends last among the products it may be part of.
    """

    component: Component
    lifespan: Lifespan | None
    standing: Standing
    release_ids: tuple[int, ...]
    supported: "SupportPeriod | None"

    @property
    def ends_on(self) -> date | None:
        """The last day on which anybody mends it, if that is announced."""
        return self.lifespan.ends_on if self.lifespan else None

    @property
    def ends_before_support(self) -> bool:
        """Whether a product must be supported for longer than this component is."""
        return bool(self.ends_on and self.supported and self.ends_on < self.supported.ends_on)


@dataclass(frozen=True)
class Counts:
    """How many components of some releases stand how."""

    past: int
    soon: int
    before_support: int
    supported: int
    unknown: int


def hold_lifespans_still() -> None:
    """Let no lifespan change until the transaction ends; others may read meanwhile."""
    _lock("pg_advisory_xact_lock_shared")


def take_turn() -> None:
    """Wait until nobody holds the lifespans still, and be the only one to change them."""
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    assert connection.in_atomic_block, "a lock lasts as long as the transaction"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [LOCK])


def book() -> Book:
    """Return every lifespan that holds, to be asked about coordinates. One query."""
    rows = Lifespan.objects.filter(withdrawn_at=None).order_by("id")
    columns = ("id", "package", "versions", "origin", "support_ends_on", "end_of_life_on")
    return Book(
        Statement(pk, Line(package, versions), Origin(origin), support, end)
        for pk, package, versions, origin, support, end in rows.values_list(*columns)
    )


def lifespan(pk: int) -> Lifespan:
    """Return one lifespan, withdrawn or not. One query.

    Raises:
        NotFound: there is none with this number.
    """
    found = Lifespan.objects.select_related("edition").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no lifespan {pk}.", pk=pk)
    return found


def lifespans_page(
    *,
    text: str = "",
    origin: str = "",
    edition: LifespanList | None = None,
    with_withdrawn: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Page[Lifespan]:
    """Return lifespans by package and versions. One query."""
    rows = Lifespan.objects.all() if with_withdrawn else Lifespan.objects.filter(withdrawn_at=None)
    sought = text.replace("\0", "").strip().casefold()
    if sought:
        rows = rows.filter(Q(package__contains=sought) | Q(said_by__icontains=sought))
    if origin:
        rows = rows.filter(origin=origin)
    if edition:
        rows = rows.filter(edition=edition)
    return keyset_page(rows, order=["package", "versions", "id"], after=after, limit=limit)


def list_taken(pk: int) -> LifespanList:
    """Return one list of lifespans with what was refused of it. One query.

    Raises:
        NotFound: there is none with this number.
    """
    found = LifespanList.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no list of lifespans {pk}.", pk=pk)
    return found


def lifespans_of(component: Component) -> list[Lifespan]:
    """Return the lifespans that speak of a component, the one that is believed first.

    Three queries.
    """
    found = book().speaking_of(sboms.coordinates_of(component))
    rows = Lifespan.objects.in_bulk([each.number for each in found])
    return [rows[each.number] for each in found]


def components_believing(
    found: Lifespan, *, after: str | None = None, limit: int = 50
) -> Page[Component]:
    """Return the components of which a lifespan is believed, by name. One query."""
    rows = Component.objects.filter(lifespan__lifespan=found)
    return keyset_page(rows, order=["folded_name", "id"], after=after, limit=limit)


def believing_counts(ids: Iterable[int]) -> dict[int, int]:
    """Return of how many components each lifespan is believed. One query."""
    rows = ComponentLifespan.objects.filter(lifespan_id__in=list(ids)).values("lifespan_id")
    counted = rows.annotate(count=Count("component_id")).order_by("lifespan_id")
    return {row["lifespan_id"]: row["count"] for row in counted}


def believed(placed: Sequence[Sequence[Placed]]) -> list[Lifespan | None]:
    """Return the lifespan that is believed of each of some sets of coordinates. Two queries."""
    known = book()
    leading = [known.leading(each) for each in placed]
    rows = Lifespan.objects.in_bulk({each.number for each in leading if each})
    return [rows[each.number] if each else None for each in leading]


def component_ids_under(packages: Iterable[str]) -> Iterator[list[uuid.UUID]]:
    """Yield the components that are matched under packages, each once, in chunks, rising.

    One query a package; a release of a distribution is one range of the same index.
    """
    ids: set[uuid.UUID] = set()
    for package in sorted(set(packages)):
        condition = Q(package=package)
        if package.endswith(":"):
            condition = Q(package__gte=package, package__lt=f"{package}\x7f")
        rows = Coordinate.objects.filter(condition).values_list("component_id", flat=True)
        ids.update(rows.iterator(chunk_size=IDS_CHUNK))
    rest = iter(sorted(ids))
    while chunk := list(islice(rest, IDS_CHUNK)):
        yield chunk


def ending_of(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Lifespan]:
    """Return the lifespan that is believed of each of some components. One query."""
    rows = ComponentLifespan.objects.filter(component_id__in=ids)
    return {each.component_id: each.lifespan for each in rows.select_related("lifespan")}


def coordinates_by_component(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, list[Coordinate]]:
    """Return the coordinates of components. One query."""
    found: dict[uuid.UUID, list[Coordinate]] = defaultdict(list)
    for each in Coordinate.objects.filter(component_id__in=ids).order_by("id"):
        found[each.component_id].append(each)
    return found


def counts_of(release_ids: Collection[int], *, today: date) -> Counts:
    """Return how many distinct components of releases stand how. At most four queries."""
    rows = _named(release_ids)
    before = _before_support(today, catalog.support_of_releases(), release_ids)
    is_past = Q(lifespan__ends_on__lt=today)
    return Counts(
        **rows.aggregate(
            past=Count("id", filter=is_past),
            soon=Count("id", filter=_soon(today, SOON_DAYS)),
            before_support=Count("id", filter=before),
            supported=Count("id", filter=Q(lifespan__ends_on__gte=today)),
            unknown=Count("id", filter=Q(lifespan__ends_on=None) & _listed(release_ids)),
        )
    )


def due_count(asked: Asked, *, today: date) -> int:
    """Return how many components a list holds. One query, four if products' support counts."""
    return _asked(asked, today, _support(asked)).count()


def due_page(asked: Asked, *, today: date, after: str | None = None, limit: int = 50) -> Page[Due]:
    """Return the components that are asked for, what ends first first, else by name.

    Five queries.
    """
    support = catalog.support_of_releases()
    rows = _asked(asked, today, support).select_related("lifespan__lifespan")
    order = ["folded_name", "id"] if asked.view is View.UNKNOWN else ["lifespan__ends_on", "id"]
    page = keyset_page(rows, order=order, after=after, limit=limit)
    held = sboms.release_ids_with(each.pk for each in page.items)
    found = [_due(each, held.get(each.pk, []), support, today) for each in page.items]
    return Page(found, page.next)


def _due(
    component: Component,
    release_ids: list[int],
    support: "Mapping[int, SupportPeriod]",
    today: date,
) -> Due:
    known = getattr(component, "lifespan", None)
    stated: Lifespan | None = known.lifespan if known else None
    periods = [support[pk] for pk in release_ids if pk in support]
    return Due(
        component=component,
        lifespan=stated,
        standing=standing_of(stated, today=today),
        release_ids=tuple(release_ids),
        supported=max(periods, key=lambda period: (period.ends_on, period.pk), default=None),
    )


def standing_of(lifespan: Lifespan | None, *, today: date) -> Standing:
    """Return where a component stands by the lifespan that is believed of it. No query."""
    if lifespan is None:
        return Standing.UNKNOWN
    return standing(lifespan.support_ends_on, lifespan.end_of_life_on, today=today)


def _support(asked: Asked) -> "Mapping[int, SupportPeriod]":
    return catalog.support_of_releases() if asked.view is View.SUPPORT else {}


def _asked(
    asked: Asked, today: date, support: "Mapping[int, SupportPeriod]"
) -> QuerySet[Component]:
    rows = _named(asked.release_ids)
    sought = asked.text.replace("\0", "").strip().casefold()
    if sought:
        rows = rows.filter(folded_name__contains=sought)
    conditions = {
        View.PAST: lambda: Q(lifespan__ends_on__lt=today),
        View.SUPPORT: lambda: _before_support(today, support, asked.release_ids),
        View.SOON: lambda: _soon(today, asked.days),
        View.KNOWN: lambda: Q(lifespan__ends_on__isnull=False),
        View.UNKNOWN: lambda: Q(lifespan__ends_on=None) & _listed(asked.release_ids),
    }
    return rows.filter(conditions[asked.view]())


def _named(release_ids: Collection[int] | None) -> QuerySet[Component]:
    """Return components that current SBOMs name, of releases or of all."""
    return Component.objects.filter(Exists(_current(release_ids)))


def _listed(release_ids: Collection[int] | None) -> Q:
    """Tell whether SBOMs list a component, rather than being about it."""
    return Q(Exists(_current(release_ids).filter(number__gt=0)))


def _current(release_ids: Collection[int] | None) -> QuerySet[Occurrence]:
    rows = Occurrence.objects.filter(component=OuterRef("pk"), document__is_current=True)
    if release_ids is not None:
        rows = rows.filter(document__release_id__among=sorted(release_ids))
    return rows


def _soon(today: date, days: int) -> Q:
    return Q(lifespan__ends_on__gte=today, lifespan__ends_on__lte=today + timedelta(days=days))


def _before_support(
    today: date,
    support: "Mapping[int, SupportPeriod]",
    release_ids: Collection[int] | None,
) -> Q:
    """Tell whether a component's end lies ahead, and before that of a product that may hold it.

    One condition for each day on which a support period ends, whatever the number of releases.
    """
    by_day: dict[date, list[int]] = defaultdict(list)
    for pk, period in support.items():
        if release_ids is None or pk in release_ids:
            by_day[period.ends_on].append(pk)
    found = Q(pk__in=[])
    for day, pks in by_day.items():
        found |= Q(lifespan__ends_on__lt=day) & Q(Exists(_current(pks)))
    return found & Q(lifespan__ends_on__gte=today)
