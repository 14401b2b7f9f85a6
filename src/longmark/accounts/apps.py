"""Configuration of the accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "longmark.accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"
