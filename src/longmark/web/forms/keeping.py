"""Forms that book who keeps a unit from a day on, and where."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from longmark.fleet.services.catalogue import UNKNOWN_WORDS
from longmark.parties import queries as parties
from longmark.web.forms.booking import EventForm
from longmark.web.forms.parties import country_field
from longmark.web.forms.widgets import ListedInput, Rows

NEAR_SHOWN = 3


class KeeperForm(EventForm):
    """Who keeps a unit from then on, and where."""

    customer = forms.CharField(
        label=gettext_lazy("Customer"),
        max_length=200,
        required=False,
        widget=ListedInput,
        help_text=gettext_lazy("Who operates it: name or number."),
    )
    site = forms.CharField(
        label=gettext_lazy("Site"), max_length=200, required=False, widget=ListedInput
    )
    country = country_field(gettext_lazy("that of the site"))
    distributor = forms.CharField(
        label=gettext_lazy("Distributor"),
        max_length=200,
        required=False,
        widget=ListedInput,
        help_text=gettext_lazy("Through whom it went, if through anyone."),
    )
    is_new = forms.BooleanField(
        label=gettext_lazy("Register customer, site and distributor if they are new"),
        required=False,
    )
    KEEPERS: ClassVar[tuple[str, ...]] = ("customer", "site", "country", "distributor")
    ROWS: ClassVar[Rows] = (("on", "evidence"), ("customer", "site"), ("country", "distributor"))

    def __init__(self, posted: Any, **others: Any) -> None:
        super().__init__(posted, **others)
        self.columns |= {name: name for name in self.KEEPERS}

    def clean(self) -> dict[str, Any]:
        stated = self.cleaned_data
        if not self.errors and not any(stated.get(name) for name in self.KEEPERS):
            self.add_error("customer", _("Say who has it now, or at least in which country it is."))
        if not stated.get("is_new"):
            self._check_known(stated)
        return stated

    def _check_known(self, stated: Mapping[str, Any]) -> None:
        """A name that is mistyped must not become a party."""
        for name in ("customer", "distributor"):
            if stated.get(name) and not _is_known(stated[name]):
                self.add_error(name, _unknown_party(stated[name]))
        customer = _party_id(stated["customer"]) if stated.get("customer") else None
        if customer is not None and stated.get("site"):
            known = {key for _party, key in parties.site_ids_of([customer])}
            if parties.name_key(stated["site"]) not in known:
                said = _("“%(name)s” is no site of theirs. If it is new, say so below.")
                self.add_error("site", said % {"name": stated["site"]})

    def words(self) -> dict[str, str]:
        kept = {name: self.cleaned_data.get(name, "") for name in self.KEEPERS}
        return {**super().words(), **{name: said for name, said in kept.items() if said}}

    def told(self) -> str:
        return ", ".join(self.words().values())


class MoveForm(KeeperForm):
    """A unit went to someone, or somewhere."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        widget=forms.RadioSelect,
        choices=[
            ("shipped", gettext_lazy("Shipped: it left the factory")),
            ("transferred", gettext_lazy("Transferred: it changed hands or place")),
            ("commissioned", gettext_lazy("Commissioned: it was put into operation")),
        ],
    )
    field_order = ("kind", *KeeperForm.KEEPERS, "is_new")

    def event(self, usual: str) -> str:
        return str(self.cleaned_data["kind"])


def _is_known(name: str) -> bool:
    return name.casefold() in UNKNOWN_WORDS or _party_id(name) is not None


def _party_id(name: str) -> int | None:
    by_name = parties.party_ids_by_name([name])
    if by_name:
        return next(iter(by_name.values()))
    return next(iter(parties.party_ids_by_number([name.strip()]).values()), None)


def _unknown_party(name: str) -> str:
    near = [str(one) for one in parties.find_parties(name.split()[0])[:NEAR_SHOWN]]
    if near:
        said = _("Nobody named “%(name)s” is registered. Is it %(near)s? If new, say so below.")
        return said % {"name": name, "near": ", ".join(near)}
    return _("Nobody named “%(name)s” is registered. If new, say so below.") % {"name": name}
