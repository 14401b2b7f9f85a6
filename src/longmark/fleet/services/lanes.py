"""Lanes: the two kinds of intervals of a unit, and how the difference of two lives is written."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from django.db.models import Max

from longmark.core.life.derivation import Interval
from longmark.core.life.events import parameters_digest
from longmark.fleet.models import Custody, Installation
from longmark.foundation import bulk

_TIMES = ("valid_from", "valid_to", "known_from", "known_to", "evidence")

AnyInterval: TypeAlias = Interval[Any, Any]
Intervals: TypeAlias = tuple[AnyInterval, ...]


@dataclass(frozen=True)
class Lane:
    """A table of intervals: where its place stands, and its columns behind unit and number."""

    model: type[Installation] | type[Custody]
    place: str
    columns: tuple[str, ...]
    values: Callable[[AnyInterval], tuple[Any, ...]]


def write(
    lane: Lane,
    lives: Mapping[UUID, tuple[Intervals, Intervals]],
    *,
    known: Collection[UUID],
    now: datetime,
) -> None:
    """Close what is believed no longer, insert what is believed now.

    ``known`` are the units that have rows from before, of whatever was believed once.
    """
    differing = [pk for pk in known if lives[pk][0] != lives[pk][1]]
    numbers, highest = _numbers(lane, differing)
    values = lane.values
    closed, opened = [], []
    for pk, (before, after) in lives.items():
        for gone in before:
            if gone not in after:
                closed.append((now, pk, numbers[pk, gone.place, gone.valid_from]))
        fresh = [each for each in after if each not in before] if before else after
        for number, each in enumerate(fresh, start=highest.get(pk, 0) + 1):
            times = (each.valid_from, each.valid_to, now, None, int(each.evidence))
            opened.append((pk, number, *values(each), *times))
    bulk.update_rows_by(lane.model, ["known_to"], ["unit_id", "number"], closed)
    bulk.insert_rows(lane.model, ("unit_id", "number", *lane.columns, *_TIMES), opened)


def _installed(interval: AnyInterval) -> tuple[Any, ...]:
    content = interval.content
    if content is None:
        return interval.place, None, None, None, "", None, 1
    digest = parameters_digest(content.values) if content.values else None
    what = (content.item, content.release, content.child, content.part)
    return interval.place, *what, digest, content.quantity


def _kept(interval: AnyInterval) -> tuple[Any, ...]:
    content = interval.content
    if content is None:
        return str(interval.place), None, None, ""
    return str(interval.place), content.party, content.site, content.country


INSTALLATIONS = Lane(
    Installation,
    "slot",
    ("slot", "item_id", "release_id", "child_id", "part", "parameters_id", "quantity"),
    _installed,
)
CUSTODY = Lane(Custody, "role", ("role", "party_id", "site_id", "country"), _kept)


def _numbers(
    lane: Lane, ids: list[UUID]
) -> tuple[dict[tuple[UUID, str, datetime], int], dict[UUID, int]]:
    """Return the numbers of believed rows by their place and begin, and the highest by unit."""
    if not ids:
        return {}, {}
    rows = lane.model.objects.filter(unit_id__in=ids)
    believed = rows.filter(known_to=None).values_list("unit_id", lane.place, "valid_from", "number")
    highest = rows.values("unit_id").annotate(highest=Max("number")).order_by("unit_id")
    return (
        {(unit, where, since): number for unit, where, since, number in believed},
        dict(highest.values_list("unit_id", "highest")),
    )
