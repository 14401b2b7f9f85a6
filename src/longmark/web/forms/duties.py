"""Who sees to what."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy

from longmark.accounts import queries as accounts

if TYPE_CHECKING:
    from longmark.accounts.models import Person

PEOPLE_LIMIT = 500


class DutyForm(forms.Form):
    """One of the people who may sign in, or nobody."""

    person_id = forms.ChoiceField(label=gettext_lazy("Who sees to it"), required=False)

    def __init__(self, posted: Any) -> None:
        super().__init__(posted)
        self._people = {
            str(each.pk): each
            for each in accounts.people_page(limit=PEOPLE_LIMIT).items
            if each.is_active
        }
        nobody = ("", gettext_lazy("Nobody"))
        choices = [nobody, *((pk, str(each)) for pk, each in self._people.items())]
        self.fields["person_id"].choices = choices  # type: ignore[attr-defined]

    def person(self) -> "Person | None":
        """Return who was chosen."""
        return self._people.get(self.cleaned_data["person_id"])
