"""The form that opens and closes the public page of an item's units."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from longmark.catalog.models import Passport

URL_LIMIT = 500


class PassportForm(forms.Form):
    """Whether the page is open, and where it leads."""

    is_open = forms.BooleanField(
        label=gettext_lazy("Show a public page"),
        required=False,
        help_text=gettext_lazy(
            "It says the serial number, the product, until when there are security updates, which"
            " version is the newest, and whom to tell of a weakness. It names no customer, no"
            " place, and not what this unit runs or is open to."
        ),
    )
    declaration_url = forms.CharField(
        label=gettext_lazy("EU declaration of conformity"),
        max_length=URL_LIMIT,
        required=False,
        widget=forms.URLInput,
        help_text=gettext_lazy("Address of the document or of its page (CRA Art. 13(20))."),
    )
    instructions_url = forms.CharField(
        label=gettext_lazy("Updates and instructions"),
        max_length=URL_LIMIT,
        required=False,
        widget=forms.URLInput,
        help_text=gettext_lazy("Where users find updates and how to install them."),
    )

    def __init__(self, posted: Any, known: "Passport | None") -> None:
        initial = {
            "is_open": bool(known and known.is_open),
            "declaration_url": known.declaration_url if known else "",
            "instructions_url": known.instructions_url if known else "",
        }
        super().__init__(posted, initial=initial)
