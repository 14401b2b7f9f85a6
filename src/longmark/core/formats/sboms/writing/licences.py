"""Licences as the formats want them: ids of the SPDX list, expressions, or names.

The list is the one that CycloneDX's schema carries in the package that brings it.
"""

import hashlib
import re
from functools import cache

import orjson

from longmark.core.formats.sboms.cyclonedx_schema import known_licences

_TOKEN = re.compile(r"\s*(\(|\)|[A-Za-z0-9.\-+:]+)")
_REFERENCE = re.compile(r"(?:DocumentRef-[A-Za-z0-9.\-]+:)?LicenseRef-[A-Za-z0-9.\-]+\+?")
_OPERATORS = frozenset({"AND", "OR", "WITH"})
LENGTH_LIMIT = 4_000


def is_listed(licence: str) -> bool:
    """Tell whether a text is the id of one licence of the SPDX list."""
    return licence in known_licences()


@cache
def is_expression(licence: str) -> bool:
    """Tell whether a text is an SPDX licence expression of known licences.

    >>> is_expression("GPL-2.0-only WITH Classpath-exception-2.0 OR (MIT AND LicenseRef-own)")
    True
    >>> is_expression("MIT License"), is_expression("MIT AND")
    (False, False)
    """
    tokens = _tokens(licence)
    return tokens is not None and _is_well_formed(tokens)


def references_in(licence: str) -> list[str]:
    """Return the licences of the document's own that an expression names."""
    return [
        each.removesuffix("+") for each in _tokens(licence) or () if each.startswith("LicenseRef-")
    ]


def _tokens(licence: str) -> list[str] | None:
    """Return the words of an expression, ``None`` if there is anything else in it."""
    tokens, position = [], 0
    text = licence.strip()
    if len(text) > LENGTH_LIMIT:
        return None
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            return None
        tokens.append(found[1])
        position = found.end()
    return tokens


def _is_well_formed(tokens: list[str]) -> bool:
    """Tell whether operands and operators alternate, and parentheses close."""
    depth, wants_operand = 0, True
    for word in tokens:
        if word == "(":
            depth, is_right = depth + 1, wants_operand
        elif word == ")":
            depth, is_right = depth - 1, not wants_operand and depth > 0
        elif word in _OPERATORS:
            is_right, wants_operand = not wants_operand, True
        else:
            is_right, wants_operand = wants_operand and _is_operand(word), False
        if not is_right:
            return False
    return depth == 0 and not wants_operand


def _is_operand(token: str) -> bool:
    return token.removesuffix("+") in known_licences() or bool(_REFERENCE.fullmatch(token))


def spdx_expression(licences: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """Return one expression for several licences, and the names of those it had to define.

    A text that is no expression becomes a ``LicenseRef-`` whose definition is that text; the
    same text always becomes the same one.
    """
    defined: dict[str, str] = {}
    words = []
    for licence in licences:
        word = " ".join(licence.split())
        if not is_expression(word):
            reference = own_reference(licence)
            defined[reference] = licence
            word = reference
        words.append(word)
    if len(words) > 1:
        words = [f"({word})" if " " in word else word for word in words]
    return " AND ".join(words), defined


def own_reference(licence: str) -> str:
    """Return the reference under which a text stands that is no expression.

    >>> own_reference("Acme licence, version 2")
    'LicenseRef-Acme-licence-version-2-776bfddf'
    """
    digest = hashlib.sha256(orjson.dumps(licence)).hexdigest()[:8]
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", licence).strip("-.")[:40].strip("-.")
    return f"LicenseRef-{readable}-{digest}" if readable else f"LicenseRef-{digest}"
