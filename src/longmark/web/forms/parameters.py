"""Forms of parameters: what one is, tables of them, and files of values."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from longmark.core.errors import Invalid
from longmark.core.parameters.definitions import (
    Definition,
    ParameterType,
    options_of,
    options_text,
)
from longmark.web import words
from longmark.web.forms.widgets import Rows

if TYPE_CHECKING:
    from longmark.catalog.models import Release


class SinceForm(forms.Form):
    """From which release on something holds."""

    since = forms.ChoiceField(
        label=gettext_lazy("From which release on"),
        required=False,
        help_text=gettext_lazy("Releases before keep what was said of them."),
    )

    def __init__(
        self, posted: Any, releases: "Sequence[Release]", files: Any = None, **others: Any
    ) -> None:
        super().__init__(posted, files, **others)
        self._releases = {str(each.pk): each for each in releases}
        options = [(code, each.version) for code, each in reversed(self._releases.items())]
        first = ("", str(gettext_lazy("from the first on")))
        self.fields["since"].choices = [first, *options]  # type: ignore[attr-defined]

    def release(self) -> "Release | None":
        """Return the release that was chosen; none: from the first on."""
        return self._releases.get(self.cleaned_data["since"])


class DefinitionForm(SinceForm):
    """What one parameter is."""

    ROWS: ClassVar[Rows] = (
        ("name", "type"),
        ("measured_in", "minimum", "maximum"),
        ("default", "options"),
    )

    name = forms.CharField(
        label=gettext_lazy("Name or number"),
        max_length=120,
        help_text=gettext_lazy("As files call it: P10.07."),
        widget=forms.TextInput(attrs={"class": "mono", "autocapitalize": "off"}),
    )
    type = forms.ChoiceField(
        label=gettext_lazy("Type"),
        choices=[(each.value, words.PARAMETER_TYPES[each]) for each in ParameterType],
        help_text=gettext_lazy("Decides how two values compare: 1.0 is 1, on is true."),
    )
    title = forms.CharField(label=gettext_lazy("Meaning"), max_length=500, required=False)
    measured_in = forms.CharField(
        label=gettext_lazy("Unit of measurement"), max_length=30, required=False
    )
    minimum = forms.CharField(label=gettext_lazy("Lowest value"), max_length=30, required=False)
    maximum = forms.CharField(label=gettext_lazy("Highest value"), max_length=30, required=False)
    default = forms.CharField(
        label=gettext_lazy("Default"),
        max_length=4_096,
        required=False,
        help_text=gettext_lazy("What is there if nobody sets it."),
    )
    options = forms.CharField(
        label=gettext_lazy("Options"),
        required=False,
        help_text=gettext_lazy("Of an enumeration: 0=off|1=Modbus/TCP."),
        widget=forms.TextInput(attrs={"class": "mono", "autocapitalize": "off"}),
    )
    is_secret = forms.BooleanField(
        label=gettext_lazy("Its values are secret"),
        required=False,
        help_text=gettext_lazy("A password or key: only a digest of it is ever kept."),
    )
    is_counter = forms.BooleanField(
        label=gettext_lazy("It is a revision counter"),
        required=False,
        help_text=gettext_lazy("The device counts its changes in it; nobody sets it."),
    )
    is_individual = forms.BooleanField(
        label=gettext_lazy("It belongs to the place of the unit"),
        required=False,
        help_text=gettext_lazy("An address or a name, which differs from the released value."),
    )
    field_order = ("name", "type", "title")

    def clean_options(self) -> tuple[tuple[str, str], ...]:
        try:
            return options_of(self.cleaned_data["options"])
        except Invalid as invalid:
            raise ValidationError(str(invalid)) from None

    def definition(self) -> Definition:
        """Return what the form says."""
        stated = {name: value for name, value in self.cleaned_data.items() if name != "since"}
        return Definition(**{**stated, "type": ParameterType(stated["type"])})


def as_initial(definition: Definition) -> dict[str, Any]:
    """Return a definition as a form shows it; the default of a secret is not shown."""
    names = DefinitionForm.base_fields.keys() - {"since", "options"}
    stated = {name: getattr(definition, name) for name in names}
    if definition.is_secret:
        stated["default"] = ""
    return {**stated, "options": options_text(definition.options)}


class TableForm(SinceForm):
    """A table of definitions."""

    file = forms.FileField(label=gettext_lazy("Table of definitions"))
    is_whole = forms.BooleanField(
        label=gettext_lazy("The table is whole"),
        required=False,
        help_text=gettext_lazy("Parameters that it lacks are dropped from there on."),
    )
    field_order = ("file", "since", "is_whole")


class ValuesForm(forms.Form):
    """The file of a released set."""

    file = forms.FileField(label=gettext_lazy("Values"))
