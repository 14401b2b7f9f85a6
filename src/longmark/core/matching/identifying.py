"""Whether a name that somebody wrote means this component or product.

Names without a version mean all versions, with one exactly that. A purl means the same type,
namespace and name; other names must lead to a key that both share by more than a guess.
"""

from functools import lru_cache
from typing import Final

from longmark.core.identity import Coordinate, Provenance, Purl
from longmark.core.matching.subjects import Subject
from longmark.core.versions import Scheme, Unkeyable, is_unstated, key

_KEYED: Final = "name:"


@lru_cache(maxsize=1 << 12)
def subject_named(text: str) -> Subject | None:
    """Return what a purl, a CPE name or a key of folded words names, None if it names nothing."""
    plain = text.strip()
    if plain.lower().startswith("pkg:"):
        found = Subject.of(purl=plain)
    elif plain.lower().startswith("cpe:"):
        found = Subject.of(purl=None, cpes=[plain])
    elif plain.startswith(_KEYED):
        return _keyed(plain)
    else:
        found = Subject.of(purl=None, name=plain)
    return found if found.coordinates or found.name else None


def _keyed(text: str) -> Subject:
    package, _, version = text.partition("@")
    try:
        place = key(Scheme.GENERIC, version) if version else None
    except Unkeyable:
        place = None
    only = Coordinate(package, Scheme.GENERIC, version, place, Provenance.DERIVED)
    return Subject(None, (), "", version or None, (only,))


def means(text: str, subject: Subject) -> bool:
    """Tell whether a name means a component or product."""
    named = subject_named(text)
    return named is not None and is_same(named, subject)


def is_same(named: Subject, subject: Subject) -> bool:
    """Tell whether a name, read as a subject, means another subject."""
    mine, theirs = named.parsed_purl, subject.parsed_purl
    if mine and theirs and mine.type == theirs.type:
        return _is_same_package(mine, theirs) and _is_version(mine.version, theirs.version, subject)
    for one in _certain(named):
        for other in _certain(subject):
            if one.package == other.package and _covers(one, other):
                return True
    return _is_same_bare(named, subject)


def _certain(subject: Subject) -> list[Coordinate]:
    return [one for one in subject.coordinates if one.provenance is not Provenance.GUESSED]


def _is_same_package(mine: Purl, theirs: Purl) -> bool:
    if (mine.namespace.lower(), mine.name.lower()) != (
        theirs.namespace.lower(),
        theirs.name.lower(),
    ):
        return False
    distros = {mine.qualifier("distro"), theirs.qualifier("distro")} - {""}
    return len(distros) < 2


def _is_version(stated: str, version: str, subject: Subject) -> bool:
    if is_unstated(stated):
        return True
    actual = version or subject.version or ""
    if stated.lower() == actual.lower():
        return True
    schemes = {one.scheme for one in _certain(subject)} or {Scheme.GENERIC}
    return any(_is_equal(scheme, stated, actual) for scheme in schemes)


def _covers(named: Coordinate, other: Coordinate) -> bool:
    if not named.version:
        return True
    if named.version.lower() == other.version.lower():
        return True
    return named.key is not None and named.key == other.key


def _is_equal(scheme: Scheme, left: str, right: str) -> bool:
    try:
        return key(scheme, left) == key(scheme, right)
    except Unkeyable:
        return False


def _is_same_bare(named: Subject, subject: Subject) -> bool:
    """Compare names without any identity: letter by letter."""
    if named.coordinates or subject.coordinates or not named.name:
        return False
    return named.name.lower() == subject.name.lower() and (
        not named.version or named.version == subject.version
    )
