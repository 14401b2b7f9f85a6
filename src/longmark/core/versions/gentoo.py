"""Gentoo packages, by the algorithm of the Package Manager Specification.

Numbers, one optional letter, suffixes (``_alpha`` < ``_beta`` < ``_pre`` < ``_rc`` < none <
``_p``), then ``-rN``. After the first number, one that starts with zero compares as text without
its trailing zeros, like the digits of a fraction.
"""

import re
from typing import Final

from longmark.core.versions.blocks import Unkeyable, number, text

_VERSION: Final = re.compile(
    r"(\d+(?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|p)\d*)*)(?:-r(\d+))?", re.ASCII
)
_SUFFIX: Final = re.compile(r"_([a-z]+)(\d*)", re.ASCII)
_SUFFIXES: Final = {"alpha": "1", "beta": "2", "pre": "3", "rc": "4", "p": "6"}
_END: Final = "5"
_END_OF_NUMBERS, _FRACTION, _NUMBER = "0", "1", "2"
_NO_LETTER: Final = "0"


def gentoo_key(version: str) -> str:
    """Return the key of an ebuild's version.

    >>> gentoo_key("1.0_rc1") < gentoo_key("1.0") == gentoo_key("1.0-r0") < gentoo_key("1.0b")
    True
    """
    matched = _VERSION.fullmatch(version)
    if not matched:
        raise Unkeyable(version)
    numbers, letter, suffixes, revision = matched.groups()
    first, *others = numbers.split(".")
    return (
        number(first)
        + "".join(map(_following, others))
        + _END_OF_NUMBERS
        + (letter or _NO_LETTER)
        + "".join(_SUFFIXES[word] + number(count or "0") for word, count in _parts(suffixes))
        + _END
        + number(revision or "0")
    )


def _following(digits: str) -> str:
    if digits.startswith("0"):
        return _FRACTION + text(digits.rstrip("0"))
    return _NUMBER + number(digits)


def _parts(suffixes: str) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in _SUFFIX.finditer(suffixes)]
