"""Conan 2 versions: dotted items, then ``-pre-release``, then ``+build``.

Trailing zeros drop. Numbers compare by value, words as text, a number with a word as text; the
latter is cyclic for items like ``1a`` (``10`` < ``1a`` < ``2``), so keys exist where every item is
a number or starts with a letter. A pre-release lies below its release, a build above.
"""

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from longmark.core.versions.blocks import LENGTH_LIMIT, Unkeyable, number, text

_NUMBER: Final = re.compile(r"[0-9]+", re.ASCII)
_WORD: Final = re.compile(r"[A-Za-z][!-~]*", re.ASCII)
_END, _DIGITS, _LETTERS = "1", "2", "3"
_NO_BUILD, _BUILD = "1", "2"
_PRE_RELEASE, _RELEASE = "1", "2"

Items = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Version:
    items: Items
    pre: Items | None
    build: Items | None


def conan_key(version: str) -> str:
    """Return the key of a version whose items are numbers or words.

    >>> conan_key("1.1-alpha.3") < conan_key("1.1") == conan_key("1.1.0") < conan_key("1.1+b2")
    True
    """
    parts = _parts(version)
    pre = _RELEASE if parts.pre is None else _PRE_RELEASE + _items_key(parts.pre)
    build = _NO_BUILD if parts.build is None else _BUILD + _items_key(parts.build)
    return _items_key(parts.items) + pre + build


def conan_compare(left: str, right: str) -> int:
    """Return -1, 0 or 1 for any two versions."""
    one, other = _parts(left), _parts(right)
    return (
        _compare(one.items, other.items)
        or _compare_pre_releases(one.pre, other.pre)
        or _compare_optional(one.build, other.build)
    )


def _parts(version: str) -> _Version:
    plain = version.strip()
    if not plain or len(plain) > LENGTH_LIMIT:
        raise Unkeyable(version)
    plain, built, build = plain.rpartition("+") if "+" in plain else (plain, "", "")
    plain, marked, pre = plain.rpartition("-") if "-" in plain else (plain, "", "")
    return _Version(
        _items(plain), _items(pre) if marked else None, _items(build) if built else None
    )


def _items(content: str) -> Items:
    items = content.split(".")
    while items and _NUMBER.fullmatch(items[-1]) and not items[-1].strip("0"):
        items.pop()
    return tuple(items)


def _items_key(items: Items) -> str:
    return "".join(map(_item_key, items)) + _END


def _item_key(item: str) -> str:
    if _NUMBER.fullmatch(item):
        return _DIGITS + number(item)
    if not _WORD.fullmatch(item):
        raise Unkeyable(item)
    return _LETTERS + text(item)


def _compare(left: Items, right: Items) -> int:
    pairs = zip_longest(left, right)
    return next(filter(None, (_compare_items(*pair) for pair in pairs)), 0)


def _compare_items(left: str | None, right: str | None) -> int:
    if left is None or right is None:
        return 1 if right is None else -1
    if _NUMBER.fullmatch(left) and _NUMBER.fullmatch(right):
        return (int(left) > int(right)) - (int(left) < int(right))
    plain, other = _without_zeros(left), _without_zeros(right)
    return (plain > other) - (plain < other)


def _without_zeros(item: str) -> str:
    return str(int(item)) if _NUMBER.fullmatch(item) else item


def _compare_pre_releases(left: Items | None, right: Items | None) -> int:
    if left is None or right is None:
        return (left is None) - (right is None)
    return _compare(left, right)


def _compare_optional(left: Items | None, right: Items | None) -> int:
    if left is None or right is None:
        return (right is None) - (left is None)
    return _compare(left, right)
