"""Days that a caller asks about: none of them lies in the future."""

from datetime import date
from typing import Annotated, TypeAlias

from django.utils import timezone
from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError


def _read(stated: object) -> object:
    """Return a day as it is written in an address; other things are left to pydantic."""
    if not isinstance(stated, str):
        return stated
    try:
        return date.fromisoformat(stated)
    except ValueError:
        raise PydanticCustomError(
            "day", "“{stated}” is no day: write it as 2026-03-01", {"stated": stated[:40]}
        ) from None


def _past(day: date) -> date:
    """Return a day that has come; of another nothing is known."""
    if day > timezone.localdate():
        raise PydanticCustomError(
            "future", "{day} lies in the future: ask about a day that has come", {"day": str(day)}
        )
    return day


PastDay: TypeAlias = Annotated[date, AfterValidator(_past), BeforeValidator(_read)]
"""A day that is asked about, today at the latest."""
