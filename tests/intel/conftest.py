"""A caller of the API, as the API's own tests have it."""

from tests.api.conftest import caller

__all__ = ["caller"]
