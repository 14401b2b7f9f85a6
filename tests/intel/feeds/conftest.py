"""An upstream on this machine, a client that does not wait, and runs without a worker."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from longmark.core.actors import SYSTEM, Actor
from longmark.core.vocabulary import JobState
from longmark.foundation.client import Client
from longmark.intel.models import Feed, FeedRun
from longmark.intel.queries import feeds as queries
from longmark.intel.services import feeds
from longmark.intel.services.feeds import Following
from longmark.intel.tasks import feeds as tasks
from longmark.jobs import services as jobs
from longmark.jobs.services import Cancelled
from tests.intel.feeds.acme import Acme
from tests.intel.feeds.upstream import Upstream, upstream
from tests.world import NINE

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Iterator[Upstream]:
    with upstream() as served:
        yield served


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Watch:
    """Progress of a run: notes what was said, and may be cut off."""

    now: datetime = NINE
    actor: Actor = SYSTEM
    kill_at: int = 0
    kill_on: str = ""
    cancel_at: int = 0
    said: list[str] = field(default_factory=list)

    def advance(self, done: int, total: int | None = None, note: str = "") -> None:
        self.said.append(note)
        if len(self.said) == self.kill_at or (self.kill_on and self.kill_on in note):
            raise Killed
        if len(self.said) == self.cancel_at:
            raise Cancelled


@dataclass
class Runner:
    """Runs feeds as the worker would, at once and without waiting."""

    folder: Path
    waits: list[float] = field(default_factory=list)
    trusted: frozenset[str] = frozenset({"127.0.0.1"})

    def client(self) -> Client:
        return Client(trusted=self.trusted, pause=self.waits.append)

    def follow(self, name: str, address: str = "", **options: Any) -> Feed:
        following = Following(address=address, options=options)
        return feeds.switch_on(name, following, actor=SYSTEM, now=NINE)

    def run(self, name: str, *, now: datetime = NINE, watch: Watch | None = None) -> FeedRun:
        """Run a feed to its end, or on from where it was cut off."""
        run = queries.open_run(name) or feeds.ask_for_run(name, actor=SYSTEM, now=now)
        run = queries.run(run.pk)
        client = self.client()
        try:
            tasks.work_through(run, client, self.folder / name, watch or Watch(now))
        finally:
            client.close()
            self._end_job(run, now)
        return queries.run(run.pk)

    def _end_job(self, run: FeedRun, now: datetime) -> None:
        run.refresh_from_db()
        job = jobs.take_job(kinds=[feeds.RUN_JOB], now=now + timedelta(days=1))
        if job and run.ended_at:
            jobs.end_job(job, JobState.DONE, "", actor=SYSTEM, now=now)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path / "feeds")


@pytest.fixture
def acme(source) -> Acme:
    return Acme(source)


@pytest.fixture
def name(source) -> str:
    return feeds.follow_provider(source.url, actor=SYSTEM, now=NINE).name


@pytest.fixture
def signed(acme) -> Acme:
    acme.sign()
    return acme
