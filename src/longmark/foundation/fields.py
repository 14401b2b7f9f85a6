"""Model fields that behave alike on SQLite and PostgreSQL."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField


class KeyField(_Text):
    """Text that sorts and compares by its bytes, on every database.

    SQLite does so by itself (``BINARY``); PostgreSQL needs the collation ``C``, or version
    keys would be ordered by the rules of a language.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters
