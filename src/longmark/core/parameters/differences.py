"""What differs between two sets of values, as their types compare them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from longmark.core.parameters.definitions import Definition
from longmark.core.parameters.values import same


class Change(StrEnum):
    """How a parameter differs."""

    CHANGED = "changed"
    ADDED = "added"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Difference:
    """One parameter that differs; ``None`` is not there at all, which is not the empty text."""

    name: str
    change: Change
    before: str | None
    after: str | None
    definition: Definition | None = None


def differences(
    before: Mapping[str, str],
    after: Mapping[str, str],
    definitions: Mapping[str, Definition],
) -> list[Difference]:
    """Return what differs, by name in natural order (P2.01 before P10.01)."""
    found = []
    for name in sorted(before.keys() | after.keys(), key=natural):
        one, other = before.get(name), after.get(name)
        known = definitions.get(name)
        if one is None:
            found.append(Difference(name, Change.ADDED, None, other, known))
        elif other is None:
            found.append(Difference(name, Change.MISSING, one, None, known))
        elif not same(one, other, known):
            found.append(Difference(name, Change.CHANGED, one, other, known))
    return found


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key in which numbers count as numbers.

    >>> sorted(["P10.1", "P2.1", "P10"], key=natural)
    ['P2.1', 'P10', 'P10.1']
    """
    return tuple(_piece(piece) for piece in _pieces(name))


def natural_key(name: str) -> str:
    """Return a text whose byte order is that order, for a column to sort by.

    >>> sorted(["P10.1", "P2.1", "P10"], key=natural_key)
    ['P2.1', 'P10', 'P10.1']
    """
    pieces = _pieces(name)
    return "".join(f"{len(each):03}{each}" if _piece(each)[0] == 0 else each for each in pieces)


def _pieces(name: str) -> list[str]:
    pieces: list[str] = []
    was_digit: bool | None = None
    for character in name:
        is_digit = character.isascii() and character.isdigit()
        if is_digit is was_digit:
            pieces[-1] += character
        else:
            pieces.append(character)
        was_digit = is_digit
    return pieces


def _piece(piece: str) -> tuple[int, int, str]:
    is_number = piece.isascii() and piece.isdigit()
    return (0, int(piece), piece) if is_number else (1, 0, piece)
