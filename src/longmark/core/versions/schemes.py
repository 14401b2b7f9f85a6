"""Schemes, and the questions that can be asked of versions in them."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final

from longmark.core.versions.alpm import alpm_compare, alpm_key
from longmark.core.versions.apk import apk_compare, apk_key
from longmark.core.versions.blocks import LENGTH_LIMIT, Unkeyable
from longmark.core.versions.composer import composer_compare, composer_key
from longmark.core.versions.conan import conan_compare, conan_key
from longmark.core.versions.dpkg import dpkg_key
from longmark.core.versions.gem import gem_key
from longmark.core.versions.generic import generic_key
from longmark.core.versions.gentoo import gentoo_key
from longmark.core.versions.intdot import intdot_key
from longmark.core.versions.lists import cran_key, hackage_key, nginx_key
from longmark.core.versions.maven import maven_compare, maven_key
from longmark.core.versions.openssl import openssl_key
from longmark.core.versions.pep440 import pep440_compare, pep440_key
from longmark.core.versions.plain import datetime_key, lexicographic_key
from longmark.core.versions.pub import pub_key
from longmark.core.versions.rpm import rpm_key
from longmark.core.versions.semver import nuget_key, semver_key

KEYS_VERSION: Final = 2
"""Raised whenever a key function changes: rows keyed by an older one are keyed again."""

BEGINNING: Final = ""
"""Lower bound below every version."""

END: Final = "\x7f"
"""Upper bound above every version."""


class Scheme(StrEnum):
    """A way to order versions."""

    SEMVER = "semver"
    PEP440 = "pep440"
    DPKG = "dpkg"
    RPM = "rpm"
    APK = "apk"
    GEM = "gem"
    NUGET = "nuget"
    MAVEN = "maven"
    OPENSSL = "openssl"
    GENERIC = "generic"
    INTDOT = "intdot"
    COMPOSER = "composer"
    CRAN = "cran"
    HACKAGE = "hackage"
    PUB = "pub"
    CONAN = "conan"
    ALPM = "alpm"
    GENTOO = "gentoo"
    NGINX = "nginx"
    LEXICOGRAPHIC = "lexicographic"
    DATETIME = "datetime"


_KEYS: Final[Mapping[Scheme, Callable[[str], str]]] = {
    Scheme.SEMVER: semver_key,
    Scheme.PEP440: pep440_key,
    Scheme.DPKG: dpkg_key,
    Scheme.RPM: rpm_key,
    Scheme.APK: apk_key,
    Scheme.GEM: gem_key,
    Scheme.NUGET: nuget_key,
    Scheme.MAVEN: maven_key,
    Scheme.OPENSSL: openssl_key,
    Scheme.GENERIC: generic_key,
    Scheme.INTDOT: intdot_key,
    Scheme.COMPOSER: composer_key,
    Scheme.CRAN: cran_key,
    Scheme.HACKAGE: hackage_key,
    Scheme.PUB: pub_key,
    Scheme.CONAN: conan_key,
    Scheme.ALPM: alpm_key,
    Scheme.GENTOO: gentoo_key,
    Scheme.NGINX: nginx_key,
    Scheme.LEXICOGRAPHIC: lexicographic_key,
    Scheme.DATETIME: datetime_key,
}

_COMPARATORS: Final[Mapping[Scheme, Callable[[str, str], int]]] = {
    Scheme.MAVEN: maven_compare,
    Scheme.ALPM: alpm_compare,
    Scheme.APK: apk_compare,
    Scheme.COMPOSER: composer_compare,
    Scheme.CONAN: conan_compare,
    Scheme.PEP440: pep440_compare,
}
"""The rules of schemes whose tools order versions that have no key."""

PAIRWISE: Final = frozenset({Scheme.MAVEN, Scheme.ALPM, Scheme.CONAN})
"""Schemes whose order of valid versions is not that of keys everywhere."""

_TAIL_LENGTHS: Final[Mapping[Scheme, int]] = {
    Scheme.DPKG: 4,
    Scheme.CONAN: 3,
    Scheme.GENTOO: 4,
    Scheme.OPENSSL: 2,
    Scheme.PEP440: 5,
    Scheme.PUB: 2,
    Scheme.RPM: 2,
}
"""Characters that end the key of a plain release; elsewhere it is one."""

_SAYS_NOTHING: Final = re.compile(
    r"\*|-|0(?:\.0)*|\(devel\)|any|current|dev|devel|develop|git|head|latest|main|master|n/?a"
    r"|noassertion|none|not-specified|null|snapshot|stable|trunk|undefined|unknown|unspecified"
)
_HASH: Final = re.compile(r"(?=.*[0-9])(?=.*[a-f].*[a-f])[0-9a-f]{7,64}|[0-9a-f]{40}|[0-9a-f]{64}")
_LAST_NUMBER: Final = re.compile(r"\d+(?=\D*$)", re.ASCII)


@lru_cache(maxsize=1 << 16)
def key(scheme: Scheme, version: str) -> str:
    """Return the order-preserving key of a version.

    >>> key(Scheme.GENERIC, "3.1.7") < key(Scheme.GENERIC, "3.1.10")
    True

    Raises:
        Unkeyable: the scheme has no exact key for this text.
    """
    plain = version.strip()
    if len(plain) > LENGTH_LIMIT:
        raise Unkeyable("The version is too long.")
    return _KEYS[scheme](plain)


def just_above(version_key: str) -> str:
    """Return the bound that lies above a key and below the key of every later version."""
    return f"{version_key} "


def branch_start(scheme: Scheme, branch: str) -> str:
    """Return the bound below every version that starts with ``branch``, its pre-releases too.

    >>> branch_start(Scheme.SEMVER, "6.1") <= key(Scheme.SEMVER, "6.1.0-rc.1")
    True

    Raises:
        Unkeyable: the branch is not a plain list of numbers, or the scheme knows no branches.
    """
    _require_branch(scheme, branch)
    return key(scheme, branch)[: -_TAIL_LENGTHS.get(scheme, 1)]


def branch_end(scheme: Scheme, branch: str) -> str:
    """Return the bound above every version that starts with ``branch`` (``6.1`` for ``6.1.*``).

    >>> key(Scheme.SEMVER, "6.1.999") < branch_end(Scheme.SEMVER, "6.1")
    True

    Raises:
        Unkeyable: the branch is not a plain list of numbers, or the scheme knows no branches.
    """
    _require_branch(scheme, branch)
    following = _LAST_NUMBER.sub(lambda found: str(int(found.group()) + 1), branch)
    return key(scheme, following)[: -_TAIL_LENGTHS.get(scheme, 1)]


def _require_branch(scheme: Scheme, branch: str) -> None:
    if scheme is Scheme.LEXICOGRAPHIC or not re.fullmatch(r"[vV]?\d+(\.\d+)*", branch, re.ASCII):
        raise Unkeyable(branch)


def compare(scheme: Scheme, left: str, right: str) -> int:
    """Return -1, 0 or 1; what has no keys is compared by the scheme's own rule, if it has one.

    Raises:
        Unkeyable: the scheme cannot order these two.
    """
    try:
        left_key, right_key = key(scheme, left), key(scheme, right)
    except Unkeyable:
        return _compared(scheme, left.strip(), right.strip())
    return (left_key > right_key) - (left_key < right_key)


def _compared(scheme: Scheme, left: str, right: str) -> int:
    if left == right:
        return 0
    comparator = _COMPARATORS.get(scheme)
    is_short = len(left) <= LENGTH_LIMIT and len(right) <= LENGTH_LIMIT
    if comparator is None or not (is_short and left.isascii() and right.isascii()):
        raise Unkeyable(f"{scheme} does not order these two.")
    return comparator(left, right)


@lru_cache(maxsize=1 << 14)
def is_unstated(version: str | None) -> bool:
    """Tell whether a version says nothing: missing, a placeholder, a branch name, a bare hash."""
    if version is None or len(version) > LENGTH_LIMIT:
        return version is None
    plain = version.strip().lower()
    return not plain or bool(_SAYS_NOTHING.fullmatch(plain) or _HASH.fullmatch(plain))
