"""Which vulnerabilities an intake changed, so that only those are matched again."""

from collections.abc import Mapping

from longmark.foundation.bulk import insert_rows
from longmark.intel.models import Change, Intake


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
