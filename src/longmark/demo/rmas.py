"""RMAs of late: some on their way, some on the bench, one held there, one replaced.

Older returns come from the lists of the service; these are led step by step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from longmark.core.life.events import Details, Kind
from longmark.core.life.returns import RmaDecision, RmaOutcome, RmaStep
from longmark.demo.lives import Drive, Works
from longmark.demo.service import newer
from longmark.demo.stage import Stage
from longmark.fleet.queries import rmas as queries
from longmark.fleet.queries import units
from longmark.fleet.services import booking, rmas
from longmark.fleet.services.endings import Ending, identity_of
from longmark.fleet.services.rmas import Diagnosis
from longmark.fleet.services.statements import Statement
from longmark.impact.queries.holds import gate_of

if TYPE_CHECKING:
    from longmark.fleet.models import Unit

DRILLED, FIXED = "tg200-fw", "2.4"  # before this release it is open to the drill
CLERK = "lena"
WARRANTY_DAYS = 3 * 365
WORKERS = ("Lena Marsh", "Jonas Weber", "Ines Roth")


@dataclass(frozen=True)
class Case:
    """One return: how long ago, how far it has come, what is wrong and what was found."""

    ago: int
    step: RmaStep
    fault: str
    found: str = ""
    decision: RmaDecision = RmaDecision.REPAIR


HELD = Case(
    12,
    RmaStep.IN_REPAIR,
    "Trips on overcurrent at start.",
    "Current sensor of phase V drifts. Sensor replaced, drive tested under load.",
)
OVERRIDDEN = Case(
    27,
    RmaStep.IN_REPAIR,
    "Fan blocked, switches off when warm.",
    "Bearing of the fan worn. Fan replaced.",
)
REPLACED = Case(
    20,
    RmaStep.DIAGNOSED,
    "Burnt smell, main fuse blown.",
    "Power module short-circuited, DC link damaged beyond repair.",
    RmaDecision.REPLACE,
)
OTHERS: Sequence[Case] = (
    Case(2, RmaStep.OPENED, "Does not start after a thunderstorm."),
    Case(4, RmaStep.OPENED, "Display dark."),
    Case(6, RmaStep.RECEIVED, "Fieldbus drops out several times a day."),
    Case(11, RmaStep.RECEIVED, "Encoder fault, sporadic."),
    Case(
        17,
        RmaStep.DIAGNOSED,
        "Water in the housing.",
        "Corrosion on the control board; housing was drilled on site.",
        RmaDecision.SEND_BACK,
    ),
    Case(
        24,
        RmaStep.IN_REPAIR,
        "Brake chopper fails.",
        "Chopper transistor open; spare part ordered.",
    ),
    Case(41, RmaStep.DIAGNOSED, "Loses parameters.", "Memory worn out; board to be swapped."),
    Case(58, RmaStep.IN_REPAIR, "Hums under load.", "Choke loose. Waits for a choke."),
    Case(112, RmaStep.RECEIVED, "Returned without a note."),
)


def plan(stage: Stage, works: Works) -> None:
    """Plan the returns. What is held can be told only once all findings are there."""
    quiet = [
        drive
        for drive in reversed(works.drives)
        if drive.settled > 200 and not drive.is_busy and drive.board and "customer" in drive.keepers
    ]
    old = [drive for drive in reversed(quiet) if drive.item == "TG-200"]
    spares = [drive for drive in works.drives if not drive.is_sold and drive.item == "TG-200"]
    chosen = quiet[: len(OTHERS)]
    for number, (case, drive) in enumerate(zip(OTHERS, chosen, strict=False)):
        _plan_case(stage, case, drive, WORKERS[number % len(WORKERS)])
    rest = [drive for drive in old if drive not in chosen]
    weak = [drive for drive in rest if newer(DRILLED, FIXED, drive.firmware)]
    held, overridden = weak[-1], weak[-2]
    replaced = next(drive for drive in reversed(rest) if drive not in (held, overridden))
    for case, drive in ((HELD, held), (OVERRIDDEN, overridden), (REPLACED, replaced)):
        _plan_case(stage, case, drive, WORKERS[0])
    # The last lists are in, and all findings are there: the newest drives are known.
    stage.plan(stage.now, partial(_send_back, stage, overridden))
    stage.plan(stage.now, partial(_replace, stage, replaced, spares))


def _plan_case(stage: Stage, case: Case, drive: Drive, worker: str) -> None:
    """Plan the warranty of a drive, its return, and what followed."""
    drive.is_busy = True
    stage.plan(stage.instant(case.ago + 1, 10), partial(_warrant, stage, drive))
    deeds = (_open, _receive, _diagnose, _begin)
    wanted = list(RmaStep).index(case.step)
    for number, deed in enumerate(deeds[: wanted + 1]):
        days = max(case.ago - 2 * number, 0)
        at = stage.instant(days, 10 + number)
        stage.plan(at, partial(deed, stage, case, drive, worker))


def _warrant(stage: Stage, drive: Drive, at: datetime) -> None:
    """Let a warranty begin with the operation of a drive."""
    began = stage.instant(drive.settled, 0)
    until = (began + timedelta(days=WARRANTY_DAYS)).date()
    started = Statement(
        identity_of(_unit(stage, drive)),
        Kind.WARRANTY_STARTED,
        began,
        source="contract",
        details=Details(until=until),
    )
    booking.book_event(started, actor=stage.actor(CLERK), now=at)


def _open(stage: Stage, case: Case, drive: Drive, worker: str, at: datetime) -> None:
    unit, clerk = _unit(stage, drive), stage.actor(CLERK)
    rmas.open_rma(unit, on=at.date(), reason=case.fault, actor=clerk, now=at)


def _receive(stage: Stage, case: Case, drive: Drive, worker: str, at: datetime) -> None:
    unit, number = _waiting(stage, drive)
    clerk = stage.actor(CLERK)
    rmas.receive_rma(unit, number, on=at.date(), worker=worker, actor=clerk, now=at)


def _diagnose(stage: Stage, case: Case, drive: Drive, worker: str, at: datetime) -> None:
    unit, number = _waiting(stage, drive)
    found, clerk = Diagnosis(case.found, case.decision), stage.actor(CLERK)
    rmas.diagnose_rma(unit, number, found, on=at.date(), worker=worker, actor=clerk, now=at)


def _begin(stage: Stage, case: Case, drive: Drive, worker: str, at: datetime) -> None:
    unit, number = _waiting(stage, drive)
    rmas.begin_repair(unit, number, on=at.date(), worker=worker, actor=stage.actor(CLERK), now=at)


def _replace(stage: Stage, drive: Drive, spares: Sequence[Drive], at: datetime) -> None:
    """Send a new drive in place of one, the first that nothing holds."""
    unit, number = _waiting(stage, drive)
    takers = (_unit(stage, spare) for spare in spares)
    taker = next((one for one in takers if not gate_of(one).holds), None)
    if taker is None:
        return
    ending = Ending(RmaOutcome.REPLACED, at.date(), "Beyond repair.", taker)
    rmas.close_rma(unit, number, ending, holds=[], actor=stage.actor(CLERK), now=at)


def _send_back(stage: Stage, drive: Drive, at: datetime) -> None:
    """Close a repair although the drive is held: the customer does not want the update."""
    unit, number = _waiting(stage, drive)
    ending = Ending(
        RmaOutcome.REPAIRED,
        at.date(),
        "Fan replaced.",
        override="The customer runs this release validated and declined the update in writing.",
    )
    holds = gate_of(unit).holds
    rmas.close_rma(unit, number, ending, holds=holds, actor=stage.actor(CLERK), now=at)


def _unit(stage: Stage, drive: Drive) -> "Unit":
    return units.unit_of(stage.items[drive.item], drive.serial)


def _waiting(stage: Stage, drive: Drive) -> "tuple[Unit, str]":
    """Return a drive and the number of its open RMA."""
    unit = _unit(stage, drive)
    found = queries.open_rma_of(unit)
    assert found is not None
    return unit, found.number
