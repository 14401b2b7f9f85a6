"""The course of what is not yet right: read each week of the last quarter, and who sees to it."""

from datetime import datetime

from longmark.accounts import queries as accounts
from longmark.demo.stage import Stage
from longmark.precision import services

WEEKS = 12
DUTIES = {"unknown-firmware": "lena", "no-sbom": "finn", "never-built": "lena"}


def plan(stage: Stage) -> None:
    """Plan the readings, and who was given what."""
    for week in range(WEEKS, -1, -1):
        stage.plan(stage.instant(7 * week, 6), lambda at: _read(at))
    stage.plan(stage.instant(40, 14), lambda at: _give(stage, at))


def _read(at: datetime) -> None:
    services.read_daily(now=at)


def _give(stage: Stage, at: datetime) -> None:
    known = {each.username: each for each in accounts.people_page().items}
    for rule, name in DUTIES.items():
        services.give_duty(rule, known[name], actor=stage.actor("quirin"), now=at)
