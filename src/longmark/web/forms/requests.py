"""The form of a request to a supplier."""

from django import forms
from django.utils.translation import gettext_lazy as _

from longmark.core.formats.sboms.quality import LANGUAGES, PROFILES, profile
from longmark.sboms.services.quality import Draft

TONGUES = {"en": _("English"), "de": _("German")}


def _profiles() -> list[tuple[str, str]]:
    return [(each, profile(each).title) for each in PROFILES]


class RequestForm(forms.Form):
    """Whom to ask, for what, by when."""

    ROWS = (("supplier", "contact"), ("due_on", "language"))

    supplier = forms.CharField(label=_("Supplier"), max_length=200)
    contact = forms.CharField(label=_("Contact"), max_length=200, required=False)
    sender = forms.CharField(label=_("Signed by"), max_length=200, required=False)
    due_on = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    language = forms.ChoiceField(
        label=_("Language of the letter"), choices=[(each, TONGUES[each]) for each in LANGUAGES]
    )
    profile = forms.ChoiceField(label=_("List of requirements"), choices=_profiles)

    def draft(self) -> Draft:
        """Return what was stated; the form must be valid."""
        said = self.cleaned_data
        return Draft(
            sender=said["sender"],
            supplier=said["supplier"],
            contact=said["contact"],
            due_on=said["due_on"],
            language=said["language"],
            profile=said["profile"],
        )
