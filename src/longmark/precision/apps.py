"""Configuration of precision."""

from django.apps import AppConfig


class PrecisionConfig(AppConfig):
    name = "longmark.precision"
    verbose_name = "Precision"
    default_auto_field = "django.db.models.BigAutoField"
