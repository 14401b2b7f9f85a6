"""The local data folder, opened: sets Django up before anything that needs it is loaded."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "longmark.config.settings")
django.setup()

from longmark.config.verbs import open_client, prepare, run  # noqa: E402  # after the set-up

__all__ = ["open_client", "prepare", "run"]
