"""Reads of feeds: how old, how complete, what went wrong, what each run brought."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Sum

from longmark.core.errors import NotFound
from longmark.core.formats.advisories.upstreams import UPSTREAMS, Upstream
from longmark.core.vocabulary import FeedKind
from longmark.foundation.pages import Page, keyset_page
from longmark.intel.models import Feed, FeedRun, Intake

MISSING_SHARE: Final = 0.005
"""Of upstream's records; so many may lag behind, or be refused, before a feed is incomplete."""


@dataclass(frozen=True)
class Counts:
    """What runs took: records by what became of them."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass(frozen=True)
class FeedState:
    """A feed as its health page shows it; ``age`` counts from its last success."""

    feed: Feed
    upstream: Upstream
    last_run: FeedRun | None
    counts: Counts
    age: timedelta | None
    is_stale: bool

    @property
    def is_running(self) -> bool:
        """Whether a run is asked for or under way."""
        return self.last_run is not None and self.last_run.ended_at is None

    @property
    def missing_count(self) -> int | None:
        """How many records of upstream are not here, where upstream says how many it has."""
        if self.feed.upstream_count is None or self.feed.known_count is None:
            return None
        return max(0, self.feed.upstream_count - self.feed.known_count)

    @property
    def is_complete(self) -> bool:
        """Whether it was mirrored whole, and what is missing since is no more than lags behind."""
        upstream = self.feed.upstream_count or 0
        return self.feed.is_whole and (self.missing_count or 0) <= upstream * MISSING_SHARE

    @property
    def health(self) -> str:
        """Return the one word for it: off, failing, stale, partial, fresh, or waiting."""
        if not self.feed.is_enabled:
            return "off"
        if self.feed.succeeded_at is None:
            return "failing" if self.feed.last_error else "waiting"
        if self.is_stale:
            return "stale"
        if self.feed.last_error:
            return "failing"
        return "fresh" if self.is_complete else "partial"


def feed(name: str) -> Feed:
    """Return a feed by its name; one that was never switched on is as upstream has it, unsaved.

    Raises:
        NotFound: no source of this name is known.
    """
    found = Feed.objects.filter(name=name).first()
    if found is not None:
        return found
    if name in set(FeedKind) - {FeedKind.CSAF}:
        return unfollowed(FeedKind(name))
    raise NotFound("There is no feed {name}.", name=name)


def unfollowed(kind: FeedKind) -> Feed:
    """Return the feed of a source that nobody switched on yet, unsaved. No query."""
    upstream = UPSTREAMS[kind]
    return Feed(
        name=kind.value,
        kind=kind.value,
        address=upstream.address,
        options=dict(upstream.options),
        period=upstream.period,
        stale_after=upstream.stale_after,
    )


def feed_states(now: datetime) -> list[FeedState]:
    """Return every feed that is or could be followed, with its last run. Three queries."""
    stored = {one.name: one for one in Feed.objects.order_by("name")}
    standard = [kind for kind in FeedKind if kind is not FeedKind.CSAF]
    feeds = [stored.get(kind.value) or unfollowed(kind) for kind in standard]
    feeds += [one for name, one in stored.items() if name not in set(standard)]
    return _states(feeds, now)


def feed_state(name: str, now: datetime) -> FeedState:
    """Return one feed with its last run. Three queries.

    Raises:
        NotFound: no source of this name is known.
    """
    return _states([feed(name)], now)[0]


def runs_page(feed: Feed, *, after: str | None = None, limit: int = 25) -> Page[FeedRun]:
    """Return the runs of a feed, newest first. One query."""
    rows = FeedRun.objects.filter(feed_id=feed.pk)
    return keyset_page(rows, order=("-id",), after=after, limit=limit)


def counts_of(runs: Iterable[FeedRun]) -> dict[int, Counts]:
    """Return what each run took. One query."""
    names = ("read", "added", "changed", "unchanged", "refused")
    ids = [run.pk for run in runs]
    rows = Intake.objects.filter(run__in=ids).order_by().values_list("run_id")
    summed = rows.annotate(*(Sum(f"{name}_count") for name in names))
    counts = {pk: Counts(*numbers) for pk, *numbers in summed}
    return {pk: counts.get(pk, Counts()) for pk in ids}


def intake_ids_of(runs: Iterable[FeedRun]) -> dict[int, list[int]]:
    """Return the files that each run took, by their ids, in their order. One query."""
    found: dict[int, list[int]] = {run.pk: [] for run in runs}
    rows = Intake.objects.filter(run__in=list(found)).order_by("id")
    for run_id, pk in rows.values_list("run_id", "id"):
        found[run_id].append(pk)
    return found


def intakes_of(run: FeedRun) -> list[Intake]:
    """Return the files that a run took, in their order. One query."""
    return list(Intake.objects.filter(run=run).order_by("id"))


def open_run(name: str) -> FeedRun | None:
    """Return the run of a feed that is asked for or under way. One query."""
    rows = FeedRun.objects.filter(feed__name=name, ended_at=None).select_related("feed")
    return rows.order_by("-id").first()


def run(pk: int) -> FeedRun:
    """Return one run with its feed.

    Raises:
        NotFound: there is none with this number.
    """
    found = FeedRun.objects.filter(pk=pk).select_related("feed").first()
    if found is None:
        raise NotFound("There is no run {pk} of a feed.", pk=pk)
    return found


def due(now: datetime) -> list[str]:
    """Return the names of the feeds that are to run, the longest due first. One query."""
    rows = Feed.objects.filter(is_enabled=True, due_at__lte=now).order_by("due_at", "id")
    return list(rows.values_list("name", flat=True))


def _states(feeds: Sequence[Feed], now: datetime) -> list[FeedState]:
    saved = [one.pk for one in feeds if one.pk]
    newest: dict[int, FeedRun] = {}
    for each in FeedRun.objects.filter(pk__in=_newest_runs(saved)):
        newest[each.feed_id] = each
    counts = counts_of(newest.values())
    states = []
    for one in feeds:
        last = newest.get(one.pk)
        age = now - one.succeeded_at if one.succeeded_at else None
        states.append(
            FeedState(
                feed=one,
                upstream=UPSTREAMS[FeedKind(one.kind)],
                last_run=last,
                counts=counts[last.pk] if last else Counts(),
                age=age,
                is_stale=age is not None and age > one.stale_after,
            )
        )
    return states


def _newest_runs(feed_ids: Sequence[int]) -> list[int]:
    rows = FeedRun.objects.filter(feed__in=feed_ids).order_by("feed_id")
    return [last for _, last in rows.values_list("feed_id").annotate(last=Max("id"))]
