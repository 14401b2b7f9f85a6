"""Versions and ranges as CSAF documents write them: ``vers:``, comparators, words.

The standard asks for `vers` or an unordered text; documents hold ``vers:all/<V7.0.3``,
``>= 20 | <= 30.014``, ``All versions < V4.33``, ``<V19_Update_2``. Whatever is read, the scheme is
that of the package. A list with one lower and one higher upper bound is a span even where it is
written with ``|``; otherwise ``|`` is a union. What cannot be read is unknown, for every version.
"""

import re
from typing import Final
from urllib.parse import unquote

from longmark.core.formats.advisories import prose
from longmark.core.formats.advisories.bounds import Gathering
from longmark.core.formats.advisories.intervals import FROM_BEGINNING, between
from longmark.core.formats.advisories.records import Defect, Status
from longmark.core.versions import Unkeyable, branch_end, key

MAX_LENGTH: Final = 2_000  # characters of one range; longer ones are no range
MAX_PARTS: Final = 200

_VERS: Final = re.compile(r"vers:[a-z0-9.+-]+/(.*)", re.IGNORECASE | re.DOTALL)
_EVERY: Final = re.compile(
    r"\*|(?:all|any|every)(?: \w+)?(?: versions?| releases?)?(?: affected)?|versions?",
    re.IGNORECASE,
)
_LEADING: Final = re.compile(
    r"^(?:all |any |every )?(?:\w+ )?(?:versions?|releases?)(?: of)?[:,]? ?(?=[<>=])", re.IGNORECASE
)
_PART: Final = re.compile(r"(<=|>=|<|>|!=|==|=|≤|≥)?\s*([^<>=!≤≥|,;]+)")
_SEPARATED: Final = re.compile(r"\s*(?:\||;|,|\band\b|&)\s*", re.IGNORECASE)
_SIGNS: Final = {"≤": "<=", "≥": ">=", "==": "=", "": "="}
_WILDCARD: Final = re.compile(r"([vV]?\d+(?:\.\d+)*)\.[xX*]+")
_BOUNDED: Final = re.compile(r"[<>≤≥]|^=")
_COMPARED: Final = re.compile(r"[<>=≤≥|]")
_HAS_DIGIT: Final = re.compile(r"\d")

Part = tuple[str, str]
"""A comparator and a version; an empty comparator is a plain version."""


def add_version(text: str, status: Status, gathering: Gathering, pointer: str) -> None:
    """Add what a `product_version` names: one version, several of them, or all."""
    plain = " ".join(text.split())
    if is_every(plain) or prose.says_nothing(plain):
        gathering.add_everything(status)
    elif _WILDCARD.fullmatch(plain):
        _add_branch(plain, status, gathering)
    elif _BOUNDED.search(plain) or _VERS.fullmatch(plain) or prose.bounds_in(plain):
        add_range(plain, status, gathering, pointer)
    elif "|" in plain and len(plain) <= MAX_LENGTH:
        for one in filter(None, map(str.strip, plain.split("|")[:MAX_PARTS])):
            add_version(one, status, gathering, pointer)
    else:
        gathering.add_exactly(plain, status)


def add_range(text: str, status: Status, gathering: Gathering, pointer: str) -> None:
    """Add what a `product_version_range` holds; what cannot be read makes all unknown."""
    plain = " ".join(text.split())
    found = _VERS.fullmatch(plain)
    plain = found.group(1).strip() if found else plain
    if is_every(plain):
        gathering.add_everything(status)
        return
    parts = _parts(plain)
    stated = None if parts else prose.bounds_in(plain)
    if parts:
        _add_parts(parts, status, gathering, pointer)
    elif stated:
        gathering.add_between(stated.low, stated.high, status=status, pointer=pointer)
    elif _is_version(plain) and not _SEPARATED.search(plain):
        gathering.add_exactly(plain, status)
    else:
        _give_up(text, status, gathering, pointer)


def is_range(text: str) -> bool:
    """Tell whether a text means several versions, where one should stand (CSAF 2.0 § 6.1.31).

    >>> is_range("<1.2"), is_range("all versions before 1.2"), is_range("1.2 Update 3")
    (True, True, False)
    """
    plain = " ".join(text.split())
    has_sign = _BOUNDED.search(plain) is not None or _VERS.fullmatch(plain) is not None
    return has_sign or _WILDCARD.fullmatch(plain) is not None or prose.bounds_in(plain) is not None


def is_every(text: str) -> bool:
    """Tell whether a text means every version.

    >>> is_every("vers:all/*"), is_every("All versions"), is_every("1.0")
    (True, True, False)
    """
    found = _VERS.fullmatch(text.strip())
    plain = found.group(1).strip() if found else text.strip()
    return plain == "" or _EVERY.fullmatch(plain) is not None


def _parts(plain: str) -> list[Part] | None:
    """Return comparators with their versions, None if there is anything else."""
    rest = _LEADING.sub("", plain, count=1)
    if len(rest) > MAX_LENGTH or not _COMPARED.search(rest):
        return None
    parts: list[Part] = []
    for chunk in filter(None, _SEPARATED.split(rest)):
        place = 0
        while place < len(chunk):
            found = _PART.match(chunk, place)
            if found is None:
                return None
            sign, version = found.group(1) or "", unquote(found.group(2)).strip()
            if not _is_version(version) or len(parts) >= MAX_PARTS:
                return None
            parts.append((_SIGNS.get(sign, sign), version))
            place = found.end()
    return parts


def _is_version(text: str) -> bool:
    """Tell whether a text can be one version: it has a digit and few words."""
    return bool(text) and _HAS_DIGIT.search(text) is not None and len(text.split()) <= 6


def _add_parts(parts: list[Part], status: Status, gathering: Gathering, pointer: str) -> None:
    """Add spans: a lower bound with the upper one that follows it; the others stand alone."""
    lows = [part for part in parts if part[0] in (">", ">=")]
    highs = [part for part in parts if part[0] in ("<", "<=")]
    is_pair = len(lows) == len(highs) == 1 and len(parts) == 2
    if is_pair and _is_below(lows[0][1], highs[0][1], gathering):
        gathering.add_between(lows[0], highs[0], status=status, pointer=pointer)
        return
    opened: Part | None = None
    for sign, version in parts:
        if sign in (">", ">="):
            _add_low(opened, status, gathering, pointer)
            opened = (sign, version)
        elif sign in ("<", "<="):
            _add_high(opened, (sign, version), status, gathering, pointer)
            opened = None
        elif sign == "=":
            add_version(version, status, gathering, pointer)
        else:
            gathering.add_exactly(version, Status.NOT_AFFECTED)
    _add_low(opened, status, gathering, pointer)


def _add_low(low: Part | None, status: Status, gathering: Gathering, pointer: str) -> None:
    if low:
        gathering.add_between(low, None, status=status, pointer=pointer)


def _add_high(
    low: Part | None, high: Part, status: Status, gathering: Gathering, pointer: str
) -> None:
    """Add a span that ends in a version, or with a branch (``<= V4.x``)."""
    branch = _WILDCARD.fullmatch(high[1])
    if branch is None:
        gathering.add_between(low, high, status=status, pointer=pointer)
    elif high[0] == "<":
        gathering.add_between(low, ("<", branch.group(1)), status=status, pointer=pointer)
    else:
        start = gathering.bound(low) if low else FROM_BEGINNING
        try:
            end = branch_end(gathering.scheme, branch.group(1))
        except Unkeyable:
            start = None
            end = ""
        if start is None or end <= start[0]:
            _give_up(f"{high[0]} {high[1]}", status, gathering, pointer)
        else:
            gathering.spans.append(between(start, (end, f"<= {high[1]}"), status))


def _add_branch(plain: str, status: Status, gathering: Gathering) -> None:
    """Add every version of a branch: ``4.2.x``."""
    found = _WILDCARD.fullmatch(plain)
    stem = found.group(1) if found else plain
    try:
        low = (key(gathering.scheme, stem), f">= {stem}")
        gathering.spans.append(
            between(low, (branch_end(gathering.scheme, stem), f"<= {plain}"), status)
        )
    except (Unkeyable, ValueError):
        gathering.add_exactly(plain, status)


def _is_below(low: str, high: str, gathering: Gathering) -> bool:
    try:
        return key(gathering.scheme, low) <= key(gathering.scheme, high)
    except Unkeyable:
        return True


def _give_up(text: str, status: Status, gathering: Gathering, pointer: str) -> None:
    gathering.defects.append(Defect(pointer, f"'{text[:80]}' cannot be read as a range."))
    if status is Status.AFFECTED:
        gathering.add_everything(Status.UNKNOWN)
