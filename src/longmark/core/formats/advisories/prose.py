"""Bounds hidden in the text of a version field: ``>= 1.0, < 2.0``, ``1.4 and earlier``.

A small grammar, closed on purpose: what it does not read stands for itself, as one exact
version. Results are trusted to a medium degree only.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

MAX_LENGTH: Final = 200  # characters; longer texts are prose about something else
MAX_REMEDY: Final = 4_000  # characters in which the words of a remedy name a version

_NOTHING: Final = frozenset(
    ("", "-", "n/a", "na", "not applicable", "unspecified", "unknown", "none", "tbd", "?")
)
_ALL: Final = frozenset(("*", "all", "all versions", "all version", "any", "every version"))
_VERSION: Final = r"(?:version |v\.? ?)?(?P<{name}>[^\s,<>=]*\d[^\s,<>=]*)"
_COMPARISON: Final = re.compile(r"(<=|>=|<|>|=)\s*" + _VERSION.format(name="version"), re.I)
_LEADING: Final = re.compile(
    r"(?:all |every )?(?:versions?|releases?)(?: of)? (?=\S)", re.IGNORECASE
)
_LOW: Final = _VERSION.format(name="low")
_FIRST: Final = r"(?P<low>[^\s,<>=()-]*\d[^\s,<>=()-]*)"
_HIGH: Final = _VERSION.format(name="high")
_FORMS: Final = tuple(
    (re.compile(form, re.IGNORECASE), sign)
    for form, sign in (
        (rf"(?:before|prior to|earlier than|below|less than|lower than) {_HIGH}", "<"),
        (rf"(?:fixed|patched|resolved) in {_HIGH}", "<"),
        (rf"(?:prior to and including|up to|through|until)(?: and including)? {_HIGH}", "<="),
        (rf"{_HIGH},? (?:and|or) (?:earlier|below|prior|older|lower|before)(?: versions?)?", "<="),
        (rf"{_HIGH},? (?:and|or) (?:later|above|newer|higher)(?: versions?)?", ">="),
        (rf"(?:from )?{_LOW} (?:-|–|to|through|up to) {_HIGH}", "<="),
        (rf"(?:from )?{_LOW} (?:before|prior to) {_HIGH}", "<"),
        (rf"fixed in (?:\w+ )?[^\s(]+ \(affected {_FIRST}-(?P<high>[^\s()]+)\)", "<="),
        (rf"fixed in (?:\w+ )?(?P<high>[^\s(]+) \(affected {_FIRST}\)", "<"),
    )
)


_REMEDY: Final = re.compile(
    r"(?:updat\w*|upgrad\w*|fix\w*|patch\w*|resolv\w*|correct\w*)(?: \w+){0,6}? (?:to|in)"
    r"(?: \w+){0,4}? (?:versions? |releases? |v\.? ?)?(?P<version>v?\d[\w.-]*)",
    re.IGNORECASE,
)


class Stated(NamedTuple):
    """The bounds read: comparators with versions, both empty for *every version*."""

    low: tuple[str, str] | None
    high: tuple[str, str] | None


def says_nothing(text: str) -> bool:
    """Tell whether a version field holds no version at all (``n/a``, ``unspecified``)."""
    return text.strip().lower() in _NOTHING


@lru_cache(maxsize=1 << 10)
def fixed_version(details: str) -> str:
    """Return the version that the words of a remedy name as fixed, empty if they name none.

    >>> fixed_version("Please upgrade the firmware to version 2.3.1 or later.")
    '2.3.1'
    """
    words = " ".join(details[:MAX_REMEDY].split())
    found = {one["version"].rstrip(".-") for one in _REMEDY.finditer(words)}
    return found.pop() if len(found) == 1 else ""


def bounds_in(text: str) -> Stated | None:
    """Return the bounds that a version text spells out, None if it is a plain version.

    >>> bounds_in(">= 1.0, < 2.0")
    Stated(low=('>=', '1.0'), high=('<', '2.0'))
    >>> bounds_in("1.4 and earlier")
    Stated(low=None, high=('<=', '1.4'))
    """
    if text[:1].isdigit() and " " not in text:
        return None
    plain = " ".join(text.split())
    if len(plain) > MAX_LENGTH:
        return None
    if plain.lower() in _ALL:
        return Stated(None, None)
    plain = _LEADING.sub("", plain, count=1)
    if plain[:1] in "<>=":
        return _compared(plain)
    if " " not in plain:
        return None
    for form, sign in _FORMS:
        found = form.fullmatch(plain)
        if found:
            return _formed(found, sign)
    return None


def _compared(plain: str) -> Stated | None:
    low = high = None
    rest = plain
    while rest:
        found = _COMPARISON.match(rest)
        if not found:
            return None
        sign, version = found.group(1), found.group("version")
        if sign == "=":
            return Stated((">=", version), ("<=", version)) if not (low or high) else None
        if sign in ("<", "<="):
            high = (sign, version)
        else:
            low = (sign, version)
        rest = rest[found.end() :].lstrip(" ,&|")
    return Stated(low, high)


def _formed(found: re.Match[str], sign: str) -> Stated:
    version = found.group("high")
    if sign == ">=":
        return Stated((sign, version), None)
    low = found.groupdict().get("low")
    return Stated((">=", low) if low else None, (sign, version))
