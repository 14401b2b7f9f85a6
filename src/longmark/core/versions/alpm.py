"""Arch Linux packages (pacman): ``[epoch:]version[-release]``, compared pairwise.

A release that only one side states says nothing (``1.5`` equals ``1.5-1`` and ``1.5-2``), so that
equality does not pass on, and no key can follow the order. Runs of digits and of letters compare in
turn; digits lie above letters, a longer separator above a shorter one; letters attached to the end
(``1.0rc``) lie below the end, a further part (``1.0.a``) above it.
"""

import re
from typing import Final

from longmark.core.versions.blocks import LENGTH_LIMIT, Unkeyable

_FORM: Final = re.compile(r"(?:(\d+):)?([^\s:]*?)(?:-([^-\s:]*))?", re.ASCII)
_RUN: Final = re.compile(r"([^0-9A-Za-z]*)([0-9]+|[A-Za-z]+|)", re.ASCII)


def alpm_key(version: str) -> str:
    """Raise `Unkeyable`: the order has no keys."""
    raise Unkeyable(version)


def alpm_compare(left: str, right: str) -> int:
    """Return -1, 0 or 1 as ``vercmp`` does.

    >>> alpm_compare("1.0rc", "1.0"), alpm_compare("1.5", "1.5-2"), alpm_compare("1:1.0", "2.0")
    (-1, 0, 1)
    """
    (left_epoch, left_version, left_release) = _split(left)
    (right_epoch, right_version, right_release) = _split(right)
    order = _sign(left_epoch, right_epoch) or _compare(left_version, right_version)
    if order or left_release is None or right_release is None:
        return order
    return _compare(left_release, right_release)


def _split(version: str) -> tuple[int, str, str | None]:
    found = _FORM.fullmatch(version.strip())
    if not found or len(version) > LENGTH_LIMIT:
        raise Unkeyable(version)
    epoch, upstream, release = found.groups()
    return int(epoch or 0), upstream, release


def _compare(left: str, right: str) -> int:
    while left and right:
        (left_gap, left_run), left = _next(left)
        (right_gap, right_run), right = _next(right)
        if not (left_run and right_run):
            left, right = left_run + left, right_run + right
            break
        order = _sign(len(left_gap), len(right_gap)) or _compare_runs(left_run, right_run)
        if order:
            return order
    return _compare_rests(left, right)


def _next(text: str) -> tuple[tuple[str, str], str]:
    found = _RUN.match(text)
    gap, run = found.groups() if found else ("", "")
    return (gap, run), text[len(gap) + len(run) :]


def _compare_runs(left: str, right: str) -> int:
    if left.isdigit() and right.isdigit():
        return _sign(int(left), int(right))
    if left.isdigit() or right.isdigit():
        return 1 if left.isdigit() else -1
    return (left > right) - (left < right)


def _compare_rests(left: str, right: str) -> int:
    """Compare what is left when one side ends: letters at once lie below the end."""
    if not left and not right:
        return 0
    is_lower = left[:1].isalpha() or (not left and not right[:1].isalpha())
    return -1 if is_lower else 1


def _sign(left: int, right: int) -> int:
    return (left > right) - (left < right)
