"""Identity of a unit: derived once from item and serial number, never looked up.

A serial number is only unique within its item, and not always there: a range that was used
twice carries a discriminator (plant or period), decided when the units are registered.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache
from uuid import UUID

from longmark.core.errors import Invalid

UNIT_NAMESPACE = UUID("e0d5be3e-e52d-5f57-aa72-0e6e88aafacb")  # UUIDv5 of urn:longmark:unit
SERIAL_LIMIT_CHARACTERS = 64

_NAMESPACED = hashlib.sha1(UNIT_NAMESPACE.bytes, usedforsecurity=False)

# Excel writes a long number as 1.2E+10 or 1,2E+10, always with a plus; a serial 4E17 stays legal.
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d+")
_NUMBER_WITH_FRACTION = re.compile(r"\d+[.,]0+")
# One part of a pattern that a person reads without knowing regular expressions.
_SIMPLE = re.compile(
    r"(?:(?P<digit>\\d|\[0-9\])(?:\{(?P<count>\d{1,2})\})?|(?P<sign>[\w /-]|\\[-./ ]))(?![*+?{])"
)
# Hyphens, dashes and the minus sign, as word processors and spreadsheets put them.
_HYPHENS = dict.fromkeys([*range(0x2010, 0x2015), 0x2212], "-")


class MangledSerial(Invalid):
    """A spreadsheet has changed the serial number; what it was cannot be known."""


def folded_serial(serial: str) -> str:
    r"""Return the form in which serial numbers are compared: no blanks, upper case, plain hyphens.

    Zeros in front are kept: 0042 and 42 are different units.

    >>> folded_serial(" tg\u2013200 0042")
    'TG-2000042'
    """
    if serial.isascii():
        return "".join(serial.split()).upper()
    plain = unicodedata.normalize("NFKC", serial).translate(_HYPHENS)
    # Once more: without blanks, marks may compose that the blanks kept apart.
    return unicodedata.normalize("NFKC", "".join(plain.split()).upper())


def unit_id(item_name: str, serial: str, discriminator: str = "") -> UUID:
    """Return the identity of the unit of ``item_name`` with this serial number."""
    name = f"{item_name}\x1f{folded_serial(serial)}\x1f{discriminator}"
    digest = _NAMESPACED.copy()  # As `uuid5` does it, in half the time.
    digest.update(name.encode())
    return UUID(bytes=digest.digest()[:16], version=5)


def plausible_serial(text: str) -> str:
    """Return the serial number without blanks at its ends.

    Raises:
        MangledSerial: a spreadsheet turned it into a number.
        Invalid: it is empty, too long, or holds control characters.
    """
    serial = text.strip()
    if not serial:
        raise Invalid("The serial number is missing.", field="serial")
    if len(serial) > SERIAL_LIMIT_CHARACTERS:
        raise Invalid(
            "The serial number has {length} characters; {limit} is the most.",
            field="serial",
            length=len(serial),
            limit=SERIAL_LIMIT_CHARACTERS,
        )
    if not serial.isprintable():
        raise Invalid("The serial number holds characters that cannot be printed.", field="serial")
    if _SCIENTIFIC.fullmatch(serial) or _NUMBER_WITH_FRACTION.fullmatch(serial):
        raise MangledSerial(
            "A spreadsheet has turned the serial number into {serial}: format the column as text, "
            "and take the number from its source again.",
            field="serial",
            serial=serial,
        )
    return serial


@lru_cache(maxsize=4096)
def shape(serial: str) -> str:
    """Return the shape of a serial number: digits as 9, letters as A, the rest as it is.

    >>> shape("CB21-D-20655")
    'AA99-A-99999'
    """
    return "".join("9" if c.isdigit() else "A" if c.isalpha() else c for c in serial)


def shape_of_pattern(pattern: str) -> str:
    r"""Return what serial numbers of a simple pattern look like, ``#`` for a digit; else nothing.

    >>> shape_of_pattern(r"TG2-\d{4}-\d{2}")
    'TG2-####-##'
    >>> shape_of_pattern(r"(A|B)\d+")
    ''
    """
    shown = ""
    place = 0
    while place < len(pattern):
        found = _SIMPLE.match(pattern, place)
        if found is None:
            return ""
        shown += "#" * int(found["count"] or 1) if found["digit"] else found["sign"].lstrip("\\")
        place = found.end()
    return shown


def lost_zeros(serial: str, known_shapes: frozenset[str]) -> int:
    """Return how many zeros in front a spreadsheet has eaten, judged by the item's other units.

    Zero when that cannot be said: other units have no fixed width, or the number is not bare.
    """
    if not serial.isdigit() or len(known_shapes) != 1:
        return 0
    (known,) = known_shapes
    return max(0, len(known) - len(serial)) if set(known) == {"9"} else 0
