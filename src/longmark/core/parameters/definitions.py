"""What a parameter of a set is: its type, meaning, unit, range, default, and what is special.

A parameter without a definition is text of which nobody knows the meaning; its values are compared
letter by letter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from longmark.core.errors import Invalid
from longmark.core.parameters import values

NAME_LENGTH: Final = 120
TITLE_LENGTH: Final = 500
MEASURE_LENGTH: Final = 30
VALUE_LENGTH: Final = 4_096
OPTIONS_LIMIT: Final = 500

_NUMBER: Final = re.compile(r"[A-Za-z]{1,3}\d{1,4}\.\d{1,4}(?:\.\d{1,4})?")
_BEGIN: Final = re.compile(r"[^\W]")  # a letter, digit or underscore of any script
_RANGED: Final = ("int", "decimal")


class ParameterType(StrEnum):
    """How the values of a parameter are read and compared."""

    BOOL = "bool"
    INT = "int"
    DECIMAL = "decimal"
    TEXT = "text"
    ENUM = "enum"


@dataclass(frozen=True, slots=True)
class Definition:
    """One parameter. ``options`` are the codes of an enumeration with their labels.

    ``is_counter``: the device counts its changes in it. ``is_individual``: it belongs to the
    place of the unit (an address, a name), so that it differs from the released value by intent.
    """

    name: str
    type: ParameterType = ParameterType.TEXT
    title: str = ""
    measured_in: str = ""
    minimum: str = ""
    maximum: str = ""
    default: str = ""
    options: tuple[tuple[str, str], ...] = ()
    is_secret: bool = False
    is_counter: bool = False
    is_individual: bool = False

    @property
    def labels(self) -> Mapping[str, str]:
        """Labels by code."""
        return dict(self.options)


def parameter_name(text: str) -> str:
    """Return the name of a parameter as it is kept; numbers like ``p10.07`` in upper case.

    >>> parameter_name(" p10.07 "), parameter_name("Modbus port")
    ('P10.07', 'Modbus port')

    Raises:
        Invalid: it is empty, too long, or holds what no name holds.
    """
    name = " ".join(text.split())
    if not name:
        raise Invalid("The name of the parameter is missing.", field="name")
    if len(name) > NAME_LENGTH:
        raise Invalid(
            "The name begins with {begin} and has {length} characters; {limit} is the most.",
            field="name",
            begin=f'"{_shown(name, 20)}"',
            length=len(name),
            limit=NAME_LENGTH,
        )
    if not name.isprintable() or not _BEGIN.match(name) or "=" in name:
        raise Invalid(
            "{name} is not the name of a parameter: it begins with a letter or digit and holds no"
            " equals sign.",
            field="name",
            name=f'"{_shown(name)}"',
        )
    return name.upper() if _NUMBER.fullmatch(name) else name


def _shown(text: str, length: int = 40) -> str:
    """Return the begin of a foreign text, halves of characters spelt out."""
    return text[:length].encode("utf-8", "backslashreplace").decode()


def options_of(text: str) -> tuple[tuple[str, str], ...]:
    """Return the codes and labels written as ``0=off|1=on``; a code alone is its own label.

    >>> options_of("0=off | 1=on")
    (('0', 'off'), ('1', 'on'))

    Raises:
        Invalid: a code is missing or stands twice, or there are too many.
    """
    found: dict[str, str] = {}
    for each in filter(str.strip, text.split("|")):
        code, _equals, label = (part.strip() for part in each.partition("="))
        if not code or code in found:
            raise Invalid(
                "{text} is not a list of options: write 0=off|1=on, each code once.",
                field="options",
                text=f'"{_shown(text, 60)}"',
            )
        found[code] = label or code
    if len(found) > OPTIONS_LIMIT:
        raise Invalid("More than {limit} options.", field="options", limit=OPTIONS_LIMIT)
    return tuple(found.items())


def options_text(options: tuple[tuple[str, str], ...]) -> str:
    """Return options as they are written; the inverse of `options_of`."""
    return "|".join(code if code == label else f"{code}={label}" for code, label in options)


def checked(stated: Definition) -> Definition:
    """Return a definition that makes sense, its name as it is kept.

    Raises:
        Invalid: something in it contradicts the rest; ``field`` names it.
    """
    definition = replace(stated, name=parameter_name(stated.name))
    _check_lengths(definition)
    if definition.is_counter and definition.type is not ParameterType.INT:
        raise Invalid("{name} counts changes: its type is int.", field="type", name=definition.name)
    if definition.is_counter and definition.is_secret:
        raise Invalid(
            "{name} counts changes, which is no secret.", field="is_secret", name=definition.name
        )
    is_enum = definition.type is ParameterType.ENUM
    if is_enum != bool(definition.options):
        raise Invalid(
            "{name} is an enumeration: give its options, as in 0=off|1=on."
            if is_enum
            else "{name} has options, so its type is enum.",
            field="options",
            name=definition.name,
        )
    _check_range(definition)
    if definition.default and not definition.is_secret:
        _check_default(definition)
    return definition


def _check_lengths(definition: Definition) -> None:
    limits = {"title": TITLE_LENGTH, "measured_in": MEASURE_LENGTH, "default": VALUE_LENGTH,
              "minimum": MEASURE_LENGTH, "maximum": MEASURE_LENGTH}  # fmt: skip
    for field, limit in limits.items():
        text: str = getattr(definition, field)
        if len(text) > limit or "\0" in text:
            raise Invalid(
                "The {what} of {name} is longer than {limit} characters, or holds a NUL.",
                field=field,
                what=field.replace("_", " "),
                name=definition.name,
                limit=limit,
            )


def _check_range(definition: Definition) -> None:
    ends: list[Decimal] = []
    for field in ("minimum", "maximum"):
        text = getattr(definition, field)
        if not text:
            continue
        if definition.type not in _RANGED:
            raise Invalid(
                "{name} is no number and has no range.", field=field, name=definition.name
            )
        number = values.decimal_of(text)
        if number is None:
            raise Invalid("{text} is no number.", field=field, text=f'"{text}"')
        ends.append(number)
    if len(ends) == 2 and ends[0] > ends[1]:
        raise Invalid(
            "The range of {name} ends before it begins.", field="maximum", name=definition.name
        )


def _check_default(definition: Definition) -> None:
    wrong = values.misfit(definition.default, definition)
    if wrong is not None:
        raise Invalid(
            "The default of {name} does not fit: {reason}",
            field="default",
            name=definition.name,
            reason=wrong,
        )
