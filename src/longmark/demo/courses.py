"""Courses that lives take: pump sets around drives, a board that moves on, units lost and renamed.

A service partner builds pump sets around drives that customers have; seals come in batches. A board
is taken from a drive that was stopped, refurbished, and goes into another. The rest is what happens
to a few of very many: tested, under warranty, marked anew, lost, on a day that nobody knows.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from longmark.catalog import queries as catalog_queries
from longmark.catalog import services as catalog
from longmark.core.vocabulary import AliasKind, IdentifiedBy, ItemKind
from longmark.demo import company
from longmark.demo.lives import Drive, Works
from longmark.demo.stage import Stage
from longmark.fleet.queries import units
from longmark.fleet.services import aliases, booking, imports
from longmark.fleet.services.spoken import Said

DESIGNED, BUILT, STOPPED, MOVED, HAPPENED, TOLD = 300, 120, 100, 60, 50, 27
PUMP_SETS = 8
PUMP_SET, SEAL, DRIVE, SEALS = "PS-40", "SK-9", "drive", "seals"
CLERK = "lena"


def plan(stage: Stage, works: Works) -> None:
    """Plan the items, the list of pump sets, and what happens to some drives."""
    quiet = [drive for drive in works.drives if drive.settled > DESIGNED and not drive.is_busy]
    kept = [drive for drive in quiet if drive.item == "TG-200" and "customer" in drive.keepers]
    with_boards = [drive for drive in kept if drive.board][-40:]
    stage.plan(stage.instant(DESIGNED, 9), partial(_design, stage))
    stage.plan(stage.instant(BUILT, 16), partial(_assemble, stage, with_boards[:PUMP_SETS]))
    donor, taker, *others = with_boards[PUMP_SETS:]
    stage.plan(stage.instant(MOVED, 16), partial(_move_board, stage, donor, taker))
    stage.plan(stage.instant(TOLD, 15), partial(_happen, stage, others))


def _design(stage: Stage, at: datetime) -> None:
    """Register the pump set and the seals that it takes."""
    actor = stage.actor("ada")
    for name, title, told_apart, slots in (
        (PUMP_SET, "Pump set with a drive", IdentifiedBy.SERIAL, (DRIVE, SEALS)),
        (SEAL, "Seal kit", IdentifiedBy.BATCH, ()),
    ):
        details = catalog.ItemDetails(title=title, identified_by=told_apart)
        item = catalog.register_item(
            name, kind=ItemKind.HARDWARE, details=details, actor=actor, now=at
        )
        stage.items[name] = item
        for slot in slots:
            catalog.define_slot(item, slot, is_optional=True, actor=actor, now=at)
        stage.releases[name, "A"] = catalog.register_release(item, "A", actor=actor, now=at)
    for slot, releases in (
        (DRIVE, catalog_queries.releases_of(stage.items["TG-200"])),
        (SEALS, [stage.releases[SEAL, "A"]]),
    ):
        place = catalog_queries.slot(stage.items[PUMP_SET], slot)
        catalog.allow_fits(place, releases, actor=actor, now=at)


def _assemble(stage: Stage, drives: Sequence[Drive], at: datetime) -> None:
    """A list of pump sets: each with its drive, and with pieces of one batch of seals."""
    lines = ["item;serial;date;event;drive serial;seals;seals batch;seals quantity;customer;site"]
    for number, drive in enumerate(drives, start=1):
        kept = drive.keepers
        lines.append(
            f"{PUMP_SET};PS4-{number:05};{stage.day(BUILT + 1)};commissioned;{drive.serial};A;"
            f"L-2231;{2 + number % 2};{kept['customer']};{kept['site']}"
        )
    content = io.BytesIO("\n".join(lines).encode())
    imports.take_list(content, filename="pump-sets.csv", actor=stage.actor(CLERK), now=at)


def _move_board(stage: Stage, donor: Drive, taker: Drive, at: datetime) -> None:
    """Take a board from a drive that was stopped, refurbish it, and let it run in another."""
    board, serial = company.CONTROL_BOARD, company.CONTROL_BOARD + " serial"
    for drive, event, age, words in (
        (donor, "decommissioned", STOPPED, {"reason": "The plant was closed."}),
        (donor, "removed", STOPPED - 5, {board: "empty"}),
        (taker, "swapped", MOVED, {board: donor.board_item, serial: donor.board}),
    ):
        _book(stage, drive.item, drive.serial, event, str(stage.day(age)), words, at)
        if event == "removed":
            mended = {"reason": "New capacitors, tested for eight hours."}
            on = str(stage.day(MOVED + 10))
            _book(stage, donor.board_item, donor.board, "refurbished", on, mended, at)


def _happen(stage: Stage, drives: Sequence[Drive], at: datetime) -> None:
    """What happens to single drives, booked some weeks late."""
    on, firmware = str(stage.day(HAPPENED)), company.MAIN_FIRMWARE
    told = (
        ("tested", on, {"result": "passed", "reason": "Yearly inspection."}),
        ("warranty-started", on, {"warranty until": str(stage.day(-700))}),
        ("lost", on, {"reason": "Not in the cabinet any more, nobody knows since when."}),
        ("identity-changed", on, {"new serial": "TG2-9999-00001", "reason": "Label renewed."}),
        ("software-confirmed", on, {firmware: drives[4].firmware}),
        ("tested", "unknown", {"result": "failed", "reason": "A sheet without a date."}),
        ("replaced-by", on, {"replaced by": drives[7].serial, "reason": "Burnt."}),
    )
    for drive, (event, day, words) in zip(drives, told, strict=False):
        _book(stage, drive.item, drive.serial, event, day, words, at)
    for number, drive in enumerate(drives[8:12]):
        unit = units.unit_of(stage.items[drive.item], drive.serial)
        for kind, value in (
            (AliasKind.EQUIPMENT, f"{10_012_000 + number}"),
            (AliasKind.MAC, f"02:00:5e:10:00:{number:02x}"),
            (AliasKind.CUSTOMER_TAG, f"P-{101 + number}"),
        ):
            aliases.record_alias(
                unit, kind=kind, value=value, since=at, actor=stage.actor(CLERK), now=at
            )


def _book(
    stage: Stage,
    item: str,
    serial: str,
    event: str,
    day: str,
    words: dict[str, str],
    at: datetime,
) -> None:
    unit = units.unit_of(stage.items[item], serial)
    said = Said(event, day, source="service report", words=words)
    booking.book_words(unit, said, actor=stage.actor(CLERK), now=at)
