"""Configuration of findings."""

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "longmark.findings"
    verbose_name = "Findings"
    default_auto_field = "django.db.models.BigAutoField"
