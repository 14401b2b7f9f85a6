"""Configuration of intel."""

from django.apps import AppConfig


class IntelConfig(AppConfig):
    name = "longmark.intel"
    verbose_name = "Intelligence"
    default_auto_field = "django.db.models.BigAutoField"
