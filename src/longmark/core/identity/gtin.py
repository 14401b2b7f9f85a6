"""GTINs: numbers of items that all the world gives out by one rule (GS1 General Specifications)."""

from typing import Final

_LENGTHS: Final = (8, 12, 13, 14)


def check_digit(digits: str) -> str:
    """Return the digit that GS1 puts behind the others.

    >>> check_digit("401234500001")
    '6'
    """
    weighed = sum(int(d) * (3 if n % 2 == 0 else 1) for n, d in enumerate(reversed(digits)))
    return str(-weighed % 10)


def gtin_of(text: str) -> str:
    """Return a GTIN in fourteen digits, empty if the text is none.

    >>> gtin_of("4012345000016"), gtin_of("4012345000015"), gtin_of("TG-200")
    ('04012345000016', '', '')
    """
    is_gtin = (
        len(text) in _LENGTHS
        and text.isascii()
        and text.isdecimal()
        and check_digit(text[:-1]) == text[-1]
    )
    return text.zfill(14) if is_gtin else ""


def spellings(gtin: str) -> list[str]:
    """Return how lists write a GTIN of fourteen digits: without zeros in front, too.

    >>> spellings("04012345000016")
    ['04012345000016', '4012345000016']
    """
    whole = gtin.zfill(14)
    return [whole[-n:] for n in reversed(_LENGTHS) if not whole[:-n].strip("0")]
