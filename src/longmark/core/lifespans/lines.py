"""What a lifespan is about: a package and a line of its versions, or a release of a distribution.

Versions are written as a branch (``1.1.1`` for ``1.1.1k`` and all its kin), as one version
(``= 1.2``), as ``>= 1.0 < 2.0``, or not at all for every version. A product of the alias table goes
by one key of it, which each of its components bears. A release of a distribution (``debian``,
``11``) stands for every package in it: its key ends with a colon, as in ``deb:debian:11:``.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from longmark.core.errors import Invalid
from longmark.core.identity.distributions import UNKNOWN, distribution_of, release_of
from longmark.core.identity.names import product_of_target, read_lookup_name
from longmark.core.identity.packages import package_scheme
from longmark.core.identity.products import Product, any_product_of, product_named
from longmark.core.identity.rules import VersionLine
from longmark.core.versions import (
    BEGINNING,
    END,
    Unkeyable,
    branch_end,
    branch_start,
    just_above,
    key,
)

TEXT_LENGTH: Final = 200

_BRANCH: Final = re.compile(
    r"[vV]?(\d+(?:\.\d+)*)(?:\.[x*])?(?:[ -]lts)?", re.ASCII | re.IGNORECASE
)
_DISTRIBUTIONS: Final = {
    "debian": "deb", "ubuntu": "deb", "alpine": "apk", "redhat": "rpm", "centos": "rpm",
    "almalinux": "rpm", "rocky": "rpm", "oracle": "rpm", "amzn": "rpm", "fedora": "rpm",
    "suse": "rpm", "opensuse": "rpm", "photon": "rpm", "azurelinux": "rpm",
}  # fmt: skip
"""Distributions by the one spelling of their name, and how they pack."""

_RELEASE_KEY: Final = re.compile(r"(?:deb|rpm|apk):[a-z0-9_-]+:[a-z0-9._-]+:")


@dataclass(frozen=True, slots=True)
class Line:
    """A package and versions of it, in canonical form; no versions are all of them."""

    package: str
    versions: str

    @property
    def is_of_distribution(self) -> bool:
        """Whether it is about everything that a release of a distribution packs."""
        return self.package.endswith(":")

    @property
    def product(self) -> str:
        """What people call the package.

        >>> Line("cpe:openssl:openssl", "1.1.1").product, Line("deb:debian:11:", "").product
        ('openssl', 'debian 11')
        """
        if self.is_of_distribution:
            return " ".join(self.package.split(":")[1:3])
        known = any_product_of(self.package)
        return known.id if known else self.package

    def __str__(self) -> str:
        return f"{self.product} {self.versions}".rstrip()

    def holds(self, version_key: str | None) -> bool:
        """Tell whether a version lies in the line; one without an order only if all do.

        >>> from longmark.core.versions import Scheme, key
        >>> Line("cpe:openssl:openssl", "1.1.1").holds(key(Scheme.OPENSSL, "1.1.1k"))
        True
        """
        if not self.versions:
            return True
        low, high = _bounds(self.package, self.versions)
        return version_key is not None and low <= version_key < high


def distribution_line(package: str) -> str:
    """Return the key of everything in the release that packs a package, empty if none does.

    >>> distribution_line("deb:debian:11:zlib"), distribution_line("npm:nx")
    ('deb:debian:11:', '')
    """
    parts = package.split(":", 3)
    is_packed = len(parts) == 4 and parts[0] in ("deb", "rpm", "apk") and parts[2] != UNKNOWN
    return f"{':'.join(parts[:3])}:" if is_packed else ""


def read_line(product: str, versions: str) -> Line:
    """Return the line that somebody writes.

    ``product`` is a name of the alias table (``openssl``), a purl, a CPE name, the address of a
    repository, a package key, or a distribution.

    >>> str(read_line("OpenSSL", "v1.1.1.x")), read_line("debian", "bullseye").package
    ('openssl 1.1.1', 'deb:debian:11:')

    Raises:
        Invalid: there is nothing of that name, or these are no versions that it can have.
    """
    name, wanted = product.strip(), versions.strip()
    if len(name) > TEXT_LENGTH or len(wanted) > TEXT_LENGTH or not (name + wanted).isprintable():
        raise Invalid("At most {limit} characters.", field="product", limit=TEXT_LENGTH)
    if _RELEASE_KEY.fullmatch(name) and not wanted:
        return Line(name, "")
    distribution = distribution_of(_DASHED.sub("", name.lower()))
    if distribution in _DISTRIBUTIONS:
        return _distribution_line(distribution, wanted)
    package = _package(name)
    line = Line(package, _canonical(wanted))
    try:
        low, high = _bounds(line.package, line.versions)
    except Unkeyable:
        raise Invalid(
            '"{versions}" has no order among the versions of {product}.',
            field="versions",
            versions=wanted,
            product=line.product,
        ) from None
    if low >= high:
        raise Invalid('"{versions}" holds no version.', field="versions", versions=wanted)
    return line


_DASHED: Final = re.compile(r"[-_ ]linux$")


def _distribution_line(distribution: str, versions: str) -> Line:
    release = release_of(distribution, versions) if versions else ""
    if not release:
        raise Invalid(
            "Say which release of {product}, as in 12 or v3.19.",
            field="versions",
            product=distribution,
        )
    return Line(f"{_DISTRIBUTIONS[distribution]}:{distribution}:{release}:", "")


def _package(name: str) -> str:
    known = product_named(name, "") if name else None
    if known:
        return _key_of(known)
    try:
        package = read_lookup_name(name)
    except Invalid:
        raise Invalid(
            '"{name}" is neither a product of the built-in table nor a distribution: give a purl'
            " (pkg:npm/nx), a CPE name (cpe:vendor:product) or the address of a repository.",
            field="product",
            name=name,
        ) from None
    known = product_of_target(package) or any_product_of(package)
    return _key_of(known) if known else package


def _key_of(product: Product) -> str:
    """Return the key that every component of a product has."""
    return product.packages[0]


def _canonical(versions: str) -> str:
    branch = _BRANCH.fullmatch(versions)
    return branch.group(1) if branch else str(VersionLine.read(versions))


@lru_cache(maxsize=1 << 15)
def _bounds(package: str, versions: str) -> tuple[str, str]:
    """Return the half-open interval of version keys that is meant."""
    scheme = package_scheme(package)
    if not versions:
        return BEGINNING, END
    if versions[0].isdigit():
        return branch_start(scheme, versions), branch_end(scheme, versions)
    line = VersionLine.read(versions)
    if line.only:
        only = key(scheme, line.only)
        return only, just_above(only)
    low = key(scheme, line.first) if line.first else BEGINNING
    return low, key(scheme, line.limit) if line.limit else END
