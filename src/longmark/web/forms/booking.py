"""Forms that book what happened to a unit, one event at a time.

A form is a list of one row: what it says is handed on in the words of lists
(``docs/reference/unit-lists.md``), so that whatever holds for rows holds here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from longmark.core.formats.sheets.headers import Column, header
from longmark.fleet.services.spoken import Said
from longmark.web import words
from longmark.web.forms.widgets import DayInput, Rows
from longmark.web.places import EMPTY, Place

BY_HAND = "by hand"
"""The source of a booking that names none."""

PAIR = re.compile(r"\s*([^=\s]+)\s*=\s*(.+?)\s*")


@dataclass(frozen=True)
class _Asked:
    """A place that a form asks for, and under which names."""

    place: Place
    content: str
    serial: str


class EventForm(forms.Form):
    """What every booking says: the day, how well it is known, where it is written."""

    ROWS: ClassVar[Rows] = (("on", "evidence"),)

    on = forms.DateField(
        label=gettext_lazy("Day"),
        widget=DayInput,
        help_text=gettext_lazy("When it happened, not when it is booked."),
    )
    evidence = forms.ChoiceField(
        label=gettext_lazy("How well is it known"), choices=words.EVIDENCE_CLAIMS.items()
    )
    source = forms.CharField(
        label=gettext_lazy("Where it is written"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("RMA number, order, service report."),
    )

    def __init__(
        self, posted: Any, *, today: date, evidence: str, initial: Mapping[str, Any] | None = None
    ) -> None:
        usual = {"on": today, "evidence": evidence}
        super().__init__(posted, initial={**usual, **(initial or {})})
        self.today = today
        self.asked: list[_Asked] = []
        self.columns = {"date": "on", "evidence": "evidence", "source": "source"}
        self.fields["on"].widget.attrs["max"] = today.isoformat()

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise ValidationError(_("This day lies in the future. Book it when it has happened."))
        return on

    def ask(
        self,
        place: Place,
        label: str,
        *,
        empty: str = "",
        hint: str = "",
        initial: str = "",
        only_items: bool = False,
    ) -> str:
        """Ask what sits in a place; with ``empty`` it may be left open. Return the field's name."""
        number = len(self.asked)
        content, serial = f"content_{number}", f"serial_{number}"
        choices = place.choices(only_items=only_items)
        self.fields[content] = forms.ChoiceField(
            label=label,
            choices=[("", empty or "–"), *choices],
            required=not empty,
            initial=initial,
            help_text=hint,
        )
        self.asked.append(_Asked(place, content, serial))
        self.columns |= {place.path or "release": content, f"{place.path} serial": serial}
        return content

    def ask_serial(self, label: str, *, hint: str = "", initial: str = "") -> str:
        """Ask for the serial number of what sits in the place asked for last."""
        name = self.asked[-1].serial
        self.fields[name] = forms.CharField(
            label=label,
            max_length=64,
            required=False,
            initial=initial,
            help_text=hint,
            widget=forms.TextInput(
                attrs={"class": "mono", "autocapitalize": "characters", "autocomplete": "off"}
            ),
        )
        return name

    def put_first(self, *names: str) -> None:
        """Let these fields stand before what every booking says, in this order."""
        self.order_fields(names)

    def words(self) -> dict[str, str]:
        """Return what the form says beyond the usual, as columns of a list."""
        said: dict[str, str] = {}
        for asked in self.asked:
            if content := self.cleaned_data.get(asked.content):
                said[asked.place.path or "release"] = content
            if serial := self.cleaned_data.get(asked.serial):
                said[f"{asked.place.path} serial"] = serial
        return said

    def said(self, event: str) -> Said:
        """Return the booking as one row of a list."""
        stated = self.cleaned_data
        source = stated["source"] or BY_HAND
        return Said(event, stated["on"].isoformat(), stated["evidence"], source, self.words())

    def event(self, usual: str) -> str:
        """Return what happened."""
        return usual

    def told(self) -> str:
        """Return what was booked, in a few words."""
        told = []
        for asked in self.asked:
            named = [self.cleaned_data.get(name) for name in (asked.content, asked.serial)]
            if any(named):
                told.append(f"{asked.place.path}: {', '.join(filter(None, named))}")
        return ", ".join(told)


class SwapForm(EventForm):
    """A module went in, and what was there came out."""

    def swap(self, place: Place, below: Sequence[Place]) -> None:
        first = []
        self.only_item = place.items[0].name if len(place.items) == 1 else ""
        by_serial = _("as its serial number says") if self.only_item and place.takes_serials else ""
        needed = _("This or the serial number is needed.") if by_serial else ""
        content = self.ask(place, _("What went in"), empty=by_serial, hint=needed)
        if place.takes_serials:
            hint = _("Scan it or type it. A number that is new makes a new unit.")
            first.append(self.ask_serial(_("Serial number that went in"), hint=hint))
        first.append(content)
        for inner in below:
            name = inner.path.removeprefix(f"{place.path}/")
            hint = _("Left open, what is known of this module counts; else it is unknown.")
            said = _("%(slot)s on it") % {"slot": name}
            first.append(self.ask(inner, said, empty=_("not read"), hint=hint))
        self.put_first(*first)

    def clean(self) -> dict[str, Any]:
        stated = self.cleaned_data
        serial = stated.get(self.asked[0].serial)
        held = [serial, *(stated.get(one.content) for one in self.asked[1:])]
        if "content_0" in stated and not stated["content_0"]:
            # A swap that was sent by mistake would make what is known of the unit unknown.
            if serial:
                stated["content_0"] = self.only_item
            else:
                self.add_error(
                    "content_0",
                    _("Say what went in: its serial number, or one of these."),
                )
        if stated.get("content_0") == EMPTY and any(held):
            self.add_error("content_0", _("The place cannot be empty and hold something."))
        return stated

    def event(self, usual: str) -> str:
        return "removed" if self.cleaned_data["content_0"] == EMPTY else usual


class SoftwareForm(EventForm):
    """Firmware or software was changed, rolled back, or found out."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        widget=forms.RadioSelect,
        choices=[
            ("software-changed", gettext_lazy("Changed: another release was installed")),
            ("software-rolled-back", gettext_lazy("Rolled back to an earlier release")),
            ("software-confirmed", gettext_lazy("Read back: it was there already")),
            ("software-observed", gettext_lazy("Observed: the device reports it")),
        ],
        initial="software-changed",
        required=False,
    )

    def change(self, place: Place) -> None:
        self.put_first(self.ask(place, _("What runs on it")), "kind")

    def event(self, usual: str) -> str:
        return str(self.cleaned_data["kind"] or usual)


class ParametersForm(EventForm):
    """Parameters were changed; only what differs is booked."""

    further = forms.CharField(
        label=gettext_lazy("Other parameters"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono", "placeholder": "P10.07 = 1"}),
        help_text=gettext_lazy("One in a line: the parameter, an equals sign, the value."),
    )

    def change(self, place: Place) -> None:
        self.known = dict(sorted(place.values.items()))
        names = []
        for number, (parameter, value) in enumerate(self.known.items()):
            names.append(f"value_{number}")
            self.fields[names[-1]] = forms.CharField(
                label=parameter, initial=value, required=False, max_length=200
            )
            self.columns[parameter] = names[-1]
        if place.fits:
            no_other = _("as before")
            names.append(self.ask(place, _("Parameter set"), empty=no_other))
        self.put_first(*names, "further")

    def clean_further(self) -> dict[str, str]:
        return parameters_in(self.cleaned_data["further"])

    def clean(self) -> dict[str, Any]:
        stated = self.cleaned_data
        if not self.errors and not self.words():
            raise ValidationError(_("Nothing differs from what is known. Change a value."))
        return stated

    def words(self) -> dict[str, str]:
        stated = self.cleaned_data
        typed = {name: stated.get(f"value_{number}", "") for number, name in enumerate(self.known)}
        changed = {
            name: value for name, value in typed.items() if value not in ("", self.known[name])
        }
        return {**super().words(), **changed, **stated.get("further", {})}

    def told(self) -> str:
        return ", ".join(f"{name}: {said}" for name, said in self.words().items())


def parameters_in(text: str) -> dict[str, str]:
    """Return the parameters written in lines: ``P10.07 = 1``.

    Raises:
        ValidationError: a line is none, or its name is no parameter.
    """
    found = {}
    for line in filter(str.strip, text.splitlines()):
        pair = PAIR.fullmatch(line)
        if pair is None:
            said = _("“%(line)s” is not a parameter, an equals sign and a value.")
            raise ValidationError(said % {"line": line})
        if header(pair[1]).column is not Column.PARAMETER:
            said = _("“%(name)s” is not the name of a parameter. They look like P10.07.")
            raise ValidationError(said % {"name": pair[1]})
        found[pair[1].upper()] = pair[2]
    return found
