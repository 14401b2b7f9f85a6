"""Parameters of the drives: what they are, what was released, and what was found in the field.

A service tour read out some drives. Most are as booked; at some sites somebody had switched IPv6 on
and told nobody, at others only the revision counter gives it away, and some still have the service
password that they were delivered with.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from longmark.catalog.services import parameters as catalog
from longmark.core.life.events import Evidence, Precision
from longmark.demo.lives import PARAMETER_VALUES, Drive, Works
from longmark.demo.stage import HISTORY_DAYS, SEED, Stage
from longmark.fleet.queries import snapshots as queries
from longmark.fleet.queries import units
from longmark.fleet.services import snapshots
from longmark.fleet.services.snapshots import Found

SET: Final = "tg-params"
PASSWORD: Final = "drive-0000"  # noqa: S105  # the one in every manual, which is the trouble
DEFINED: Final = """\
parameter;type;meaning;unit;min;max;default;options;secret;counter;individual
P1.01;text;Name of the drive;;;;;;;;yes
P1.02;text;IP address;;;;;;;;yes
P2.01;decimal;Acceleration time;s;0.1;600;5.0;;;;
P2.02;decimal;Deceleration time;s;0.1;600;8.0;;;;
P2.05;decimal;Highest output frequency;Hz;1;400;50.0;;;;
P3.02;enum;Reference from;;;;0;0=terminals|1=fieldbus|2=panel;;;
P4.01;decimal;Rated motor current;A;0.5;480;;;;;yes
P10.01;bool;Modbus/TCP server;;;;off;;;;
P10.07;bool;IPv6;;;;off;;;;
P12.03;bool;Web page;;;;off;;;;
P90.01;text;Service password;;;;;;yes;;
P99.01;int;Revision counter of parameters;;0;;;;;yes;
"""
NEW_IN_V7: Final = """\
parameter;type;meaning;unit;min;max;default;options
P10.02;int;Port of the Modbus/TCP server;;1;65535;502;
P12.05;enum;Web page encrypted;;;;1;0=no|1=TLS 1.2|2=TLS 1.3
"""
COMMON: Final[Mapping[str, str]] = {
    "P2.01": "5.0",
    "P2.02": "8.0",
    "P2.05": "50.0",
    "P3.02": "0",
    "P90.01": PASSWORD,
}
SWITCHES: Final = ("P10.01", "P10.07", "P12.03")
AGES: Final[Mapping[str, int]] = {"v5": HISTORY_DAYS, "v6": 1340, "v7": 400}
TOUR, AGAIN, EXPLAINED = 95, 6, 4  # ages of the first reading, the second, and one explanation
LISTED_BEFORE: Final = 200  # days: the list that a drive came with was dropped by the first tour
DRIVES_READ: Final = 36
TECHNICIAN, ENGINEER = "lena", "finn"


@dataclass(frozen=True)
class Reading:
    """A drive as it was read out twice."""

    drive: Drive
    number: int

    @property
    def has_ipv6_on(self) -> bool:
        """Somebody switched it on between the two readings, unless it was on before."""
        return self.number % 4 == 1

    @property
    def only_counts(self) -> bool:
        """Somebody changed something that was not read."""
        return self.number % 9 == 4

    @property
    def is_as_delivered(self) -> bool:
        """Nobody ever changed the password."""
        return self.number % 5 == 0

    def values(
        self, booked: Mapping[str, str], *, again: bool, rng: random.Random
    ) -> dict[str, str]:
        """Return what the tool reads: as booked, but for what somebody changed."""
        switched = {"P10.07": "on"} if again and self.has_ipv6_on else {}
        moved = again and (self.has_ipv6_on or self.only_counts)
        own = "their own" if not self.is_as_delivered else PASSWORD
        return {
            "P1.01": f"Pump {self.number + 1}",
            "P1.02": f"192.168.{self.number}.{10 + self.number}",
            **COMMON,
            "P4.01": f"{rng.randrange(20, 300) / 10:.1f}" if not again else "",
            **{name: booked[name] for name in SWITCHES},
            **switched,
            "P90.01": f"{own} {self.number}" if own != PASSWORD else PASSWORD,
            "P99.01": str(40 + self.number + (2 if moved else 0)),
        }


def plan(stage: Stage, works: Works) -> None:
    """Plan the definitions, the released values, and the two tours."""
    stage.plan(stage.instant(HISTORY_DAYS, 8, 50), partial(_define, stage, DEFINED, ""))
    stage.plan(stage.instant(AGES["v7"], 8, 50), partial(_define, stage, NEW_IN_V7, "v7"))
    for version, age in AGES.items():
        stage.plan(stage.instant(age, 8, 55), partial(_release, stage, version))
    chosen = _chosen(works)
    rng = random.Random(SEED + 1)  # noqa: S311  # dice, not a secret
    stage.plan(stage.instant(TOUR, 17), partial(_read_out, stage, chosen, rng, False))
    stage.plan(stage.instant(AGAIN, 17), partial(_read_out, stage, chosen, rng, True))
    stage.plan(stage.instant(EXPLAINED, 10), partial(_explain, stage, chosen))


def _chosen(works: Works) -> list[Reading]:
    """Return drives that nobody touched for long, at sites that are known."""
    quiet = [
        drive
        for drive in works.drives
        if drive.settled > LISTED_BEFORE and not drive.is_busy and "customer" in drive.keepers
    ]
    count = min(DRIVES_READ, len(quiet) // 6)
    return [Reading(drive, number) for number, drive in enumerate(quiet[-count:])]


def _define(stage: Stage, table: str, since: str, at: datetime) -> None:
    catalog.read_and_define(
        stage.items[SET],
        table.encode(),
        since=stage.releases[SET, since] if since else None,
        actor=stage.actor(ENGINEER),
        now=at,
    )


def _release(stage: Stage, version: str, at: datetime) -> None:
    added = {"P10.02": "502", "P12.05": "1"} if version == "v7" else {}
    values = {**COMMON, **PARAMETER_VALUES[version], **added}
    lines = [f"# {SET} {version}", *(f"{name} = {value}" for name, value in values.items()), ""]
    catalog.release_parameters(
        stage.releases[SET, version],
        "\n".join(lines).encode(),
        filename=f"{SET}-{version}.txt",
        actor=stage.actor(ENGINEER),
        now=at,
    )


def _read_out(
    stage: Stage, chosen: Sequence[Reading], rng: random.Random, again: bool, at: datetime
) -> None:
    for reading in chosen:
        unit = units.unit_of(stage.items[reading.drive.item], reading.drive.serial)
        booked = queries.record_of(unit, queries.PARAMETERS).booked_values(at)
        values = reading.values(booked, again=again, rng=rng)
        text = "".join(f"{name} = {value}\n" for name, value in values.items() if value)
        found = Found(
            at.replace(hour=0),
            Precision.DAY,
            evidence=Evidence.CONFIRMED if again else Evidence.REPORTED,
            source="service tour" if again else "remote maintenance",
            filename=f"{unit.serial}.txt",
        )
        snapshots.take_snapshot(unit, text.encode(), found, actor=stage.actor(TECHNICIAN), now=at)


def _explain(stage: Stage, chosen: Sequence[Reading], at: datetime) -> None:
    """Let one of the sites answer: they did it, and why."""
    for reading in chosen:
        unit = units.unit_of(stage.items[reading.drive.item], reading.drive.serial)
        for place in queries.places_now(unit):
            if place.drift.deviations:
                found = Found(
                    stage.instant(AGAIN + 20).replace(hour=0),
                    Precision.DAY,
                    evidence=Evidence.DECLARED,
                    source="customer's mail",
                )
                snapshots.book_drift(
                    place.carrier,
                    place.record.slot,
                    found=found,
                    reason="The integrator needed IPv6 for his remote access.",
                    actor=stage.actor(TECHNICIAN),
                    now=at,
                )
                return
