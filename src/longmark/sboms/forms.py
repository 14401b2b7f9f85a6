"""Browser input about SBOMs."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SbomForm(forms.Form):
    """A file to be added to a release, or to take the place of another."""

    sbom = forms.FileField(
        label=_("SBOM"),
        help_text=_(
            "CycloneDX 1.2 to 1.7 (JSON, XML), SPDX 2.2 and 2.3 (JSON, tag-value) or"
            " SPDX 3.0 (JSON-LD), up to 100 MB."
        ),
        allow_empty_file=True,  # refused by the reader, which says why and keeps the attempt
    )
    label = forms.CharField(
        label=_("Label"),
        help_text=_("What part of the release it describes, for example “bootloader”."),
        max_length=100,
        required=False,
    )


class WithdrawalForm(forms.Form):
    """Why an SBOM no longer speaks for its release."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea)


class ComponentFilterForm(forms.Form):
    """What to look for among the components of a release."""

    text = forms.CharField(label=_("Name or purl"), max_length=200, required=False)
    only_unknown = forms.BooleanField(label=_("Only without known version"), required=False)
