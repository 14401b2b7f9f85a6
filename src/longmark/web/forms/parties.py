"""Forms of parties, their sites and their contacts."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from longmark.core.vocabulary import PartyKind
from longmark.web import countries, words
from longmark.web.forms.widgets import Rows

if TYPE_CHECKING:
    from longmark.parties.models import Party, Site


def country_field(empty: Any) -> forms.ChoiceField:
    """Return a choice of countries; ``empty`` says what it means to choose none."""
    return forms.ChoiceField(
        label=gettext_lazy("Country"),
        required=False,
        choices=lambda: [("", empty), *countries.choices()],
    )


def language_field(**others: Any) -> forms.ChoiceField:
    """Return a choice of languages to be told in."""
    return forms.ChoiceField(
        label=gettext_lazy("Language"), choices=words.LANGUAGES.items(), **others
    )


class PartyForm(forms.Form):
    """A new party."""

    ROWS: ClassVar[Rows] = (("kind", "number"), ("country", "language"))

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    kind = forms.ChoiceField(
        label=gettext_lazy("What they are to you"),
        choices=[(kind.value, words.KINDS[kind]) for kind in PartyKind],
    )
    number = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Their number in your ERP; lists find them by it, too."),
    )
    country = country_field(gettext_lazy("not known"))
    language = language_field(initial="en", help_text=gettext_lazy("What they are written to in."))


class SiteForm(forms.Form):
    """A new place of a party."""

    ROWS: ClassVar[Rows] = (("city", "country"),)

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("As the customer calls it: Pumpwerk Heber."),
    )
    city = forms.CharField(label=gettext_lazy("City"), max_length=100, required=False)
    country = country_field(gettext_lazy("as the party"))


class ContactForm(forms.Form):
    """A person to be told at a party."""

    ROWS: ClassVar[Rows] = (("email", "phone"), ("language", "site"))

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Mail address"),
        required=False,
        help_text=gettext_lazy("A mail address or a telephone number is needed."),
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    language = language_field()
    site = forms.ChoiceField(
        label=gettext_lazy("Site"),
        required=False,
        help_text=gettext_lazy("Whom to tell about units of this site alone."),
    )

    def __init__(self, posted: Any, party: "Party", sites: Iterable["Site"]) -> None:
        super().__init__(posted, initial={"language": party.language})
        choices = [(str(site.pk), site.name) for site in sites]
        every = gettext_lazy("every site")
        self.fields["site"].choices = [("", every), *choices]  # type: ignore[attr-defined]
