"""Which sources can be followed, where they publish and when they are stale: `upstreams.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from typing import Any

from longmark.core.vocabulary import FeedKind


@dataclass(frozen=True)
class Upstream:
    """A source as its publisher offers it; an installation may follow a mirror instead."""

    kind: FeedKind
    title: str
    address: str
    period: timedelta
    stale_after: timedelta
    concerns: str
    notice: str
    options: Mapping[str, Any]


def _upstream(kind: str, stated: Mapping[str, Any]) -> Upstream:
    return Upstream(
        kind=FeedKind(kind),
        title=stated["title"],
        address=stated["address"],
        period=timedelta(minutes=stated["period_minutes"]),
        stale_after=timedelta(hours=stated["stale_hours"]),
        concerns=stated["concerns"],
        notice=stated.get("notice", ""),
        options=stated.get("options", {}),
    )


_TEXT = resources.files(__package__).joinpath("upstreams.toml").read_text(encoding="utf-8")

UPSTREAMS: Mapping[FeedKind, Upstream] = {
    FeedKind(kind): _upstream(kind, stated) for kind, stated in tomllib.loads(_TEXT).items()
}
