"""Callers of the API, as the tests of the API have them."""

from tests.api.conftest import caller

__all__ = ["caller"]
