"""Configuration of sboms."""

from django.apps import AppConfig


class SbomsConfig(AppConfig):
    name = "longmark.sboms"
    verbose_name = "SBOMs"
    default_auto_field = "django.db.models.BigAutoField"
