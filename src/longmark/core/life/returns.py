"""Returns: how far the work on a returned unit may go, step by step, and how it may end.

That a unit came back, was repaired or replaced, and that its RMA is closed, are events of its life
(see ``course``). What lies between them is work: a step may follow some others only, an RMA may end
from some steps only, and a unit does not go back to a customer with firmware in which a weakness
is exploited while a release without it exists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from longmark.core.errors import Refused


class RmaStep(StrEnum):
    """How far the work on an open RMA has come."""

    OPENED = "opened"
    RECEIVED = "received"
    DIAGNOSED = "diagnosed"
    IN_REPAIR = "in-repair"


class RmaOutcome(StrEnum):
    """How an RMA ended, as the events tell it."""

    REPAIRED = "repaired"
    REPLACED = "replaced"
    UNREPAIRED = "unrepaired"
    SCRAPPED = "scrapped"


class RmaDecision(StrEnum):
    """What the diagnosis says is to be done."""

    REPAIR = "repair"
    REPLACE = "replace"
    SEND_BACK = "send-back"
    SCRAP = "scrap"


FOLLOWED_BY: Mapping[RmaStep, frozenset[RmaStep]] = {
    RmaStep.OPENED: frozenset({RmaStep.RECEIVED}),
    RmaStep.RECEIVED: frozenset({RmaStep.DIAGNOSED}),
    RmaStep.DIAGNOSED: frozenset({RmaStep.DIAGNOSED, RmaStep.IN_REPAIR}),
    RmaStep.IN_REPAIR: frozenset({RmaStep.DIAGNOSED}),
}
"""A diagnosis may be made anew, also when the repair shows more."""

ENDS_FROM: Mapping[RmaOutcome, frozenset[RmaStep]] = {
    RmaOutcome.REPAIRED: frozenset({RmaStep.IN_REPAIR}),
    RmaOutcome.REPLACED: frozenset({RmaStep.DIAGNOSED, RmaStep.IN_REPAIR}),
    RmaOutcome.UNREPAIRED: frozenset(RmaStep),
    RmaOutcome.SCRAPPED: frozenset({RmaStep.RECEIVED, RmaStep.DIAGNOSED, RmaStep.IN_REPAIR}),
}

_NOT_YET: Mapping[RmaStep, str] = {
    RmaStep.OPENED: "The unit has not arrived yet: receive it first.",
    RmaStep.RECEIVED: "The unit was not looked at yet: diagnose it first.",
    RmaStep.DIAGNOSED: "The unit is not in repair yet: begin the repair first.",
    RmaStep.IN_REPAIR: "The unit is in repair already.",
}


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a unit may not go to a customer: an exploited weakness in it, and what mends it.

    ``release`` is empty if nobody knows which one sits there, and some that may are affected.
    """

    path: str
    item: str
    release: str
    vulnerability: str
    fixed_by: str


def check_step(at: RmaStep, to: RmaStep) -> None:
    """Let the work go on to a step.

    Raises:
        Refused: it does not follow; the message says what comes first.
    """
    if to not in FOLLOWED_BY[at]:
        raise Refused(_NOT_YET[at])


def check_end(at: RmaStep, outcome: RmaOutcome) -> None:
    """Let an RMA end.

    Raises:
        Refused: not from this step; the message says what comes first.
    """
    if at not in ENDS_FROM[outcome]:
        raise Refused(_NOT_YET[at])


def goes_out(at: RmaStep, outcome: RmaOutcome) -> bool:
    """Tell whether a unit leaves the house: this one, or the one that takes its place."""
    if outcome is RmaOutcome.UNREPAIRED:
        return at is not RmaStep.OPENED  # It never came.
    return outcome in {RmaOutcome.REPAIRED, RmaOutcome.REPLACED}


def check_holds(holds: Sequence[Hold], override: str) -> None:
    """Let a unit go out, unless something holds it and nobody says why it goes all the same.

    Raises:
        Refused: it is held; the message names the gravest weakness and its fix.
    """
    if not holds or override.strip():
        return
    first = holds[0]
    raise Refused(
        "{item} {release} in {path} is open to {vulnerability}, which is exploited, and "
        "{fixed_by} is not: install it and book that, or say why the unit goes out as it is."
        if first.release
        else "Nobody knows which release of {item} sits in {path}, and some are open to "
        "{vulnerability}, which is exploited: read it and book that, or say why the unit goes "
        "out as it is.",
        field="override",
        item=first.item,
        release=first.release,
        path=first.path,
        vulnerability=first.vulnerability,
        fixed_by=f"{first.item} {first.fixed_by}",
    )
