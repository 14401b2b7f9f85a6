"""Configuration of names."""

from django.apps import AppConfig


class NamesConfig(AppConfig):
    name = "longmark.names"
    verbose_name = "Names"
    default_auto_field = "django.db.models.BigAutoField"
