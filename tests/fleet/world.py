"""A small fleet for tests: one kind of drive, its control board, firmware and parameters."""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from longmark.catalog.models import Item, Release
from longmark.core.actors import SYSTEM
from longmark.core.life.events import Holder, Kind, Occupant
from longmark.core.vocabulary import ItemKind
from longmark.fleet.models import Import, Unit
from longmark.fleet.queries import units
from longmark.fleet.services import booking, imports
from longmark.fleet.services.statements import Statement
from longmark.fleet.services.workspace import Identity
from tests.world import NINE, a_board, a_product, a_release, a_slot, an_item

BOARD, FIRMWARE, PARAMETERS = "control-board", "control-board/main-firmware", "parameters"


@dataclass(frozen=True)
class Drives:
    """The catalog of a drive: TG-200 with a board CB-21, which carries tg200-fw, and parameters."""

    drive: Item
    board: Item
    rev_c: Release
    rev_d: Release
    fw_23: Release
    fw_24: Release
    params: Release

    def unit(self, serial: str) -> Identity:
        return Identity(self.drive.pk, self.drive.name, serial)

    def board_unit(self, serial: str) -> Identity:
        return Identity(self.board.pk, self.board.name, serial)


def drives() -> Drives:
    board, firmware = a_board(), an_item()
    params = an_item("tg-params", kind=ItemKind.PARAMETERS)
    rev_c, rev_d = a_release("C", item=board), a_release("D", item=board)
    fw_23, fw_24 = a_release("2.3.1", item=firmware), a_release("2.4.0", item=firmware)
    v6 = a_release("v6", item=params)
    drive = a_product()
    a_slot(board, "main-firmware", fw_23, fw_24)
    a_slot(drive, BOARD, rev_c, rev_d)
    a_slot(drive, PARAMETERS, v6, is_optional=True)
    return Drives(drive, board, rev_c, rev_d, fw_23, fw_24, v6)


def day(number: int) -> datetime:
    """Days of the year before the drill."""
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def on(number: int) -> date:
    return day(number).date()


def a(release: Release) -> Occupant:
    return Occupant(item=release.item_id, release=release.pk)


def stated(unit: Identity, kind: Kind, on_day: int, **others: Any) -> Statement:
    return Statement(unit, kind, day(on_day), **others)


def built(unit: Identity, *, slots: Any = None, on_day: int = 0, **others: Any) -> Unit:
    statement = stated(unit, Kind.BUILT, on_day, slots=slots or {}, **others)
    (pk,) = booking.register_units([statement], actor=SYSTEM, now=NINE)
    return units.unit(pk)


def a_drive_with_board(
    world: Drives, serial: str = "1001", board: str = "B-1", **others: Any
) -> Unit:
    return built(
        world.unit(serial),
        slots={BOARD: a(world.rev_c), FIRMWARE: a(world.fw_23)},
        children={BOARD: world.board_unit(board)},
        **others,
    )


def booked(unit: Identity, kind: Kind, on_day: int, *, now: datetime = NINE, **others: Any) -> Unit:
    return booking.book_event(stated(unit, kind, on_day, **others), actor=SYSTEM, now=now)


def kept_by(party: Any, site: Any = None, country: str = "") -> Holder:
    return Holder(party.pk, site and site.pk, country or party.country)


def staged(text: str | bytes, filename: str = "list.csv", **others: Any) -> Import:
    content = text.encode() if isinstance(text, str) else text
    return imports.stage_import(
        io.BytesIO(content), filename=filename, actor=SYSTEM, now=NINE, **others
    )


def taken(text: str | bytes, **others: Any) -> Import:
    return imports.apply_import(staged(text, **others), actor=SYSTEM, now=NINE)


def unit_named(item: Item, serial: str) -> Unit:
    return units.unit_of(item, serial)
