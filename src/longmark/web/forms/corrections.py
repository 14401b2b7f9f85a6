"""Forms that put an event right: what is true instead, or that it never happened; and why."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from longmark.catalog import queries as catalog
from longmark.core.errors import Refused
from longmark.core.life.events import (
    CORRECTIONS,
    CustodyRole,
    Event,
    Holder,
    Kind,
    Occupant,
    Precision,
)
from longmark.fleet.queries import units as fleet
from longmark.fleet.services.spoken import Said
from longmark.parties import queries as parties
from longmark.web import words
from longmark.web.forms.booking import parameters_in
from longmark.web.forms.keeping import KeeperForm
from longmark.web.forms.widgets import Rows
from longmark.web.places import EMPTY, Place

if TYPE_CHECKING:
    from longmark.core.life.events import Precision as _Precision


def reason_field() -> forms.CharField:
    """Return the question why an event is wrong; the ledger keeps the answer."""
    return forms.CharField(
        label=gettext_lazy("Why it is wrong"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It is kept in the ledger, with your name."),
    )


class WithdrawalForm(forms.Form):
    """Why an event never happened."""

    reason = reason_field()


class CorrectionForm(KeeperForm):
    """What is true in place of an event, filled with what it said."""

    ROWS: ClassVar[Rows] = (("kind", "on"), ("evidence", "source"), *KeeperForm.ROWS[1:])

    kind = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        choices=[(kind.value, words.EVENTS[kind]) for kind in Kind if kind not in CORRECTIONS],
    )
    reason = reason_field()

    def __init__(
        self, posted: Any, wrong: Event, places: Mapping[str, Place], *, today: date
    ) -> None:
        self.wrong = wrong
        kept = _keepers_of(wrong.custody)
        initial = {
            "on": wrong.occurred_at.date(),
            "kind": (wrong.stands_for or wrong.kind).value,
            "source": wrong.source,
            **kept,
        }
        super().__init__(posted, today=today, evidence=wrong.evidence.word, initial=initial)
        if not kept:
            for name in (*self.KEEPERS, "is_new"):
                del self.fields[name]
        first = [
            name for path, seat in wrong.slots.items() for name in self._ask(path, seat, places)
        ]
        self.put_first("kind", "on", *first, *self.KEEPERS, "is_new", "evidence", "source")
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def clean(self) -> dict[str, Any]:
        return super().clean() if "customer" in self.fields else self.cleaned_data

    def _ask(self, path: str, seat: Occupant | None, places: Mapping[str, Place]) -> list[str]:
        """Ask for a place again, with what the event said of it."""
        place = places.get(path)
        if place is None or (seat and seat.part):
            raise Refused(
                _(
                    "What this event says of {path} cannot be written in a form."
                    " Withdraw the event, and book what is true."
                ),
                path=path,
            )
        label = place.path or _("The unit itself")
        names = []
        if seat and seat.child:
            names.append(self.ask(place, label, initial=_word(seat), only_items=True))
            serial = fleet.units_by_id([seat.child])[seat.child].serial
            said = _("Serial number in %(slot)s") % {"slot": label}
            names.append(self.ask_serial(said, initial=serial))
        else:
            empty = _("not stated") if seat and seat.values else ""
            names.append(self.ask(place, label, empty=empty, initial=_word(seat)))
        if seat and seat.values:
            lines = "\n".join(f"{name} = {value}" for name, value in seat.values)
            names.append("values")
            self.fields["values"] = forms.CharField(
                label=_("Values in %(slot)s") % {"slot": label},
                initial=lines,
                widget=forms.Textarea(attrs={"rows": min(len(seat.values) + 1, 12)}),
            )
        return names

    def clean_values(self) -> dict[str, str]:
        return parameters_in(self.cleaned_data["values"])

    def words(self) -> dict[str, str]:
        said = {**super().words(), **self.cleaned_data.get("values", {})}
        return {name: text for name, text in said.items() if text}

    def said(self, event: str) -> Said:
        """Return what is true; a day that was left alone stays as exact as it was."""
        said = super().said(event)
        if self.cleaned_data["on"] != self.wrong.occurred_at.date():
            return said
        on = _as_exact(self.wrong)
        return Said(said.event, on, said.evidence, said.source, said.words)

    def event(self, usual: str) -> str:
        return str(self.cleaned_data["kind"])


def _as_exact(event: Event) -> str:
    if event.precision is Precision.UNKNOWN:
        return "unknown"
    lengths: dict[_Precision, int] = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}
    return event.occurred_at.isoformat()[: lengths.get(event.precision)]


def _word(seat: Occupant | None) -> str:
    """Return what an event says of a slot in the words of lists."""
    if seat is None:
        return EMPTY
    if seat.release is not None:
        return str(catalog.release(seat.release))
    return catalog.item(seat.item).name if seat.item is not None else ""


def _keepers_of(custody: Mapping[CustodyRole, Holder | None]) -> dict[str, str]:
    """Return custody in the words of lists; they know operators and distributors."""
    if CustodyRole.OWNER in custody or None in custody.values():
        raise Refused(
            _(
                "What this event says of who keeps the unit cannot be written in a form."
                " Withdraw the event, and book what is true."
            )
        )
    operator, distributor = (
        custody.get(role) or Holder() for role in (CustodyRole.OPERATOR, CustodyRole.DISTRIBUTOR)
    )
    if not custody:
        return {}
    named = parties.parties_by_id(
        pk for pk in (operator.party, distributor.party) if pk is not None
    )
    site = parties.site(operator.site).name if operator.site else ""
    return {
        "customer": str(named.get(operator.party or 0, "" if operator.country else "unknown")),
        "site": site,
        "country": operator.country,
        "distributor": str(named.get(distributor.party or 0, "")),
    }
