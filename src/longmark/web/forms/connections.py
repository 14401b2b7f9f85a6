"""Forms of connections to other systems."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from longmark.connections.services.connections import Settings
from longmark.core.formats.connectors.systems import SYSTEMS
from longmark.core.vocabulary import ConnectedSystem
from longmark.web.forms.widgets import Rows

if TYPE_CHECKING:
    from longmark.connections.models import Connection

HIDDEN = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class SettingsForm(forms.Form):
    """How a connection is used; an empty secret leaves it as it is."""

    ROWS: ClassVar[Rows] = (("user", "database"), ("zone", "period_minutes"))

    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=400,
        help_text=gettext_lazy("Of the system itself, as in https://erp.example.com"),
    )
    secret = forms.CharField(
        label=gettext_lazy("Token or API key"),
        required=False,
        max_length=1_000,
        widget=HIDDEN,
        help_text=gettext_lazy("It is kept in the data folder and never shown again."),
    )
    user = forms.CharField(
        label=gettext_lazy("Key or login"),
        required=False,
        max_length=140,
        help_text=gettext_lazy("ERPNext: the API key. Odoo: the login; none for JSON-2."),
    )
    database = forms.CharField(
        label=gettext_lazy("Database"),
        required=False,
        max_length=140,
        help_text=gettext_lazy("Odoo alone has one to state."),
    )
    zone = forms.CharField(
        label=gettext_lazy("Time zone of its users"),
        required=False,
        initial="UTC",
        max_length=60,
        help_text=gettext_lazy("As in Europe/Berlin; Odoo states times in UTC."),
    )
    period_minutes = forms.IntegerField(
        label=gettext_lazy("Pull every … minutes"), min_value=5, max_value=86_400, initial=30
    )
    profile = forms.CharField(
        label=gettext_lazy("Import profile"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("By which rows are understood, if items are called otherwise here."),
    )
    may_write = forms.BooleanField(
        label=gettext_lazy("Write notes about RMAs and security on its units"), required=False
    )
    is_enabled = forms.BooleanField(
        label=gettext_lazy("Pull it by itself"), required=False, initial=True
    )

    @classmethod
    def of(cls, one: "Connection", stated: Any = None) -> "SettingsForm":
        """Return the form filled with what holds now, or with what was sent."""
        named = ("address", "user", "database", "zone", "profile", "may_write", "is_enabled")
        now = {name: getattr(one, name) for name in named}
        minutes = int(one.period.total_seconds()) // 60
        return cls(stated, initial=now | {"period_minutes": minutes})

    def settings(self) -> Settings:
        """Return what was stated, for the service."""
        said = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("name", "system", "period_minutes")
        }
        period = timedelta(minutes=self.cleaned_data["period_minutes"])
        return Settings(**said, period=period)


class ConnectionForm(SettingsForm):
    """A new connection."""

    ROWS: ClassVar[Rows] = (("name", "system"), *SettingsForm.ROWS)

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("Small letters, digits, hyphens: works-erp"),
    )
    system = forms.ChoiceField(
        label=gettext_lazy("System"),
        choices=[(system.value, SYSTEMS[system].title) for system in ConnectedSystem],
    )

    def __init__(self, stated: Any = None) -> None:
        super().__init__(stated, field_order=["name", "system"])
        self.fields["secret"].required = True


class NoteForm(forms.Form):
    """A note on a unit."""

    ROWS: ClassVar[Rows] = (("item", "serial"),)

    item = forms.CharField(label=gettext_lazy("Item"), max_length=200)
    serial = forms.CharField(label=gettext_lazy("Serial number"), max_length=64)
    text = forms.CharField(
        label=gettext_lazy("Note"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )
