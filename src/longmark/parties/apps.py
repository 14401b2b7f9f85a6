"""Configuration of parties."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "longmark.parties"
    verbose_name = "Parties"
    default_auto_field = "django.db.models.BigAutoField"
