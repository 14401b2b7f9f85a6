"""Model fields that behave alike on SQLite and PostgreSQL."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
    _OptionalText = models.TextField[str | None, str | None]
else:
    _Text = _OptionalText = models.TextField


class KeyField(_Text):
    """Text that sorts and compares by its bytes, on every database.

    SQLite does so by itself (``BINARY``); PostgreSQL needs the collation ``C``, or version
    keys would be ordered by the rules of a language.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        return _in_byte_order(super().db_parameters(connection), connection)


class OptionalKeyField(_OptionalText):
    """The same, for what may have no key: declare it with ``null=True``."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        return _in_byte_order(super().db_parameters(connection), connection)


def _in_byte_order(parameters: dict[str, Any], connection: BaseDatabaseWrapper) -> dict[str, Any]:
    if connection.vendor == "postgresql":
        parameters["collation"] = "C"
    return parameters
