"""Aliases: other names of a unit, in the form in which each kind of them is compared.

A MAC address is its digits, however they are set apart. An identification link is compared without
the case of its host. The rest is compared like serial numbers.
"""

import re
from urllib.parse import urlsplit

from longmark.core.errors import Invalid
from longmark.core.life.identity import folded_serial
from longmark.core.vocabulary import AliasKind

VALUE_LIMIT_CHARACTERS = 200

_SEPARATORS = re.compile(r"[:.\- ]")
_MAC_DIGITS = {12, 16}  # EUI-48, EUI-64


def plausible_alias(kind: AliasKind, value: str) -> str:
    """Return an alias as it is kept.

    >>> plausible_alias(AliasKind.MAC, "001b.6384.45e6")
    '00:1B:63:84:45:E6'

    Raises:
        Invalid: it is empty, too long, or no alias of this kind.
    """
    stated = value.strip()
    if not stated:
        raise Invalid("Must not be empty.", field="value")
    if len(stated) > VALUE_LIMIT_CHARACTERS or not stated.isprintable():
        raise Invalid(
            "An alias has at most {limit} characters that can be printed.",
            field="value",
            limit=VALUE_LIMIT_CHARACTERS,
        )
    if kind is AliasKind.MAC:
        digits = _SEPARATORS.sub("", stated).upper()
        if len(digits) not in _MAC_DIGITS or not re.fullmatch(r"[0-9A-F]+", digits):
            raise Invalid(
                '"{value}" is no MAC address: it has twelve hexadecimal digits, as in '
                "00:1B:63:84:45:E6.",
                field="value",
                value=stated[:60],
            )
        return ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))
    if kind is AliasKind.LINK and not _is_link(stated):
        raise Invalid(
            '"{value}" is no identification link: it begins with https:// and names a host.',
            field="value",
            value=stated[:60],
        )
    return stated


def folded_alias(kind: AliasKind, value: str) -> str:
    """Return the form in which aliases of a kind are compared.

    >>> folded_alias(AliasKind.MAC, "00-1b-63-84-45-e6")
    '001B638445E6'
    """
    return _SEPARATORS.sub("", value).upper() if kind is AliasKind.MAC else folded_serial(value)


def folded_as_mac(text: str) -> str:
    """Return the digits of what may be the begin of a MAC address; empty if it is none."""
    plain = text.strip()
    is_begin = re.fullmatch(r"[0-9A-Fa-f]{2}(?:[:.\- ]?[0-9A-Fa-f]{2})+[:.\- ]?", plain)
    return _SEPARATORS.sub("", plain).upper() if is_begin else ""


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text
