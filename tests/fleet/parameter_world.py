"""A drive whose parameters are defined and released, and sets that are found on it."""

from datetime import datetime
from typing import Any

from longmark.catalog.services import parameters as catalog
from longmark.core.actors import SYSTEM
from longmark.core.life.events import Evidence, Kind, Occupant, Precision, sorted_values
from longmark.core.parameters.definitions import Definition, ParameterType
from longmark.fleet.models import ParameterSnapshot, Unit
from longmark.fleet.services import snapshots
from longmark.fleet.services.snapshots import Found
from tests.fleet.world import PARAMETERS, Drives, a, booked, built, day
from tests.world import NINE

DEFINED = (
    Definition("P10.07", ParameterType.BOOL, "IPv6", default="off"),
    Definition("P2.01", ParameterType.DECIMAL, "Ramp time", "s", "0", "600", "5"),
    Definition("P1.01", title="Address", is_individual=True),
    Definition("P90.01", title="Service password", default="0000", is_secret=True),
    Definition("P99.01", ParameterType.INT, "Revision", is_counter=True),
)
RELEASED = "P10.07 = off\nP2.01 = 5.0\nP1.01 = 10.0.0.1\nP90.01 = 0000\n"


def with_parameters(world: Drives) -> None:
    """Define the parameters of the drive, and release values of v6."""
    catalog.define_parameters(world.params.item, DEFINED, actor=SYSTEM, now=NINE)
    catalog.release_parameters(world.params, RELEASED.encode(), actor=SYSTEM, now=NINE)


def a_drive(world: Drives, serial: str = "1001", **values: str) -> Unit:
    """Build a drive with v6, and with values of its own."""
    held = Occupant(world.params.item_id, world.params.pk, values=sorted_values(values))
    return built(world.unit(serial), slots={PARAMETERS: held})


def found(unit: Unit, text: str, on_day: int, **others: Any) -> ParameterSnapshot:
    """Find a set on a unit."""
    now: datetime = others.pop("now", NINE)
    stated = {"at": day(on_day), "precision": Precision.DAY, "evidence": Evidence.CONFIRMED}
    return snapshots.take_snapshot(
        unit, text.encode(), Found(**{**stated, **others}), actor=SYSTEM, now=now
    )


def changed(world: Drives, on_day: int, serial: str = "1001", **values: str) -> Unit:
    """Book a change of parameters."""
    slots = {PARAMETERS: Occupant(world.params.item_id, values=sorted_values(values))}
    return booked(world.unit(serial), Kind.PARAMETERS_CHANGED, on_day, slots=slots)


__all__ = ["a", "a_drive", "changed", "found", "with_parameters"]
