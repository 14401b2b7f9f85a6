"""The demo world: one company, six years, made through the services that people use."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from time import monotonic

from longmark.core.errors import Refused
from longmark.demo import advisories, company, fleet, parties, people, sboms
from longmark.demo.stage import Stage
from longmark.reactions import follow

UNITS = 12_000
Report = Callable[[str], None]


def make(now: datetime, *, report: Report, units: int = UNITS) -> Stage:
    """Make the demo world in an empty data folder."""
    stage = Stage(now, units)
    people.plan(stage)
    customers = parties.plan(stage)
    company.plan(stage)
    sboms.plan(stage)
    advisories.plan(stage)
    fleet.plan(stage, customers, report)
    stage.plan(stage.instant(advisories.FIRST_READ, 7), _react)
    stage.play()
    _react(now)
    return stage


def _react(at: datetime) -> None:
    follow(now=lambda: at)
