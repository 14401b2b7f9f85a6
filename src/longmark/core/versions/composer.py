"""Composer packages: the words of PHP's ``version_compare``, numbers filled up as Composer does.

``-``, ``_`` and every change between digits and letters separate; any other word < ``dev`` <
``alpha`` < ``beta`` < ``RC`` < end < ``pl`` < a further number. Composer fills up to four numbers,
so that ``1.0`` equals ``1.0.0``; PHP alone puts it below. ``2.x-dev`` lies above every 2; build
metadata says nothing. A branch (``dev-main``) has no place in this order and no key; compared, it
lies below every release.
"""

import re
from itertools import takewhile, zip_longest
from typing import Final

from longmark.core.versions.blocks import Unkeyable, number

_TOKEN: Final = re.compile(r"[0-9]+|[a-z]+|#", re.ASCII)
_FORM: Final = re.compile(r"\d[0-9a-z.\-_+]*", re.ASCII)
_BRANCH: Final = re.compile(r"[.][x*](?=(?:[.][x*])*-dev$)")
_NEWEST: Final = ".9999999"
_RANKS: Final = (("dev", "1"), ("a", "2"), ("b", "3"), ("rc", "4"), ("p", "7"))
_OTHER_WORD, _END, _PLACEHOLDER, _DIGITS = "0", "5", "6", "8"
_PLACEHOLDER_SIGN: Final = "#"


def composer_key(version: str) -> str:
    """Return the key of a release, and of the end of a branch.

    >>> composer_key("1.0.0-RC1") < composer_key("v1.0.0") < composer_key("1.0.0pl1")
    True
    """
    plain = _plain(version)
    if not _FORM.fullmatch(plain):
        raise Unkeyable(version)
    tokens = _TOKEN.findall(plain)
    numbers = list(takewhile(str.isdigit, tokens))
    words = tokens[len(numbers) :]
    while not numbers[-1].strip("0") and len(numbers) > 1:
        numbers.pop()
    return "".join(map(_coded, numbers + words)) + _END


def composer_compare(left: str, right: str) -> int:
    """Return -1, 0 or 1 for any two versions, branches and placeholders (``#``) too."""
    pairs = zip_longest(_TOKEN.findall(_plain(left)), _TOKEN.findall(_plain(right)))
    return next(filter(None, (_against(*pair) for pair in pairs)), 0)


def _plain(version: str) -> str:
    plain = version.strip().lower().removeprefix("v").partition("+")[0]
    return _BRANCH.sub(_NEWEST, plain)


def _coded(token: str) -> str:
    return _DIGITS + number(token) if token.isdigit() else _rank(token)


def _rank(token: str) -> str:
    if token == _PLACEHOLDER_SIGN:
        return _PLACEHOLDER
    return next((rank for start, rank in _RANKS if token.startswith(start)), _OTHER_WORD)


def _against(left: str | None, right: str | None) -> int:
    """Compare two tokens: numbers by value, a number with a word as a placeholder would."""
    if left is not None and right is not None and left.isdigit() and right.isdigit():
        return (int(left) > int(right)) - (int(left) < int(right))
    ranks = _weight(left, right), _weight(right, left)
    return (ranks[0] > ranks[1]) - (ranks[0] < ranks[1])


def _weight(token: str | None, other: str | None) -> str:
    if token is None:
        return _END if other is not None and other.isdigit() else _PLACEHOLDER
    return _PLACEHOLDER if token.isdigit() else _rank(token)
