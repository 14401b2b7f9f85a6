"""Lists of other systems: an export of SAP, and a distributor who contradicts the ERP system.

The export brings the numbers of equipment under which SAP knows some drives. The distributor says
of five drives that others bought them; one of these claims is decided, the others wait.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from longmark.core.life.events import Evidence, Kind
from longmark.core.vocabulary import ConflictState
from longmark.demo.lists import ENGLISH, written
from longmark.demo.lives import Desk, Drive, Fact, Works
from longmark.demo.parties import Customer
from longmark.demo.stage import Stage
from longmark.fleet.queries import conflicts as queries
from longmark.fleet.services import conflicts, imports

SAP_EXPORT, SELL_OUT, DECIDED = 27, 12, 6  # ages of the two lists and of the decision
SAP_COUNT, CONTESTED_COUNT = 12, 5
FIRST_EQUIPMENT = 10_004_700
CLERK = "lena"


def plan(stage: Stage, works: Works, customers: Sequence[Customer]) -> None:
    """Plan the two lists and the decision."""
    quiet = [drive for drive in works.drives if drive.settled > 200 and not drive.is_busy]
    operated = [drive for drive in quiet if "customer" in drive.keepers][-60:]
    stage.plan(stage.instant(SAP_EXPORT, 10), partial(_sap_export, stage, operated))
    stage.plan(stage.instant(SELL_OUT, 14), partial(_sell_out, stage, operated, customers))
    stage.plan(stage.instant(DECIDED, 9), partial(_decide, stage))


def _sap_export(stage: Stage, drives: Sequence[Drive], at: datetime) -> None:
    lines = ["Equipment;Material;Serialnummer;Baujahr"]
    for number, drive in enumerate(drives[:SAP_COUNT], start=FIRST_EQUIPMENT):
        year = stage.day(drive.built).year
        lines.append(f"{number:018d};{drive.item};{drive.serial};{year}")
    content = "\r\n".join([*lines, ""]).encode("cp1252")
    _drop(stage, content, "IH08-Equipment.csv", at)


def _sell_out(
    stage: Stage, drives: Sequence[Drive], customers: Sequence[Customer], at: datetime
) -> None:
    facts = []
    for number, drive in enumerate(drives[-CONTESTED_COUNT:]):
        others = [each for each in customers if each.name != drive.keepers["customer"]]
        buyer = others[number * 11 % len(others)]
        named = {"customer": buyer.name, "site": buyer.sites[0].name}
        age = drive.settled - 1
        facts.append(
            Fact(age, age, Desk.WORKS, drive.item, drive.serial, Kind.SHIPPED, named,
                 Evidence.REPORTED, "sell-out report")
        )  # fmt: skip
    _drop(stage, written(facts, stage, ENGLISH), "sell-out-report.csv", at)


def _drop(stage: Stage, content: bytes, filename: str, at: datetime) -> None:
    clerk = stage.actor(CLERK)
    staged = imports.stage_import(io.BytesIO(content), filename=filename, actor=clerk, now=at)
    imports.apply_import(staged, actor=clerk, now=at)


def _decide(stage: Stage, at: datetime) -> None:
    waiting = queries.conflicts_page().items
    if waiting:
        first = waiting[-1]
        conflicts.decide_conflict(
            first.unit_id,
            first.number,
            decision=ConflictState.REPLACED,
            reason="The operator sent a photo of the name plate.",
            actor=stage.actor(CLERK),
            now=at,
        )
