"""Values by their type: 1.0 is 1, ``on`` is ``true``, and what does not fit is told.

Values are kept as they were read; a type decides only how two of them compare, and whether one
fits. Numbers may have a decimal comma, whole numbers may be hexadecimal (``0x1F``).
"""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias

from longmark.core.errors import Invalid

if TYPE_CHECKING:
    from longmark.core.parameters.definitions import Definition

Typed: TypeAlias = bool | Decimal | str

_TRUE: Final = frozenset({"true", "1", "on", "yes", "enabled", "ein", "ja", "an", "wahr"})
_FALSE: Final = frozenset({"false", "0", "off", "no", "disabled", "aus", "nein", "falsch"})
_DECIMAL: Final = re.compile(
    r"[+-]?(?:\d{1,60}(?:[.,]\d{0,60})?|[.,]\d{1,60})(?:[eE][+-]?\d{1,3})?"
)
_HEXADECIMAL: Final = re.compile(r"0[xX][0-9A-Fa-f]{1,32}")


def decimal_of(text: str) -> Decimal | None:
    """Return the number that is written; ``None`` if it is none.

    >>> decimal_of("1,50"), decimal_of("fast")
    (Decimal('1.50'), None)
    """
    stated = text.strip()
    if not stated.isascii() or not _DECIMAL.fullmatch(stated):
        return None
    return Decimal(stated.replace(",", "."))


def whole_of(text: str) -> int | None:
    """Return the whole number that is written, hexadecimal too; ``None`` if it is none."""
    stated = text.strip()
    if _HEXADECIMAL.fullmatch(stated):
        return int(stated, 16)
    number = decimal_of(stated)
    if number is None or number.adjusted() > 60 or number != number.to_integral_value():
        return None
    return int(number)


def truth_of(text: str) -> bool | None:
    """Return what a word for on or off says; ``None`` if it is none."""
    word = text.strip().casefold()
    return True if word in _TRUE else False if word in _FALSE else None


def typed(text: str, definition: "Definition | None") -> Typed | None:
    """Return a value as its type reads it; ``None`` if it cannot be read so.

    Without a definition, or of a secret, it is the text itself.
    """
    if definition is None or definition.is_secret or definition.type == "text":
        return text
    if definition.type == "bool":
        return truth_of(text)
    if definition.type == "enum":
        return _code_of(text, definition)
    if definition.type == "decimal":
        return decimal_of(text)
    number = whole_of(text)
    return None if number is None else Decimal(number)


def same(one: str, other: str, definition: "Definition | None" = None) -> bool:
    """Tell whether two values mean the same; what cannot be read is compared as text."""
    if one == other:
        return True
    meant = typed(one, definition)
    return meant is not None and meant == typed(other, definition)


def misfit(text: str, definition: "Definition") -> str | None:
    """Return why a value does not fit its definition; ``None`` if it does, or is secret."""
    if definition.is_secret or not text:
        return None
    meant = typed(text, definition)
    shown = f'"{text[:40]}"'
    if meant is None:
        return str(Invalid("{shown} is no {type}.", shown=shown, type=_TYPES[definition.type]))
    if isinstance(meant, Decimal):
        return _out_of_range(shown, meant, definition)
    return None


_TYPES: Final = {
    "bool": "on or off",
    "int": "whole number",
    "decimal": "number",
    "enum": "option of it",
    "text": "text",
}


def _out_of_range(shown: str, number: Decimal, definition: "Definition") -> str | None:
    low, high = decimal_of(definition.minimum), decimal_of(definition.maximum)
    if low is not None and number < low:
        return str(Invalid("{shown} is below {end}.", shown=shown, end=definition.minimum))
    if high is not None and number > high:
        return str(Invalid("{shown} is above {end}.", shown=shown, end=definition.maximum))
    return None


def _code_of(text: str, definition: "Definition") -> str | None:
    """Return the code of an option, named by code, by label, or by a number equal to a code."""
    word = text.strip().casefold()
    for code, label in definition.options:
        if word in (code.casefold(), label.casefold()):
            return code
    number = decimal_of(text)
    if number is None:
        return None
    return next((code for code, _ in definition.options if decimal_of(code) == number), None)
