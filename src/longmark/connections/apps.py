"""Configuration of connections."""

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "longmark.connections"
    verbose_name = "Connections"
    default_auto_field = "django.db.models.BigAutoField"
