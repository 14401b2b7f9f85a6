"""Maven versions: keys for the regular forms, a full comparator for the rest.

Maven's own order is cyclic (``1.foo.2`` < ``1-alpha`` < ``1`` < ``1.foo.2``), so no key can follow
it everywhere. The forms on which all releases of Maven agree have exact keys: numbers, at most one
qualifier with directly attached digits, then hyphen tails. All else is compared pairwise by the
documented rule (Maven, *Version Order Specification*).

A version is a tree of lists: ``-`` and every change between digits and letters open a list; zeros
and empty qualifiers before the end of a list drop. Qualifiers rank alpha < beta < milestone < rc <
snapshot < release < sp < any other word < a list < a number.
"""

import re
from itertools import zip_longest
from typing import Final, TypeAlias, TypeVar

from longmark.core.versions.blocks import Unkeyable, number, text

Item: TypeAlias = int | str | tuple[str, int] | list["Item"]
Comparable = TypeVar("Comparable", int, str, tuple[str, int, int])

_QUALIFIERS: Final = ("alpha", "beta", "milestone", "rc", "snapshot", "", "sp")
_RELEASE: Final = str(_QUALIFIERS.index(""))
_OTHER_WORD: Final = str(len(_QUALIFIERS))
_SYNONYMS: Final = {"ga": "", "final": "", "release": "", "cr": "rc"}
_SHORTHANDS: Final = {"a": "alpha", "b": "beta", "m": "milestone"}

_CHUNK: Final = re.compile(
    r"(?:(?P<word>[^\d.\-]+)(?:-?(?P<count>\d+))?|(?P<digits>\d+)|)"
    r"(?P<mark>[.\-]|\Z|(?=[^.\-]))",
    re.ASCII,
)
_REGULAR: Final = re.compile(
    r"(?P<numbers>\d+(?:\.\d+)*)(?:(?P<separator>[.-]?)(?P<word>[a-z]+)(?P<count>\d*))?"
    r"(?P<tail>(?:-[a-z]+\d*|-\d+)*)",
    re.ASCII,
)
_LESS, _END, _MORE, _DIGITS = "!", '"', "#", "$"
_NUMBER_HEAD: Final = "9"


def maven_compare(left: str, right: str) -> int:
    """Return -1, 0 or 1 by Maven's rule, for any two versions."""
    return _compare(_tree(left), _tree(right))


def maven_key(version: str) -> str:
    """Return the key of a version in regular form."""
    matched = _REGULAR.fullmatch(version.lower())
    if not matched or _is_disputed(matched.groupdict()):
        raise Unkeyable(version)
    tree = _tree(version)
    if tree and isinstance(tree[0], str | tuple):
        return f"0{_head(tree)}"
    return f"1{_list_key(tree)}"


def _is_disputed(part: dict[str, str | None]) -> bool:
    """Tell whether releases of Maven disagree about a version of this form."""
    word, tail, count = part["word"] or "", part["tail"] or "", part["count"] or ""
    is_release_word = _SYNONYMS.get(word) == ""
    return bool(
        re.search(r"-0+(?:-|$)", tail)
        or ((word or tail) and not (part["numbers"] or "").strip("0."))
        or (is_release_word and count)
        or (word and tail and not count and _is_ambiguous_before(tail, word, part["separator"]))
    )


def _is_ambiguous_before(tail: str, word: str, separator: str | None) -> bool:
    if _SYNONYMS.get(word) == "":
        return re.match(r"-[a-z]", tail) is None
    return word in _SHORTHANDS or separator == "."


def _tree(version: str) -> list[Item]:
    version = version.lower()
    root: list[Item] = []
    lists = [root]
    for chunk in _CHUNK.finditer(version):
        if chunk.start() == len(version):
            break
        at_end = chunk.end() == len(version) and not chunk["mark"]
        if chunk["word"] and lists[-1] and (chunk["count"] or at_end):
            _open(lists)
        lists[-1].append(_item(chunk))
        if chunk["mark"] != ".":
            _open(lists)
    for items in reversed(lists):
        _drop_nothings(items)
    return root


def _open(lists: list[list[Item]]) -> None:
    opened: list[Item] = []
    lists[-1].append(opened)
    lists.append(opened)


def _item(chunk: re.Match[str]) -> Item:
    word, count = chunk["word"], chunk["count"]
    if word is None:
        return int(chunk["digits"] or 0)
    if count is None:
        return _SYNONYMS.get(word, word)
    word = _SHORTHANDS.get(word, word)
    return _SYNONYMS.get(word, word), int(count)


def _drop_nothings(items: list[Item]) -> None:
    """Drop what compares like nothing before the end, a word or a list."""
    for place in reversed(range(len(items))):
        if not items[place] and _ends_or_turns(items, place):
            del items[place]


def _ends_or_turns(items: list[Item], place: int) -> bool:
    is_last = place == len(items) - 1
    return is_last or items[place] == [] or isinstance(items[place + 1], str | list)


def _compare(left: Item | None, right: Item | None) -> int:
    if left is None or right is None:
        return _sign(_against_nothing(left), _against_nothing(right))
    if _kind(left) != _kind(right):
        return _sign(_kind(left), _kind(right))
    if isinstance(left, list) and isinstance(right, list):
        return next(filter(None, (_compare(*pair) for pair in zip_longest(left, right))), 0)
    return _sign(_rank(left), _rank(right))


def _sign(left: Comparable, right: Comparable) -> int:
    return (left > right) - (left < right)


def _kind(item: Item) -> int:
    if isinstance(item, list):
        return 1
    return 2 if isinstance(item, int) else 0


def _rank(item: Item) -> tuple[str, int, int]:
    if isinstance(item, tuple):
        return _qualifier(item[0]), 1, item[1]
    if isinstance(item, str):
        return _qualifier(item), 0, 0
    return "", 0, item if isinstance(item, int) else 0


def _qualifier(word: str) -> str:
    return str(_QUALIFIERS.index(word)) if word in _QUALIFIERS else f"{_OTHER_WORD}-{word}"


def _against_nothing(item: Item | None) -> int:
    if item is None:
        return 0
    if isinstance(item, list):
        return next(filter(None, map(_against_nothing, item)), 0)
    if isinstance(item, int):
        return _sign(item, 0)
    return _sign(_qualifier(item if isinstance(item, str) else item[0]), _RELEASE)


def _list_key(items: list[Item]) -> str:
    """Encode numbers and at most one list after them."""
    coded = []
    for item in items:
        if isinstance(item, int):
            coded.append(_DIGITS + number(str(item)))
        elif isinstance(item, list) and item is items[-1]:
            return "".join(coded) + _tail_key(item)
        else:
            raise Unkeyable("A qualifier or a list stands between numbers.")
    return "".join(coded) + _END


def _tail_key(items: list[Item]) -> str:
    sign = _against_nothing(items)
    if sign == 0:
        raise Unkeyable("A tail compares like nothing.")
    return (_LESS if sign < 0 else _MORE) + _head(items)


def _head(items: list[Item]) -> str:
    first, rest = items[0], items[1:]
    if isinstance(first, int):
        return _NUMBER_HEAD + _list_key(items)
    if isinstance(first, list) or first == "":
        raise Unkeyable("A tail starts with a list or an empty qualifier.")
    order, _, count = _rank(first)
    attached = f"2{number(str(count))}" if isinstance(first, tuple) else "1"
    return order[0] + text(order[2:]) + attached + _list_key(rest)
