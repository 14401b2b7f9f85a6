"""Forms about what may go together in a unit."""

from typing import ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from longmark.catalog import queries as catalog
from longmark.catalog.queries.combinations import PlacedSpan
from longmark.catalog.services.combinations import NAME_LIMIT_CHARACTERS, Effective
from longmark.core.composition.spans import read_span
from longmark.core.errors import Invalid
from longmark.web.forms.widgets import DayInput, Rows

TEXT_LIMIT, SERIAL_LIMIT = 5_000, 64
THE_UNIT = "."


class CombinationForm(forms.Form):
    """Releases that may go together, one place in a line."""

    ROWS: ClassVar[Rows] = (
        ("name",),
        ("pieces",),
        ("built_from", "built_until"),
        ("serial_from", "serial_until"),
    )

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LIMIT_CHARACTERS,
        help_text=gettext_lazy("As the team calls it: revision D with firmware 2.4."),
    )
    pieces = forms.CharField(
        label=gettext_lazy("What may go together"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(
            attrs={
                "rows": 4,
                "class": "mono",
                "placeholder": "control-board: CB-21 C..D\n"
                "control-board/main-firmware: tg200-fw 2.4.0..2.6.x",
            }
        ),
        help_text=gettext_lazy(
            "One place in a line: the slot, a colon, the item, its versions. 2.4.0..2.6.x is both"
            " ends included, 2.4.. everything from there, * all. A dot is the unit itself."
        ),
    )
    built_from = forms.DateField(
        label=gettext_lazy("Only units built from"), required=False, widget=DayInput
    )
    built_until = forms.DateField(label=gettext_lazy("until"), required=False, widget=DayInput)
    serial_from = forms.CharField(
        label=gettext_lazy("Only serial numbers from"), max_length=SERIAL_LIMIT, required=False
    )
    serial_until = forms.CharField(
        label=gettext_lazy("to"), max_length=SERIAL_LIMIT, required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What would go wrong otherwise, or the document that says so."),
    )

    def clean_pieces(self) -> list[PlacedSpan]:
        items = catalog.items_by_name()
        found = []
        for number, line in enumerate(self.cleaned_data["pieces"].splitlines(), start=1):
            if not line.strip():
                continue
            place, colon, said = (part.strip() for part in line.partition(":"))
            named, _blank, span = said.rpartition(" ")
            item = items.get(named.strip())
            if not colon or item is None:
                raise ValidationError(
                    _line(number, line, _("is no slot, colon, item and versions"))
                )
            try:
                read = read_span(span)
            except Invalid as invalid:
                raise ValidationError(_line(number, line, str(invalid))) from None
            found.append(PlacedSpan("" if place == THE_UNIT else place, item, read))
        return found

    def effective(self) -> Effective:
        """Return for which units it is to hold."""
        names = ("built_from", "built_until", "serial_from", "serial_until")
        return Effective(**{name: self.cleaned_data[name] for name in names})


class ReasonForm(forms.Form):
    """Why something is accepted, or no longer."""

    ROWS: ClassVar[Rows] = ()

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _line(number: int, line: str, problem: str) -> str:
    said = _("Line %(number)s, “%(line)s”: %(problem)s")
    return said % {"number": number, "line": line.strip()[:80], "problem": problem}
