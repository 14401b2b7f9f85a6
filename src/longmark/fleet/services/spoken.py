"""Spoken: one event in the words of a list, for forms and calls that book a single fact.

There is one way to say what sits where: the columns of a list. A form or a call is a list of one
row; whatever holds for rows (names, dates, refusals) holds for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from longmark.core.actors import Actor
from longmark.core.formats.sheets.headers import Column, headers
from longmark.core.formats.sheets.tables import Row
from longmark.fleet.models import Unit
from longmark.fleet.services.catalogue import Catalogue
from longmark.fleet.services.keepers import KeeperBook
from longmark.fleet.services.rows import REQUIRED, RowReader
from longmark.fleet.services.statements import Statement
from longmark.fleet.services.workspace import Identity


@dataclass(frozen=True)
class Said:
    """An event as a person would write it into a list.

    ``words`` are further columns: ``{"control-board": "D", "control-board serial": "B-2"}``.
    """

    event: str
    date: str
    evidence: str = ""
    source: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


def spoken(
    unit: Unit, said: Said, catalogue: Catalogue, *, actor: Actor, now: datetime
) -> Statement:
    """Return what was said of a unit; parties that it names are registered if they are new.

    Raises:
        Invalid: something in it cannot be read.
    """
    row = {
        Column.ITEM.value: unit.item.name,
        Column.SERIAL.value: unit.serial,
        Column.EVENT.value: said.event,
        Column.DATE.value: said.date,
        Column.EVIDENCE.value: said.evidence,
        Column.SOURCE.value: said.source,
        **said.words,
    }
    columns = headers(list(row), required=REQUIRED)
    reader = RowReader(columns, catalogue, _no_shapes)
    reading = reader.read(Row(1, tuple(row.values())))
    keepers = KeeperBook()
    keepers.register([reading.keepers], actor=actor, now=now)
    known = Identity(unit.item_id, unit.item.name, unit.serial, unit.discriminator)
    custody = keepers.custody(reading.keepers)
    return replace(reading.statement, unit=known, custody=custody)


def _no_shapes(item_id: int) -> frozenset[str]:
    """Suspect no lost zeros: what a person typed has been through no spreadsheet."""
    return frozenset()
