"""Configuration of fleet."""

from django.apps import AppConfig


class FleetConfig(AppConfig):
    name = "longmark.fleet"
    verbose_name = "Fleet"
    default_auto_field = "django.db.models.BigAutoField"
