"""Forms of what was found on a unit: a file of parameters, and why something differs."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from longmark.core.life.events import Evidence, Precision
from longmark.fleet.services.snapshots import Found
from longmark.web import words
from longmark.web.forms.widgets import DayInput, Rows


class LookForm(forms.Form):
    """When somebody looked or changed something, and how well that is known."""

    ROWS: ClassVar[Rows] = (("on", "evidence"),)

    on = forms.DateField(label=gettext_lazy("Day"), widget=DayInput)
    evidence = forms.ChoiceField(
        label=gettext_lazy("How well is it known"), choices=words.EVIDENCE_CLAIMS.items()
    )
    source = forms.CharField(
        label=gettext_lazy("Where it is written"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Service report, tool, order."),
    )

    def __init__(
        self, posted: Any, files: Any = None, *, latest: date, evidence: str = "confirmed"
    ) -> None:
        super().__init__(posted, files, initial={"on": latest, "evidence": evidence})
        self.latest = latest
        self.fields["on"].widget.attrs["max"] = latest.isoformat()

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.latest:
            said = _("At the latest %(day)s.")
            raise ValidationError(said % {"day": self.latest.isoformat()})
        return on

    def found(self, *, path: str = "", filename: str = "") -> Found:
        """Return what the form says."""
        stated = self.cleaned_data
        on: date = stated["on"]
        return Found(
            datetime(on.year, on.month, on.day, tzinfo=UTC),
            Precision.DAY,
            path,
            Evidence.of_word(stated["evidence"]),
            stated["source"],
            filename,
        )


class SnapshotForm(LookForm):
    """A file that was read out of a unit."""

    file = forms.FileField(label=gettext_lazy("Parameters"))
    slot = forms.ChoiceField(label=gettext_lazy("Slot"), required=False)
    field_order = ("file", "slot")

    def __init__(self, posted: Any, files: Any, *, latest: date, paths: Sequence[str] = ()) -> None:
        super().__init__(posted, files, latest=latest)
        if len(paths) < 2:
            del self.fields["slot"]
        else:
            options = [(path, path) for path in paths]
            self.fields["slot"].choices = options  # type: ignore[attr-defined]


class ExplanationForm(LookForm):
    """Why what was found differs from what was booked."""

    reason = forms.CharField(
        label=gettext_lazy("Who changed it, and why"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It goes into the ledger."),
    )
    field_order = ("reason",)
