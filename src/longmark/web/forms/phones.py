"""What a phone books: the words of a list, column by column."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from longmark.fleet.services.spoken import Said
from longmark.web import words
from longmark.web.forms.booking import BY_HAND
from longmark.web.places import EMPTY

SAYS = "says:"
WORDS_LIMIT = 100
EVENTS = ("swapped", "software-changed", "parameters-changed")


class PhotoForm(forms.Form):
    """A photo and what it shows."""

    file = forms.FileField()
    note = forms.CharField(max_length=200, required=False)


class PhoneForm(forms.Form):
    """One booking; fields named ``says:`` and a column hold what it says, empty ones nothing."""

    event = forms.ChoiceField(choices=[(event, event) for event in EVENTS])
    date = forms.DateField()
    evidence = forms.ChoiceField(choices=words.EVIDENCE_CLAIMS.items())
    source = forms.CharField(max_length=120, required=False)

    def __init__(self, posted: Any) -> None:
        super().__init__(posted)
        self.says = {
            name.removeprefix(SAYS): value.strip()
            for name, value in list(posted.items())[:WORDS_LIMIT]
            if name.startswith(SAYS) and value.strip()
        }

    def clean(self) -> dict[str, Any]:
        stated = self.cleaned_data
        day = stated.get("date")
        if day and day > timezone.localdate():
            raise ValidationError(_("This day lies in the future. Book it when it has happened."))
        if not self.says:
            raise ValidationError(_("Nothing differs from what is known. Change a value."))
        return stated

    def said(self) -> Said:
        """Return the booking as one row of a list."""
        stated = self.cleaned_data
        is_removal = stated["event"] == "swapped" and EMPTY in self.says.values()
        event = "removed" if is_removal else stated["event"]
        source = stated["source"] or BY_HAND
        return Said(event, stated["date"].isoformat(), stated["evidence"], source, self.says)
