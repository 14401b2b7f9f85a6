"""How long parts are cared for: what their makers announce, a supplier's notices, a plan of ours.

Makers' dates come with Longmark and are taken in on the day on which the company began to look at
vulnerabilities. Nobody says anything of most parts, as in every real firmware.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from longmark.demo.advisories import FIRST_READ
from longmark.demo.stage import Stage
from longmark.sboms.services import lifespans
from longmark.sboms.services.lifespans import LifespanSaid

STACK, CONTROL = "pkg:generic/fieldlink/fieldlink-stack", "pkg:generic/tallgrass/motor-control"
SUPPLIER, OURSELVES = "Fieldlink Systems Oy", "Tallgrass Drives, control software"
NOTICE, PLAN = "Product notice FN-0412", "Maintenance plan of the control software"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a line of versions. Ages count back from today, below zero ahead."""

    noted: int
    product: str
    versions: str
    support_ends: int | None
    life_ends: int | None
    by: str
    source: str


SAID: Sequence[Said] = (
    Said(28, STACK, "5", None, -260, SUPPLIER, NOTICE),
    Said(27, CONTROL, "7", None, 980, OURSELVES, PLAN),
    Said(27, CONTROL, "8", 300, -540, OURSELVES, PLAN),
    Said(27, CONTROL, "9", None, None, OURSELVES, PLAN),
)


def plan(stage: Stage) -> None:
    """Plan the table of makers' dates, and what the engineer adds to it."""
    stage.plan(stage.instant(FIRST_READ, 5), _take_in)
    for number, said in enumerate(SAID):
        at = stage.instant(said.noted, 14, number)
        stage.plan(at, partial(_state, stage, said))


def _take_in(at: datetime) -> None:
    lifespans.take_in_shipped(now=at)


def _state(stage: Stage, said: Said, at: datetime) -> None:
    lifespans.add_lifespan(
        LifespanSaid(
            said.product,
            said.versions,
            _day(stage, said.support_ends),
            _day(stage, said.life_ends),
            said.by,
            said.source,
        ),
        actor=stage.actor("finn"),
        now=at,
    )


def _day(stage: Stage, age: int | None) -> date | None:
    return None if age is None else stage.day(age)
