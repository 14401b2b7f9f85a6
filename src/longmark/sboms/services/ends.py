"""Which lifespan is believed of which component: written with coordinates, renewed with lifespans.

What is written here is derived from both alone; it is no decision, and the ledger tells of those.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from uuid import UUID

from longmark.core.identity import Coordinate as Place
from longmark.foundation.bulk import insert_missing_rows
from longmark.sboms.models import ComponentLifespan
from longmark.sboms.queries import lifespans as queries

COLUMNS = ("component_id", "lifespan_id", "ends_on")


def record_ends(placed: Iterable[tuple[UUID, Sequence[Place]]]) -> None:
    """Record the lifespans of components that have none yet; their ids rise. Two queries."""
    queries.hold_lifespans_still()
    book = queries.book()
    leading = ((pk, book.leading(places)) for pk, places in placed)
    rows = [(pk, one.number, one.ends_on) for pk, one in leading if one]
    if rows:
        insert_missing_rows(ComponentLifespan, COLUMNS, rows)


def renew_ends(placed: Collection[tuple[UUID, Sequence[Place]]]) -> None:
    """Record the lifespans of components anew, after their coordinates changed."""
    ids = [pk for pk, _ in placed]
    ComponentLifespan.objects.filter(component_id__in=ids).delete()
    record_ends(placed)


def follow_packages(packages: Iterable[str]) -> int:
    """Record anew the lifespans of all components under packages; return how many changed.

    Only what differs is written.
    """
    book, changed = queries.book(), 0
    for ids in queries.component_ids_under(packages):
        coordinates = queries.coordinates_by_component(ids)
        stored = _stored(ids)
        leading = ((pk, book.leading(coordinates[pk])) for pk in ids)
        wanted = {pk: (one.number, one.ends_on) for pk, one in leading if one}
        differing = {pk for pk in ids if wanted.get(pk) != stored.get(pk)}
        ComponentLifespan.objects.filter(component_id__in=differing & stored.keys()).delete()
        rows = ((pk, *wanted[pk]) for pk in sorted(differing & wanted.keys()))
        insert_missing_rows(ComponentLifespan, COLUMNS, rows)
        changed += len(differing)
    return changed


def _stored(ids: Collection[UUID]) -> dict[UUID, tuple[object, ...]]:
    rows = ComponentLifespan.objects.filter(component_id__in=ids)
    return dict(_pairs(rows.order_by("component_id").values_list(*COLUMNS)))


def _pairs(rows: Iterable[tuple[UUID, int, object]]) -> Iterator[tuple[UUID, tuple[object, ...]]]:
    for pk, number, ends_on in rows:
        yield pk, (number, ends_on)
