"""Building blocks of order-preserving version keys.

A key is one string of printable ASCII (0x21 to 0x7E) such that plain byte order of keys is version
order in the scheme. Python, SQLite (``BINARY``) and PostgreSQL (``COLLATE "C"``) then agree, and
every range test is two string comparisons on an index.

* A *number* is one length character followed by its digits, without leading zeros.
* A *text* is its characters and a terminator that sorts below every content character.
* A *class character* before a token fixes the order of the kinds of token at that position.
* Space and DEL never occur inside keys: they sort below and above every key and make bounds.
"""

from typing import Final

LENGTH_LIMIT: Final = 300
"""Longest version text, in characters, that is given a key."""

TERMINATOR: Final = "!"
_LONG_NUMBER: Final = 35  # lengths up to here fit one character: 1 to 9, A to Z


class Unkeyable(ValueError):
    """The scheme gives this version no exact key; compare it pairwise or as a string."""


def number(digits: str) -> str:
    """Encode a non-negative decimal of any size.

    >>> number("7") < number("12") < number("100")
    True
    """
    significant = digits.lstrip("0")
    length = len(significant)
    if length <= 9:
        return f"{length}{significant}"
    if length <= _LONG_NUMBER:
        return chr(ord("A") + length - 10) + significant
    if length > LENGTH_LIMIT:
        raise Unkeyable("The number is too long.")
    return f"a{length:03}{significant}"


def descending(count: int) -> str:
    """Encode a small count so that a larger one sorts lower."""
    if count >= 70:
        raise Unkeyable("Too many zeros in a row.")
    return chr(ord("z") - count)


def text(content: str) -> str:
    """Encode a word; a prefix sorts below its continuations."""
    if not all("!" < character <= "~" for character in content):
        raise Unkeyable(content)
    return content + TERMINATOR
