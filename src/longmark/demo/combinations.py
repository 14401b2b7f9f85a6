"""What may go together in a TG-200: drives in which it does not, and one where it is accepted."""

from datetime import datetime

from longmark.catalog.queries.combinations import PlacedSpan
from longmark.catalog.services import combinations
from longmark.core.composition.spans import read_span
from longmark.core.life.events import State
from longmark.demo.company import CONTROL_BOARD, MAIN_FIRMWARE
from longmark.demo.stage import Stage
from longmark.fleet.queries import mismatches as queries
from longmark.fleet.queries import reach
from longmark.fleet.queries.reach import Asked
from longmark.fleet.queries.units import UnitFilter
from longmark.fleet.services import booking, mismatches
from longmark.fleet.services.spoken import Said

STATED_AT_AGE = 690
FIRMWARE = f"{CONTROL_BOARD}/{MAIN_FIRMWARE}"
COMBINATIONS = (
    (
        "boards B and C",
        "B..C",
        "*",
        "The Ethernet controller of revisions B and C is served by every firmware.",
    ),
    (
        "board D from 2.4",
        "D",
        "2.4..",
        "Revision D has another Ethernet controller; its driver came with 2.4. Older firmware"
        " runs, and loses its connection under load.",
    ),
)
DOWNGRADED_AT_AGE = 61
DOWNGRADED, OLD_FIRMWARE = 3, "2.3.1"
SOURCE = "service report, paper"
ACCEPTED = "Runs in our own test field without a network; it is kept to try old firmware."


def plan(stage: Stage) -> None:
    """Plan the statements, on the day after revision D came, and the look at them today."""
    stage.plan(stage.instant(STATED_AT_AGE, 11), lambda at: _state(stage, at))
    stage.plan(stage.instant(DOWNGRADED_AT_AGE, 15), lambda at: _downgrade(stage, at))
    stage.plan(stage.instant(1, 16), lambda at: _accept_one(stage, at))


def _state(stage: Stage, at: datetime) -> None:
    drive, board, firmware = (stage.items[name] for name in ("TG-200", "CB-21", "tg200-fw"))
    for name, revisions, versions, reason in COMBINATIONS:
        combinations.state_combination(
            drive,
            name,
            [
                PlacedSpan(CONTROL_BOARD, board, read_span(revisions)),
                PlacedSpan(FIRMWARE, firmware, read_span(versions)),
            ],
            reason=reason,
            actor=stage.actor("finn"),
            now=at,
        )


def _downgrade(stage: Stage, at: datetime) -> None:
    """A technician puts the firmware that he has on his stick into drives with new boards."""
    asked = Asked((stage.releases["CB-21", "D"].pk,))
    drives = UnitFilter(item_ids=(stage.items["TG-200"].pk,), states=(State.COMMISSIONED,))
    found = reach.units_reached(asked, asked_for=drives, limit=DOWNGRADED).items
    said = Said(
        "software changed",
        at.date().isoformat(),
        "confirmed",
        SOURCE,
        {MAIN_FIRMWARE: OLD_FIRMWARE},
    )
    for each in found:
        booking.book_words(each.unit, said, actor=stage.actor("lena"), now=at)


def _accept_one(stage: Stage, at: datetime) -> None:
    mismatches.judge_anew([stage.items["TG-200"].pk], actor=stage.actor("finn"), now=at)
    for row in queries.mismatches_page(limit=1).items:
        odd = row.mismatches[0]
        mismatches.waive(row.unit, odd.key, reason=ACCEPTED, actor=stage.actor("lena"), now=at)
