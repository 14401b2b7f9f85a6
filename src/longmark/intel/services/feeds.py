"""Feeds: switched on and off, due, run, and what each run says of how far upstream is known.

A run is asked for, and done by a job. What it has reached is written with each step, so a run that
was cut off is taken up where it stopped. Talking to upstream is the tasks' part.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import SYSTEM, Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.core.formats.advisories.upstreams import UPSTREAMS
from longmark.core.vocabulary import FeedKind, RunState
from longmark.intel import entries
from longmark.intel.models import Feed, FeedRun
from longmark.intel.queries import feeds as queries
from longmark.jobs import queries as jobs
from longmark.jobs import services as jobs_services
from longmark.ledger import services as ledger

RUN_JOB: Final = "intel.run-feed"
SHORTEST_PERIOD: Final = timedelta(minutes=5)
RETRY_FIRST: Final = timedelta(minutes=10)
MAX_STEPS: Final = 500
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")
MAX_ERROR: Final = 2_000  # characters


@dataclass(frozen=True)
class Following:
    """How a feed is to be followed; what is not said stays as it is, or as upstream has it."""

    address: str = ""
    period: timedelta | None = None
    stale_after: timedelta | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic(durable=True)
def switch_on(
    name: str, following: Following = Following(), *, actor: Actor, now: datetime
) -> Feed:
    """Follow a feed from now on; it runs at the next pass of the worker.

    Raises:
        Invalid: an address, period or option makes no sense.
        NotAllowed: `actor` may not bring in advisories.
        NotFound: no source of this name is known.
    """
    accounts.require(actor, Action.IMPORT_ADVISORIES)
    feed = queries.feed(name)
    _apply(feed, following)
    feed.is_enabled = True
    feed.due_at = now
    feed.save()
    switched = entries.FeedSwitchedOn(
        feed.name, feed.address, int(feed.period.total_seconds()), dict(feed.options)
    )
    ledger.append(switched, subject=feed, actor=actor, now=now)
    return feed


@transaction.atomic(durable=True)
def follow_provider(domain: str, *, actor: Actor, now: datetime) -> Feed:
    """Follow a CSAF provider from now on: by its domain, or the address of its metadata.

    Raises:
        Invalid: this is neither.
        NotAllowed: `actor` may not bring in advisories.
        Refused: it is followed already.
    """
    accounts.require(actor, Action.IMPORT_ADVISORIES)
    text = domain.strip().rstrip("/").lower() if "/" not in domain else domain.strip()
    address = _checked_address(text if "://" in text else f"https://{text}", "domain")
    host = urlsplit(address).netloc.lower()
    if not _HOST.fullmatch(host):
        raise Invalid("{domain} is no domain.", field="domain", domain=domain[:100])
    upstream = UPSTREAMS[FeedKind.CSAF]
    feed = Feed(
        name=f"csaf-{host}"[:120],
        kind=FeedKind.CSAF,
        address=address,
        options=dict(upstream.options),
        period=upstream.period,
        stale_after=upstream.stale_after,
        is_enabled=True,
        due_at=now,
    )
    try:
        with transaction.atomic():
            feed.save(force_insert=True)
    except IntegrityError:
        raise Refused("{feed} is there already.", feed=feed) from None
    period = int(feed.period.total_seconds())
    switched = entries.FeedSwitchedOn(feed.name, feed.address, period, dict(feed.options))
    ledger.append(switched, subject=feed, actor=actor, now=now)
    return feed


@transaction.atomic(durable=True)
def switch_off(name: str, *, actor: Actor, now: datetime) -> Feed:
    """Follow a feed no longer. A run under way is not stopped.

    Raises:
        NotAllowed: `actor` may not bring in advisories.
        NotFound: no source of this name is known.
        Refused: it is not followed.
    """
    accounts.require(actor, Action.IMPORT_ADVISORIES)
    feed = queries.feed(name)
    if not feed.is_enabled:
        raise Refused("{feed} is not followed.", feed=feed)
    Feed.objects.filter(pk=feed.pk).update(is_enabled=False, due_at=None)
    feed.is_enabled, feed.due_at = False, None
    ledger.append(entries.FeedSwitchedOff(feed.name), subject=feed, actor=actor, now=now)
    return feed


@transaction.atomic(durable=True)
def ask_for_run(name: str, *, actor: Actor, now: datetime) -> FeedRun:
    """Have a feed run now, whether it is followed or not.

    Raises:
        NotAllowed: `actor` may not bring in advisories.
        NotFound: no source of this name is known.
        Refused: it is running already.
    """
    accounts.require(actor, Action.IMPORT_ADVISORIES)
    feed = queries.feed(name)
    if feed.pk is None:
        feed.save(force_insert=True)
    return _asked_for(feed, actor=actor, now=now)


def ask_for_due(*, now: datetime) -> list[FeedRun]:
    """Ask for a run of every feed that is due; return them. One query if none is."""
    runs = []
    for name in queries.due(now):
        try:
            runs.append(ask_for_run(name, actor=SYSTEM, now=now))
        except Refused:  # a person was faster; its end says when the next is due
            continue
    return runs


def _asked_for(feed: Feed, *, actor: Actor, now: datetime) -> FeedRun:
    _close_forsaken(feed, now=now)
    job = jobs_services.enqueue(RUN_JOB, {"feed": feed.name}, actor=actor, now=now)
    run = FeedRun(
        feed=feed,
        job_id=job.pk,
        actor_name=actor.name,
        asked_at=now,
        known_before=feed.known_count,
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        raise Refused("{feed} is running already.", feed=feed) from None
    # Should the run never come to its end, the next is due all the same.
    Feed.objects.filter(pk=feed.pk, is_enabled=True).update(due_at=now + feed.period)
    return run


def _close_forsaken(feed: Feed, *, now: datetime) -> None:
    """End a run whose job is over: it broke down, or someone stopped it before it began."""
    for run in FeedRun.objects.filter(feed=feed, ended_at=None).order_by("id"):
        job = jobs.job(run.job_id)
        if job.is_over:
            FeedRun.objects.filter(pk=run.pk).update(
                state=RunState.FAILED, ended_at=now, error=job.outcome or job.state
            )


@transaction.atomic(durable=True)
def begin(run: FeedRun, *, now: datetime) -> None:
    """Record that a run is under way, for the first time or again after it was cut off."""
    run.state = RunState.RUNNING
    run.started_at = run.started_at or now
    run.save(update_fields=["state", "started_at"])


@transaction.atomic(durable=True)
def note(run: FeedRun, steps: Sequence[Mapping[str, str]]) -> None:
    """Write how far a run has come, and what is known of upstream since."""
    run.steps = list(steps)[-MAX_STEPS:]
    run.save(update_fields=["steps", "request_count", "size_bytes"])
    run.feed.save(
        update_fields=["marks", "validators", "is_whole", "upstream_count", "known_count"]
    )


@transaction.atomic(durable=True)
def end(
    run: FeedRun, steps: Sequence[Mapping[str, str]], *, error: str, actor: Actor, now: datetime
) -> None:
    """Record how a run ended, and when the next one is due: after a failure soon, then later."""
    feed = run.feed
    run.state = RunState.FAILED if error else RunState.DONE
    run.ended_at, run.error = now, error[:MAX_ERROR]
    run.steps, run.known_after = list(steps)[-MAX_STEPS:], feed.known_count
    run.save()
    feed.failure_count = feed.failure_count + 1 if error else 0
    feed.last_error = run.error
    feed.succeeded_at = feed.succeeded_at if error else now
    feed.save(
        update_fields=[
            "marks", "validators", "is_whole", "upstream_count", "known_count", "failure_count",
            "last_error", "succeeded_at",
        ]
    )  # fmt: skip
    # It may have been switched off meanwhile; then nothing is due.
    delay = min(feed.period, RETRY_FIRST * 2 ** min(feed.failure_count - 1, 10))
    due_at = now + (delay if error else feed.period)
    Feed.objects.filter(pk=feed.pk, is_enabled=True).update(due_at=due_at)
    ledger.append(_ended(run), subject=run, actor=actor, now=now)


def _ended(run: FeedRun) -> entries.FeedRunEnded:
    counts = queries.counts_of([run])[run.pk]
    return entries.FeedRunEnded(
        name=run.feed.name,
        state=run.state,
        added_count=counts.added,
        changed_count=counts.changed,
        unchanged_count=counts.unchanged,
        refused_count=counts.refused,
        known_count=run.feed.known_count,
        upstream_count=run.feed.upstream_count,
        error=run.error,
    )


def _apply(feed: Feed, following: Following) -> None:
    if following.address:
        feed.address = _checked_address(following.address, "address")
    if following.period:
        if following.period < SHORTEST_PERIOD:
            raise Invalid("Ask at most every {shortest}.", field="period", shortest=SHORTEST_PERIOD)
        feed.period = following.period
    if following.stale_after:
        feed.stale_after = following.stale_after
    known = UPSTREAMS[FeedKind(feed.kind)].options
    options = {name: _checked_option(known, name, v) for name, v in following.options.items()}
    changed = feed.options | options
    if following.address or changed != feed.options:
        feed.is_whole = False
    feed.options = changed


def _checked_option(known: Mapping[str, Any], name: str, value: Any) -> Any:
    if name not in known:
        raise Invalid("This feed has no option {name}.", field="options", name=name)
    if isinstance(known[name], str):
        return _checked_address(str(value), "options") if value else ""
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise Invalid("{name} must be a list of texts.", field="options", name=name)
    return list(dict.fromkeys(value))


def _checked_address(text: str, field: str) -> str:
    """Return an address with which a request could be made; where it may lead, the client says."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:  # brackets that hold no address
        parts = urlsplit("")
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username:
        raise Invalid(
            "{text} is not an https address without user name.", field=field, text=text[:200]
        )
    return text.strip().rstrip("/")
