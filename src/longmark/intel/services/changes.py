"""What intakes share: their turn to write, and which vulnerabilities they changed."""

from collections.abc import Mapping

from django.db import connection

from longmark.core.vocabulary import IntakeState
from longmark.foundation.bulk import insert_rows
from longmark.intel.models import Change, Intake


def take_turn() -> None:
    """Wait until no other intake is within a batch; hold them off until this one is committed.

    Two batches could otherwise both find an id unknown and both write it. Locks every running
    intake, ids rising, so nobody waits in a circle. On SQLite there is one writer anyway.
    """
    assert connection.in_atomic_block, "a turn lasts as long as the transaction"
    running = Intake.objects.filter(state=IntakeState.RUNNING).order_by("id")
    list(running.select_for_update().values_list("id", flat=True))


def note_changes(intake: Intake, vulnerabilities: Mapping[int, bool]) -> None:
    """Record changed vulnerabilities; true where what they affect may differ."""
    if not vulnerabilities:
        return
    known = dict(
        Change.objects.filter(
            intake=intake, vulnerability__among=vulnerabilities.keys()
        ).values_list("vulnerability_id", "is_applicability")
    )
    rows = [
        (intake.pk, pk, is_applicability)
        for pk, is_applicability in sorted(vulnerabilities.items())
        if pk not in known
    ]
    insert_rows(Change, ("intake_id", "vulnerability_id", "is_applicability"), rows)
    raised = [pk for pk, was in known.items() if vulnerabilities[pk] and not was]
    if raised:
        Change.objects.filter(intake=intake, vulnerability__among=raised).update(
            is_applicability=True
        )
