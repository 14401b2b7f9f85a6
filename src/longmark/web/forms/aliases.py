"""Forms about the other names of a unit: since when it has one, until when it had it."""

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from longmark.core.life.aliases import VALUE_LIMIT_CHARACTERS
from longmark.core.vocabulary import AliasKind
from longmark.web import words
from longmark.web.forms.widgets import DayInput


class DatedForm(forms.Form):
    """A day that does not lie ahead."""

    on = forms.DateField(widget=DayInput)

    def __init__(self, posted: Any, *, today: date) -> None:
        super().__init__(posted, initial={"on": today})
        self.today = today
        self.fields["on"].widget.attrs["max"] = today.isoformat()

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise ValidationError(_("This day lies in the future."))
        return on

    @property
    def instant(self) -> datetime:
        """The begin of the day."""
        return datetime.combine(self.cleaned_data["on"], time(tzinfo=UTC))


class AliasForm(DatedForm):
    """Another name of a unit."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=[(kind.value, words.ALIASES[kind]) for kind in AliasKind],
        initial=AliasKind.EQUIPMENT.value,
    )
    value = forms.CharField(
        label=gettext_lazy("The name"),
        max_length=VALUE_LIMIT_CHARACTERS,
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off"}),
    )
    field_order = ("kind", "value", "on")

    def __init__(self, posted: Any, *, today: date) -> None:
        super().__init__(posted, today=today)
        self.fields["on"].label = _("Since")


class AliasEndForm(DatedForm):
    """A name holds no more."""

    def __init__(self, posted: Any, *, today: date) -> None:
        super().__init__(posted, today=today)
        self.fields["on"].label = _("From this day on it holds no more")
