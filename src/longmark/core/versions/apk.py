"""Alpine package versions, in the token order of apk-tools.

Digits, one optional letter, suffixes (``_alpha`` < ``_beta`` < ``_pre`` < ``_rc`` < none < ``_cvs``
< ``_svn`` < ``_git`` < ``_hg`` < ``_p``), then ``-rN``. A number with leading zeros after a dot
sorts below any without. What apk-tools calls invalid has no key; compared, it lies
below the version that it starts with (``1.2_blah`` < ``1.2``).
"""

import re
from typing import Final

from longmark.core.versions.blocks import Unkeyable, descending, number

_VERSION: Final = re.compile(
    r"(\d+(?:\.\d+)*)([a-z])?((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)"
    r"(?:~[0-9a-f]+)?(?:-r(\d+))?",
    re.ASCII,
)
_LENIENT: Final = re.compile(
    r"(\d*(?:\.\d*)*)([a-z](?:\d*))?((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)"
    r"(?:~[0-9a-f]+)?(?:-r(\d*)(?=-|\Z))?(.*)",
    re.ASCII | re.DOTALL,
)
_SUFFIX: Final = re.compile(r"_([a-z]+)(\d*)", re.ASCII)
_SUFFIXES: Final = {
    "alpha": "!1", "beta": "!2", "pre": "!3", "rc": "!4",
    "cvs": "%1", "svn": "%2", "git": "%3", "hg": "%4", "p": "%5",
}  # fmt: skip
_EMPTY, _INVALID = "!0", "!9"
_END, _REVISION, _SUFFIX_NUMBER, _LETTER, _DIGITS = '"', "#", "$", "&", "'"


def apk_key(version: str) -> str:
    """Return the key of an Alpine version."""
    matched = _VERSION.fullmatch(version)
    if not matched:
        raise Unkeyable(version)
    numbers, letter, suffixes, revision = matched.groups()
    first, *others = numbers.split(".")
    return (
        _DIGITS
        + number(first)
        + "".join(map(_following_number, others))
        + (_LETTER + letter if letter else "")
        + "".join(_suffix(*found) for found in _SUFFIX.findall(suffixes))
        + (_REVISION + number(revision) if revision is not None else "")
        + _END
    )


def apk_compare(left: str, right: str) -> int:
    """Return -1, 0 or 1 for any two texts."""
    places = _place(left), _place(right)
    return (places[0] > places[1]) - (places[0] < places[1])


def _place(version: str) -> str:
    """Return what orders a text, valid or not: an empty number lies below the lack of one."""
    matched = _LENIENT.fullmatch(version)
    if not matched:
        raise Unkeyable(version)
    numbers, letter, suffixes, revision, rest = matched.groups()
    first, *others = numbers.split(".")
    return (
        (_DIGITS + number(first) if first else _EMPTY)
        + "".join(_following_number(digits) if digits else _EMPTY for digits in others)
        + (_LETTER + letter[0] if letter else "")
        + (_DIGITS + number(letter[1:]) if letter and letter[1:] else "")
        + "".join(_suffix(*found) for found in _SUFFIX.findall(suffixes))
        + (_REVISION + number(revision) if revision is not None else "")
        + (_INVALID if rest else _END)
    )


def _following_number(digits: str) -> str:
    significant = digits.lstrip("0")
    if significant == digits:
        return f'{_DIGITS}"{number(digits)}'
    zeros = f"{_DIGITS}!{descending(len(digits) - len(significant))}"
    return zeros + (_DIGITS + number(significant) if significant else "")


def _suffix(word: str, digits: str) -> str:
    return _SUFFIXES[word] + (_SUFFIX_NUMBER + number(digits) if digits else "")
