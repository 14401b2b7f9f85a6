"""Names that are the same without being known as the same: they suggest, and decide nothing.

A bare name or a generic purl that equals the product that an advisory names, alone or after its
vendor, becomes a *guessed* coordinate: within a range that is for review, outside of every range it
is clean either way. A package of an ecosystem never gains a name like that: there the same name is
another thing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from longmark.core.formats.advisories.records import Statement
from longmark.core.identity import Coordinate, Provenance
from longmark.core.identity.cpe import ANY, NA
from longmark.core.identity.distributions import SCHEMES as DISTRIBUTED
from longmark.core.identity.distributions import full_version, source_name, upstream_version
from longmark.core.identity.packages import ECOSYSTEMS
from longmark.core.identity.products import any_product_of, product_named
from longmark.core.identity.repositories import version_of_tag
from longmark.core.identity.words import fold, folded_product, folded_vendor
from longmark.core.matching.subjects import Subject
from longmark.core.versions import Unkeyable, is_unstated, key

_UPSTREAM: Final = ("cpe", "name", "generic", "git")
_WORD: Final = re.compile(r"[a-z0-9][a-z0-9+._/@-]*", re.ASCII)
_LONGEST_NAME: Final = 4  # words of prose that may make up one name
_SHORTEST_NAME: Final = 2  # letters


def coordinates(subject: Subject, statements: Iterable[Statement]) -> tuple[Coordinate, ...]:
    """Return guessed coordinates for the packages that are named as the component is."""
    known = {one.package for one in subject.coordinates}
    if subject.ecosystem in ECOSYSTEMS:
        return _modules_around(subject, [one for one in statements if one.package not in known])
    names = bare_names(subject)
    found = {
        one.package: one
        for one in statements
        if one.package not in known and _is_namesake(one.package, names, subject)
    }
    return tuple(_guessed(subject, one, names) for one in found.values())


def _modules_around(subject: Subject, statements: Sequence[Statement]) -> tuple[Coordinate, ...]:
    """Return the Go module that holds the package, if the advisory does not name itself."""
    own = next((one for one in subject.coordinates if one.package.startswith("golang:")), None)
    if own is None:
        return ()
    around = [one for one in statements if _holds(one.package, own.package)]
    longest = max(around, key=lambda one: len(one.package), default=None)
    if longest is None:
        return ()
    return (replace(own, package=longest.package, provenance=Provenance.DERIVED),)


def _holds(module: str, package: str) -> bool:
    """Tell whether a package lies below a module; another major version is another module."""
    rest = package.removeprefix(f"{module}/")
    return rest != package and not re.match(r"v\d+(?:/|$)", rest)


def bare_names(subject: Subject) -> frozenset[str]:
    """Return the folded names of a component, without vendor, group or version."""
    found = {subject.name}
    purl = subject.parsed_purl
    if purl:
        found |= {purl.name, source_name(purl)}
    software = [cpe for cpe in subject.names if cpe.part != "h"]
    found |= {cpe.product for cpe in software if cpe.product not in (ANY, NA)}
    return frozenset(filter(None, [*map(fold, found), *(folded_product(one, "") for one in found)]))


def is_named_in(text: str, subject: Subject) -> bool:
    """Tell whether a text names the component, by any name that it is known by."""
    names = {*bare_names(subject)}
    for name in tuple(names):
        product = product_named(name, "")
        names.update(map(fold, product.tag_names) if product else ())
    names = {name for name in names if len(name) >= _SHORTEST_NAME}
    words = [fold(word) for word in _WORD.findall(text.lower())]
    return any(gram in names for gram in _grams(words))


def _grams(words: Sequence[str]) -> Iterator[str]:
    for length in range(1, _LONGEST_NAME + 1):
        for start in range(len(words) - length + 1):
            yield "".join(words[start : start + length])


def _is_namesake(package: str, names: frozenset[str], subject: Subject) -> bool:
    kind, _, path = package.partition(":")
    if subject.parsed_purl and kind not in _UPSTREAM:
        return False
    product = path.partition(":")[2] if kind in ("cpe", "name") else re.split(r"[:/]", path)[-1]
    with_vendor = path if kind in ("cpe", "name") else product
    if names.isdisjoint((fold(product), fold(with_vendor))):
        return False
    return not _is_another_vendor(package, subject)


def _is_another_vendor(package: str, subject: Subject) -> bool:
    """Tell whether the component states a vendor of its own, or is a known product of another."""
    vendors = {folded_vendor(cpe.vendor) for cpe in subject.names if cpe.vendor not in (ANY, NA)}
    kind, _, path = package.partition(":")
    if vendors and kind in ("cpe", "name"):
        return folded_vendor(path.partition(":")[0]) not in vendors
    known = {any_product_of(one.package) for one in subject.coordinates} - {None}
    return bool(known) and any_product_of(package) not in known


def _guessed(subject: Subject, statement: Statement, names: frozenset[str]) -> Coordinate:
    version = _version(subject, names)
    if is_unstated(version):
        return Coordinate(statement.package, statement.scheme, "", None, Provenance.GUESSED)
    try:
        place = key(statement.scheme, version)
    except Unkeyable:
        place = None
    return Coordinate(statement.package, statement.scheme, version, place, Provenance.GUESSED)


def _version(subject: Subject, names: frozenset[str]) -> str:
    purl = subject.parsed_purl
    stated = (purl.version if purl else "") or subject.version or ""
    stated = stated or next((cpe.stated_version or "" for cpe in subject.names), "")
    if purl and purl.type in DISTRIBUTED:
        return upstream_version(full_version(purl, stated))
    return version_of_tag(stated, names)
