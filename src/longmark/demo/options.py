"""Option cards: input and output cards on the control boards of some large drives.

A card is a unit with firmware of its own; it sits in a board that sits in a drive. The service
fitted them, and gave some of them a newer firmware later.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from longmark.demo import company
from longmark.demo.lives import Drive, Works
from longmark.demo.stage import Stage
from longmark.fleet.services import imports

CARD, FIRMWARE, ITEM = "IO-12", "io12-fw", "TG-700"
BUILT, FITTED, UPDATED = 190, 175, 58
CARDS, NEWER = 18, 5
CLERK = "lena"


def plan(stage: Stage, works: Works) -> None:
    """Plan the list of cards that were fitted, and that of newer firmware."""
    drives = [
        drive
        for drive in works.drives
        if drive.item == ITEM and drive.board and drive.settled > BUILT and not drive.is_busy
    ][:CARDS]
    stage.plan(stage.instant(FITTED - 1, 16), partial(_fit, stage, drives))
    stage.plan(stage.instant(UPDATED - 1, 16), partial(_update, stage))


def serial_of(number: int) -> str:
    """Return the serial number of a card, counted from one."""
    return f"IO-{number:05d}"


def _fit(stage: Stage, drives: Sequence[Drive], at: datetime) -> None:
    lines = [f"item;serial;date;event;release;{company.OPTION_FIRMWARE};part inside;source"]
    for number, drive in enumerate(drives, start=1):
        card = serial_of(number)
        lines += [
            f"{CARD};{card};{stage.day(BUILT)};built;A;1.0;;works order",
            f"{drive.board_item};{drive.board};{stage.day(FITTED)};installed;;;{CARD} {card};"
            "service report",
        ]
    _drop(stage, lines, "option-cards.csv", at)


def _update(stage: Stage, at: datetime) -> None:
    lines = [f"item;serial;date;event;{company.OPTION_FIRMWARE};evidence;source"]
    lines += [
        f"{CARD};{serial_of(number)};{stage.day(UPDATED)};software-changed;1.1;confirmed;"
        "service report"
        for number in range(1, NEWER + 1)
    ]
    _drop(stage, lines, "option-card-updates.csv", at)


def _drop(stage: Stage, lines: Sequence[str], filename: str, at: datetime) -> None:
    content = io.BytesIO("\n".join(lines).encode())
    imports.take_list(content, filename=filename, actor=stage.actor(CLERK), now=at)
