"""Spans of versions as engineers write them: ``2.3.0..2.4.x``, ``C..E``, ``v5``, ``2.4..``.

Both ends are included. ``x`` at the end of a version stands for whatever follows. Two dots stand
between the ends; an end that is left out is open. ``*`` is every version. Versions are compared by
the keys that order the releases of an item, so that a span says the same as the list of releases.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from longmark.core.errors import Invalid

SPAN_LIMIT_CHARACTERS = 200
EVERY_VERSION = "*"

_ANYTHING_FOLLOWS = re.compile(r"(.*?)\.[xX*]")

Key = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Span:
    """Versions from ``low`` to ``high``, both included; an empty end is open."""

    low: str = ""
    high: str = ""

    def __str__(self) -> str:
        if self.low == self.high:
            return self.low or EVERY_VERSION
        return f"{self.low}..{self.high}"

    def holds(self, version: str, key: Key) -> bool:
        """Tell whether a version lies within; ``key`` orders the versions of its item."""
        return _is_up_to(self.low, version, key) and _is_up_to(version, self.high, key)


def read_span(text: str) -> Span:
    """Return the span that a text names.

    >>> str(read_span(" 2.3.0 .. 2.4.x "))
    '2.3.0..2.4.x'

    Raises:
        Invalid: it is empty, too long, or has more than two ends.
    """
    stated = "".join(text.split())
    if not stated or len(stated) > SPAN_LIMIT_CHARACTERS:
        raise Invalid("Say which versions: 2.3.0..2.4.x, C..E, v5, or * for all.", field="span")
    if stated == EVERY_VERSION:
        return Span()
    ends = stated.split("..")
    if len(ends) > 2:
        raise Invalid('"{text}" has more than two ends.', field="span", text=text.strip())
    if len(ends) == 1:
        return Span(stated, stated)
    return Span(*ends)


def _is_up_to(one: str, other: str, key: Key) -> bool:
    """Tell whether one version is not above the other, of which one may be open or end in ``x``."""
    if not one or not other:
        return True
    for begin, version in ((_begin(one), other), (_begin(other), one)):
        if begin is not None and (version == begin or version.startswith(begin + ".")):
            return True
    return key(_begin(one) or one) <= key(_begin(other) or other)


def _begin(text: str) -> str | None:
    """Return what stands before an ``x`` that stands for anything."""
    found = _ANYTHING_FOLLOWS.fullmatch(text)
    return found[1] if found else None
