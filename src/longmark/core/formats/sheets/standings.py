"""Standings: what the system status of an SAP equipment says of where a piece is.

Codes of four letters, several in a cell, English and German; and the texts that stand beside them.
A status has no day of its own: it holds since the row is valid. What else is in the cell (flags for
deletion, deliveries under way, a status of the customer's own) says nothing of a piece's life.
"""

import re
from enum import StrEnum
from typing import Final

from longmark.core.errors import Invalid
from longmark.core.formats.sheets.headers import folded_header


class Standing(StrEnum):
    """Where a piece is, as a system says that keeps stock of it."""

    INSTALLED = "installed"
    FREE = "free"
    IN_STOCK = "in stock"
    AT_CUSTOMER = "at the customer"
    INACTIVE = "inactive"


_WORDS: Final = {
    Standing.INSTALLED: "inst|eing|einb|installed|eingebaut",
    Standing.FREE: "avlb|frei|available|verfuegbar",
    Standing.IN_STOCK: "esto|elag|in stock|in the warehouse|in warehouse|im lager|auf lager",
    Standing.AT_CUSTOMER: "ecus|ekun|at customer|at the customer|at customer site|beim kunden",
    Standing.INACTIVE: "inac|inak|inactive|inaktiv",
}
_KNOWN: Final = {word: each for each, text in _WORDS.items() for word in text.split("|")}
_PARTS: Final = re.compile(r"[\s,;/|]+")
NOWHERE: Final = frozenset({Standing.FREE, Standing.IN_STOCK})
_APART: Final = (
    (Standing.INSTALLED, Standing.IN_STOCK),
    (Standing.INSTALLED, Standing.FREE),
    (Standing.IN_STOCK, Standing.AT_CUSTOMER),
)
FIELD: Final = "system status"


def standings_of(text: str) -> frozenset[Standing]:
    """Return what a cell says; nothing for codes that say nothing of a piece's life.

    >>> sorted(standings_of("ECUS EDEL")), sorted(standings_of("Im Lager"))
    ([<Standing.AT_CUSTOMER: 'at the customer'>], [<Standing.IN_STOCK: 'in stock'>])

    Raises:
        Invalid: it says two things that cannot both be.
    """
    whole = _KNOWN.get(folded_header(text))
    words = (_KNOWN.get(folded_header(part)) for part in _PARTS.split(text))
    found = frozenset({whole} if whole else {each for each in words if each})
    for one, other in _APART:
        if one in found and other in found:
            raise Invalid(
                'The status "{status}" says {one} and {other}: both cannot be.',
                field=FIELD,
                status=text.strip()[:80],
                one=one.value,
                other=other.value,
            )
    return found
