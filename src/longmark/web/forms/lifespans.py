"""Forms about how long components are cared for."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from longmark.sboms.services.lifespans import (
    BY_LENGTH,
    NOTE_LENGTH,
    SOURCE_LENGTH,
    LifespanSaid,
)
from longmark.web.forms.widgets import DayInput, Rows

LIMIT_NAME = 200


def _mono(label: Any, *, help_text: Any, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LIMIT_NAME,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off"}),
    )


class LifespanForm(forms.Form):
    """When support and life of a line of versions end, and who says so."""

    ROWS: ClassVar[Rows] = (
        ("product", "versions"),
        ("support_ends_on", "end_of_life_on"),
        ("said_by", "source"),
    )

    product = _mono(
        gettext_lazy("Of what"),
        help_text=gettext_lazy(
            "As in openssl, debian, pkg:npm/nx, cpe:vendor:product, or a repository."
        ),
    )
    versions = _mono(
        gettext_lazy("Which versions"),
        help_text=gettext_lazy("1.1 for all of 1.1, = 1.1.2, >= 1.0 < 2.0. Empty means all."),
        required=False,
    )
    support_ends_on = forms.DateField(
        label=gettext_lazy("Last day of support"),
        required=False,
        help_text=gettext_lazy("Until then more than security is mended."),
        widget=DayInput,
    )
    end_of_life_on = forms.DateField(
        label=gettext_lazy("Last day of its life"),
        required=False,
        help_text=gettext_lazy("Nobody mends it afterwards. Without any day no end is announced."),
        widget=DayInput,
    )
    said_by = forms.CharField(
        label=gettext_lazy("Who says so"),
        max_length=BY_LENGTH,
        help_text=gettext_lazy("The maker, a supplier, a contract."),
    )
    source = forms.CharField(
        label=gettext_lazy("Where that can be read"), max_length=SOURCE_LENGTH, required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def said(self) -> LifespanSaid:
        """Return what was written, for the service."""
        return LifespanSaid(**self.cleaned_data)


class LifespanListForm(forms.Form):
    """A list of lifespans."""

    ROWS: ClassVar[Rows] = (("product", "by"),)

    file = forms.FileField(
        label=gettext_lazy("List"),
        help_text=gettext_lazy("CSV, XLSX or JSON with product, cycle, eol and support."),
    )
    product = _mono(
        gettext_lazy("Of what"),
        help_text=gettext_lazy("For rows that name no product."),
        required=False,
    )
    by = forms.CharField(
        label=gettext_lazy("Who says so"),
        max_length=BY_LENGTH,
        required=False,
        help_text=gettext_lazy("For rows that do not tell; else it is the name of the file."),
    )
