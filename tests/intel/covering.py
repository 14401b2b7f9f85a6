"""Sources that are known in full, for what qualifies a 'nothing matches'."""

from datetime import datetime
from typing import Any

from longmark.intel.models import Feed
from longmark.intel.queries import feeds

DECISIVE = ("osv", "nvd", "cve", "kev", "epss", "euvd")


def followed(name: str, now: datetime, **more: Any) -> Feed:
    """A feed that was mirrored whole just now, but for what is said otherwise."""
    feed = feeds.feed(name)
    stated = {"is_enabled": True, "is_whole": True, "succeeded_at": now} | more
    for field, value in stated.items():
        setattr(feed, field, value)
    feed.save()
    return feed


def all_followed(now: datetime) -> None:
    """Every source is here, fresh and whole."""
    for name in DECISIVE:
        followed(name, now)
