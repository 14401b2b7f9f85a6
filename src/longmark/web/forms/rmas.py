"""Forms of an RMA: open it, lead it on, close it."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from longmark.core.life.details import REASON_LIMIT_CHARACTERS, RMA_LIMIT_CHARACTERS
from longmark.core.life.returns import RmaOutcome
from longmark.fleet.services.rmas import DIAGNOSIS_LIMIT_CHARACTERS
from longmark.web import rma_words
from longmark.web.forms.widgets import DayInput, Rows


def _reason(label: Any, *, rows: int = 2, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=REASON_LIMIT_CHARACTERS,
        required=False,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class DayForm(forms.Form):
    """What everything done with an RMA says: the day."""

    on = forms.DateField(label=gettext_lazy("Day"), widget=DayInput)

    def __init__(self, posted: Any, *, today: date, **initial: Any) -> None:
        super().__init__(posted, initial={"on": today, **initial})
        self.today = today
        self.fields["on"].widget.attrs["max"] = today.isoformat()

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise ValidationError(_("This day lies in the future."))
        return on


class StepForm(DayForm):
    """A step of the work, and who does it."""

    ROWS: ClassVar[Rows] = (("on", "worker"),)

    worker = forms.CharField(label=gettext_lazy("Who works on it"), max_length=200, required=False)


class OpenForm(DayForm):
    """A unit comes back."""

    ROWS: ClassVar[Rows] = (("on", "number"),)
    field_order = ("reason",)

    reason = _reason(gettext_lazy("What is wrong with it"), rows=3)
    number = forms.CharField(
        label=gettext_lazy("RMA number"),
        max_length=RMA_LIMIT_CHARACTERS,
        required=False,
        help_text=gettext_lazy("Left open, it is given one."),
    )


class DiagnosisForm(StepForm):
    """What was found, and what is to be done."""

    field_order = ("diagnosis", "decision")

    diagnosis = forms.CharField(
        label=gettext_lazy("What was found"),
        max_length=DIAGNOSIS_LIMIT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    decision = forms.ChoiceField(
        label=gettext_lazy("What is to be done"),
        widget=forms.RadioSelect,
        choices=rma_words.DECISIONS.items(),
    )


class ClosingForm(DayForm):
    """How it ends; ``offered`` are the ways that are open from where it is."""

    outcome = forms.ChoiceField(label=gettext_lazy("It ends as"), widget=forms.RadioSelect)
    taker = forms.CharField(
        label=gettext_lazy("Serial number of the replacement"),
        max_length=120,
        required=False,
        help_text=gettext_lazy(
            "Only if it was replaced. Of the same item; of another one, write the item before it:"
            " TG-300 200-77. It inherits customer, site, distributor, owner and what is left of"
            " the warranty."
        ),
        widget=forms.TextInput(
            attrs={"class": "mono", "autocapitalize": "characters", "autocomplete": "off"}
        ),
    )
    reason = _reason(gettext_lazy("What was done, or why not"))
    override = _reason(
        gettext_lazy("Why it goes out although it is held"),
        hint=gettext_lazy("Stays with the RMA and in the ledger, with what holds it."),
    )
    field_order = ("outcome", "taker", "reason", "override", "on")

    def __init__(
        self, posted: Any, *, today: date, offered: list[RmaOutcome], is_held: bool, **initial: Any
    ) -> None:
        super().__init__(posted, today=today, **initial)
        said = rma_words.OUTCOMES
        self.fields["outcome"].choices = [(each.value, said[each.value]) for each in offered]  # type: ignore[attr-defined]
        if RmaOutcome.REPLACED not in offered:
            del self.fields["taker"]
        if not is_held and "override" not in (posted or {}) and "taker" not in self.fields:
            del self.fields["override"]

    def clean(self) -> dict[str, Any]:
        stated = self.cleaned_data
        is_replaced = stated.get("outcome") == RmaOutcome.REPLACED
        if is_replaced and not stated.get("taker") and "taker" in self.fields:
            self.add_error("taker", _("Name the unit that took its place."))
        if stated.get("taker") and not is_replaced and "outcome" in stated:
            self.add_error("taker", _("Only a unit that was replaced has a replacement."))
        return stated
