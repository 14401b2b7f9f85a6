"""A run of a feed as background work, whatever its kind."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from longmark.core.errors import LongmarkError, Refused
from longmark.core.vocabulary import FeedKind
from longmark.foundation.client import Client
from longmark.intel.queries import feeds as queries
from longmark.intel.services import feeds
from longmark.intel.tasks import csaf, cve, euvd, linux, nvd, osv, wholes
from longmark.intel.tasks.errands import Errand
from longmark.jobs.services import Cancelled, Progress

if TYPE_CHECKING:
    from longmark.intel.models import FeedRun

FOLLOWERS: Final[Mapping[FeedKind, Callable[[Errand], None]]] = {
    FeedKind.KEV: wholes.follow,
    FeedKind.EPSS: wholes.follow,
    FeedKind.OSV: osv.follow,
    FeedKind.NVD: nvd.follow,
    FeedKind.CVE: cve.follow,
    FeedKind.LINUX: linux.follow,
    FeedKind.EUVD: euvd.follow,
    FeedKind.CSAF: csaf.follow,
}


def run_feed(arguments: Mapping[str, Any], progress: Progress) -> str:
    """Run a feed; a run that was cut off goes on where it was.

    Raises:
        Refused: the run failed; the feed says why, and when it is tried again.
    """
    name = str(arguments["feed"])
    run = queries.open_run(name)
    if run is None:
        raise Refused("No run of {feed} is asked for.", feed=name)
    client = Client(trusted=settings.FEED_TRUSTED_HOSTS, proxy=settings.FEED_PROXY)
    try:
        return work_through(run, client, Path(settings.FEED_FOLDER) / name, progress)
    finally:
        client.close()


def work_through(run: "FeedRun", client: Client, folder: Path, progress: Progress) -> str:
    """Do all that a run of a feed consists of, and say what it brought.

    Raises:
        Refused: it failed; what was taken stays, and is not fetched again.
    """
    feeds.begin(run, now=progress.now)
    errand = Errand(run, client, folder, progress)
    error = ""
    try:
        errand.take_pending()
        FOLLOWERS[FeedKind(run.feed.kind)](errand)
        errand.save()
        error = " ".join(errand.problems)
    except Cancelled:
        feeds.end(run, errand.steps, error=_("Stopped."), actor=progress.actor, now=progress.now)
        raise
    except LongmarkError as failed:
        error = " ".join((*errand.problems, str(failed)))
    feeds.end(run, errand.steps, error=error, actor=progress.actor, now=progress.now)
    if error:
        raise Refused("{feed}: {error}", feed=run.feed.name, error=error)
    return _said(run)


def _said(run: "FeedRun") -> str:
    counts = queries.counts_of([run])[run.pk]
    if not counts.read:
        return _("{feed}: nothing new.").format(feed=run.feed.name)
    return _(
        "{feed}: {added} new, {changed} changed, {unchanged} unchanged, {refused} refused."
    ).format(
        feed=run.feed.name,
        added=counts.added,
        changed=counts.changed,
        unchanged=counts.unchanged,
        refused=counts.refused,
    )
