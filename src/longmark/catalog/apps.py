"""Configuration of catalog."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "longmark.catalog"
    verbose_name = "Catalog"
    default_auto_field = "django.db.models.BigAutoField"
