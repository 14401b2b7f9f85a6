"""Versions as a person asks for them: ``<2.4``, ``>=2.0 <2.4``, ``2.3.1, 2.3.2``, ``>=C``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from longmark.core.errors import Invalid
from longmark.core.versions.blocks import Unkeyable
from longmark.core.versions.vers import NotVers, Sign, Vers, read_vers

LIMIT_CHARACTERS = 400

_PART = re.compile(r"(?:>=|<=|!=|==|=|<|>|≤|≥)?\s*[^\s,;|<>=!≤≥]+")
_SIGNS = {"≤": "<=", "≥": ">=", "==": "="}


@dataclass(frozen=True)
class Sorted:
    """Versions by whether they lie in a range; of some nobody can tell."""

    inside: tuple[str, ...]
    outside: tuple[str, ...]
    unclear: tuple[str, ...]


def versions_asked(text: str) -> Vers:
    """Return the range that a text means; an empty one means every version.

    Bounds without a digit (``C``) are in the order of letters, as hardware revisions are.

    >>> "2.3.1" in versions_asked(">= 2.0, < 2.4"), "2.4" in versions_asked("<2.4")
    (True, False)

    Raises:
        Invalid: it is no range.
    """
    plain = text.strip()
    if plain.startswith("vers:"):
        return _read(plain, text)
    parts = [_plain(part) for part in _PART.findall(plain)]
    rest = _PART.sub("", plain)
    if len(plain) > LIMIT_CHARACTERS or rest.strip(" ,;|"):
        raise _not_a_range(text)
    if not parts:
        return Vers("generic")
    has_digits = any(re.search(r"\d", part) for part in parts)
    return _read(f"vers:{'generic' if has_digits else 'lexicographic'}/{'|'.join(parts)}", text)


def sorted_by(asked: Vers, versions: Iterable[str]) -> Sorted:
    """Return which versions lie in a range."""
    found: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for version in versions:
        found[_holds(asked, version)].append(version)
    return Sorted(tuple(found[True]), tuple(found[False]), tuple(found[None]))


def _holds(asked: Vers, version: str) -> bool | None:
    """Tell whether a version lies in a range; a bound that names it needs no order to tell."""
    signs = {each.sign for each in asked.constraints if each.version == version}
    if signs:
        return signs <= {Sign.EQUAL, Sign.UP_TO, Sign.FROM}
    try:
        return version in asked
    except Unkeyable:
        return None


def _plain(part: str) -> str:
    bare = re.sub(r"\s+", "", part)
    for sign, plain in _SIGNS.items():
        if bare.startswith(sign):
            return plain + bare.removeprefix(sign).replace("%", "%25")
    return bare.replace("%", "%25")


def _read(vers: str, text: str) -> Vers:
    try:
        return read_vers(vers)
    except (NotVers, Unkeyable):
        raise _not_a_range(text) from None


def _not_a_range(text: str) -> Invalid:
    return Invalid(
        '"{text}" is no range of versions: write <2.4, or >=2.0 <2.4, or 2.3.1.',
        field="versions",
        text=text[:80],
    )
