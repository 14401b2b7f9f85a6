"""Does an assertion mean this component? Names as builds and suppliers use them, against an SBOM's.

A reference into the SBOM decides. Else the strongest name that both have must agree: purl, CPE,
plain name; and the version, where the assertion states one. A build adds to a version what it did
(``5.10.120+gitAUTOINC+1a2b``, ``1.36.1-r0``); one that continues the other with such a mark is the
same, one that merely begins alike is not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from longmark.core.errors import Invalid
from longmark.core.formats.facts import Named
from longmark.core.identity import Cpe, package_of_cpe, package_of_purl, parse_purl

_ADDED: Final = re.compile(r"(?:\+|~|-r\d|-yocto|-g[0-9a-f]{7})", re.IGNORECASE)
_FOLDED: Final = str.maketrans("_. ", "---")


@dataclass(frozen=True)
class Part:
    """A component as a release contains it.

    ``packages`` are the keys under which it is matched; ``refs`` its ids in SBOMs, each with the
    serial of the SBOM.
    """

    name: str
    version: str = ""
    purl: str = ""
    cpes: tuple[str, ...] = ()
    packages: frozenset[str] = frozenset()
    refs: frozenset[tuple[str, str]] = field(default=frozenset(), compare=False)

    @cached_property
    def names(self) -> frozenset[str]:
        """Return every plain name, folded."""
        return frozenset(map(folded, self._stated_names()))

    def _stated_names(self) -> Iterator[str]:
        yield self.name
        purl = parse_purl(self.purl) if self.purl else None
        if purl:
            yield purl.name
        yield from (cpe.product for cpe in map(parsed_cpe, self.cpes) if cpe)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Return every package key that purl and CPEs make."""
        purl = parse_purl(self.purl) if self.purl else None
        stated = {package_of_purl(purl)} if purl else set()
        named = (package_of_cpe(cpe) for cpe in map(parsed_cpe, self.cpes) if cpe)
        return self.packages | stated | {key for key in named if key}


def means(named: Named, part: Part, serial: str = "") -> bool:
    """Tell whether ``named`` is this part; ``serial`` is that of the SBOM in which it is named."""
    if named.ref and (serial_of(named.serial or serial), named.ref) in part.refs:
        return agrees(named.version, part.version)
    version, keys = _key_and_version(named)
    if keys:
        return not keys.isdisjoint(part.keys) and agrees(version, part.version)
    names = {folded(each) for each in named.names}
    return not names.isdisjoint(part.names) and agrees(named.version, part.version)


def _key_and_version(named: Named) -> tuple[str, frozenset[str]]:
    """Return the version and the package keys of what has a purl, or CPEs and no other name."""
    purl = parse_purl(named.purl) if named.purl else None
    if purl:
        return named.version or purl.version, frozenset((package_of_purl(purl),))
    if named.names:
        return named.version, frozenset()
    cpes = [cpe for cpe in map(parsed_cpe, named.cpes) if cpe]
    stated = (cpe.stated_version or "" for cpe in cpes)
    keys = (package_of_cpe(cpe) for cpe in cpes)
    return named.version or next(stated, ""), frozenset(key for key in keys if key)


def agrees(stated: str, version: str) -> bool:
    """Tell whether two versions are one, but for what a build added; unstated agrees with any.

    >>> agrees("5.10.120+gitAUTOINC+1a2b", "5.10.120")
    True
    >>> agrees("5.10.12", "5.10.120")
    False
    """
    if not stated:
        return True
    one, other = stated.casefold(), version.casefold()
    shorter, longer = sorted((one, other), key=len)
    rest = longer[len(shorter) :]
    return bool(shorter) and longer.startswith(shorter) and (not rest or bool(_ADDED.match(rest)))


def folded(name: str) -> str:
    """Return a name as it is compared."""
    return name.casefold().translate(_FOLDED)


def serial_of(serial: str) -> str:
    """Return the bare identifier of an SBOM."""
    return serial.casefold().removeprefix("urn:uuid:")


def parsed_cpe(text: str) -> Cpe | None:
    """Return the parts of a CPE name, ``None`` for what is none."""
    try:
        return Cpe.parse(text)
    except Invalid:
        return None
