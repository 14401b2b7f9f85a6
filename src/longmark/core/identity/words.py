"""Vendors and products as records write them in words: folded to what all spellings share.

CVE and CSAF records name the maker as it signs its letters (*Juniper Networks, Inc.*), CPE names
as somebody once abbreviated it (*juniper*). `vendors.toml` says which spellings are one maker; it
grows by review of records that carry both, never by similarity.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

_BRACKETED: Final = re.compile(r"\([^()]*\)")
_IN_BRACKETS: Final = re.compile(r"([^()]*)\(([^()]*)\)")
_ORDER_NUMBER: Final = re.compile(r"(?=(?:\D*\d){4})[0-9a-z][0-9a-z .,/-]{7,}", re.IGNORECASE)
_REMARK: Final = re.compile(
    r"(?:all|also|formerly|for|incl|including|includes|see|server core)\b", re.IGNORECASE
)
_BETWEEN_WORDS: Final = re.compile(r"[\s_,/]+")
_NOT_FOLDED: Final = re.compile(r"[^a-z0-9]")
_LEGAL_FORMS: Final = frozenset(
    (
        "ab", "ag", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated",
        "kg", "limited", "llc", "lp", "ltd", "nv", "oy", "plc", "pte", "pty", "sa", "sas", "se",
        "spa", "srl", "sro",
    )
)  # fmt: skip
_SAID_TO_BE_VERSION: Final = re.compile(r"\bversion\s+(?=\d)", re.IGNORECASE)
_KINDS_OF_PRODUCT: Final = ("operatingsystem", "software")
_SHORTEST_PRODUCT: Final = 3  # letters; what is shorter is a remainder, not a name


def fold(name: str) -> str:
    """Return a name as letters and digits only.

    >>> fold("U-Boot") == fold("u_boot") == "uboot"
    True
    """
    return _NOT_FOLDED.sub("", name.lower().replace("+", "plus"))


@lru_cache(maxsize=1 << 14)
def folded_vendor(name: str) -> str:
    """Return the one spelling of a vendor's words, without its legal form.

    >>> folded_vendor("Siemens AG"), folded_vendor("Juniper Networks, Inc.")
    ('siemens', 'juniper')
    """
    plain = _plain_vendor(name)
    return _spellings().get(plain, plain)


def folded_product(name: str, vendor: str) -> str:
    """Return a product's words without remarks, its vendor, and that it is software.

    What stands in brackets belongs to the name, (EU) and (NAM) being two devices, unless it is an
    order number, an abbreviation of the words before it, or the beginning of a sentence.

    >>> folded_product("SIMATIC S7-400 V7 (6ES7414-3EM07-0AB0)", "Siemens AG")
    'simatics7400v7'
    >>> folded_product("Cisco NX-OS Software", "Cisco"), folded_product("RUT (EU)", "Teltonika")
    ('nxos', 'ruteu')
    """
    said = _IN_BRACKETS.sub(_without_remark, name)
    plain = fold(_SAID_TO_BE_VERSION.sub("", said)) or fold(name)
    for start in dict.fromkeys((_plain_vendor(vendor), folded_vendor(vendor))):
        plain = _named(plain.removeprefix(start), plain)
    for end in _KINDS_OF_PRODUCT:
        plain = _named(plain.removesuffix(end), plain)
    return plain


def _without_remark(found: re.Match[str]) -> str:
    before, within = found.groups()
    words = [*filter(None, map(fold, _BETWEEN_WORDS.split(before)))]
    letters = fold(within)
    is_short_for = "".join(word[0] for word in words[-len(letters) :]) == letters
    if is_short_for or _ORDER_NUMBER.fullmatch(within) or _REMARK.match(within):
        return before
    return f"{before} {within} "


def _named(shorter: str, plain: str) -> str:
    return shorter if len(shorter) >= _SHORTEST_PRODUCT and not shorter.isdigit() else plain


def folded_pairs(vendor: str, product: str) -> tuple[str, ...]:
    """Return vendor and product as folded words, whole first, then without what says little.

    >>> folded_pairs("Apache Software Foundation", "Apache Tomcat")
    ('apache:apachetomcat', 'apache:tomcat')
    """
    maker = folded_vendor(vendor)
    names = (fold(product), folded_product(product, vendor))
    return tuple(dict.fromkeys(f"{maker}:{name}" for name in names))


def _plain_vendor(name: str) -> str:
    outside = _BRACKETED.sub(" ", name)
    words = [*filter(None, map(fold, _BETWEEN_WORDS.split(outside if fold(outside) else name)))]
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return "".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


@cache
def _spellings() -> Mapping[str, str]:
    """Return the folded name in CPE names by each other spelling of the vendor."""
    table = tomllib.loads(files(__package__).joinpath("vendors.toml").read_text("utf-8"))
    return {
        _plain_vendor(spelling): _plain_vendor(vendor)
        for vendor, spellings in table.items()
        for spelling in spellings
    }
