"""The Django application that owns pages, components and static files."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages across contexts, portal and base templates."""

    name = "longmark.web"
    label = "web"
