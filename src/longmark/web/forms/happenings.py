"""Forms that book what happens to a unit as a whole: tested, returned, replaced, lost, warranty."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from longmark.core.formats.sheets.headers import Column
from longmark.core.life.details import REASON_LIMIT_CHARACTERS, RMA_LIMIT_CHARACTERS
from longmark.web import words
from longmark.web.forms.booking import EventForm
from longmark.web.forms.widgets import DayInput, Rows
from longmark.web.moments import day_text


def _serial(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=120,
        help_text=hint,
        widget=forms.TextInput(
            attrs={"class": "mono", "autocapitalize": "characters", "autocomplete": "off"}
        ),
    )


class DetailForm(EventForm):
    """A booking that says more in fields of its own, each a column of lists."""

    COLUMNS: ClassVar[Mapping[str, str]] = {
        "serial": Column.NEW_SERIAL.value,
        "result": Column.RESULT.value,
        "rma": Column.RMA.value,
        "until": Column.WARRANTY_UNTIL.value,
        "taker": Column.REPLACED_BY.value,
        "reason": Column.REASON.value,
    }

    reason = forms.CharField(
        label=gettext_lazy("Why, or what was found"),
        max_length=REASON_LIMIT_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, posted: Any, **others: Any) -> None:
        super().__init__(posted, **others)
        self.columns |= {column: name for name, column in self.COLUMNS.items()}
        self.put_first(*(name for name in self.fields if name in {*self.COLUMNS, "kind"}))

    def words(self) -> dict[str, str]:
        stated = {name: self.cleaned_data.get(name) for name in self.COLUMNS}
        said = {self.COLUMNS[name]: str(value) for name, value in stated.items() if value}
        return {**super().words(), **said}

    def told(self) -> str:
        return ", ".join(text for name, text in self.words().items() if name != "reason")


class RmaForm(DetailForm):
    """Something about an RMA: opened, worked on, closed."""

    ROWS: ClassVar[Rows] = (("on", "evidence"), ("rma", "source"))

    rma = forms.CharField(
        label=gettext_lazy("RMA number"), max_length=RMA_LIMIT_CHARACTERS, required=False
    )


class TestForm(RmaForm):
    """A test, and how it ended."""

    result = forms.ChoiceField(
        label=gettext_lazy("Result"), widget=forms.RadioSelect, choices=words.OUTCOMES.items()
    )
    field_order = ("result",)


class ReplacementForm(RmaForm):
    """Another unit took its place with whoever has it."""

    taker = _serial(
        gettext_lazy("Serial number of the replacement"),
        gettext_lazy("Of the same item; of another one, write the item before it: TG-300 200-77."),
    )
    field_order = ("taker",)


class MarkingForm(DetailForm):
    """It bears another serial number from then on."""

    serial = _serial(
        gettext_lazy("Its new serial number"),
        gettext_lazy("It is found by the former one too."),
    )
    field_order = ("serial",)


class WarrantyForm(DetailForm):
    """The warranty began, lasts longer, or holds no more."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        widget=forms.RadioSelect,
        choices=[
            ("warranty-started", gettext_lazy("Started")),
            ("warranty-extended", gettext_lazy("Extended")),
            ("warranty-voided", gettext_lazy("Voided: it holds no more")),
        ],
        initial="warranty-started",
    )
    until = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput, required=False)
    field_order = ("kind", "until")

    def clean(self) -> dict[str, Any]:
        stated = self.cleaned_data
        kind, until = stated.get("kind"), stated.get("until")
        if kind == "warranty-extended" and not until and "until" not in self.errors:
            self.add_error("until", _("Say until when it lasts now."))
        if kind == "warranty-voided" and until:
            self.add_error("until", _("A warranty that was voided has no last day."))
        return stated

    def event(self, usual: str) -> str:
        return str(self.cleaned_data["kind"])

    def told(self) -> str:
        until = self.cleaned_data["until"]
        return _("until %(day)s") % {"day": day_text(until)} if until else ""
