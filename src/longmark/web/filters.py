"""What a reader asked for in the address of a list: filters, order, rows."""

from collections.abc import Container

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from longmark.web.words import Words

ROWS = (25, 100, 500)
"""How many rows a list may show at once."""

TEXT_LIMIT = 200

ITEM_KINDS: Words = {
    "product": _("Products"),
    "hardware": _("Hardware"),
    "firmware": _("Firmware"),
    "software": _("Software"),
    "parameters": _("Parameter sets"),
}

PARTY_KINDS: Words = {
    "customer": _("Customers"),
    "distributor": _("Distributors"),
    "supplier": _("Suppliers"),
    "importer": _("Importers"),
    "manufacturer": _("Manufacturers"),
    "authority": _("Authorities"),
}

JOB_STATES: Words = {
    "waiting": _("Waiting"),
    "running": _("Running"),
    "done": _("Done"),
    "failed": _("Failed"),
    "cancelled": _("Stopped"),
}


def wanted(request: HttpRequest, name: str) -> str:
    """Return a filter as text; empty when it is not set."""
    return request.GET.get(name, "").strip()[:TEXT_LIMIT]


def chosen(request: HttpRequest, name: str, choices: Container[str]) -> str:
    """Return a filter that must be one of some codes; empty when it is none of them."""
    code = wanted(request, name)
    return code if code in choices else ""


def number(request: HttpRequest, name: str) -> int | None:
    """Return a filter that is a whole number."""
    text = wanted(request, name)
    return int(text) if text.isascii() and text.isdecimal() else None


def rows_wanted(request: HttpRequest) -> int:
    """Return how many rows to show at once."""
    asked = number(request, "rows")
    return asked if asked in ROWS and asked else ROWS[0]
