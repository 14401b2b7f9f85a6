"""Configuration of the ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "longmark.ledger"
    verbose_name = "Ledger"
    default_auto_field = "django.db.models.BigAutoField"
