"""Rows of name maps: which of what a table joins may be believed, and which may be used.

A table is made of the names that people typed and machines compared; what joins purl and CPE by
nothing but one word is refused, however often it is right. Packages that have an advisory source of
their own are kept apart: looked up by CPE as well, they are the largest source of false matches.
"""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from longmark.core.errors import Invalid
from longmark.core.identity.cpe import Cpe
from longmark.core.identity.names import LENGTH_LIMIT, kind_of_stated, read_stated_name
from longmark.core.identity.packages import ECOSYSTEMS, package_of_cpe
from longmark.core.identity.purl import Purl, parse_purl
from longmark.core.identity.words import fold

LIMIT_PRODUCTS: Final = 8
"""A name that is joined with more of them names a collection, and identifies none of them."""

_NAMED_BY_ANYONE: Final = frozenset((*ECOSYSTEMS, "generic", "docker", "oci", "conan", "yocto"))


class MapRow(NamedTuple):
    """A stated name, and the package key that a table joins it with."""

    stated: str
    package: str


def map_row(purl: str, cpe: str) -> MapRow:
    """Return what a pair of a table says.

    >>> map_row("pkg:github/madler/zlib", "cpe:2.3:a:zlib:zlib:1.2.3:*:*:*:*:*:*:*")
    MapRow(stated='git:github.com/madler/zlib', package='cpe:zlib:zlib')

    Raises:
        Invalid: one of them cannot be read or is not concrete, or they share nothing but a word.
    """
    read = parse_purl(purl)
    if read is None:
        raise Invalid("{purl} is no purl.", purl=purl[:200])
    if len(cpe) > LENGTH_LIMIT or not cpe.isprintable():
        raise Invalid("{cpe} is no CPE name.", cpe=cpe[:200])
    name = Cpe.parse(cpe)
    package = package_of_cpe(name) if name.part != "h" else None
    if package is None:
        raise Invalid("{cpe} names hardware or leaves vendor or product open.", cpe=cpe[:200])
    if _is_guess(read, name):
        raise Invalid(
            "{purl} and {cpe} have nothing in common but a word; that is a guess.",
            purl=purl[:200],
            cpe=cpe[:200],
        )
    row = MapRow(read_stated_name(purl), package)
    if not (row.stated + row.package).isprintable():
        raise Invalid("{purl} or {cpe} holds what nobody can see.", purl=purl[:200], cpe=cpe[:200])
    return row


def _is_guess(purl: Purl, cpe: Cpe) -> bool:
    """Tell whether vendor, product and name are one word, and nothing else backs it."""
    if purl.namespace or purl.type not in _NAMED_BY_ANYONE or purl.qualifier("vcs_url"):
        return False
    return fold(cpe.vendor) == fold(cpe.product) == fold(purl.name)


def usable(rows: Iterable[MapRow], *, is_for_ecosystems: bool) -> Mapping[MapRow, bool]:
    """Return the rows, each with whether it is to be used."""
    kept = dict.fromkeys(rows)
    products: dict[str, int] = {}
    for row in kept:
        products[row.stated] = products.get(row.stated, 0) + 1
    return {
        row: products[row.stated] <= LIMIT_PRODUCTS
        and (is_for_ecosystems or kind_of_stated(row.stated) not in ECOSYSTEMS)
        for row in kept
    }
