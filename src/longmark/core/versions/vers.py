"""Version ranges as ``vers`` writes them: ``vers:npm/>=1.0.0|<2.0.0``.

`parse_vers` takes the canonical form only: lower case, no spaces, sorted by version, every version
once, lower and upper bounds in turn. `read_vers` takes what documents hold: it sorts, and leaves
out bounds that others make needless.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cmp_to_key, partial
from itertools import pairwise
from typing import Final
from urllib.parse import quote, unquote

from longmark.core.versions.blocks import Unkeyable
from longmark.core.versions.schemes import Scheme, compare

MAX_LENGTH: Final = 20_000  # characters of a range
MAX_CONSTRAINTS: Final = 1_000

SCHEMES: Final = {
    "alpm": Scheme.ALPM, "apk": Scheme.APK, "cargo": Scheme.SEMVER, "composer": Scheme.COMPOSER,
    "conan": Scheme.CONAN, "cran": Scheme.CRAN, "datetime": Scheme.DATETIME, "deb": Scheme.DPKG,
    "ebuild": Scheme.GENTOO, "gem": Scheme.GEM, "generic": Scheme.GENERIC, "gentoo": Scheme.GENTOO,
    "golang": Scheme.SEMVER, "hackage": Scheme.HACKAGE, "hex": Scheme.SEMVER,
    "intdot": Scheme.INTDOT, "lexicographic": Scheme.LEXICOGRAPHIC, "maven": Scheme.MAVEN,
    "nginx": Scheme.NGINX, "npm": Scheme.SEMVER, "nuget": Scheme.NUGET, "openssl": Scheme.OPENSSL,
    "pub": Scheme.PUB, "pypi": Scheme.PEP440, "rpm": Scheme.RPM, "semver": Scheme.SEMVER,
    "swift": Scheme.SEMVER,
}  # fmt: skip
"""Types of ranges, and their schemes; any other type has the generic one."""

_RANGE: Final = re.compile(r"vers:([a-z0-9.+-]+)/(.*)", re.DOTALL)
_CONSTRAINT: Final = re.compile(r"(>=|<=|!=|=|<|>|)([^<>=!*|]+)")
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MOMENT: Final = re.compile(r"[-0-9]+T[0-9:.]+(?:Z|[+-][0-9:]+)", re.ASCII)
_UNESCAPED: Final = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in "<>=!*|%")


class NotVers(ValueError):
    """A text is no range, or not one in canonical form."""


class Sign(StrEnum):
    """How a constraint compares with its version."""

    EQUAL = "="
    OTHER = "!="
    BELOW = "<"
    UP_TO = "<="
    ABOVE = ">"
    FROM = ">="

    @property
    def is_low(self) -> bool:
        """Tell whether the constraint is a lower bound."""
        return self in (Sign.ABOVE, Sign.FROM)

    @property
    def is_high(self) -> bool:
        """Tell whether the constraint is an upper bound."""
        return self in (Sign.BELOW, Sign.UP_TO)


@dataclass(frozen=True, slots=True)
class Constraint:
    """A comparison with a version."""

    sign: Sign
    version: str

    def __str__(self) -> str:
        sign = "" if self.sign is Sign.EQUAL else self.sign.value
        return sign + quote(self.version, safe=_UNESCAPED)


@dataclass(frozen=True, slots=True)
class Vers:
    """A range of versions; without constraints it holds all of them, or none.

    >>> "1.5" in parse_vers("vers:pypi/>=1.0|<2.0|3.1")
    True
    """

    type: str
    constraints: tuple[Constraint, ...] = ()

    @property
    def scheme(self) -> Scheme:
        """Return the scheme in which the range orders versions."""
        return SCHEMES.get(self.type, Scheme.GENERIC)

    def __str__(self) -> str:
        return f"vers:{self.type}/{'|'.join(map(str, self.constraints)) or '*'}"

    def __contains__(self, version: str) -> bool:
        """Tell whether a version lies in the range.

        Raises:
            Unkeyable: the scheme cannot order it among the bounds.
        """
        if not self.constraints:
            return self.type != "none"
        for each in self.constraints:
            if compare(self.scheme, version, each.version) == 0:
                return each.sign in (Sign.EQUAL, Sign.UP_TO, Sign.FROM)
        bounds = _needed([one for one in self.constraints if one.sign.is_low or one.sign.is_high])
        if not bounds:
            return all(each.sign is Sign.OTHER for each in self.constraints)
        return self._is_between(version, bounds)

    def _is_between(self, version: str, bounds: Sequence[Constraint]) -> bool:
        above = [compare(self.scheme, version, each.version) > 0 for each in bounds]
        if bounds[0].sign.is_high and not above[0]:
            return True
        if bounds[-1].sign.is_low and above[-1]:
            return True
        return any(
            low.sign.is_low and is_above_low and not is_above_high
            for (low, is_above_low), (_, is_above_high) in pairwise(zip(bounds, above, strict=True))
        )


def parse_vers(text: str) -> Vers:
    """Return the range that a text in canonical form states.

    Raises:
        NotVers: the text is no range or not canonical; the message says where.
    """
    if re.search(r"\s", text):
        raise NotVers("A range in canonical form holds no spaces.")
    found = _split(text)
    for each in found.constraints:
        _check_moment(each, found.type)
    if str(found) != text:
        raise NotVers(f"The canonical form of '{text[:80]}' is '{str(found)[:80]}'.")
    _check_order(found)
    return found


def read_vers(text: str) -> Vers:
    """Return the range that a text states, sorted by version.

    >>> str(read_vers("vers:pypi/ 3.0 | >=1.0 | <2.0"))
    'vers:pypi/>=1.0|<2.0|3.0'

    Raises:
        NotVers: the text is no range, or its versions have no order.
    """
    found = _split(re.sub(r"\s+", "", text))
    return Vers(found.type, tuple(_sorted(found)))


def _split(text: str) -> Vers:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NotVers("The range holds half a character.") from error
    matched = _RANGE.fullmatch(text)
    if not matched or len(text) > MAX_LENGTH:
        raise NotVers(f"'{text[:80]}' does not start with 'vers:', a type in lower case and '/'.")
    kind, rest = matched.groups()
    if rest == "*":
        return Vers(kind)
    parts = rest.split("|")
    if not all(parts):
        raise NotVers("A '|' stands at the start, at the end or beside another.")
    if len(parts) > MAX_CONSTRAINTS:
        raise NotVers(f"The range has more than {MAX_CONSTRAINTS} constraints.")
    return Vers(kind, tuple(map(_constraint, parts)))


def _constraint(part: str) -> Constraint:
    matched = _CONSTRAINT.fullmatch(part)
    if not matched:
        raise NotVers(f"'{part[:80]}' is no comparison with one version.")
    if _BAD_ESCAPE.search(part):
        raise NotVers(f"'{part[:80]}' holds a '%' without two hexadecimal digits.")
    try:
        version = unquote(matched.group(2), errors="strict")
    except UnicodeDecodeError as error:
        raise NotVers(f"'{part[:80]}' is not text in UTF-8 once decoded.") from error
    return Constraint(Sign(matched.group(1) or "="), version)


def _check_moment(constraint: Constraint, kind: str) -> None:
    if SCHEMES.get(kind) is Scheme.DATETIME and not _MOMENT.fullmatch(constraint.version):
        raise NotVers(f"'{constraint.version[:80]}' is no moment with upper-case T and Z.")


def _check_order(found: Vers) -> None:
    constraints = found.constraints
    if len(constraints) > 1 and list(constraints) != _sorted(found):
        raise NotVers("The constraints are not sorted by version.")
    for one, other in pairwise(constraints):
        if compare(found.scheme, one.version, other.version) == 0:
            raise NotVers(f"'{other.version[:80]}' stands there twice.")
    if len(_needed(constraints)) != len(constraints):
        raise NotVers("A constraint is needless beside its neighbour.")


def _sorted(found: Vers) -> list[Constraint]:
    if len(found.constraints) < 2:
        return list(found.constraints)
    try:
        return sorted(found.constraints, key=cmp_to_key(partial(_compare, found.scheme)))
    except Unkeyable as error:
        raise NotVers(f"The versions have no order as '{found.scheme}'.") from error


def _compare(scheme: Scheme, one: Constraint, other: Constraint) -> int:
    return compare(scheme, one.version, other.version)


def _needed(constraints: Iterable[Constraint]) -> list[Constraint]:
    """Leave out what lies within its neighbours: of lower bounds the first counts, of upper ones
    the last."""
    needed: list[Constraint] = []
    bound: Constraint | None = None
    for each in constraints:
        if each.sign is Sign.OTHER:
            needed.append(each)
        elif bound is None or not (bound.sign.is_low and not each.sign.is_high):
            if bound is not None and each.sign.is_high and not bound.sign.is_low:
                needed.remove(bound)
            needed.append(each)
            bound = each
    return needed
