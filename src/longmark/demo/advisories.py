"""What became known, and when: files as the upstreams serve them, dropped into Longmark.

A month ago the feeds were read for the first time. This morning brought four records more, the
catalogue of exploited vulnerabilities and the scores of the day: the drill begins.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from importlib.resources import as_file

from longmark.demo.parts import FACTS
from longmark.demo.stage import Stage
from longmark.intel.services import intakes

FIRST_READ = 30  # days ago
MORNING = timedelta(minutes=40)  # before now
BEFORE: Sequence[str] = (
    "nvd-before.json.gz",
    "cves.zip",
    "osv/npm/all.zip",
    "osv/PyPI/all.zip",
)
THIS_MORNING: Sequence[str] = (
    "nvd-morning.json.gz",
    "known_exploited_vulnerabilities.json",
    "epss_scores-2026-08-09.csv.gz",
)


def plan(stage: Stage) -> None:
    """Plan the two intakes."""
    for name in BEFORE:
        stage.plan(stage.instant(FIRST_READ, 6), partial(_take_in, stage, name))
    for name in THIS_MORNING:
        stage.plan(stage.now - MORNING, partial(_take_in, stage, name))


def _take_in(stage: Stage, name: str, at: datetime) -> None:
    with as_file(FACTS.joinpath("advisories").joinpath(name)) as path:
        intakes.import_file(
            path, filename=name.replace("/", "-"), actor=stage.actor("petra"), now=at
        )
