"""Withdrawing: an event that was told in error counts no longer, and stays on record.

Whoever told it says so later, in the words in which it was told; it is found by what it says.
"""

from uuid import UUID

from longmark.core.life.events import Details, Event, Kind
from longmark.fleet.services import rules
from longmark.fleet.services.rules import RowRefused
from longmark.fleet.services.workspace import Dossier, Workspace


def withdraw_told(workspace: Workspace, dossier: Dossier, draft: Event, *, reason: str) -> bool:
    """Withdraw the event that says what a draft says; tell whether one was withdrawn.

    If a person corrected it meanwhile, or it was withdrawn before, nothing changes.

    Raises:
        RowRefused: no such event is known, or what happened since rests on it.
    """
    said = [event for event in dossier.events if rules.says_as_much(event, draft)]
    corrected = {event.corrects for event in dossier.events}
    wrong = next((event for event in said if event.seq not in corrected), None)
    if wrong is not None:
        withdraw(workspace, dossier, wrong, Kind.CORRECTED, reason=reason)
    elif not said:
        raise RowRefused(
            "Of {serial} no event is known that says this: {kind} on {date}.",
            mend="State it as it was told, with its source; or correct it on the page of the unit.",
            field="declared wrong",
            serial=dossier.serial,
            kind=draft.kind.value,
            date=f"{draft.occurred_at:%Y-%m-%d}",
        )
    return wrong is not None


def withdraw(
    workspace: Workspace, dossier: Dossier, wrong: Event, kind: Kind, *, reason: str = ""
) -> None:
    """Let an event count no longer.

    Raises:
        RowRefused: a unit would then sit in two places.
    """
    children = children_of(dossier)
    workspace.add(
        dossier,
        Event(
            0,
            kind,
            wrong.occurred_at,
            evidence=wrong.evidence,
            precision=wrong.precision,
            corrects=wrong.seq,
            source=wrong.source,
            details=Details(reason=reason),
        ),
    )
    for child in children | children_of(dossier):
        rules.check_seats(workspace, child)


def children_of(dossier: Dossier) -> set[UUID]:
    """Return the units that ever sat in one."""
    held = (installed.content for installed in dossier.life.installations)
    return {occupant.child for occupant in held if occupant and occupant.child}
