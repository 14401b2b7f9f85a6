"""Plain lists of numbers, as nginx and Hackage write them; what follows them is ignored."""

import re
from typing import Final

from longmark.core.versions.blocks import Unkeyable, number

_NUMBERS: Final = re.compile(r"\d+(?:\.\d+)*", re.ASCII)


def intdot_key(version: str) -> str:
    """Return the key of the numbers at the start; a missing number lies below zero."""
    matched = _NUMBERS.match(version)
    if not matched:
        raise Unkeyable(version)
    return "".join(f"1{number(part)}" for part in matched.group().split(".")) + "0"
