"""Products that only the prose of a record names: for review, never for a verdict.

A record that nobody analysed yet often begins *"libmodbus v3.1.10 …"* or *"… in Mbed TLS before
3.6.1 …"*. A product of the alias table that is named right before a version makes a statement that
knows nothing: its components are listed as unknown until somebody states a range. Names that are
words of everyday, and the kernel, whose records always state ranges, are left out.
"""

import re
from functools import cache
from typing import Final

from longmark.core.formats.advisories.intervals import everything
from longmark.core.formats.advisories.records import Confidence, Statement, Status, Tier
from longmark.core.identity.products import Product, products

LOOKED_AT: Final = 600  # characters of a description in which the product must be named
SHORTEST_NAME: Final = 4
MAX_NAMED: Final = 4  # products; a text that names more is a list

_COMMON: Final = frozenset(
    ("linux", "node", "nodejs", "python", "perl", "redis", "mysql", "bind", "server")
)
_VERSION: Final = (
    r"(?:,? (?:in )?(?:versions? |before |prior to |up to |through |thru |until |to )*"
    r"(?:and including |version )?v?\d+\.\d)"
)


def statements(text: str, pointer: str) -> list[Statement]:
    """Return a statement without ranges for each product that the text names with a version."""
    head = " ".join(text[:LOOKED_AT].split())
    pattern, by_group = _names()
    found: dict[str, Statement] = {}
    for match in pattern.finditer(head):
        product = by_group[_plain(match.group(1))]
        found[product.id] = _statement(product, match.group(1), pointer)
    return list(found.values()) if len(found) <= MAX_NAMED else []


def _statement(product: Product, wording: str, pointer: str) -> Statement:
    return Statement(
        package=product.cpe_packages[0],
        scheme=product.scheme,
        pointer=pointer,
        wording=f"{wording} (in prose)",
        ranges=(everything(Status.UNKNOWN),),
        default=Status.UNKNOWN,
        tier=Tier.PROSE,
        cap=Confidence.LOW,
    )


@cache
def _names() -> tuple[re.Pattern[str], dict[str, Product]]:
    """Return the pattern of all names, and the product of each, by the name without marks."""
    known: dict[str, Product] = {}
    spoken: set[str] = set()
    for product in products():
        if product.id in _COMMON or product.first_version:
            continue
        stems = [package.rpartition(":")[2] for package in product.cpe_packages]
        for name in (*product.tag_names, *stems):
            plain = _plain(name)
            if (
                len(plain) >= SHORTEST_NAME
                and plain not in _COMMON
                and known.setdefault(plain, product) is product
            ):
                spoken.add(re.sub(r"[-_ ]+", r"[-_ ]?", re.escape(name).replace("\\-", "-")))
    every = "|".join(sorted(spoken, key=lambda one: (-len(one), one)))
    return re.compile(rf"(?<![\w./-])({every}){_VERSION}", re.IGNORECASE), known


def _plain(name: str) -> str:
    return re.sub(r"[-_ ]", "", name.lower())
